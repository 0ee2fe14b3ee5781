"""Class order by average linkage: those that are mistaken for each other stand side by side."""

import numpy as np


def by_similarity(matrix: np.ndarray) -> list[int]:
    """Order classes by how often they are taken for each other.

    How alike two classes are is the mean of the two rates at which one is taken for the other. The two that are most
    alike are joined, then treated as one, whose similarity to a third is the mean over its members (average linkage:
    Sokal and Michener, 1958, University of Kansas Science Bulletin 38, 1409–1438), and so on. Groups that are never
    taken for one another are not joined: they follow each other in the classes' own order.

    Parameters
    ----------
    matrix : array of int, shape (k, k)
        Confusion matrix; rows are true classes.

    Returns
    -------
    list of int
        All of 0..k - 1, in the order found; their own order where nothing is mistaken.
    """
    similarity = _similarity(np.asarray(matrix, dtype=np.float64))
    between = similarity.copy()
    np.fill_diagonal(between, -1.0)
    groups: list[list[int]] = [[index] for index in range(len(similarity))]
    while between.size:
        first, second = sorted(int(each) for each in np.unravel_index(int(between.argmax()), between.shape))
        if between[first, second] <= 0:
            break
        sizes = len(groups[first]), len(groups[second])
        joined = (sizes[0] * between[first] + sizes[1] * between[second]) / sum(sizes)
        between[first], between[:, first], between[first, first] = joined, joined, -1.0
        between[second] = between[:, second] = -1.0
        groups[first] = _side_by_side(groups[first], groups[second], similarity)
        groups[second] = []
    return [index for group in sorted(filter(None, groups), key=min) for index in group]


def _similarity(matrix: np.ndarray) -> np.ndarray:
    """The mean of the two rates of confusion of each two classes: (k, k), symmetric."""
    totals = matrix.sum(axis=1, keepdims=True)
    rates = np.divide(matrix, totals, out=np.zeros_like(matrix), where=totals > 0)
    return (rates + rates.T) / 2


def _side_by_side(first: list[int], second: list[int], similarity: np.ndarray) -> list[int]:
    """Both groups, turned so that the ends that meet are as alike as can be."""
    turned = [(one, other) for one in (first, first[::-1]) for other in (second, second[::-1])]
    best = max(turned, key=lambda ends: similarity[ends[0][-1], ends[1][0]])
    return best[0] + best[1]
