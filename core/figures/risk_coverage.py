"""The risk–coverage curve: accuracy over the share of images that the network may refuse."""

from typing import TYPE_CHECKING

import numpy as np

from core.figures.colours import GREY, SPLIT_COLOURS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_POINTS = 400


def risk_coverage_figure(answered: np.ndarray, accuracy: np.ndarray, refused: float | None = None) -> "Figure":
    """Draw the half in which at least every other image is answered.

    Parameters
    ----------
    answered, accuracy : ndarray of float, shape (n,)
        Share of images answered, rising to 1, and share of these that is right; n ≥ 1.
    refused : float, optional
        A share of images to mark, in [0, 1].
    """
    import plotly.graph_objects as go

    n = len(answered)
    step = max(1, n // MOST_POINTS)
    figure = go.Figure(
        go.Scatter(
            x=1 - answered[::-step],
            y=accuracy[::-step],
            mode="lines",
            line={"color": SPLIT_COLOURS["train"], "width": 2},
            hovertemplate="%{x:.0%} refused: %{y:.1%} right<extra></extra>",
        )
    )
    if refused is not None:
        figure.add_vline(x=refused, line={"color": GREY, "dash": "dot"})
    figure.update_xaxes(title_text="share refused", tickformat=".0%", range=[0, 0.5])
    lowest = float(accuracy[-max(1, n // 2) :].min()) if n else 0.0
    figure.update_yaxes(title_text="accuracy", tickformat=".1%", range=[max(0.0, lowest - 0.02), 1.005])
    return figure.update_layout(height=210, margin={"l": 10, "r": 10, "t": 10, "b": 10})
