"""ROC and precision–recall curves, of several classes in two panels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.figures.colours import GREY
from core.figures.text import plain, shortened

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

# A curve of 25,000 steps looks the same with so many points, and is drawn at once.
MOST_POINTS = 400
LONGEST = 24
AXES = (("false-alarm rate", "recall"), ("recall", "precision"))


@dataclass(frozen=True, eq=False)
class Line:
    """What is drawn of a class, or of all of them together.

    Parameters
    ----------
    title, colour, dash : str
        How it is called and drawn.
    roc, precision_recall : tuple of ndarray
        x and y of either curve.
    areas : tuple of float
        Below either.
    """

    title: str
    colour: str
    dash: str
    roc: tuple[np.ndarray, np.ndarray]
    precision_recall: tuple[np.ndarray, np.ndarray]
    areas: tuple[float, float]


def ranking_curves_figure(lines: Sequence[Line]) -> "Figure":
    """Draw both curves of each line, with the areas in the legend."""
    from plotly.subplots import make_subplots

    figure = make_subplots(cols=2, subplot_titles=("ROC", "Precision and recall"), horizontal_spacing=0.2)
    for line in lines:
        title = plain(shortened(line.title, LONGEST))
        for column, (x, y) in enumerate((line.roc, line.precision_recall), start=1):
            x, y = thinned(x, y)
            figure.add_scatter(
                x=x,
                y=y,
                name=f"{title}: {line.areas[0]:.3f} / {line.areas[1]:.3f}",
                mode="lines",
                # Average precision is the area below these steps; straight lines would promise more.
                line={"color": line.colour, "dash": line.dash, "width": 2, "shape": "linear" if column == 1 else "hv"},
                showlegend=column == 1,
                legendgroup=line.title,
                hovertemplate=f"%{{x:.3f}}, %{{y:.3f}}<extra>{title}</extra>",
                row=1,
                col=column,
            )
    guessing = {"color": GREY, "width": 1, "dash": "dot"}
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line=guessing, showlegend=False, hoverinfo="skip", row=1, col=1
    )
    for column, titles in enumerate(AXES, start=1):
        figure.update_xaxes(title_text=titles[0], range=[-0.02, 1.02], row=1, col=column)
        figure.update_yaxes(title_text=titles[1], range=[-0.02, 1.04], row=1, col=column)
    legend = {"orientation": "h", "x": 0, "y": -0.28, "title": {"text": "area under ROC / average precision"}}
    return figure.update_layout(height=380, margin={"l": 10, "r": 10, "t": 30, "b": 10}, legend=legend)


def thinned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points of a curve, evenly along its length, at most `MOST_POINTS` of them; both ends are kept."""
    if len(x) <= MOST_POINTS:
        return x, y
    along = np.r_[0, np.cumsum(abs(np.diff(x)) + abs(np.diff(y)))]
    places = np.unique(np.searchsorted(along, np.linspace(0, along[-1], MOST_POINTS)).clip(0, len(along) - 1))
    return x[places], y[places]
