"""Plotly figures of finished numbers: results draw themselves by them (`result.figure()`), and pages show the same."""
