"""A kernel slid along a signal: beside NumPy, and step by step."""

import numpy as np
import pytest

from core.concepts.signals.convolution_1d import slide
from core.errors import UsageError

GENERATOR = np.random.default_rng(7)
SIGNAL = GENERATOR.integers(-9, 9, 12).astype(float)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("padding", ["valid", "same", "full"])
def test_the_answers_are_those_of_numpy(size, padding):
    kernel = GENERATOR.integers(-9, 9, size).astype(float)
    full = np.convolve(SIGNAL, kernel)
    first = {"full": 0, "valid": size - 1, "same": size // 2}[padding]
    wanted = full[first : first + {"full": 11 + size, "valid": 13 - size, "same": 12}[padding]]
    assert slide(SIGNAL, kernel, padding=padding).answers.tolist() == wanted.tolist()
    turned = slide(SIGNAL, kernel[::-1], flip=False, padding=padding)
    assert turned.answers.tolist() == wanted.tolist()


@pytest.mark.parametrize("stride", [1, 2, 3, 5, 20])
def test_strides_leave_steps_out(stride):
    kernel = np.array([1.0, 2, 4])
    every = slide(SIGNAL, kernel).answers
    assert slide(SIGNAL, kernel, stride=stride).answers.tolist() == every[::stride].tolist()
    assert len(slide(SIGNAL, kernel, stride=stride, padding="same").answers) == -(-12 // stride)


def test_same_with_stride_two_pads_the_odd_zero_on_the_right_as_tensorflow_does():
    slid = slide(np.arange(1.0, 7), np.array([1.0, 0, 0]), flip=False, stride=2, padding="same")
    assert (slid.left, slid.right) == (0, 1)
    assert slid.answers.tolist() == [1, 3, 5]


def test_each_step_shows_what_lies_under_the_kernel():
    slid = slide(np.array([1.0, 2, 2]), np.array([3.0, 2, 1]), padding="full")
    assert slid.kernel.tolist() == [1, 2, 3]
    assert slid.padded.tolist() == [0, 0, 1, 2, 2, 0, 0]
    assert slid.products(2).tolist() == [1, 4, 6]
    assert [slid.products(step).sum() for step in range(5)] == slid.answers.tolist()


def test_a_kernel_that_is_too_long_is_refused_with_the_way_out():
    with pytest.raises(UsageError, match="padding same or full"):
        slide(np.ones(2), np.ones(3))
    assert slide(np.ones(2), np.ones(5), padding="same").answers.tolist() == [2, 2]
