"""A descent on a surface of two weights: contours with the path, and the loss step by step."""

from typing import TYPE_CHECKING

import numpy as np

from core.figures.colours import GREY, OKABE_ITO, SPLIT_COLOURS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PATH = OKABE_ITO[5]
Ends = tuple[tuple[float, float], tuple[float, float]]


def descent_figure(
    heights: np.ndarray, ends: Ends, path: np.ndarray, losses: np.ndarray, minimum: tuple[float, float]
) -> "Figure":
    """Draw both side by side.

    Parameters
    ----------
    heights : (rows, columns) array
        The loss on a grid over `ends`; a row for each value of the second weight.
    path : (steps + 1, 2) array
        The weights; those outside of `ends` are not seen.
    losses : (steps + 1,) array
        At each of them, above 0.
    """
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    titles = ["The way down", "Loss"]
    figure = make_subplots(cols=2, column_widths=[0.6, 0.4], subplot_titles=titles, horizontal_spacing=0.11)
    first, second = (np.linspace(*span, count) for span, count in zip(ends, heights.shape[::-1], strict=True))
    contours = go.Contour(
        x=first,
        y=second,
        z=np.log10(heights + 1e-3),  # valleys are seen, not only slopes
        colorscale=[[0, SPLIT_COLOURS["train"]], [1, GREY]],
        ncontours=16,
        contours={"coloring": "lines"},
        line={"width": 1.2},
        showscale=False,
        hoverinfo="skip",
    )
    figure.add_trace(contours, row=1, col=1)
    figure.add_scatter(
        x=path[:, 0],
        y=path[:, 1],
        mode="lines+markers",
        line={"color": PATH, "width": 2},
        marker={"color": PATH, "size": 5},
        customdata=losses,
        hovertemplate="step %{pointNumber}<br>weights %{x:.3f}, %{y:.3f}<br>loss %{customdata:.3g}<extra></extra>",
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=[minimum[0]],
        y=[minimum[1]],
        mode="markers",
        marker={"symbol": "star", "size": 13, "color": OKABE_ITO[2], "line": {"color": "#141828", "width": 1}},
        hovertemplate="the minimum<extra></extra>",
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=np.arange(len(losses)),
        y=losses,
        mode="lines",
        line={"color": PATH, "width": 2},
        hovertemplate="step %{x}<br>loss %{y:.3g}<extra></extra>",
        row=1,
        col=2,
    )
    figure.update_xaxes(range=ends[0], title_text="first weight", row=1, col=1)
    figure.update_yaxes(range=ends[1], title_text="second weight", row=1, col=1)
    figure.update_xaxes(title_text="step", row=1, col=2)
    figure.update_yaxes(type="log", tickformat="~g", row=1, col=2)
    return figure.update_layout(height=340, margin={"l": 10, "r": 10, "t": 30, "b": 10}, showlegend=False)
