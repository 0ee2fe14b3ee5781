"""What the chapter says of Keras is what Keras does: no flip, zeros outside, an even kernel's padding at the end."""

import keras
import numpy as np
import pytest

from core.concepts.filters.convolution import SAME, VALID, Convolution, convolve
from core.concepts.filters.library_differences import LIBRARY_DIFFERENCES

RNG = np.random.default_rng(0)
PICTURE = RNG.normal(size=(9, 10)).astype("float32")


def of_keras(picture: np.ndarray, kernel: np.ndarray, padding: str = SAME, **options) -> np.ndarray:
    weights = np.asarray(kernel, "float32")[..., None, None]
    answer = keras.ops.conv(np.asarray(picture, "float32")[None, ..., None], weights, padding=padding, **options)
    return keras.ops.convert_to_numpy(answer)[0, ..., 0]


@pytest.mark.parametrize("shape", [(3, 3), (2, 2), (4, 3), (1, 5)])
@pytest.mark.parametrize("padding", [SAME, VALID])
@pytest.mark.parametrize("dilation", [1, 2])
def test_keras_computes_what_is_shown_without_a_flip(shape, padding, dilation):
    kernel = RNG.normal(size=shape)
    expected = convolve(PICTURE, kernel, Convolution(padding=padding, dilation=dilation))
    assert np.allclose(of_keras(PICTURE, kernel, padding, dilation_rate=dilation), expected, atol=1e-5)


def test_keras_strides_as_is_shown_where_nothing_is_padded():
    kernel = RNG.normal(size=(3, 3))
    expected = convolve(PICTURE, kernel, Convolution(padding=VALID, stride=2))
    assert np.allclose(of_keras(PICTURE, kernel, VALID, strides=2), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "kernel", "place"),
    [
        ("flip", np.arange(1, 10).reshape(3, 3), 1),
        ("boundary", np.full((3, 3), 1 / 9), 1),
        ("even_kernel", np.ones((2, 2)), 0),
    ],
)
def test_what_is_said_to_be_its_answer_is(name, kernel, place):
    difference = LIBRARY_DIFFERENCES[name]
    words, compute = difference.results[place]
    assert "Keras" in words
    assert np.allclose(of_keras(difference.given, kernel), compute(), atol=1e-5)
