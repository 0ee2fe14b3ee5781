"""Disagreement of two networks on the same images: who is right on which, and what moved in the confusion matrix."""

from dataclasses import dataclass

import numpy as np

from core.evaluation.confusion_matrix import confusion_matrix
from core.evaluation.predictions import Predictions


@dataclass(frozen=True, eq=False)
class Disagreement:
    """The images by who gets them right, as rows of the first one's predictions: arrays of int."""

    only_first: np.ndarray
    only_second: np.ndarray
    both_wrong: np.ndarray


def disagreement(first: Predictions, second: Predictions) -> Disagreement:
    """Who gets which images right. Of the images of each kind, those come first on which the wrong answer was surest.

    Parameters
    ----------
    first, second
        As `core.evaluation.comparable.comparable_rows` gives them.
    """
    first_right, second_right = first.right, second.right

    def surest(chosen: np.ndarray, wrong: Predictions) -> np.ndarray:
        rows = np.flatnonzero(chosen)
        return rows[np.argsort(-wrong.probabilities[rows].max(axis=1), kind="stable")]

    return Disagreement(
        surest(first_right & ~second_right, second),
        surest(second_right & ~first_right, first),
        surest(~first_right & ~second_right, first),
    )


def matrix_difference(first: Predictions, second: Predictions) -> np.ndarray:
    """The confusion matrix of the second minus that of the first.

    Returns
    -------
    ndarray of int, shape (k, k)
        Images more (positive) or fewer (negative) in each cell; rows are true classes. Every row sums to 0.
    """
    count = len(first.class_names)
    matrices = [confusion_matrix(rows.true, rows.predicted, count) for rows in (first, second)]
    return matrices[1] - matrices[0]


def cell_changes(first: Predictions, second: Predictions, true: int, predicted: int) -> tuple[np.ndarray, np.ndarray]:
    """The images behind a cell of `matrix_difference`.

    Returns
    -------
    came, left : ndarray of int
        Rows of `first`: images truly of class `true` that only the second, and only the first, takes for `predicted`.
    """
    of_class = first.true == true
    one, other = first.predicted == predicted, second.predicted == predicted
    return np.flatnonzero(of_class & other & ~one), np.flatnonzero(of_class & one & ~other)
