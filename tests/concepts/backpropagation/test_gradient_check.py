"""Gradients that are measured: right for smooth losses, half of a step where a maximum ties."""

import numpy as np
import pytest

from core.concepts.backpropagation.gradient_check import central_differences, check_gradients


def test_the_gradient_of_a_known_loss_is_measured():
    values = np.array([[1.0, -2], [0.5, 100]])
    gradient = central_differences(lambda moved: float((moved**2).sum()), values)
    np.testing.assert_allclose(gradient, 2 * values, rtol=1e-6)
    np.testing.assert_allclose(central_differences(lambda moved: float(moved[0, 1]), values), [[0, 1], [0, 0]])


def test_where_cells_tie_each_gets_half():
    gradient = central_differences(lambda moved: float(moved.max()), np.array([[3.0, 3, 3, 1]]))
    np.testing.assert_allclose(gradient, [[0.5, 0.5, 0.5, 0]])


def test_what_rounding_explains_agrees_and_what_it_does_not_does_not():
    right = np.array([[1.0, 2], [3, 4]])
    assert check_gradients([(right, right + 1e-7)], 1).agrees
    check = check_gradients([(right, right), (right, right + 1e-3)], 1)
    assert not check.agrees
    assert check.count == 8
    assert check.largest_difference == pytest.approx(1e-3)
