"""Pooling: each window's largest value or mean, and which cell gave it."""

import numpy as np
import pytest

from core.concepts.pooling.pooling import AVERAGE, MAX, pool, window, winners
from core.errors import UsageError


def by_definition(values, size, stride, reduce):
    height, width = ((side - size) // stride + 1 for side in values.shape[:2])
    cells = [
        [reduce(values[y : y + size, x : x + size], axis=(0, 1)) for x in range(0, width * stride, stride)]
        for y in range(0, height * stride, stride)
    ]
    return np.array(cells)


@pytest.mark.parametrize("shape", [(7, 9), (8, 8, 3), (5, 3, 2), (3, 3)])
@pytest.mark.parametrize(("size", "stride"), [(1, 1), (2, 2), (2, 1), (3, 2), (2, 5)])
def test_it_is_what_the_definition_says(shape, size, stride):
    values = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    for kind, reduce in ((MAX, np.max), (AVERAGE, np.mean)):
        np.testing.assert_allclose(pool(values, size, stride, kind), by_definition(values, size, stride, reduce))


def test_windows_lie_side_by_side_unless_a_stride_is_given():
    photograph = np.zeros((512, 512), np.uint8)
    assert pool(photograph, 4).shape == (128, 128)
    assert pool(photograph, 3, 2).shape == (255, 255)
    assert pool(photograph, 4).dtype == np.uint8
    assert pool(photograph, 4, kind=AVERAGE).dtype == np.float64


def test_a_winner_is_the_cell_with_the_largest_value_and_of_equals_the_first():
    values = np.random.default_rng(1).integers(0, 5, (9, 7, 2))
    rows, columns = winners(values, 3, 2)
    best = pool(values, 3, 2)
    channels = np.broadcast_to(np.arange(2), best.shape)
    np.testing.assert_array_equal(values[rows, columns, channels], best)
    equal = np.zeros((4, 4))
    rows, columns = winners(equal, 2)
    assert rows.tolist() == [[0, 0], [2, 2]]
    assert columns.tolist() == [[0, 2], [0, 2]]


def test_a_window_is_where_its_cell_comes_from():
    values = np.arange(63).reshape(7, 9)
    assert values[window(1, 2, 3, 2)].max() == pool(values, 3, 2)[1, 2]
    assert values[window(1, 2, 2)].max() == pool(values, 2)[1, 2]


@pytest.mark.parametrize(
    ("values", "size", "stride", "kind", "words"),
    [
        (np.zeros((3, 5)), 4, 1, MAX, "A window of 4 × 4 does not fit on a map of 3 × 5. Its side must be from 1 to 3"),
        (np.zeros((3, 5)), 0, 1, MAX, "from 1 to 3"),
        (np.zeros((3, 5)), 2, 0, MAX, "stride must be at least 1"),
        (np.zeros((3, 5)), 2, 2, "median", "There are: max, average"),
        (np.zeros(5), 2, 2, MAX, "Got 1 dimensions"),
    ],
)
def test_what_is_no_pooling_is_refused_in_words(values, size, stride, kind, words):
    with pytest.raises(UsageError, match=words):
        pool(values, size, stride, kind)
