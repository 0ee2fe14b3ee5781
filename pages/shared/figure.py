"""The one way in which charts are shown, so that each can be taken along as a picture: pixels or lines."""

from pathlib import Path

import plotly.graph_objects as go
import streamlit as st
from streamlit.components.v2 import component

_svg_button = component("workbench_svg_button", js=Path(__file__).with_name("figure.js").read_text(encoding="utf-8"))
# For print: three dots for each of the screen's.
SCALE = 3
EM_SPACE = "\u2003"


def show_figure(figure: go.Figure, key: str, alt: str) -> None:
    """Draw a chart, with buttons at its corner that save it as PNG and SVG.

    Parameters
    ----------
    key
        By which the browser knows it, and how the files are called.
    alt
        What it shows, in words.
    """
    config = {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "scale": SCALE, "filename": key},
    }
    # Upright, they cover less of a legend.
    figure.update_layout(modebar_orientation="v")
    # A picture lacks the fonts of the page, and another one is wider: names that end at its edge would be cut off.
    figure.update_yaxes(tickprefix=EM_SPACE)
    st.plotly_chart(figure, key=key, config=config, alt=alt)


def offer_svg() -> None:
    """Put the button for SVG, which Plotly has none for, beside that for PNG, in all charts of the page."""
    _svg_button(key="svg_button")
