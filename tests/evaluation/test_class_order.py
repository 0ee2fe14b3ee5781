"""Classes that are taken for each other stand side by side."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage, to_tree
from scipy.spatial.distance import squareform

from core.evaluation.class_order import by_similarity


def matrix_with(count, mistakes):
    matrix = 20 * np.eye(count, dtype=int)
    for (true, predicted), images in mistakes.items():
        matrix[true, predicted] += images
    return matrix


def test_two_that_are_mixed_up_become_neighbours():
    order = by_similarity(matrix_with(6, {(0, 5): 4, (5, 0): 3}))
    assert sorted(order) == list(range(6))
    assert abs(order.index(0) - order.index(5)) == 1


def test_without_mistakes_the_order_stays():
    assert by_similarity(np.eye(4)) == [0, 1, 2, 3]
    assert by_similarity(np.zeros((3, 3))) == [0, 1, 2]


def test_groups_that_are_never_mixed_up_keep_their_order():
    order = by_similarity(matrix_with(6, {(1, 4): 3, (2, 5): 3}))
    assert order == [0, 1, 4, 2, 5, 3]


def test_the_ends_that_meet_are_alike():
    """A chain of classes, each taken for the next: it is laid out as a chain."""
    scrambled = [3, 0, 4, 1, 2]
    mistakes = {(scrambled[place], scrambled[place + 1]): 6 - place for place in range(4)}
    order = by_similarity(matrix_with(5, mistakes))
    assert order in (scrambled, scrambled[::-1])


def test_rates_count_and_not_numbers_of_images():
    """Ten of a thousand are less alike than five of ten."""
    matrix = np.diag([1000, 1000, 5, 10])
    matrix[0, 1], matrix[2, 0] = 10, 5
    order = by_similarity(matrix)
    assert abs(order.index(2) - order.index(0)) == 1


@pytest.mark.parametrize("seed", range(5))
def test_it_joins_what_scipy_joins(seed):
    """Average linkage on random rates, without ties: each of scipy's groups stands together."""
    rates = np.random.default_rng(seed).random((9, 9))
    matrix = rates / rates.sum(axis=1, keepdims=True)
    similarity = (matrix + matrix.T) / 2
    distances = 1 - similarity
    np.fill_diagonal(distances, 0)
    place = {index: at for at, index in enumerate(by_similarity(matrix))}
    waiting = [to_tree(linkage(squareform(distances), "average"))]
    while waiting:
        node = waiting.pop()
        places = [place[index] for index in node.pre_order()]
        assert max(places) - min(places) == len(places) - 1
        waiting += [child for child in (node.left, node.right) if child is not None]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_classes(count):
    assert by_similarity(np.ones((count, count))) == list(range(count))
