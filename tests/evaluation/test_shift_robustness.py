"""Shift robustness: what is said of answers to shifted images is what they are."""

import numpy as np
import pytest

from core.evaluation.intervals import wilson
from core.evaluation.shift_robustness import HORIZONTAL, VERTICAL, ShiftRobustness, moves


def robustness(side: int, right_of, images: int = 200, **facts) -> ShiftRobustness:
    """Of a network that is right on the first `right_of(distance)` images, whichever way they are shifted."""
    wanted = moves(side)
    right = np.stack([np.arange(images) < right_of(sum(map(abs, move))) for move in wanted])
    return ShiftRobustness("validation", side, wanted, right, **facts)


def test_images_are_shifted_all_four_ways_and_never_beyond_a_quarter():
    assert moves(8) == [(0, 0), (-1, 0), (1, 0), (-2, 0), (2, 0), (0, -1), (0, 1), (0, -2), (0, 2)]
    assert max(max(move) for move in moves(224)) == 32
    assert moves(3) == [(0, 0)]


def test_accuracies_have_the_interval_of_their_images():
    found = robustness(16, lambda distance: 190 - 10 * distance)
    assert found.accuracy() == 0.95
    assert found.accuracy((-2, 0)) == 0.85
    assert found.interval((-2, 0)) == wilson(170, 200)
    assert found.line(HORIZONTAL) == [(-4, 0), (-2, 0), (-1, 0), (0, 0), (1, 0), (2, 0), (4, 0)]
    assert found.line(VERTICAL) == [(0, -4), (0, -2), (0, -1), (0, 0), (0, 1), (0, 2), (0, 4)]


def test_a_change_counts_each_image_once_however_many_ways_it_is_shifted():
    found = robustness(16, lambda distance: 190 - 10 * distance)
    change = found.change(2)
    assert change.value == pytest.approx(-0.1)
    alone = ShiftRobustness("validation", 16, [(0, 0), (2, 0)], found.right[[0, found.moves.index((2, 0))]])
    # Four ways in which the very same images go wrong tell no more than one.
    assert change.low == pytest.approx(alone.change(2).low, abs=0.01)
    assert change.low < -0.1 < change.high < 0


@pytest.mark.parametrize(
    ("right_of", "words"),
    [
        (lambda distance: 180, "A shift by up to 8 pixels costs it nothing that so many images could show."),
        (lambda distance: 180 - distance // 4 * 10, "A shift by up to 2 pixels costs it nothing"),
        (lambda distance: 180 - distance // 4 * 10, "A shift by 8 pixels costs it 10.0 points (95 % interval"),
        (lambda distance: 180 if distance < 8 else 90, "A shift by up to 4 pixels costs it nothing"),
        (lambda distance: 180 - 50 * (distance > 0), "A shift by 1 pixel costs it 25.0 points"),
    ],
)
def test_it_is_said_from_where_on_shifts_cost_something(right_of, words):
    text = robustness(32, right_of).words()
    assert text.startswith("It is right on 90.0 % of 200 validation images as they are.")
    assert words in text


def test_images_too_small_or_unread_are_told_of():
    assert "too small to be shifted" in robustness(3, lambda distance: 100).words()
    assert "3 more could not be read." in robustness(16, lambda distance: 100, unread=3).words()


def test_gains_are_no_cost():
    assert "costs it nothing" in robustness(16, lambda distance: 150 + 20 * (distance > 0)).words()
