"""What is said of libraries is what the installed ones do."""

import numpy as np
import pytest

from core.concepts.filters.library_differences import IMPULSE, LIBRARY_DIFFERENCES


def results(name: str) -> list[np.ndarray]:
    return [np.asarray(compute(), float) for _, compute in LIBRARY_DIFFERENCES[name].results]


@pytest.mark.parametrize("name", LIBRARY_DIFFERENCES)
def test_the_results_differ(name):
    first, second = results(name)
    assert first.shape == second.shape
    assert np.abs(first - second).max() > 0.5


def test_a_flipped_kernel_comes_out_of_an_impulse():
    convolved, correlated = results("flip")
    assert convolved[1:4, 1:4].ravel().tolist() == list(range(1, 10))
    assert np.array_equal(correlated, convolved[::-1, ::-1])


def test_pillow_turns_the_kernel_upside_down_only():
    of_pillow, correlated = results("pillow")
    assert np.array_equal(of_pillow, correlated[::-1])


def test_the_centre_of_an_even_kernel_moves_the_answer_by_a_pixel():
    of_keras, of_scipy = results("even_kernel")
    assert np.array_equal(np.roll(of_keras, (1, 1), (0, 1)), of_scipy)
    assert of_keras.sum() == 4 * IMPULSE.sum()


def test_sums_wrap_around():
    wrapped, whole = results("wrap_around")
    assert wrapped[1, 1] == 132
    assert np.array_equal(whole % 256, wrapped)


def test_the_scales_of_scikit_image_are_as_said():
    of_skimage, of_scipy = results("range")
    assert np.array_equal(np.floor(255 * of_skimage), of_scipy)
    of_skimage, textbook = results("sobel")
    assert np.allclose(textbook, of_skimage * 4 * np.sqrt(2))


def test_a_diagonal_falls_apart_in_one_hysteresis_only():
    over_four, over_eight = results("hysteresis")
    assert over_four.sum() == 1
    assert np.array_equal(over_eight, np.eye(5))
