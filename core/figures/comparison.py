"""Runs side by side: accuracies with their intervals, accuracy against a cost, curves over each other, settings."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.figures.colours import GREY, run_colour
from core.figures.text import LONGEST, plain, shortened

if TYPE_CHECKING:
    from pandas import Series
    from plotly.graph_objects import Figure

LONGEST_TICK = 14
ROW_HEIGHT, FRAME_HEIGHT = 36, 74
SHARE = ".1~%"  # 97.5%, but 97%
# Of fewer values each has its own tick.
FEW_VALUES = 6
LETTER_WIDTH, ROOM_FOR_LETTERS = 13, 60
# Beyond this ratio of the largest to the smallest, an axis is logarithmic.
WIDE = 20
MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}


@dataclass(frozen=True)
class Drawn:
    """A run in a figure.

    Parameters
    ----------
    letter, name
        What it is called.
    accuracy, low, high
        With its interval, in [0, 1].
    words
        The accuracy in words.
    apart
        Whether it can't be compared with the best.
    """

    letter: str
    name: str
    accuracy: float
    low: float
    high: float
    words: str
    apart: bool = False

    @property
    def label(self) -> str:
        """Letter and name, what sets it apart on a line of its own."""
        lines = self.name.split(", ", 1) if len(self.name) > LONGEST else [self.name]
        return f"<b>{self.letter}</b> " + "<br>".join(plain(shortened(line)) for line in lines)

    @property
    def ends(self) -> dict[str, list[float]]:
        """How far its interval goes either way, as Plotly's error bars want it."""
        return {"array": [self.high - self.accuracy], "arrayminus": [self.accuracy - self.low]}


@dataclass(frozen=True)
class Line:
    """The curve of a run.

    Parameters
    ----------
    letter, name
        What the run is called.
    x, loss, accuracy : Series of float
        Where its epochs are, and what it had reached at their ends.
    validated
        Whether that is of validation images, or else of training images.
    """

    letter: str
    name: str
    x: "Series"
    loss: "Series"
    accuracy: "Series"
    validated: bool


def intervals_figure(runs: Sequence[Drawn], axis: str) -> "Figure":
    """The accuracies on one axis, each with its interval, the best on top; hollow where a run can't be compared."""
    import plotly.graph_objects as go

    order = sorted(range(len(runs)), key=lambda index: runs[index].accuracy)
    figure = go.Figure()
    for place, index in enumerate(order):
        run = runs[index]
        figure.add_scatter(
            x=[run.accuracy],
            y=[place],
            error_x=run.ends | {"thickness": 2},
            mode="markers",
            marker={"size": 10, "color": run_colour(index), "symbol": "circle-open" if run.apart else "circle"},
            hovertemplate=f"{plain(run.name)}<br>{run.words}<extra></extra>",
            showlegend=False,
        )
    figure.update_xaxes(tickformat=SHARE, title_text=axis)
    figure.update_yaxes(
        tickvals=list(range(len(order))),
        ticktext=[runs[index].label for index in order],
        range=[-0.6, len(order) - 0.4],
        automargin=True,
        showgrid=False,
    )
    return figure.update_layout(height=_height(runs), margin=MARGIN)


def cost_figure(runs: Sequence[Drawn], costs: Sequence[float | None], words: Sequence[str], axis: str) -> "Figure":
    """Accuracy against a cost; up and to the left is better.

    Parameters
    ----------
    runs
        As they were named.
    costs
        Of each, in the axis's unit; a run without is left out.
    words
        The cost of each in words.
    axis
        Its title.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for index, (run, cost) in enumerate(zip(runs, costs, strict=True)):
        if not cost:
            continue
        figure.add_scatter(
            x=[cost],
            y=[run.accuracy],
            error_y=run.ends | {"thickness": 1},
            mode="markers+text",
            text=[f"<b>{run.letter}</b>"],
            textposition="middle right",
            marker={"size": 10, "color": run_colour(index)},
            hovertemplate=f"{plain(run.name)}<br>{run.words}<br>{words[index]}<extra></extra>",
            showlegend=False,
        )
    known = [cost for cost in costs if cost]
    if known and max(known) > WIDE * min(known):
        # With room at both ends, and few figures on the axis: those of a decade in between would run into each other.
        ends = [math.log10(min(known)) - 0.3, math.log10(max(known)) + 0.3]
        figure.update_xaxes(type="log", dtick=1, range=ends)
    else:
        figure.update_xaxes(rangemode="tozero")
    figure.update_xaxes(title_text=axis)
    figure.update_yaxes(tickformat=SHARE)
    return figure.update_layout(height=_height(runs), margin=MARGIN)


def overlaid_curves_figure(lines: Sequence[Line], axis: str) -> "Figure":
    """The curves of several runs over each other, in two panels; dotted where there are no validation images."""
    from plotly.subplots import make_subplots

    figure = make_subplots(cols=2, subplot_titles=["Validation loss", "Validation accuracy"], horizontal_spacing=0.12)
    for column, field in ((1, "loss"), (2, "accuracy")):
        ends = []
        for index, line in enumerate(lines):
            y = getattr(line, field)
            figure.add_scatter(
                x=line.x,
                y=y,
                mode="lines" if len(y) > 1 else "markers",
                line={"color": run_colour(index), "width": 2, "dash": "solid" if line.validated else "dot"},
                hovertemplate=f"{plain(line.name)}<br>%{{x:.3g}}: %{{y:.3f}}"
                f"<extra>{'' if line.validated else 'training: no validation images'}</extra>",
                showlegend=False,
                row=1,
                col=column,
            )
            if y.notna().any():
                last = y.last_valid_index()
                ends.append((index, float(line.x[last]), float(y[last])))
        name_ends(figure, ends, column, [line.letter for line in lines])
    figure.update_xaxes(title_text=axis)
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    figure.update_yaxes(tickformat=SHARE, row=1, col=2)
    return figure.update_layout(height=320, margin={"l": 10, "r": ROOM_FOR_LETTERS, "t": 30, "b": 10})


def parallel_figure(dimensions: Sequence[dict[str, Any]], accuracies: Sequence[float]) -> "Figure":
    """Parallel coordinates: a line for each run through `dimensions`, as `dimension` gives them, to its accuracy."""
    import plotly.graph_objects as go

    last = {"label": "Accuracy", "values": list(accuracies), "tickformat": SHARE}
    line = {"color": list(accuracies), "colorscale": [[0, GREY], [1, "#6c78f0"]], "showscale": False}
    # The ends of an axis are among its ticks; Plotly would write them a second time.
    unseen = {"color": "rgba(0,0,0,0)", "size": 1}
    figure = go.Figure(
        go.Parcoords(
            dimensions=[*dimensions, last],
            line=line,
            labelangle=-15,
            labelside="top",
            labelfont={"size": 13},
            rangefont=unseen,
        )
    )
    return figure.update_layout(height=340, margin={"l": 95, "r": 50, "t": 70, "b": 20})


def dimension(title: str, values: Sequence[Any], words: Sequence[str] | None = None) -> dict[str, Any]:
    """An axis of the parallel coordinates: by number where all are numbers, else one place for each value.

    Parameters
    ----------
    title
        What is along the axis.
    values
        Of each run.
    words
        The values as people read them; needed where not all are numbers.
    """
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        least, most = min(values), max(values)
        if least > 0 and most > WIDE * least:
            ends = (math.floor(math.log10(least)), math.ceil(math.log10(most)))
            ticks = list(range(ends[0], ends[1] + 1))
            texts = [f"{10.0**tick:g}" for tick in ticks]
            logs = [math.log10(value) for value in values]
            return {"label": title, "values": logs, "range": list(ends), "tickvals": ticks, "ticktext": texts}
        kinds = sorted(set(values))
        named = {"tickvals": kinds, "ticktext": [f"{kind:g}" for kind in kinds]} if len(kinds) <= FEW_VALUES else {}
        return {"label": title, "values": list(values)} | named
    words = [str(value) for value in values] if words is None else words
    kinds = list(dict.fromkeys(words))
    shown = [plain(shortened(kind, LONGEST_TICK)) for kind in kinds]
    places = [kinds.index(word) for word in words]
    return {"label": title, "values": places, "tickvals": list(range(len(kinds))), "ticktext": shown}


def name_ends(figure: "Figure", ends: Sequence[tuple[int, float, float]], column: int, letters: Sequence[str]) -> None:
    """Write each run's letter where its curve ends; those that end at the same place stand side by side.

    Parameters
    ----------
    ends
        The run's place in the list, and where its curve ends.
    column
        Of the panel.
    letters
        Of all runs in the list.
    """
    beside = [0] * len(ends)
    for place, (_, x, y) in enumerate(ends):
        near = [other for other in range(place) if _near(ends, other, x, y)]
        beside[place] = 1 + max((beside[other] for other in near), default=-1)
    for (index, x, y), steps in zip(ends, beside, strict=True):
        figure.add_annotation(
            x=x,
            y=y,
            text=f"<b>{letters[index]}</b>",
            font={"color": run_colour(index)},
            showarrow=False,
            xanchor="left",
            xshift=4 + LETTER_WIDTH * steps,
            row=1,
            col=column,
        )


def _near(ends: Sequence[tuple[int, float, float]], other: int, x: float, y: float) -> bool:
    """Whether two letters would lie on each other, were both written right at the end of their curves."""
    wide, high = (max(end[axis] for end in ends) for axis in (1, 2))
    return abs(ends[other][1] - x) <= 0.04 * wide and abs(ends[other][2] - y) <= 0.09 * high


def _height(runs: Sequence[Drawn]) -> int:
    return FRAME_HEIGHT + ROW_HEIGHT * max(4, len(runs))
