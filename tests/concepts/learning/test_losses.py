"""Losses: both forms agree where both can be computed, gradients are slopes, and only logits stand what is far out."""

import numpy as np
import pytest

from core.concepts.learning.losses import (
    binary_cross_entropy,
    binary_cross_entropy_of_probability,
    categorical_cross_entropy,
    categorical_cross_entropy_of_probabilities,
    cross_entropy_gradient,
    logit_of,
    one_hot,
    sigmoid,
    softmax,
    ways_to_the_loss,
)

LOGITS = np.array([[1.5, 0.8, 2.1], [-3.0, 0.0, 4.0]])


def slope(loss, logits, step=1e-5):
    """By central differences along each logit."""
    units = np.eye(len(logits)) * step
    return np.array([(loss(logits + unit) - loss(logits - unit)) / (2 * step) for unit in units])


@pytest.mark.parametrize("logit", [-20.0, -2.0, 0.0, 0.8, 20.0])
def test_sigmoid_and_logit_undo_each_other(logit):
    assert float(logit_of(sigmoid(logit))) == pytest.approx(logit, abs=1e-3)


def test_probabilities_add_up_to_one_and_do_not_change_when_all_logits_are_shifted():
    assert softmax(LOGITS).sum(axis=1) == pytest.approx([1, 1])
    assert softmax(LOGITS + 500) == pytest.approx(softmax(LOGITS))


@pytest.mark.parametrize("label", [0, 1])
def test_the_binary_loss_is_the_same_both_ways(label):
    logits = np.linspace(-6, 6, 13)
    assert binary_cross_entropy(label, logits) == pytest.approx(
        binary_cross_entropy_of_probability(label, sigmoid(logits))
    )


@pytest.mark.parametrize("right", [0, 1, 2])
def test_the_categorical_loss_is_the_same_both_ways_and_for_many_at_once(right):
    label = one_hot(right, 3)
    both = categorical_cross_entropy(label, LOGITS)
    assert both == pytest.approx(categorical_cross_entropy_of_probabilities(label, softmax(LOGITS)))
    assert both[1] == pytest.approx(float(categorical_cross_entropy(label, LOGITS[1])))


def test_two_logits_are_a_binary_loss_of_their_difference():
    assert float(categorical_cross_entropy(one_hot(1, 2), np.array([0.3, 1.7]))) == pytest.approx(
        float(binary_cross_entropy(1, 1.4))
    )


@pytest.mark.parametrize("right", [0, 1, 2])
def test_the_gradient_is_the_slope(right):
    label = one_hot(right, 3)
    found = cross_entropy_gradient(label, softmax(LOGITS[0]))
    assert found == pytest.approx(slope(lambda logits: categorical_cross_entropy(label, logits), LOGITS[0]), abs=1e-8)
    assert found.sum() == pytest.approx(0)
    assert float(cross_entropy_gradient(1, sigmoid(0.8))) == pytest.approx(
        slope(lambda logit: binary_cross_entropy(1, logit[0]), np.array([0.8]))[0], abs=1e-8
    )


def test_far_out_only_logits_still_teach():
    naive, shifted, clipped, logits = ways_to_the_loss(1000)
    assert np.isnan(naive.loss)
    assert np.isinf(shifted.loss)
    assert np.isnan(shifted.slope)
    assert (clipped.loss, clipped.slope) == (pytest.approx(-np.log(1e-7), rel=1e-6), 0)
    assert (logits.loss, logits.slope) == (1000, -1)


def test_near_by_all_ways_agree():
    ways = ways_to_the_loss(3)
    assert [way.loss for way in ways] == pytest.approx([np.log1p(np.exp(3))] * 4, rel=1e-5)
    assert [way.slope for way in ways] == pytest.approx([-sigmoid(3)] * 4, rel=1e-5)


def test_a_loss_of_extreme_logits_is_finite():
    assert float(binary_cross_entropy(1, -1e4)) == 1e4
    assert float(binary_cross_entropy(1, 1e4)) == 0
    assert float(categorical_cross_entropy(one_hot(0, 2), np.array([-1e4, 1e4]))) == 2e4
