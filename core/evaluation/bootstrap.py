"""The bootstrap over groups: how far scores may lie from the true ones, by drawing the images anew.

Images of one patient or place resemble each other, so it is groups that are drawn, with replacement, as many as there
are; images without a group are each a group of their own (Davison and Hinkley, 1997, Bootstrap Methods and their
Application, section 3.8: resampling whole clusters). No image is looked at anew: how often each group was drawn is a
weight of its images (together the weights are a draw of the multinomial distribution), and every score is made of
weighted sums over images.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.evaluation.confusion_scores import Counts

RESAMPLES = 1000
SEED = 0
# So many resamples are held at a time: of 25,000 images 10 MB, which a processor's caches like better than all at once.
AT_ONCE = 50


@dataclass(frozen=True)
class Sums:
    """Weighted sums over the images of resamples, r of them.

    Parameters
    ----------
    counts : Counts
        Of r confusion matrices; arrays of shape (r, k).
    n : ndarray, shape (r,)
        Images in each resample: as many as there are, or nearly where groups differ in size.
    values : ndarray, shape (r, m)
        Sums of what each image adds to a mean, such as its log loss.
    binned : ndarray, shape (r, bins)
        Sums of what each image adds to the bin that it belongs to.
    """

    counts: Counts
    n: np.ndarray
    values: np.ndarray
    binned: np.ndarray


class Rows:
    """Per-image terms: what scores are made of, of each of n images.

    Parameters
    ----------
    true, answers : ndarray of int, shape (n,)
        Class indices, below `class_count`; n ≥ 1.
    class_count : int
        Number of classes k.
    values : ndarray of float, shape (n, m)
        What each image adds to m means.
    bins : ndarray of int, shape (n,)
        The bin of each image, below `bin_count`.
    gaps : ndarray of float, shape (n,)
        What each image adds to its bin.
    bin_count : int
        Number of bins.
    """

    def __init__(
        self,
        true: np.ndarray,
        answers: np.ndarray,
        class_count: int,
        values: np.ndarray,
        bins: np.ndarray,
        gaps: np.ndarray,
        bin_count: int,
    ):
        cells = np.asarray(true) * class_count + answers
        # In the order of the cells of the confusion matrix, so that counting a cell is adding up what stands together.
        self.order = np.argsort(cells, kind="stable")
        self._class_count, self._value_count = class_count, values.shape[1]
        self._cells, self._starts = np.unique(cells[self.order], return_index=True)
        in_bins = np.where(bins[:, None] == np.arange(bin_count), gaps[:, None], 0.0)
        self._added = np.concatenate([values, in_bins], axis=1)[self.order]

    def __len__(self) -> int:
        return len(self.order)

    def sums(self, weights: np.ndarray) -> Sums:
        """Sums over all images, each as often as its weight says.

        Parameters
        ----------
        weights : ndarray of float, shape (r, n)
            Of each image in each resample, the images in `order`.
        """
        in_cells = np.add.reduceat(weights, self._starts, axis=1)
        true, answers = np.divmod(self._cells, self._class_count)
        hit = true == answers
        added = weights @ self._added
        counts = Counts(
            self._by_class(in_cells[:, hit], true[hit]),
            self._by_class(in_cells, true),
            self._by_class(in_cells, answers),
        )
        return Sums(counts, weights.sum(axis=1), added[:, : self._value_count], added[:, self._value_count :])

    def _by_class(self, in_cells: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Sums of cells, shape (r, m), over those of the same class: shape (r, k)."""
        summed = np.zeros((len(in_cells), self._class_count))
        if len(classes):
            order = np.argsort(classes, kind="stable")
            present, starts = np.unique(classes[order], return_index=True)
            summed[:, present] = np.add.reduceat(in_cells[:, order], starts, axis=1)
        return summed


def intervals(
    rows: Rows,
    scores: Callable[[Sums], dict[str, np.ndarray]],
    groups: np.ndarray | None = None,
    resamples: int = RESAMPLES,
    confidence: float = 0.95,
) -> dict[str, tuple[float, float]] | None:
    """Percentile intervals of scores (Efron and Tibshirani, 1993, An Introduction to the Bootstrap, chapter 13).

    Parameters
    ----------
    rows : Rows
        Of n images.
    scores
        Gives from the sums of r resamples the scores of each, arrays of shape (r,).
    groups : ndarray, shape (n,), optional
        Which images belong together, by any value. Without it each image stands alone.
    resamples : int
        How many to draw, 1 or more. They are drawn by a fixed seed: the same images give the same interval.
    confidence : float
        Two-sided confidence level, in (0, 1).

    Returns
    -------
    dict of (low, high), or None
        For every score, low ≤ score ≤ high: an interval is widened to hold the score itself where drawing rows twice
        shifts it, as it does the calibration error. Where all answers are right no resample shows a mistake, and the
        interval is a point. None where there are fewer than two groups: one alone tells nothing of others.

    Raises
    ------
    ValueError
        If `groups` is not as long as `rows`.
    """
    units, unit_count = _units(groups, rows)
    if unit_count < 2:
        return None
    generator = np.random.default_rng(SEED)
    parts = []
    for first in range(0, resamples, AT_ONCE):
        weights = _weights(generator, units, unit_count, min(AT_ONCE, resamples - first))
        parts.append(scores(rows.sums(weights)))
    tail = (1 - confidence) / 2
    return {
        name: _interval(np.concatenate([part[name] for part in parts]), float(value[0]), tail)
        for name, value in scores(rows.sums(np.ones((1, len(rows))))).items()
    }


def _units(groups: np.ndarray | None, rows: Rows) -> tuple[np.ndarray | None, int]:
    """The number of each image's group, in `rows.order`, None where each stands alone; and how many there are."""
    if groups is None:
        return None, len(rows)
    if len(groups) != len(rows):
        raise ValueError(f"need a group for each of {len(rows)} images, got {len(groups)}")
    names, units = np.unique(groups, return_inverse=True)
    return units[rows.order], len(names)


def _weights(generator: np.random.Generator, units: np.ndarray | None, unit_count: int, resamples: int) -> np.ndarray:
    """How often each image is in each resample: ndarray of float, shape (resamples, n).

    Drawing numbers and counting them is ten times as quick as NumPy's multinomial, and the same.
    """
    drawn = np.empty((resamples, unit_count))
    for row in drawn:
        row[:] = np.bincount(generator.integers(0, unit_count, unit_count), minlength=unit_count)
    return drawn if units is None else drawn[:, units]


def _interval(values: np.ndarray, itself: float, tail: float) -> tuple[float, float]:
    values = values[~np.isnan(values)]  # a draw of which the score can't be told tells nothing of it
    if np.isnan(itself) or not len(values):
        return itself, itself
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(min(low, itself)), float(max(high, itself))
