"""What the confusion matrix says: as shares of rows or columns, and which classes are mixed up, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

COUNTS, BY_ROW, BY_COLUMN = "counts", "by row", "by column"


@dataclass(frozen=True)
class Pair:
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


def most_confused(matrix: np.ndarray, count: int = 5) -> list[Pair]:
    """The pairs of classes that are mixed up most often, both ways together.

    Parameters
    ----------
    matrix : array of int, shape (k, k)
        Confusion matrix; rows are true classes.
    count : int
        How many pairs at most, 0 or more.

    Returns
    -------
    list of Pair
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
        pairs.append(Pair(one, other, there, back, int(totals[one]), int(totals[other])))
    return pairs


def in_words(pair: Pair, names: Sequence[str]) -> str:
    """Such as "“river” taken for “freeway” 3 times of 20, the other way round once of 20"."""
    first, second = names[pair.first], names[pair.second]
    words = f"“{first}” taken for “{second}” {_times(pair.there)} of {pair.of_first:,}"
    if pair.back:
        words += f", the other way round {_times(pair.back)} of {pair.of_second:,}"
    return words


def shares(matrix: np.ndarray, by: str) -> np.ndarray:
    """Each cell as a share of its row (what becomes of a class) or its column (what is behind an answer).

    Parameters
    ----------
    matrix : array of int, shape (k, k)
        Confusion matrix; rows are true classes.
    by : {"counts", "by row", "by column"}
        For counts, shares are those of the rows.

    Returns
    -------
    array of float, shape (k, k)
        In [0, 1]; 0 in rows or columns that hold no image.

    Raises
    ------
    ValueError
        If `by` is none of the three.
    """
    if by not in (COUNTS, BY_ROW, BY_COLUMN):
        raise ValueError(f"by must be one of {COUNTS!r}, {BY_ROW!r}, {BY_COLUMN!r}, got {by!r}")
    matrix = np.asarray(matrix, dtype=np.float64)
    totals = matrix.sum(axis=0 if by == BY_COLUMN else 1, keepdims=True)
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
