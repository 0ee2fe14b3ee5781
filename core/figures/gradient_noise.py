"""How far the gradients of batches are off that of all examples: as a cloud, and over the size of the batch."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.figures.colours import GREY, OKABE_ITO, SPLIT_COLOURS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SHARE = ".0%"


def gradient_noise_figure(
    gradients: np.ndarray,
    full: np.ndarray,
    reach: float,
    sizes: Sequence[int],
    measured: Sequence[float],
    expected: Sequence[float],
    size: int,
) -> "Figure":
    """Draw both side by side.

    Parameters
    ----------
    gradients : (draws, 2) array
        Of batches of `size`.
    full : (2,) array
        The gradient of all examples.
    reach
        How far the cloud's axes go on each side of it.
    measured, expected
        The noise at each of `sizes`, as a share of the full gradient's length.
    size
        That is looked at.
    """
    from plotly.subplots import make_subplots

    titles = ["Gradients", "Noise"]
    figure = make_subplots(cols=2, subplot_titles=titles, horizontal_spacing=0.13)
    figure.add_scatter(
        x=gradients[:, 0],
        y=gradients[:, 1],
        mode="markers",
        marker={"color": SPLIT_COLOURS["train"], "opacity": 0.35, "size": 5},
        hovertemplate="a batch: %{x:.3f}, %{y:.3f}<extra></extra>",
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=[full[0]],
        y=[full[1]],
        mode="markers",
        marker={"color": OKABE_ITO[0], "size": 14, "symbol": "cross"},
        hovertemplate="all examples: %{x:.3f}, %{y:.3f}<extra></extra>",
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=list(sizes), y=list(expected), mode="lines", line={"color": GREY}, hoverinfo="skip", row=1, col=2
    )
    colours = [OKABE_ITO[0] if each == size else SPLIT_COLOURS["train"] for each in sizes]
    figure.add_scatter(
        x=list(sizes),
        y=list(measured),
        mode="markers",
        marker={"color": colours, "size": [13 if each == size else 7 for each in sizes]},
        hovertemplate="batches of %{x}<br>off by %{y:.1%} of the gradient<extra></extra>",
        row=1,
        col=2,
    )
    figure.update_xaxes(range=[full[0] - reach, full[0] + reach], title_text="slope’s gradient", row=1, col=1)
    figure.update_yaxes(range=[full[1] - reach, full[1] + reach], title_text="offset’s gradient", row=1, col=1)
    figure.update_xaxes(type="log", tickvals=[1, 4, 16, 64, 256], title_text="images in a batch", row=1, col=2)
    figure.update_yaxes(tickformat=SHARE, rangemode="tozero", row=1, col=2)
    return figure.update_layout(height=320, margin={"l": 10, "r": 10, "t": 30, "b": 10}, showlegend=False)
