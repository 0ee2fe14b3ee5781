"""A convolution forward and back: its three equations, the check, and a step downhill."""

import numpy as np
import pytest

from core.concepts.backpropagation.backpropagation import forward
from core.concepts.backpropagation.convolution_pass import INPUT, KERNEL, OUTPUT, ConvolutionPass

IMAGE, MASK, TARGET = np.arange(9.0).reshape(3, 3) / 8, np.ones((2, 2)), np.eye(2)


@pytest.mark.parametrize(
    "numbers", [ConvolutionPass(IMAGE, MASK, TARGET), ConvolutionPass.towards(TARGET, IMAGE, MASK)]
)
def test_each_result_is_what_slides_over_what(numbers):
    for result in (OUTPUT, KERNEL, INPUT):
        values, kernel, answer = numbers.equation(result)
        np.testing.assert_allclose(forward(values, kernel), answer)
    assert numbers.equation(KERNEL)[2].shape == MASK.shape
    assert numbers.equation(INPUT)[2].shape == IMAGE.shape


@pytest.mark.parametrize("scale", [1e-6, 1, 1e9])
def test_its_gradients_are_those_that_are_measured_however_large_the_numbers_are(scale):
    for numbers in (
        ConvolutionPass(scale * IMAGE, MASK, TARGET),
        ConvolutionPass.towards(scale * TARGET, IMAGE, MASK),
        ConvolutionPass.towards(TARGET, scale * IMAGE, scale * MASK),
    ):
        check = numbers.check()
        assert check.agrees, check
        assert check.count == IMAGE.size + MASK.size


def test_a_wrong_gradient_is_found():
    numbers = ConvolutionPass.towards(TARGET, IMAGE, MASK)
    numbers.__dict__["kernel_gradient"] = numbers.kernel_gradient + np.array([[0, 0], [1e-3, 0]])
    check = numbers.check()
    assert not check.agrees
    assert check.largest_difference == pytest.approx(1e-3, rel=1e-3)


def test_a_step_against_the_gradient_lowers_the_loss_unless_it_is_too_long():
    numbers = ConvolutionPass.towards(TARGET, IMAGE, MASK)
    assert numbers.loss(kernel=numbers.stepped(0.05)) < numbers.loss() < numbers.loss(kernel=numbers.stepped(5))
