"""Accuracy against how far images are shifted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.figures.colours import GREY, run_colour

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

# Each direction a little to its side, so that intervals do not lie on each other; of the way to the next shift.
APART = 0.12
SYMBOLS, DASHES = ("circle", "diamond"), ("solid", "dash")


@dataclass(frozen=True)
class ShiftPoint:
    """An accuracy with its 95 % interval, in [0, 1], at a shift in pixels: below 0 to the left, or up."""

    shift: int
    accuracy: float
    low: float
    high: float


def shift_robustness_figure(lines: Mapping[str, Sequence[ShiftPoint]]) -> "Figure":
    """Draw a line for each direction, by its name; the shifts evenly spaced, since each is twice the one before."""
    import plotly.graph_objects as go

    figure = go.Figure()
    shifts = sorted({point.shift for points in lines.values() for point in points})
    still = shifts.index(0)
    for number, (name, points) in enumerate(lines.items()):
        figure.add_scatter(
            x=[shifts.index(point.shift) + APART * (number - 0.5) for point in points],
            y=[point.accuracy for point in points],
            error_y={
                "array": [point.high - point.accuracy for point in points],
                "arrayminus": [point.accuracy - point.low for point in points],
                "thickness": 1,
            },
            name=name,
            mode="lines+markers",
            line={"color": run_colour(number), "width": 2, "dash": DASHES[number % len(DASHES)]},
            marker={"size": 8, "symbol": SYMBOLS[number % len(SYMBOLS)]},
            customdata=[[point.shift, point.low, point.high] for point in points],
            hovertemplate="%{customdata[0]:+d} pixels: %{y:.1%} right<br>95 % interval %{customdata[1]:.1%} to "
            f"%{{customdata[2]:.1%}}<extra>{name}</extra>",
        )
    figure.add_vline(x=still, line={"color": GREY, "width": 1, "dash": "dot"})
    figure.update_xaxes(
        title_text="shift in pixels",
        tickvals=list(range(len(shifts))),
        ticktext=[f"{shift:+d}".replace("-", "−") if shift else "0" for shift in shifts],
    )
    figure.update_yaxes(title_text="accuracy", tickformat=".0%")
    legend = {"orientation": "h", "x": 0.5, "xanchor": "center", "y": -0.28}
    return figure.update_layout(height=320, margin={"l": 10, "r": 10, "t": 10, "b": 10}, legend=legend)
