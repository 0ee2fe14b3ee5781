"""The chapter on learning computes what Keras does: losses, steps, dropout, batch normalisation."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.concepts.learning.batch_normalisation import EPSILON, batch_statistics, normalise, running_average
from core.concepts.learning.dropout import scaled_at_training_time
from core.concepts.learning.gradient_descent import SURFACES, descend
from core.concepts.learning.losses import (
    binary_cross_entropy,
    categorical_cross_entropy,
    cross_entropy_gradient,
    one_hot,
    sigmoid,
    softmax,
    sparse_categorical_cross_entropy,
    ways_to_the_loss,
)
from core.concepts.learning.tiny_network import LEARNING_RATE, first_weights, loss_and_gradient, noisy_points, train
from core.concepts.learning.variance_shift import variance_while_training

LOGITS = np.array([1.5, 0.8, 2.1], np.float32)


def value_and_slope(loss, start):
    """By automatic differentiation."""
    variable = tf.Variable(tf.constant(start, tf.float32))
    with tf.GradientTape() as tape:
        found = loss(variable)
    return float(found), np.asarray(tape.gradient(found, variable))


@pytest.mark.parametrize("label", [0, 1])
def test_binary_cross_entropy_and_its_slope(label):
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    found, slope = value_and_slope(lambda logit: loss(np.array([[label]]), logit[None]), [0.8])
    assert found == pytest.approx(float(binary_cross_entropy(label, 0.8)), rel=1e-5)
    assert slope == pytest.approx(cross_entropy_gradient(label, sigmoid(0.8)), rel=1e-5)
    by_probability = keras.losses.BinaryCrossentropy()(np.array([[label]]), np.array([[float(sigmoid(0.8))]]))
    assert float(by_probability) == pytest.approx(found, rel=1e-5)


@pytest.mark.parametrize("right", [0, 1, 2])
def test_categorical_and_sparse_cross_entropy_and_their_slope(right):
    label = one_hot(right, 3).astype("float32")
    categorical = keras.losses.CategoricalCrossentropy(from_logits=True)
    sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    found, slope = value_and_slope(lambda logits: categorical(label[None], logits[None]), LOGITS)
    assert found == pytest.approx(float(categorical_cross_entropy(label, LOGITS)), rel=1e-5)
    assert slope == pytest.approx(cross_entropy_gradient(label, softmax(LOGITS)), abs=1e-6)
    assert float(sparse(np.array([right]), LOGITS[None])) == pytest.approx(
        float(sparse_categorical_cross_entropy(right, LOGITS)), rel=1e-5
    )


def test_far_out_probabilities_are_clipped_and_logits_are_not():
    _, _, clipped, logits = ways_to_the_loss(1000)
    label, start = np.array([[0, 1]], "float32"), [[1000.0, 0.0]]
    by_logits = keras.losses.CategoricalCrossentropy(from_logits=True)
    loss, slope = value_and_slope(lambda variable: by_logits(label, variable), start)
    assert (loss, slope[0, 1]) == (logits.loss, logits.slope)
    by_chances = keras.losses.CategoricalCrossentropy()
    # Times 1, or Keras finds the logits behind the softmax.
    loss, slope = value_and_slope(lambda variable: by_chances(label, keras.ops.softmax(variable) * 1), start)
    assert loss == pytest.approx(clipped.loss, rel=1e-5)
    assert slope[0, 1] == clipped.slope == 0


@pytest.mark.parametrize(("momentum", "nesterov"), [(0.0, False), (0.8, False), (0.8, True)])
@pytest.mark.parametrize("name", SURFACES)
def test_steps_are_those_of_sgd(name, momentum, nesterov):
    surface, steps = SURFACES[name], 12
    weights = keras.Variable(np.array(surface.start))
    optimiser = keras.optimizers.SGD(0.05, momentum=momentum, nesterov=nesterov)
    path = [weights.numpy()]
    for _ in range(steps):
        slope = surface.gradient(weights.numpy().astype(float))
        optimiser.apply([keras.ops.convert_to_tensor(slope.astype("float32"))], [weights])
        path.append(weights.numpy())
    assert descend(surface, 0.05, momentum, nesterov, steps).path == pytest.approx(np.array(path), abs=1e-5)


def test_the_tiny_network_learns_by_the_steps_of_adam():
    x, y = noisy_points(12, 0.3, 3)
    weights = keras.Variable(first_weights(4))
    optimiser = keras.optimizers.Adam(LEARNING_RATE)
    for _ in range(20):
        _, slope = loss_and_gradient(weights.numpy().astype(float), x, y)
        optimiser.apply([keras.ops.convert_to_tensor(slope.astype("float32"))], [weights])
    assert train(4, 12, 0.3, 20).last == pytest.approx(weights.numpy(), abs=1e-3)


def test_batch_normalisation_while_training_and_at_test_time():
    batches = np.random.default_rng(0).normal(3, 2, (5, 16, 4, 4, 3)).astype("float32")
    layer = keras.layers.BatchNormalization()
    layer.build((None, 4, 4, 3))
    layer.gamma.assign([2, 0.5, 1])
    layer.beta.assign([1, -1, 0])
    for batch in batches:
        given = layer(batch, training=True)
        expected = normalise(batch, *batch_statistics(batch), np.array([2, 0.5, 1]), np.array([1, -1, 0]))
        assert np.asarray(given) == pytest.approx(expected, abs=1e-4)
    statistics = [batch_statistics(batch) for batch in batches]
    means = [running_average([mean[place] for mean, _ in statistics], 0.0, 0.99)[-1] for place in range(3)]
    variances = [running_average([variance[place] for _, variance in statistics], 1.0, 0.99)[-1] for place in range(3)]
    assert layer.moving_mean.numpy() == pytest.approx(np.array(means), rel=1e-4)
    assert layer.moving_variance.numpy() == pytest.approx(np.array(variances), rel=1e-4), "not times m / (m − 1)"
    expected = normalise(batches[0], np.array(means), np.array(variances), np.array([2, 0.5, 1]), np.array([1, -1, 0]))
    assert np.asarray(layer(batches[0], training=False)) == pytest.approx(expected, abs=1e-3)
    assert layer.epsilon == EPSILON


def test_dropout_scales_while_training():
    inputs = np.random.default_rng(0).normal(1, 1, 20_000).astype("float32")
    given = np.asarray(keras.layers.Dropout(0.3, seed=0)(inputs, training=True))
    assert given == pytest.approx(scaled_at_training_time(inputs, given != 0, 0.7)[0], rel=1e-5)
    assert given.mean() == pytest.approx(inputs.mean(), rel=0.02)
    assert given.var() == pytest.approx(variance_while_training(1, 1, 0.7), rel=0.05)
    assert np.asarray(keras.layers.Dropout(0.3)(inputs, training=False)) == pytest.approx(inputs)
