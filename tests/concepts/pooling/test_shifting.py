"""Shifting a picture: it moves, keeps its shape, and its edge is filled as was asked for."""

import numpy as np
import pytest

from core.concepts.pooling.shifting import NEAREST, WRAP, shifted
from core.errors import UsageError

PICTURE = np.arange(12).reshape(3, 4)


@pytest.mark.parametrize(
    ("right", "down", "edge", "expected"),
    [
        (0, 0, NEAREST, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]),
        (1, 0, NEAREST, [[0, 0, 1, 2], [4, 4, 5, 6], [8, 8, 9, 10]]),
        (-1, 1, NEAREST, [[1, 2, 3, 3], [1, 2, 3, 3], [5, 6, 7, 7]]),
        (1, 0, WRAP, [[3, 0, 1, 2], [7, 4, 5, 6], [11, 8, 9, 10]]),
        (0, -1, WRAP, [[4, 5, 6, 7], [8, 9, 10, 11], [0, 1, 2, 3]]),
        (9, 0, NEAREST, [[0] * 4, [4] * 4, [8] * 4]),
    ],
)
def test_it_moves_and_the_edge_is_filled(right, down, edge, expected):
    np.testing.assert_array_equal(shifted(PICTURE, right, down, edge), expected)


def test_several_pictures_move_alike():
    colours = np.random.default_rng(0).integers(0, 256, (2, 5, 6, 3), np.uint8)
    moved = shifted(colours, 2, -1, first_axis=1)
    assert moved.dtype == np.uint8
    for before, after in zip(colours, moved, strict=True):
        np.testing.assert_array_equal(after, shifted(before, 2, -1))


def test_an_unknown_edge_is_refused_in_words():
    with pytest.raises(UsageError, match="There are: nearest, wrap"):
        shifted(PICTURE, 1, 1, "reflect")
