"""Who is right on which images, and what moved in the matrix."""

import numpy as np

from core.evaluation.disagreement import cell_changes, disagreement, matrix_difference
from core.evaluation.predictions import Predictions


def answered(right):
    """Answers to images of two classes, right where `right` says so."""
    right = np.asarray(right, dtype=bool)
    true = np.arange(len(right)) % 2
    given = np.where(right, true, 1 - true)
    sure = np.linspace(0.6, 0.9, len(right))
    probabilities = np.where(given[:, None] == [0, 1], sure[:, None], 1 - sure[:, None])
    ids = np.array([f"{index}.png" for index in range(len(right))])
    return Predictions(ids, np.repeat(["test"], len(right)), true, probabilities, ("cats", "dogs"))


def test_the_images_behind_the_counts():
    first, second = answered([1, 1, 0, 0, 1]), answered([0, 1, 1, 0, 0])
    found = disagreement(first, second)
    assert found.only_first.tolist() == [4, 0]  # the surest mistake first
    assert found.only_second.tolist() == [2]
    assert found.both_wrong.tolist() == [3]
    changes = matrix_difference(first, second)
    assert changes.tolist() == [[-1, 1], [0, 0]]
    assert changes.sum(axis=1).tolist() == [0, 0]
    came, left = cell_changes(first, second, 0, 1)
    assert (came.tolist(), left.tolist()) == ([0, 4], [2])
