"""A loss over what it is a loss of: the binary one over its logit, the categorical one as bars of its classes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.figures.colours import GREY, OKABE_ITO, SPLIT_COLOURS
from core.figures.text import plain

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MARGIN = {"l": 10, "r": 10, "t": 30, "b": 10}


def binary_loss_figure(
    logits: np.ndarray, losses: np.ndarray, others: np.ndarray, point: tuple[float, float], slope: float
) -> "Figure":
    """The loss over the logit, with a point on it and the slope there.

    Parameters
    ----------
    logits, losses, others : (n,) array
        Where the curves are drawn, the loss for the label in force, and for the other one.
    point
        (logit, loss) that is looked at.
    slope
        Of the curve there.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_scatter(x=logits, y=others, mode="lines", line={"color": GREY, "dash": "dot"}, name="other label")
    figure.add_scatter(
        x=logits, y=losses, mode="lines", line={"color": SPLIT_COLOURS["train"], "width": 3}, name="this label"
    )
    reach = 1.5
    ends = [point[0] - reach, point[0] + reach]
    tangent = [point[1] - reach * slope, point[1] + reach * slope]
    figure.add_scatter(x=ends, y=tangent, mode="lines", line={"color": OKABE_ITO[0], "width": 3}, name="slope p − y")
    figure.add_scatter(
        x=[point[0]], y=[point[1]], mode="markers", marker={"color": OKABE_ITO[0], "size": 13}, showlegend=False
    )
    figure.update_traces(hovertemplate="logit %{x:.2f}<br>loss %{y:.3f}<extra></extra>")
    figure.update_xaxes(title_text="logit")
    figure.update_yaxes(title_text="loss", range=[-0.3, max(4.0, point[1] + 1)])
    legend = {"orientation": "h", "x": 0, "y": 1.12}
    return figure.update_layout(height=300, margin=MARGIN, legend=legend)


def class_bars_figure(classes: Sequence[str], panels: Sequence[tuple[str, Sequence[float]]], right: int) -> "Figure":
    """Numbers of the same classes side by side: logits, their probabilities, and the slopes of the loss.

    Parameters
    ----------
    panels
        Pairs of a title and a number for each class.
    right
        The place of the right class.
    """
    from plotly.subplots import make_subplots

    figure = make_subplots(cols=len(panels), subplot_titles=[title for title, _ in panels], horizontal_spacing=0.08)
    for column, (title, values) in enumerate(panels, 1):
        figure.add_bar(
            x=[plain(name) for name in classes],
            y=list(values),
            marker={"color": [SPLIT_COLOURS["train"] if place == right else GREY for place in range(len(classes))]},
            text=[f"{value:.2f}".replace("-", "−") for value in values],
            textposition="outside",
            hovertemplate=f"%{{x}}: {plain(title)} %{{y:.4f}}<extra></extra>",
            cliponaxis=False,
            row=1,
            col=column,
        )
        span = max(1e-9, max(0, *values) - min(0, *values))
        ends = [min(0, *values) - 0.2 * span * (min(values) < 0), max(0, *values) + 0.2 * span]
        figure.update_yaxes(range=ends, showticklabels=False, zeroline=True, row=1, col=column)
    figure.update_xaxes(tickangle=0)
    return figure.update_layout(height=280, margin=MARGIN, showlegend=False)
