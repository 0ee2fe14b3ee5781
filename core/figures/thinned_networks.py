"""What each thinned network answers, and the answers that stand for all of them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.figures.colours import OKABE_ITO, SPLIT_COLOURS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

STYLES = (("solid", OKABE_ITO[0], 5), ("solid", OKABE_ITO[2], 5), ("dash", OKABE_ITO[5], 2))


def thinned_networks_figure(
    answers: np.ndarray, shares: np.ndarray, kept: Sequence[str], means: Mapping[str, float]
) -> "Figure":
    """A point for each network, by rising answer and as large as dropout draws it often; a line for each mean.

    Parameters
    ----------
    answers : (networks,) array
        Probability of the first class.
    shares : (networks,) array
        How often each is drawn.
    kept
        Which units each keeps, in words.
    means
        By their names, at most three.
    """
    import plotly.graph_objects as go

    order = np.argsort(answers, kind="stable")
    figure = go.Figure()
    figure.add_scatter(
        x=np.arange(1, len(order) + 1),
        y=answers[order],
        mode="markers",
        marker={"color": SPLIT_COLOURS["train"], "size": 5 + 9 * np.sqrt(shares[order] / max(1e-12, shares.max()))},
        opacity=0.55,
        customdata=[[kept[place], shares[place]] for place in order],
        hovertemplate="%{customdata[0]}<br>answers %{y:.3f}<br>drawn %{customdata[1]:.2%} of the time<extra></extra>",
        name="thinned networks",
        showlegend=False,
    )
    for (name, value), (dash, colour, width) in zip(means.items(), STYLES, strict=False):
        figure.add_scatter(
            x=[0.5, len(order) + 0.5],
            y=[value, value],
            mode="lines",
            line={"color": colour, "dash": dash, "width": width},
            name=f"{name}: {value:.4f}",
            hovertemplate=f"{name}: %{{y:.4f}}<extra></extra>",
        )
    figure.update_xaxes(title_text="thinned networks, by what they answer", showticklabels=False)
    figure.update_yaxes(title_text="probability of class A", range=[-0.05, 1.05])
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
    return figure.update_layout(height=340, margin={"l": 10, "r": 10, "t": 10, "b": 10}, legend=legend)
