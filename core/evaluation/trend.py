"""Theil–Sen slopes: where a curve that wobbles is going, and what its wobble leaves open."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

# Of a one-sided 95 % bound, in standard errors.
ONE_SIDED = 1.645
# No curve is taken to hold on to its errors by more than that: a smooth one has hardly any.
LARGEST_HOLD = 0.8
FEWEST_FOR_HOLD = 8
# From the median distance to the standard deviation, where numbers are normally distributed.
OF_MEDIAN = 1.4826


@dataclass(frozen=True)
class Slope:
    """By how much a curve changes from one point to the next.

    Parameters
    ----------
    value
        The median of the slopes between all pairs of points (Theil, 1950; Sen, 1968, Journal of the American
        Statistical Association 63, 1379–1389): a third of the points may be astray.
    low, high
        One-sided 95 % bounds, by Sen, drawn apart where neighbouring points wobble together.
    """

    value: float
    low: float
    high: float

    @property
    def falls(self) -> bool:
        """Whether it falls by more than its wobble could make believe."""
        return self.high < 0


@dataclass(frozen=True)
class Wobble:
    """How a curve moves around its course.

    Parameters
    ----------
    size
        The standard deviation.
    hold
        How much of its distance from the course a point hands on to the next, 0 to `LARGEST_HOLD`: the correlation of
        neighbours. Averages and slopes of such points are less certain than they look.
    """

    size: float
    hold: float

    @property
    def inflation(self) -> float:
        """By how much errors of averages and slopes are larger than where each point stands for itself."""
        return sqrt((1 + self.hold) / (1 - self.hold))


def wobble(values: np.ndarray) -> Wobble:
    """How a curve of n points moves around its course, by its roughness; where it is long enough, by more than that.

    What a parabola leaves of it then tells whether it holds on to its errors.
    """
    y, size = np.asarray(values, dtype=np.float64), roughness(values)
    if len(y) < FEWEST_FOR_HOLD:
        return Wobble(size, 0.0)
    places = np.linspace(-1, 1, len(y))
    left = y - np.polynomial.polynomial.polyval(places, np.polynomial.polynomial.polyfit(places, y, 2))
    power = float(left @ left)
    correlation = float(left[1:] @ left[:-1]) / power if power > 0 else 0.0
    if correlation * sqrt(len(y)) < 1:
        return Wobble(size, 0.0)
    # A parabola takes three numbers away, and with them what the points have in common.
    hold = min(correlation + 3 / len(y), LARGEST_HOLD)
    return Wobble(max(size, sqrt(power / (len(y) - 3))), hold)


def roughness(values: np.ndarray) -> float:
    """The standard deviation of a curve around its course where each point stands for itself; 0 of fewer than three.

    From how far points lie from the line between their neighbours, by the median: a bend or a jump does not count.
    """
    y = np.asarray(values, dtype=np.float64)
    if len(y) < 3:
        return 0.0
    return float(OF_MEDIAN * np.median(np.abs(np.diff(y, 2))) / sqrt(6))


def slope(values: np.ndarray, hold: float = 0.0) -> Slope:
    """The slope of a curve of n ≥ 3 points, one apart from the next; fewer than five can't prove anything.

    Parameters
    ----------
    hold
        Of its wobble: see `Wobble`.
    """
    y = np.asarray(values, dtype=np.float64)
    n = len(y)
    first, second = np.triu_indices(n, 1)
    slopes = np.sort((y[second] - y[first]) / (second - first))
    # Of the number of pairs that rise less those that fall, in a curve that goes nowhere (Kendall).
    spread = ONE_SIDED * sqrt(n * (n - 1) * (2 * n + 5) / 18)
    low = int(np.floor((len(slopes) - spread) / 2))
    middle = float(np.median(slopes))
    if low < 0:
        return Slope(middle, -np.inf, np.inf)
    apart = Wobble(0.0, hold).inflation
    ends = (middle + apart * (float(slopes[place]) - middle) for place in (low, len(slopes) - 1 - low))
    return Slope(middle, *ends)


def smoothed(values: np.ndarray, width: int = 3) -> np.ndarray:
    """The mean of each point and its neighbours, of fewer at the ends: (n,) array of float."""
    y, half = np.asarray(values, dtype=np.float64), width // 2
    return np.array([y[max(0, place - half) : place + half + 1].mean() for place in range(len(y))])
