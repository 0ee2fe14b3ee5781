"""Sliding windows: how many steps they take, what they cover, what they never see, and the two meanings of "same"."""

import numpy as np
import pytest

from core.concepts.layers.layer_arithmetic import (
    SlidingWindow,
    padded_by,
    same_in_pytorch,
    same_in_tensorflow,
    slide_over,
)
from core.errors import UsageError

EVERY_SIZE = [
    (length, kernel, stride, dilation)
    for length in (1, 2, 5, 12, 13)
    for kernel in (1, 2, 3, 4, 7)
    for stride in (1, 2, 3, 20)
    for dilation in (1, 2, 3)
]


def test_every_step_lies_on_the_padded_side_and_another_would_not():
    for size in EVERY_SIZE:
        for zeros in (0, 1, 4):
            window = padded_by(zeros, *size)
            for step in range(window.steps):
                cells = window.covered(step)
                assert len(cells) == window.kernel
                assert min(cells) >= -zeros
                assert max(cells) < window.length + zeros
            assert max(window.covered(window.steps)) >= window.length + zeros


def test_a_stride_that_does_not_divide_leaves_cells_unseen():
    window = SlidingWindow(12, 3, 2)
    assert (window.steps, window.unrounded_steps, window.unseen) == (5, 5.5, (11,))
    assert SlidingWindow(11, 3, 2).unseen == ()
    # One that is larger than the window leaves gaps, and dilation reaches over them.
    assert SlidingWindow(9, 2, 3).unseen == (2, 5, 8)
    assert SlidingWindow(5, 3, 4, dilation=2).unseen == (1, 3)


@pytest.mark.parametrize("window", [SlidingWindow(3, 4), SlidingWindow(1, 2), SlidingWindow(5, 3, 1, 4, 1, 1)])
def test_a_window_that_does_not_fit_takes_no_step_and_sees_nothing(window):
    assert window.steps == 0
    assert len(window.unseen) == window.length
    with pytest.raises(UsageError, match="fits nowhere"):
        slide_over(np.ones((window.length,) * 2), np.ones((window.kernel,) * 2), window)


def test_a_stride_larger_than_the_image_leaves_one_step():
    assert SlidingWindow(5, 3, 20).steps == 1
    assert same_in_tensorflow(5, 3, 20).steps == 1


def test_same_leaves_a_stride_th_of_the_side_in_tensorflow():
    for size in EVERY_SIZE:
        length, _, stride, _ = size
        window = same_in_tensorflow(*size)
        assert window.steps == -(-length // stride)
        assert window.behind - window.before in (0, 1)


def test_both_agree_at_stride_one_and_part_where_the_side_is_even():
    for length in range(1, 14):
        for kernel in (1, 2, 3, 4, 5):
            assert same_in_pytorch(length, kernel) == same_in_tensorflow(length, kernel)
    assert same_in_pytorch(7, 3, 2) == same_in_tensorflow(7, 3, 2)
    even = same_in_tensorflow(6, 3, 2), same_in_pytorch(6, 3, 2)
    assert [(window.before, window.behind, window.steps) for window in even] == [(0, 1, 3), (1, 1, 3)]
    assert [window.covered(0) for window in even] == [(0, 1, 2), (-1, 0, 1)]


def test_what_comes_out_is_the_sum_over_what_is_covered():
    generator = np.random.default_rng(0)
    for window in (same_in_tensorflow(6, 3, 2), same_in_pytorch(6, 3, 2), padded_by(2, 7, 3, 2, 2)):
        image, kernel = generator.normal(size=(window.length,) * 2), generator.normal(size=(3, 3))
        answer = slide_over(image, kernel, window)
        assert answer.shape == (window.steps, window.steps)
        for row in range(window.steps):
            for column in range(window.steps):
                terms = [
                    image[y, x] * kernel[i, j]
                    for i, y in enumerate(window.covered(row))
                    for j, x in enumerate(window.covered(column))
                    if 0 <= y < window.length and 0 <= x < window.length
                ]
                assert answer[row, column] == pytest.approx(sum(terms))
