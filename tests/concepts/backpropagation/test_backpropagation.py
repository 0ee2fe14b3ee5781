"""Gradients of convolutions and pooling are what small differences of the loss measure, for any sizes."""

import numpy as np
import pytest

from core.concepts.backpropagation.backpropagation import (
    FIRST,
    SHARED,
    flipped,
    forward,
    input_gradient,
    kernel_gradient,
    linear_loss,
    pooling_gradient,
    squared_loss,
    surrounded,
)
from core.concepts.backpropagation.gradient_check import central_differences
from core.concepts.pooling.pooling import AVERAGE, MAX, pool

SIZES = [((3, 3), (2, 2)), ((5, 4), (3, 2)), ((1, 1), (1, 1)), ((5, 5), (5, 5)), ((4, 5), (1, 3))]


@pytest.mark.parametrize(("image", "kernel"), SIZES)
def test_gradients_of_a_convolution_are_those_that_are_measured(image, kernel):
    generator = np.random.default_rng(0)
    image, kernel = generator.normal(size=image), generator.normal(size=kernel)
    target = generator.normal(size=forward(image, kernel).shape)
    delta = forward(image, kernel) - target
    of_kernel = central_differences(lambda moved: squared_loss(forward(image, moved), target), kernel)
    of_image = central_differences(lambda moved: squared_loss(forward(moved, kernel), target), image)
    np.testing.assert_allclose(kernel_gradient(image, delta), of_kernel, atol=1e-8)
    np.testing.assert_allclose(input_gradient(delta, kernel), of_image, atol=1e-8)


def test_the_gradient_of_the_kernel_is_the_sum_that_the_course_states():
    generator = np.random.default_rng(1)
    image, delta = generator.normal(size=(3, 3)), generator.normal(size=(2, 2))
    gradient = kernel_gradient(image, delta)
    for i in range(2):
        for j in range(2):
            # As the course counts, from 1.
            terms = [delta[n - 1, m - 1] * image[i - 1 + n, j - 1 + m] for n in (1, 2) for m in (1, 2)]
            assert gradient[i, j] == pytest.approx(sum(terms))


def test_the_gradient_of_the_input_is_the_flipped_kernel_over_delta_with_zeros_around():
    generator = np.random.default_rng(2)
    delta, kernel = generator.normal(size=(3, 2)), generator.normal(size=(2, 3))
    drawn = forward(surrounded(delta, kernel), flipped(kernel))
    assert drawn.shape == (4, 4)
    np.testing.assert_allclose(input_gradient(delta, kernel), drawn)


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (2, 1), (3, 2), (1, 1), (2, 4), (5, 5)])
@pytest.mark.parametrize("kind", [MAX, AVERAGE])
def test_gradients_of_pooling_are_those_that_are_measured(size, stride, kind):
    generator = np.random.default_rng(3)
    values = generator.permutation(25).astype(float).reshape(5, 5)
    delta = generator.normal(size=pool(values, size, stride, kind).shape)
    measured = central_differences(lambda moved: linear_loss(pool(moved, size, stride, kind), delta), values)
    for ties in (FIRST, SHARED):  # of which there are none
        np.testing.assert_allclose(pooling_gradient(values, delta, size, stride, kind, ties), measured, atol=1e-8)


def test_where_cells_tie_one_takes_all_or_they_share():
    values = np.array([[3.0, 3, 1, 2], [0, 3, 0, 2]])
    delta = np.array([[6.0, 4]])
    assert pooling_gradient(values, delta, 2, 2, MAX, FIRST).tolist() == [[6, 0, 0, 4], [0, 0, 0, 0]]
    assert pooling_gradient(values, delta, 2, 2, MAX, SHARED).tolist() == [[2, 2, 0, 2], [0, 2, 0, 2]]
