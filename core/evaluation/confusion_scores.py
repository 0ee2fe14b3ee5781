"""Confusion scores: accuracy, F1, kappa and their like, from the counts of a confusion matrix alone.

All of these depend on the matrix by no more than its diagonal and the sums of its rows and columns, so that a thousand
resampled matrices need not be written out (`core.evaluation.bootstrap`). Every function takes such `Counts`, of one
matrix or of many, and gives an array with a number for each.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Counts:
    """What is counted of one confusion matrix, or of many at once.

    Parameters
    ----------
    hits, true, answered : ndarray of float, shape (..., k)
        For each of k classes the images that are of it and were taken for it, those that are of it, and those that were
        taken for it: the diagonal, the sums of the rows, and of the columns. Leading axes are many matrices.
    """

    hits: np.ndarray
    true: np.ndarray
    answered: np.ndarray

    @classmethod
    def of(cls, matrix: np.ndarray) -> "Counts":
        """Of a (k, k) confusion matrix whose rows are true classes."""
        matrix = np.asarray(matrix, dtype=np.float64)
        return cls(matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0))

    @property
    def n(self) -> np.ndarray:
        return self.true.sum(axis=-1)


def accuracy(counts: Counts) -> np.ndarray:
    """Share of answers that are right, in [0, 1]; 0 where nothing was answered."""
    return quotient(counts.hits.sum(axis=-1), counts.n)


def balanced_accuracy(counts: Counts) -> np.ndarray:
    """Mean recall of the classes that images are of, in [0, 1].

    Classes without images are left out, as scikit-learn does (Brodersen et al., 2010, ICPR, equation 7, for two).
    """
    return _mean_over_present(quotient(counts.hits, counts.true), counts)


def macro_f1(counts: Counts) -> np.ndarray:
    """Mean F1 of the classes that images are of, in [0, 1]: small classes count as much as large ones.

    A class without images has no F1 to speak of and is left out: scikit-learn's with ``labels`` set to those that occur
    in the truth and ``zero_division=0``.
    """
    return _mean_over_present(_f1(counts), counts)


def weighted_f1(counts: Counts) -> np.ndarray:
    """F1 averaged over classes by their images, in [0, 1]; scikit-learn's ``average="weighted"``."""
    return quotient((_f1(counts) * counts.true).sum(axis=-1), counts.n)


def kappa(counts: Counts, undefined: float = 0.0) -> np.ndarray:
    """Cohen's kappa, in [-1, 1]: agreement beyond what the same answers, dealt out at random, would reach.

    (p - e) / (1 - e), where p is the accuracy and e the sum over classes of share true times share answered (Cohen,
    1960, Educational and Psychological Measurement 20, 37–46). `undefined` where e is 1, which is when all images and
    all answers are of one class; scikit-learn gives NaN there, or what ``replace_undefined_by`` says.
    """
    n = counts.n
    by_chance = (counts.true * counts.answered).sum(axis=-1)
    return quotient(n * counts.hits.sum(axis=-1) - by_chance, n * n - by_chance, undefined)


def mcc(counts: Counts, undefined: float = 0.0) -> np.ndarray:
    """Matthews correlation coefficient for k classes, in [-1, 1]: the correlation of answers with the truth.

    Gorodkin (2004), Computational Biology and Chemistry 28, 367–374. `undefined` where all images are of one class or
    all answers are; scikit-learn gives 0.0.
    """
    n = counts.n
    both = n * counts.hits.sum(axis=-1) - (counts.true * counts.answered).sum(axis=-1)
    spread_true, spread_answered = (n * n - (sums**2).sum(axis=-1) for sums in (counts.true, counts.answered))
    return quotient(both, np.sqrt(spread_true * spread_answered), undefined)


def quotient(numerator: np.ndarray, denominator: np.ndarray, undefined: float = 0.0) -> np.ndarray:
    """Elementwise quotient, `undefined` where the denominator is 0."""
    numerator, denominator = np.broadcast_arrays(np.asarray(numerator, dtype=np.float64), denominator)
    return np.divide(numerator, denominator, out=np.full(numerator.shape, undefined), where=denominator != 0)


def _f1(counts: Counts) -> np.ndarray:
    return quotient(2 * counts.hits, counts.true + counts.answered)


def _mean_over_present(values: np.ndarray, counts: Counts) -> np.ndarray:
    present = counts.true > 0
    return quotient((values * present).sum(axis=-1), present.sum(axis=-1))
