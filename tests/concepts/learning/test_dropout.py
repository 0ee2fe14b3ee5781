"""Dropout: every thinned network is there once, and the means of their answers are what they are said to be."""

import numpy as np
import pytest

from core.concepts.learning.dropout import (
    masks,
    scaled_at_test_time,
    scaled_at_training_time,
    thinned_network_count,
    thinned_networks,
)

INPUTS = np.array([1.2, -0.4, 2.0, 0.9])
WEIGHTS = np.random.default_rng(0).normal(size=(4, 3))


@pytest.mark.parametrize("units", [1, 2, 5, 10])
def test_each_choice_of_units_is_there_once(units):
    every = masks(units)
    assert every.shape == (thinned_network_count(units), units)
    assert len({tuple(mask) for mask in every.tolist()}) == 2**units


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.8, 1.0])
def test_the_geometric_mean_is_the_whole_network_with_its_weights_times_p(keep):
    found = thinned_networks(INPUTS, WEIGHTS, keep)
    assert found.shares.sum() == pytest.approx(1)
    assert found.geometric == pytest.approx(found.scaled)
    assert found.arithmetic.sum() == pytest.approx(1)


def test_the_arithmetic_mean_is_another_one():
    found = thinned_networks(INPUTS, WEIGHTS, 0.5)
    assert found.arithmetic == pytest.approx(found.answers.mean(axis=0))
    assert np.abs(found.arithmetic - found.geometric).max() > 1e-3


@pytest.mark.parametrize("scale", [scaled_at_test_time, scaled_at_training_time])
@pytest.mark.parametrize("keep", [0.3, 0.5, 0.9])
def test_either_way_the_next_layer_gets_as_much_on_average_as_at_test_time(scale, keep):
    shares = thinned_networks(INPUTS, WEIGHTS, keep).shares
    training = np.array([scale(INPUTS, mask, keep)[0] for mask in masks(4)])
    assert shares @ training == pytest.approx(scale(INPUTS, np.ones(4), keep)[1])
