"""The confusion matrix: counted, normalised, and which classes are mixed up, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# What cells can be shares of, as scikit-learn's `confusion_matrix` names it.
NORMALIZE = ("true", "pred", "all")


def confusion_matrix(true: np.ndarray, predicted: np.ndarray, class_count: int) -> np.ndarray:
    """How often each class was taken for each.

    Parameters
    ----------
    true, predicted : ndarray of int, shape (n,)
        Class indices, 0 ≤ index < `class_count`.
    class_count : int
        Number of classes k.

    Returns
    -------
    ndarray of int, shape (k, k)
        Counts; rows are true classes, columns predicted ones.

    Raises
    ------
    ValueError
        If lengths differ or an index is out of range.
    """
    true, predicted = class_indices(true, class_count), class_indices(predicted, class_count)
    if true.shape != predicted.shape:
        raise ValueError(f"true and predicted must be equally long, got {len(true)} and {len(predicted)}")
    cells = true * class_count + predicted
    return np.bincount(cells, minlength=class_count**2).reshape(class_count, class_count)


@dataclass(frozen=True)
class ConfusedPair:
    """Two classes that are mixed up.

    Parameters
    ----------
    first, second
        Indices of the classes; `first` is taken for `second` at least as often as the other way round.
    there, back
        How many images of `first` were taken for `second`, and of `second` for `first`.
    of_first, of_second
        How many images of each there are.
    """

    first: int
    second: int
    there: int
    back: int
    of_first: int
    of_second: int


def most_confused(matrix: np.ndarray, count: int = 5) -> list[ConfusedPair]:
    """The pairs of classes that are mixed up most often, both ways together.

    Parameters
    ----------
    matrix : array of int, shape (k, k)
        Confusion matrix; rows are true classes.
    count : int
        How many pairs at most, 0 or more.

    Returns
    -------
    list of ConfusedPair
        Most images first, in the order of the classes among equals; only pairs that are mixed up at all.
    """
    matrix = np.asarray(matrix)
    totals = matrix.sum(axis=1)
    rows, columns = np.triu_indices(len(matrix), 1)
    mistakes = matrix[rows, columns] + matrix[columns, rows]
    order = np.argsort(-mistakes, kind="stable")[:count]
    pairs = []
    for place in order[mistakes[order] > 0]:
        one, other = int(rows[place]), int(columns[place])
        if matrix[one, other] < matrix[other, one]:
            one, other = other, one
        there, back = int(matrix[one, other]), int(matrix[other, one])
        pairs.append(ConfusedPair(one, other, there, back, int(totals[one]), int(totals[other])))
    return pairs


def in_words(pair: ConfusedPair, names: Sequence[str]) -> str:
    """Such as "“river” taken for “freeway” 3 times of 20, the other way round once of 20"."""
    first, second = names[pair.first], names[pair.second]
    words = f"“{first}” taken for “{second}” {_times(pair.there)} of {pair.of_first:,}"
    if pair.back:
        words += f", the other way round {_times(pair.back)} of {pair.of_second:,}"
    return words


def normalised(matrix: np.ndarray, normalize: str) -> np.ndarray:
    """Each cell as a share: of the true class, of the predicted one, or of all images.

    Parameters
    ----------
    matrix : array of int, shape (k, k)
        Confusion matrix; rows are true classes.
    normalize : {"true", "pred", "all"}
        "true": of its row, what becomes of a class. "pred": of its column, what is behind an answer. As scikit-learn's
        ``confusion_matrix`` has it.

    Returns
    -------
    array of float, shape (k, k)
        In [0, 1]; 0 in rows or columns that hold no image.

    Raises
    ------
    ValueError
        If `normalize` is none of the three.
    """
    if normalize not in NORMALIZE:
        raise ValueError(f"normalize must be one of {', '.join(map(repr, NORMALIZE))}. Got {normalize!r}.")
    matrix = np.asarray(matrix, dtype=np.float64)
    totals = matrix.sum(axis={"true": 1, "pred": 0, "all": None}[normalize], keepdims=True)
    totals = np.broadcast_to(totals, matrix.shape)
    return np.divide(matrix, totals, out=np.zeros_like(matrix), where=totals > 0)


def classes_with_mistakes(matrix: np.ndarray) -> list[int]:
    """The classes of which an image was mistaken, or for which one was taken, in order.

    Parameters
    ----------
    matrix : array of int, shape (k, k)
        Confusion matrix; rows are true classes.
    """
    mistakes = np.array(matrix)
    np.fill_diagonal(mistakes, 0)
    return np.flatnonzero(mistakes.any(axis=0) | mistakes.any(axis=1)).tolist()


def worst_cell(matrix: np.ndarray) -> tuple[int, int]:
    """The most frequent mistake; where there is none, the most frequent success.

    Parameters
    ----------
    matrix : array of int, shape (k, k), k ≥ 1
        Confusion matrix; rows are true classes.

    Returns
    -------
    tuple of int
        Row and column of the cell, the first one among equals.
    """
    counts = np.array(matrix)
    mistakes = counts - np.diag(np.diag(counts))
    best = mistakes if mistakes.any() else counts
    row, column = np.unravel_index(int(best.argmax()), best.shape)
    return int(row), int(column)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def class_indices(values: np.ndarray, class_count: int) -> np.ndarray:
    """`values` as a flat int64 array; ValueError where one is not in 0..`class_count` - 1."""
    indices = np.asarray(values)
    if indices.ndim != 1 or (indices.size and indices.dtype.kind not in "iu"):
        raise ValueError(f"class indices must be a flat array of integers, got {indices.dtype} {indices.shape}")
    if indices.size and not 0 <= indices.min() <= indices.max() < class_count:
        raise ValueError(f"class indices must lie in 0..{class_count - 1}, got {indices.min()}..{indices.max()}")
    return indices.astype(np.int64)
