"""Optimiser, loss and class weights as the settings ask for them."""

import keras
import numpy as np
import pytest

from core.runs.settings import PARAMETERS, read_settings
from core.training.class_weights import class_weights
from core.training.optimisers import build_loss, build_optimiser


def settings(**changes):
    return read_settings({"dataset": "d", "architecture": "small_cnn"} | changes)


@pytest.mark.parametrize("name", PARAMETERS["optimiser"].options)
def test_every_optimiser_moves_weights_down_the_gradient(name):
    optimiser, weight = build_optimiser(settings(optimiser=name)), keras.Variable([1.0, -1.0])
    optimiser.apply([keras.ops.array([1.0, -1.0])], [weight])
    assert weight.numpy()[0] < 1
    assert weight.numpy()[1] > -1
    assert float(optimiser.learning_rate) == pytest.approx(settings().learning_rate)


def test_a_gradient_longer_than_the_limit_is_shortened_to_it():
    optimiser = build_optimiser(
        settings(optimiser="sgd", momentum=0, weight_decay=0, learning_rate=1, gradient_clipping=5)
    )
    first, second = keras.Variable([0.0]), keras.Variable([0.0])
    optimiser.apply([keras.ops.array([30.0]), keras.ops.array([40.0])], [first, second])
    np.testing.assert_allclose([first.numpy()[0], second.numpy()[0]], [-3, -4], rtol=1e-5)


def test_smoothing_takes_its_share_of_each_label_for_all_classes():
    targets, logits = np.array([0, 1]), np.array([[3.0, 0, 0], [0, 1, -1]], "float32")
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    plain = -logs[[0, 1], targets].mean()
    assert float(build_loss(settings())(targets, logits)) == pytest.approx(plain, rel=1e-5)
    expected = 0.7 * plain + 0.3 * -logs.mean()
    assert float(build_loss(settings(label_smoothing=0.3))(targets, logits)) == pytest.approx(expected, rel=1e-5)


def test_balanced_classes_count_the_same_however_few_their_images():
    targets = np.array([0] * 6 + [1] * 2 + [3] * 4)
    assert class_weights(settings(), targets) is None
    weights = class_weights(settings(class_weights="balanced"), targets)
    np.testing.assert_allclose(weights[[0, 1, 3]] * [6, 2, 4], 4)
    assert weights[2] == 0
    assert weights[targets].mean() == pytest.approx(1)
