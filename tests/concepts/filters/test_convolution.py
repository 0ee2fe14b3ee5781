"""Convolution of pictures: what it gives is what SciPy gives, with every setting, and what does not fit says so."""

import itertools

import numpy as np
import pytest
from scipy import ndimage, signal

from core.concepts.filters.convolution import FULL, OUTSIDE, SAME, VALID, Convolution, convolve
from core.concepts.filters.window_sum import window_sum
from core.errors import UsageError

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (23, 31))
SCIPY_MODES = {"zero": "constant", "nearest": "nearest", "reflect": "reflect", "mirror": "mirror", "wrap": "wrap"}
KERNELS = [RNG.normal(size=shape) for shape in ((1, 1), (3, 3), (1, 2), (4, 4), (5, 2), (9, 9), (20, 20))]


def odd(kernel: np.ndarray) -> bool:
    return all(side % 2 for side in kernel.shape)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: f"{kernel.shape}")
@pytest.mark.parametrize("mode", [VALID, SAME, FULL])
def test_flipped_it_is_the_convolution_of_scipy_signal(kernel, mode):
    answer = convolve(PICTURE, kernel, Convolution(flip=True, padding=mode))
    whole = signal.convolve2d(PICTURE, kernel)
    if mode == SAME:  # where a kernel is even, SciPy's centre is another pixel
        begins = [side // 2 for side in kernel.shape]
        whole = whole[begins[0] :, begins[1] :][: PICTURE.shape[0], : PICTURE.shape[1]]
    elif mode == VALID:
        whole = signal.convolve2d(PICTURE, kernel, "valid")
    assert np.allclose(answer, whole, rtol=0, atol=1e-9)


@pytest.mark.parametrize("kernel", [*filter(odd, KERNELS)], ids=lambda kernel: f"{kernel.shape}")
@pytest.mark.parametrize("outside", OUTSIDE)
def test_what_lies_outside_is_called_as_scipy_calls_it(kernel, outside):
    answer = convolve(PICTURE, kernel, Convolution(outside=outside))
    assert np.allclose(answer, ndimage.correlate(PICTURE.astype(float), kernel, mode=SCIPY_MODES[outside]), atol=1e-9)


def test_a_stride_takes_every_so_manieth_answer():
    for kernel, stride in itertools.product(KERNELS, (2, 3, 50)):
        answer = convolve(PICTURE, kernel, Convolution(stride=stride))
        assert np.array_equal(answer, convolve(PICTURE, kernel)[::stride, ::stride])


@pytest.mark.parametrize("side", [3, 9])
def test_dilation_is_a_kernel_with_gaps(side):
    kernel = RNG.normal(size=(side, side))
    gaps = np.zeros((2 * side - 1, 2 * side - 1))
    gaps[::2, ::2] = kernel
    for flip in (False, True):
        dilated = convolve(PICTURE, kernel, Convolution(flip=flip, dilation=2))
        assert np.allclose(dilated, convolve(PICTURE, gaps, Convolution(flip=flip)), atol=1e-9)


@pytest.mark.parametrize("kernel", [KERNELS[1], KERNELS[-1]], ids=lambda kernel: f"{kernel.shape}")
def test_each_channel_is_filtered_by_itself(kernel):
    colour = RNG.integers(0, 256, (23, 31, 3))
    answer = convolve(colour, kernel)
    assert answer.shape == colour.shape
    for channel in range(3):
        assert np.allclose(answer[..., channel], convolve(colour[..., channel], kernel), atol=1e-9)


def test_every_number_of_the_answer_is_the_sum_that_is_written_out():
    settings = itertools.product((False, True), (VALID, SAME, FULL), OUTSIDE, (1, 3), (1, 2))
    for flip, padding, outside, stride, dilation in settings:
        how = Convolution(flip, padding, outside, stride, dilation)
        for kernel in KERNELS[1:5]:
            answer = convolve(PICTURE, kernel, how)
            for place in ((0, 0), (answer.shape[0] - 1, answer.shape[1] - 1), (2, 3)):
                assert window_sum(PICTURE, kernel, place, how).total == pytest.approx(answer[place], abs=1e-9)


def test_a_sum_is_written_out():
    found = window_sum([[4, 2], [5, 3]], [[1, -3], [2, 0.5]], (0, 0), Convolution(padding=VALID))
    assert found.written_out() == "4·1 + 2·(−3) + 5·2 + 3·0.5 = 9.5"
    assert found.written_out(most=2) == "4·1 + 2·(−3) + … (2 more) = 9.5"
    found = window_sum([[-4, -2]], [[1, 3]], (0, 0), Convolution(padding=VALID))
    assert found.written_out() == "(−4)·1 + (−2)·3 = −10"


def test_what_lies_under_the_kernel_is_told_from_what_lies_outside():
    found = window_sum(PICTURE, np.ones((3, 3)), (0, 0))
    assert found.inside.tolist() == [[False] * 3, [False, True, True], [False, True, True]]
    assert found.values[0].tolist() == [0, 0, 0]
    with pytest.raises(UsageError, match="none at row 23"):
        window_sum(PICTURE, np.ones((3, 3)), (23, 0))


def test_a_picture_of_one_pixel_is_filtered_whatever_the_kernel():
    for outside, side in itertools.product(OUTSIDE, (1, 3, 31)):
        answer = convolve([[7]], np.ones((side, side)), Convolution(outside=outside, stride=9, dilation=8))
        assert answer.shape == (1, 1)
        assert answer[0, 0] == pytest.approx(7 if outside == "zero" else 7 * side**2)


def test_a_kernel_larger_than_the_picture_fits_nowhere_without_padding():
    with pytest.raises(UsageError, match="covers 9 × 9 pixels and the picture has only 3 × 4"):
        convolve(np.ones((3, 4)), np.ones((5, 5)), Convolution(padding=VALID, dilation=2))


def test_zeros_give_zeros():
    assert not convolve(PICTURE, np.zeros((31, 31))).any()


@pytest.mark.parametrize("side", [3, 9])
def test_numbers_beyond_what_a_float_holds_are_infinite_where_they_are_and_nowhere_else(side):
    picture = np.full((40, 40), 1.0)
    picture[20, 20] = 1e9
    answer = convolve(picture, np.full((side, side), 1e300))
    assert np.isinf(answer[20, 20])
    assert np.isfinite(answer[0, 0]) and answer[0, 0] > 1e300


def test_deep_pixels_keep_their_values():
    deep = np.array([[0, 65535], [4095, 1]], np.uint16)
    assert np.array_equal(convolve(deep, [[2]]), [[0, 131070], [8190, 2]])
