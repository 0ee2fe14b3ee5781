"""Drawings of a report, as SVG: from the numbers that the figures of the pages are drawn from.

Plotly's own script is 4 MB, and a picture of one needs a browser to be made.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from core.evaluation.reliability import Reliability
from core.figures.colours import GREY, LINE_STYLES, SPLIT_COLOURS

# On a telephone, a drawing of this width is shown at three quarters of its size.
WIDTH, HEIGHT = 460, 250
LEFT, RIGHT, TOP, BOTTOM = 46, 22, 14, 40
ROW, LABEL = 30, 15
DASHES = {"solid": "", "dash": "6 4", "dot": "2 4"}
TICKS = 5
LETTER = 13


@dataclass(frozen=True)
class Axis:
    """Where values of an axis lie in a drawing: `low` at `start`, `high` at `end`, in pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low or 1.0
        return self.start + (value - self.low) / span * (self.end - self.start)

    def ticks(self, whole: bool = False) -> list[float]:
        """About `TICKS` round values between both ends; `whole` numbers only, where there is nothing in between."""
        rough = (self.high - self.low or 1.0) / TICKS
        magnitude = 10.0 ** math.floor(math.log10(rough))
        step = next(step for step in (1, 2, 5, 10) if step * magnitude >= rough * 0.999) * magnitude
        step = max(1.0, step) if whole else step
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [index * step for index in range(first, last + 1)]


@dataclass(frozen=True)
class Estimate:
    """A value with its interval, all in [0, 1], and how it is called, in colour and in words."""

    name: str
    value: float
    low: float
    high: float
    words: str
    colour: str
    hollow: bool = False


@dataclass(frozen=True)
class Curve:
    """A line: its points, how it is drawn, and what stands at its end."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str
    style: str = "solid"

    @property
    def points(self) -> list[tuple[float, float]]:
        """Those that have a value."""
        pairs = zip(self.x, self.y, strict=True)
        return [(float(x), float(y)) for x, y in pairs if y is not None and math.isfinite(float(y))]


@dataclass(frozen=True)
class Chart:
    """What stands around the curves of a chart.

    Parameters
    ----------
    title
        What is drawn, over what.
    across
        What the axis across is of.
    percent
        Whether values are shares.
    marked
        Places across that are marked, by what is written there.
    """

    title: str
    across: str
    percent: bool = False
    marked: dict[str, float] = field(default_factory=dict)


def draw_estimates(estimates: Sequence[Estimate], marks: Sequence[tuple[str, float]] = ()) -> Markup:
    """Values on one axis, each with its interval, and lines at other values to compare them with.

    Parameters
    ----------
    marks
        What each line is called, and where it lies, in [0, 1].
    """
    values = [end for each in estimates for end in (each.low, each.high)] + [value for _, value in marks]
    space = max(0.02, 0.06 * (max(values) - min(values)))
    named = len(estimates) > 1
    top = TOP + LABEL * len(marks)
    bottom = top + ROW * len(estimates)
    across = Axis(max(0.0, min(values) - space), min(1.0, max(values) + space), LEFT if named else 20, WIDTH - 24)
    parts = [_grid_across(across, across.ticks(), top, bottom, percent=True)]
    parts += [_mark(words, across(value), TOP + LABEL * index, bottom) for index, (words, value) in enumerate(marks)]
    for index, each in enumerate(estimates):
        y = top + ROW * (index + 0.5)
        if named:
            parts.append(_text(LEFT - 14, y + 4, each.name, anchor="end", kind="name"))
        parts.append(_estimate(each, across, y))
    words = "; ".join([*(f"{each.name}: {each.words}" for each in estimates), *(f"{m}: {v:.1%}" for m, v in marks)])
    return _drawing(bottom + 26, words, parts)


def draw_reliability(found: Reliability) -> Markup:
    """How often answers are right, by how sure they are; pale bars stand on few images."""
    side = HEIGHT + 40
    across, up = Axis(0, 1, LEFT, WIDTH - RIGHT), Axis(0, 1, side - BOTTOM, TOP)
    parts = [_frame(across, up, "how sure it says to be", percent_across=True, percent_up=True)]
    held = [each for each in found.bins if each.count]
    most = max((each.count for each in held), default=1)
    for each in held:
        left, width = across(each.low), 0.9 * (across(each.high) - across(each.low))
        words = f"{each.confidence:.0%} sure, {each.accuracy:.0%} right: {each.count:,} images"
        bar = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}" opacity="{:.2f}">{}</rect>')
        height, opacity = up(0) - up(each.accuracy), 0.25 + 0.75 * (each.count / most) ** 0.5
        parts.append(
            bar.format(
                left + 0.055 * width,
                up(each.accuracy),
                width,
                max(height, 1.0),
                SPLIT_COLOURS["train"],
                opacity,
                _tooltip(words),
            )
        )
    parts.append(_line(across(0), up(0), across(1), up(1), GREY, "dot"))
    return _drawing(side, f"How often it is right, by how sure it says to be. {found.in_words()}.", parts)


def draw_curves(curves: Sequence[Curve], chart: Chart) -> Markup:
    """Curves over each other, each called at its end."""
    points = [point for curve in curves for point in curve.points]
    if not points:
        return Markup("")
    least, most = min(y for _, y in points), max(y for _, y in points)
    low, high = (max(0.0, least - 0.05), 1.0) if chart.percent else (0.0, 1.05 * most or 1.0)
    last = max(x for x, _ in points)
    across = Axis(min(1.0, last - 1), last, LEFT, WIDTH - 80)
    up = Axis(low, high, HEIGHT - BOTTOM, TOP)
    parts = [_frame(across, up, chart.across, percent_up=chart.percent, whole=True)]
    for words, place in chart.marked.items():
        parts.append(_mark(words, across(place), TOP + 12, HEIGHT - BOTTOM))
    parts += [_curve(curve, across, up, chart.percent) for curve in curves if curve.points]
    parts += _called_at_ends([curve for curve in curves if curve.points], across, up)
    return _drawing(HEIGHT, f"{chart.title}. {_curves_in_words(curves, chart.percent)}", parts)


def split_curve(split: str, x: Sequence[float], y: Sequence[float]) -> Curve:
    """The curve of a part of the split, drawn as on every page."""
    return Curve(split, x, y, SPLIT_COLOURS[split], LINE_STYLES[split])


def _drawing(height: float, words: str, parts: Sequence[Markup]) -> Markup:
    head = Markup('<svg viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">').format(WIDTH, height, words)
    return head + Markup("").join(parts) + Markup("</svg>")


def _frame(
    across: Axis,
    up: Axis,
    title: str,
    percent_across: bool = False,
    percent_up: bool = False,
    whole: bool = False,
) -> Markup:
    """The grid with its figures, and what the axis across is of."""
    parts = [_grid_across(across, across.ticks(whole), up.end, up.start, percent_across)]
    for tick in up.ticks():
        parts.append(
            Markup('<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>').format(
                across.start, across.end, up(tick), up(tick)
            )
        )
        parts.append(_text(across.start - 6, up(tick) + 4, _written(tick, percent_up), anchor="end"))
    parts.append(_text((across.start + across.end) / 2, up.start + 33, title, anchor="middle"))
    return Markup("").join(parts)


def _grid_across(across: Axis, ticks: Sequence[float], top: float, bottom: float, percent: bool) -> Markup:
    line = Markup('<line class="grid" x1="{0:.1f}" x2="{0:.1f}" y1="{1:.1f}" y2="{2:.1f}"/>')
    lines = [line.format(across(tick), top, bottom) for tick in ticks]
    return Markup("").join(
        lines + [_text(across(tick), bottom + 17, _written(tick, percent), anchor="middle") for tick in ticks]
    )


def _estimate(each: Estimate, across: Axis, y: float) -> Markup:
    drawn = Markup(
        '<g>{0}<line x1="{1:.1f}" x2="{2:.1f}" y1="{3:.1f}" y2="{3:.1f}" stroke="{4}" stroke-width="3"/>'
        '<circle cx="{5:.1f}" cy="{3:.1f}" r="6" fill="{6}" stroke="{4}" stroke-width="2.5"/></g>'
    )
    fill = "var(--page)" if each.hollow else each.colour
    words = _tooltip(f"{each.name}: {each.words}")
    return drawn.format(words, across(each.low), across(each.high), y, each.colour, across(each.value), fill)


def _mark(words: str, x: float, y: float, bottom: float) -> Markup:
    """A dotted line down, and what it is beside its upper end, on the side where there is more room."""
    left = x > WIDTH / 2
    words = _text(x - 5 if left else x + 5, y, words, anchor="end" if left else "start")
    return _line(x, y - 9, x, bottom, GREY, "dot") + words


def _curve(curve: Curve, across: Axis, up: Axis, percent: bool) -> Markup:
    places = [(across(x), up(y)) for x, y in curve.points]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    line = Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="2.5" stroke-dasharray="{}"/>')
    dot = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{}" fill="{}">{}</circle>')
    radius = 3 if len(places) <= 30 else 1.5
    dots = [
        dot.format(*place, radius, curve.colour, _tooltip(f"{curve.name}, {x:g}: {_exactly(y, percent)}"))
        for place, (x, y) in zip(places, curve.points, strict=True)
    ]
    return line.format(points, curve.colour, DASHES[curve.style]) + Markup("").join(dots)


def _called_at_ends(curves: Sequence[Curve], across: Axis, up: Axis) -> list[Markup]:
    """The name of each curve behind its end, the names moved apart where they would lie on each other."""
    ends = sorted((up(curve.points[-1][1]), place) for place, curve in enumerate(curves))
    written: list[Markup] = []
    free = -math.inf
    room = up.start - LETTER * len(ends)  # the last is not to be pushed out of the chart
    for index, (y, place) in enumerate(ends):
        free = max(free, min(y, room + LETTER * (index + 1)))
        curve = curves[place]
        x = across(curve.points[-1][0])
        written.append(_text(x + 8, free + 4, curve.name, kind="name"))
        free += LETTER
    return written


def _curves_in_words(curves: Sequence[Curve], percent: bool) -> str:
    ends = [(curve.name, curve.points[-1]) for curve in curves if curve.points]
    return "; ".join(f"{name} ends at {_exactly(y, percent)} at {x:g}" for name, (x, y) in ends) + "."


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, style: str) -> Markup:
    line = Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-dasharray="{}"/>')
    return line.format(x1, y1, x2, y2, colour, DASHES[style])


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> Markup:
    text = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>')
    return text.format(x, y, anchor, kind, words)


def _tooltip(words: str) -> Markup:
    return Markup("<title>{}</title>").format(words)


def _written(value: float, percent: bool) -> str:
    return f"{100 * value:.3g} %" if percent else f"{value:.3g}"


def _exactly(value: float, percent: bool) -> str:
    return f"{value:.1%}" if percent else f"{value:.3f}"
