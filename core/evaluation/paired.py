"""Paired tests: is one of two networks right more often on the same images, and by how much?

Each image stands for itself here; `core.evaluation.by_groups` has the same for images of which some belong together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np


@dataclass(frozen=True)
class McNemar:
    """McNemar's exact test of two networks on the same images.

    Parameters
    ----------
    only_first, only_second
        How many images the first gets right and the second wrong, and the other way round.
    p_value
        How probable it is that luck alone divides these images as unevenly, or more: two-sided, in (0, 1].
    """

    only_first: int
    only_second: int
    p_value: float


@dataclass(frozen=True)
class Difference:
    """Accuracy of the second minus that of the first, -1 to 1, and where it lies with 95 % confidence."""

    value: float
    low: float
    high: float


def mcnemar(first_right: np.ndarray, second_right: np.ndarray) -> McNemar:
    """Test whether one of two networks is right more often than the other.

    If both were equally good, an image that only one of them gets right would be the one's or the other's like the toss
    of a coin: the smaller count follows Binomial(b + c, ½). The p-value is min(1, 2 P(X ≤ min(b, c))).

    Parameters
    ----------
    first_right, second_right : ndarray of bool, shape (n,)
        Whether each network gets each image right; the same images in the same order.

    Raises
    ------
    ValueError
        If the lengths differ.

    References
    ----------
    McNemar, Q. (1947). Note on the sampling error of the difference between correlated proportions or percentages.
    Psychometrika, 12(2), 153–157; exact as in Liddell, F. D. K. (1983). The Statistician, 32(3), 295–304.
    """
    first_right, second_right = _alike(first_right, second_right)
    only_first = int((first_right & ~second_right).sum())
    only_second = int((second_right & ~first_right).sum())
    return McNemar(only_first, only_second, _coin_p_value(only_first, only_second))


def difference(first_right: np.ndarray, second_right: np.ndarray, confidence: float = 0.95) -> Difference:
    """How much more accurate the second of two networks is, from the same images.

    Bonett and Price's adjusted Wald interval: with one image added to each of the two counts that differ, and two to
    all, it keeps close to its confidence for few images too, and does not shrink to nothing where all agree.

    Parameters
    ----------
    first_right, second_right : ndarray of bool, shape (n,)
        Whether each network gets each image right; n ≥ 1.
    confidence : float
        Two-sided confidence level, in (0, 1).

    Raises
    ------
    ValueError
        If the lengths differ or there is no image.

    References
    ----------
    Bonett, D. G. and Price, R. M. (2012). Adjusted Wald confidence interval for a difference of binomial proportions
    based on paired data. Journal of Educational and Behavioral Statistics, 37(4), 479–488.
    """
    first_right, second_right = _alike(first_right, second_right)
    n = len(first_right)
    if n == 0:
        raise ValueError("without an image there is no difference")
    losses, wins = (first_right & ~second_right).sum(), (second_right & ~first_right).sum()
    lost, won = (losses + 1) / (n + 2), (wins + 1) / (n + 2)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    half_width = z * sqrt((won + lost - (won - lost) ** 2) / (n + 2))
    centre = won - lost
    low, high = max(-1.0, float(centre - half_width)), min(1.0, float(centre + half_width))
    return Difference(float((wins - losses) / n), low, high)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values made comparable with one bound, where several comparisons are made at once.

    Of twenty comparisons of equally good networks one falls below 5 % by luck. Holm's step-down procedure keeps the
    probability of any such mistake below the bound.

    Parameters
    ----------
    p_values : sequence of float
        Each in [0, 1], in any order; possibly none.

    Returns
    -------
    list of float
        In the order given, each in [0, 1] and not below the one it came from.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics, 6(2).
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, p_values[index] * (len(p_values) - rank)))
        adjusted[index] = largest
    return adjusted


def _coin_p_value(heads: int, tails: int) -> float:
    """Two-sided p-value of so uneven a series of tosses; in whole numbers, so that no digit is lost."""
    n, fewer = heads + tails, min(heads, tails)
    if 2 * fewer >= n - 1:  # as even as can be; half of all series lie on either side
        return 1.0
    term = ways = 1
    for count in range(1, fewer + 1):
        term = term * (n - count + 1) // count
        ways += term
    return min(1.0, ways / 2 ** (n - 1))


def _alike(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(f"both must be flat and equally long, got {first.shape} and {second.shape}")
    return first, second
