"""Batch normalisation: mean 0 and variance 1 while training, running averages at test time, and what dropout does."""

import numpy as np
import pytest

from core.concepts.learning.batch_normalisation import (
    batch_statistics,
    normalise,
    population_variance,
    running_average,
    weight_of_the_start,
)
from core.concepts.learning.variance_shift import variance_shift, variance_while_training

IMAGES = np.random.default_rng(0).normal([3, -1], [2, 5], (8, 4, 4, 2))


def test_each_map_gets_its_own_scale_and_shift():
    found = normalise(IMAGES, *batch_statistics(IMAGES), np.array([2, 0.5]), np.array([1, -3]), epsilon=0)
    mean, variance = batch_statistics(found)
    assert mean == pytest.approx([1, -3])
    assert variance == pytest.approx([4, 0.25])


def test_a_map_that_is_all_the_same_does_not_divide_by_nothing():
    assert normalise(np.full((4, 1), 7.0), *batch_statistics(np.full((4, 1), 7.0))) == pytest.approx(np.zeros((4, 1)))


def test_the_variance_of_batches_is_too_small_by_the_factor_of_the_paper():
    batches = np.random.default_rng(1).normal(0, 3, (20_000, 4))
    _, variances = batch_statistics(batches.T)
    assert variances.mean() == pytest.approx(9 * 3 / 4, rel=0.02)
    assert population_variance(variances, 4) == pytest.approx(9, rel=0.02)


def test_the_running_average_lags_by_what_is_left_of_its_start():
    found = running_average([5.0] * 100, 1.0, 0.99)
    left = weight_of_the_start(0.99, 100)
    assert left == pytest.approx(0.366, abs=1e-3)
    assert found[-1] == pytest.approx(left * 1 + (1 - left) * 5)
    assert len(found) == 101


@pytest.mark.parametrize("mean", [0.0, 1.0, -2.0])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_dropout_shifts_the_variance_as_the_formula_says(mean, rate):
    found = variance_shift(mean, rate)
    assert found.test.var() == pytest.approx(1)
    assert found.training.var() == pytest.approx(variance_while_training(mean, 1, 1 - rate), rel=0.1)
    assert found.normalised_training.std() == pytest.approx(1)
    assert found.normalised_test.std() == pytest.approx(found.training.std() ** -1)


def test_without_dropout_nothing_shifts():
    found = variance_shift(2.0, 0.0)
    assert found.training == pytest.approx(found.test)
    assert variance_while_training(2.0, 1, 1) == 1
