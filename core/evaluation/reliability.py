"""Reliability diagram: how often answers are right, by how sure they were; and the expected calibration error."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.evaluation.confusion_scores import quotient

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

BINS = 15


@dataclass(frozen=True)
class Bin:
    """The answers whose confidence lies in (low, high].

    `confidence` is their mean confidence and `accuracy` the share of them that is right, both in [0, 1] and 0.0 where
    `count` is 0.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Reliability:
    """Reliability: how often answers are right, by how sure they were.

    DeGroot and Fienberg (1983), The Statistician 32, 12–22.

    Parameters
    ----------
    bins : tuple of Bin
        Intervals of equal width that cover 0 to 1, the least sure first, empty ones included.
    """

    bins: tuple[Bin, ...]

    @property
    def ece(self) -> float:
        """Expected calibration error, in [0, 1]: by how much confidence and accuracy differ, averaged over answers.

        Naeini et al. (2015), AAAI, 2901–2907, with bins of equal width as in Guo et al. (2017), ICML, equation 5. Of
        few images it says too much: chance alone makes confidence and accuracy differ. 0.0 without answers.
        """
        n = sum(each.count for each in self.bins)
        return sum(each.count * abs(each.accuracy - each.confidence) for each in self.bins) / n if n else 0.0

    def in_words(self) -> str:
        """What the diagram shows, for eyes that can't see it."""
        return "; ".join(
            f"{each.confidence:.0%} sure: {each.accuracy:.0%} of {each.count} right" for each in self._held
        )

    def figure(self) -> "Figure":
        """The reliability diagram as a Plotly figure."""
        from core.figures.reliability import reliability_figure

        return reliability_figure(
            [(each.low, each.high) for each in self._held],
            [each.count for each in self._held],
            [each.confidence for each in self._held],
            [each.accuracy for each in self._held],
        )

    @property
    def _held(self) -> tuple[Bin, ...]:
        """The bins that hold answers."""
        return tuple(each for each in self.bins if each.count)


def reliability(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> Reliability:
    """How often answers are right, by how sure they were.

    Parameters
    ----------
    confidence : ndarray of float, shape (n,)
        Probability given to the answer, in [0, 1].
    right : ndarray of bool, shape (n,)
        Whether it was right.
    bins : int
        Number of intervals of equal width, 1 or more.
    """
    confidence, right = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    numbers = bin_numbers(confidence, bins)
    counts = np.bincount(numbers, minlength=bins)
    sure, hits = (quotient(np.bincount(numbers, values, bins), counts) for values in (confidence, right))
    return Reliability(
        tuple(
            Bin(index / bins, (index + 1) / bins, int(counts[index]), float(sure[index]), float(hits[index]))
            for index in range(bins)
        )
    )


def bin_numbers(confidence: np.ndarray, bins: int = BINS) -> np.ndarray:
    """Which of `bins` intervals of equal width, (0, 1/bins] to (1 - 1/bins, 1], each confidence lies in.

    Parameters
    ----------
    confidence : ndarray of float, shape (n,)
        In [0, 1]; 0 counts to the first interval.

    Returns
    -------
    ndarray of int, shape (n,)
        From 0 to `bins` - 1.
    """
    edges = np.arange(1, bins) / bins
    return np.searchsorted(edges, np.asarray(confidence, dtype=np.float64), side="left")
