"""What the chapters compute is what Keras computes: sizes and answers of convolutions, and all gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.concepts.backpropagation.backpropagation import (
    FIRST,
    SHARED,
    forward,
    input_gradient,
    kernel_gradient,
    pooling_gradient,
)
from core.concepts.layers.layer_arithmetic import padded_by, same_in_pytorch, same_in_tensorflow, slide_over
from core.concepts.pooling.pooling import AVERAGE, MAX, pool

SIZES = [(6, 3, 2, 1), (7, 3, 2, 1), (12, 3, 2, 1), (9, 4, 3, 1), (8, 2, 1, 1), (9, 3, 1, 2), (5, 1, 4, 1)]


def batch(values):
    return tf.convert_to_tensor(np.asarray(values, "float32")[None, :, :, None])


def convolved(image, kernel, **options):
    layer = keras.layers.Conv2D(1, kernel.shape, use_bias=False, **options)
    layer.build((None, *image.shape, 1))
    layer.set_weights([kernel[:, :, None, None]])
    return layer(batch(image)).numpy()[0, :, :, 0]


def gradients(loss, *values):
    """By automatic differentiation, of arrays."""
    tensors = [tf.convert_to_tensor(np.asarray(value, "float32")) for value in values]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        total = loss(*tensors)
    return [gradient.numpy() for gradient in tape.gradient(total, tensors)]


@pytest.mark.parametrize("size", SIZES)
def test_a_sliding_window_is_a_convolution_of_keras(size):
    length, side, stride, dilation = size
    generator = np.random.default_rng(0)
    image, kernel = generator.normal(size=(length, length)), generator.normal(size=(side, side))
    options = {"strides": stride, "dilation_rate": dilation}
    valid, same, both = padded_by(0, *size), same_in_tensorflow(*size), same_in_pytorch(*size)
    for window, answer in (
        (valid, convolved(image, kernel, padding="valid", **options)),
        (same, convolved(image, kernel, padding="same", **options)),
        # PyTorch's rule, written out as one does in Keras: zeros at both ends first.
        (both, convolved(np.pad(image, (both.before, both.behind)), kernel, padding="valid", **options)),
    ):
        np.testing.assert_allclose(slide_over(image, kernel, window), answer, atol=1e-5)


@pytest.mark.parametrize(("image", "kernel"), [((3, 3), (2, 2)), ((5, 5), (3, 2)), ((5, 4), (5, 4)), ((2, 5), (1, 1))])
def test_gradients_of_a_convolution_are_those_of_automatic_differentiation(image, kernel):
    generator = np.random.default_rng(1)
    image, kernel = generator.normal(size=image), generator.normal(size=kernel)
    delta = generator.normal(size=forward(image, kernel).shape)

    def loss(image, kernel):
        output = keras.ops.conv(image[None, :, :, None], kernel[:, :, None, None], padding="valid")
        return tf.reduce_sum(output[0, :, :, 0] * delta.astype("float32"))

    of_image, of_kernel = gradients(loss, image, kernel)
    np.testing.assert_allclose(input_gradient(delta, kernel), of_image, atol=1e-5)
    np.testing.assert_allclose(kernel_gradient(image, delta), of_kernel, atol=1e-5)


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (2, 1), (3, 2), (2, 4), (5, 5)])
@pytest.mark.parametrize("ties", [False, True])
def test_gradients_of_pooling_are_those_of_keras_layers(size, stride, ties):
    generator = np.random.default_rng(2)
    values = generator.integers(0, 3, (5, 5)) if ties else generator.permutation(25).reshape(5, 5)
    delta = generator.normal(size=pool(values, size, stride).shape)
    layers = {MAX: keras.layers.MaxPooling2D, AVERAGE: keras.layers.AveragePooling2D}
    for kind, layer in layers.items():

        def loss(values, layer=layer):
            output = layer(size, strides=stride, padding="valid")(values[None, :, :, None])
            return tf.reduce_sum(output[0, :, :, 0] * delta.astype("float32"))

        (expected,) = gradients(loss, values)
        np.testing.assert_allclose(pooling_gradient(values, delta, size, stride, kind, FIRST), expected, atol=1e-5)


def test_global_max_pooling_shares_where_max_pooling_takes_the_first():
    values = np.array([[5.0, 5, 1], [1, 5, 2], [0, 3, 4]])

    def through(layer):
        return gradients(lambda values: 6 * tf.reduce_sum(layer(values[None, :, :, None])), values)[0]

    shared, first = through(keras.layers.GlobalMaxPooling2D()), through(keras.layers.MaxPooling2D(3))
    assert shared.tolist() == [[2, 2, 0], [0, 2, 0], [0, 0, 0]]
    assert first.tolist() == [[6, 0, 0], [0, 0, 0], [0, 0, 0]]
    delta = np.array([[6.0]])
    assert pooling_gradient(values, delta, 3, 3, MAX, SHARED).tolist() == shared.tolist()
    assert pooling_gradient(values, delta, 3, 3, MAX, FIRST).tolist() == first.tolist()
