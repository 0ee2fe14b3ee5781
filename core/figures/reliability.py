"""The reliability diagram: how often answers are right, by how sure they are, over how many are that sure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.figures.colours import GREY, SPLIT_COLOURS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def reliability_figure(
    intervals: Sequence[tuple[float, float]],
    counts: Sequence[int],
    confidences: Sequence[float],
    accuracies: Sequence[float],
) -> "Figure":
    """Draw the bins that hold answers; pale bars stand on few images.

    Parameters
    ----------
    intervals : sequence of (low, high)
        Of confidence, in [0, 1].
    counts : sequence of int
        Answers in each, 1 or more.
    confidences, accuracies : sequence of float
        Their mean confidence, and the share of them that is right.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_bar(
        x=[(low + high) / 2 for low, high in intervals],
        y=list(accuracies),
        width=[0.9 * (high - low) for low, high in intervals],
        customdata=list(zip(counts, confidences, strict=True)),
        marker={
            "color": SPLIT_COLOURS["train"],
            "opacity": [0.25 + 0.75 * (count / max(counts)) ** 0.5 for count in counts],
        },
        hovertemplate="%{customdata[1]:.0%} sure, %{y:.0%} right<br>%{customdata[0]:,} images<extra></extra>",
    )
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": GREY, "dash": "dot"}, hoverinfo="skip")
    figure.update_xaxes(title_text="how sure it says to be", tickformat=".0%", range=[0, 1.02], dtick=0.2)
    figure.update_yaxes(title_text="how often it is right", tickformat=".0%", range=[0, 1.02])
    return figure.update_layout(height=300, margin={"l": 10, "r": 10, "t": 10, "b": 10}, showlegend=False)
