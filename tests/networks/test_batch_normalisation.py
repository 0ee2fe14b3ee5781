"""The fused batch normalisation: what Keras's own layer gives, keeps and learns, to rounding."""

import keras
import numpy as np
import pytest

from core.networks.batch_normalisation import BatchNormalization

SHAPE = (6, 9, 7, 5)
# Of the results, relative: bfloat16 keeps 8 bits, and float32 sums in another order.
TOLERANCE = {"float32": 1e-4, "mixed_bfloat16": 2e-2, "mixed_float16": 3e-3}
OTHERWISE = [
    {"axis": 1},
    {"scale": False},
    {"center": False},
    {"dtype": "float64"},
    {"renorm": True},
]

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the operation is TensorFlow's")


@pytest.fixture
def images():
    return (np.random.default_rng(0).normal(3, 2, SHAPE) * np.arange(1, 6)).astype("float32")


def both(shape=SHAPE, **options):
    """Keras's layer and ours with the same weights, none of them those that layers begin with."""
    layers = [make(momentum=0.9, **options) for make in (keras.layers.BatchNormalization, BatchNormalization)]
    rng = np.random.default_rng(1)
    for layer in layers:
        layer.build(shape)
    weights = [rng.uniform(0.5, 2, weight.shape) for weight in layers[0].get_weights()]
    for layer in layers:
        layer.set_weights(weights)
    return layers


def learned(layer, images, training=True):
    """Answers, and the gradients of a weighted sum of them by images, gamma and beta."""
    import tensorflow as tf

    x = tf.cast(images, layer.compute_dtype)
    weights = tf.constant(np.random.default_rng(2).normal(size=images.shape), "float32")
    with tf.GradientTape() as tape:
        tape.watch(x)
        answers = layer(x, training=training)
        loss = tf.reduce_sum(tf.cast(answers, "float32") * weights)
    gradients = tape.gradient(loss, [x, *(variable.value for variable in layer.trainable_variables)])
    return [np.asarray(tf.cast(value, "float32")) for value in (answers, *gradients)]


def assert_alike(ours, theirs, tolerance):
    for left, right in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(left, right, rtol=tolerance, atol=tolerance * max(1, np.abs(right).max()))


@pytest.mark.parametrize("policy", TOLERANCE)
@pytest.mark.parametrize("training", [True, False])
def test_answers_gradients_and_running_figures_are_those_of_keras(images, policy, training):
    theirs, ours = both(dtype=policy)
    answers = learned(ours, images, training)
    assert_alike(answers, learned(theirs, images, training), TOLERANCE[policy])
    assert_alike(ours.get_weights(), theirs.get_weights(), TOLERANCE[policy])
    assert keras.backend.standardize_dtype(ours(images.astype("float32"), training=training).dtype) == (
        theirs.compute_dtype
    )


def test_the_running_variance_is_that_of_the_batch_itself(images):
    """The operation gives the one divided by n - 1: for two numbers, twice as much."""
    pair = images[:2, :1, :1]
    theirs, ours = both(pair.shape)
    for layer in (theirs, ours):
        layer.moving_variance.assign(np.zeros(5))
        layer(pair, training=True)
    np.testing.assert_allclose(ours.moving_variance, 0.1 * pair.var(axis=(0, 1, 2)), rtol=1e-4)
    np.testing.assert_allclose(ours.moving_variance, theirs.moving_variance, rtol=1e-4)


def test_a_single_number_a_channel_gives_numbers(images):
    theirs, ours = both((1, 1, 1, 5))
    assert_alike(learned(ours, images[:1, :1, :1]), learned(theirs, images[:1, :1, :1]), 1e-4)
    assert_alike(ours.get_weights(), theirs.get_weights(), 1e-4)


def test_a_frozen_layer_keeps_its_figures(images):
    theirs, ours = both()
    kept = ours.get_weights()
    ours.trainable = theirs.trainable = False
    np.testing.assert_allclose(ours(images, training=True), theirs(images, training=True), rtol=1e-4, atol=1e-4)
    assert_alike(ours.get_weights(), kept, 0)


@pytest.mark.parametrize("options", OTHERWISE, ids=str)
def test_what_the_operation_cannot_do_is_done_the_usual_way(images, options):
    theirs, ours = both(**options)
    x = images.astype(ours.compute_dtype)
    np.testing.assert_array_equal(ours(x, training=True), theirs(x, training=True))
    assert_alike(ours.get_weights(), theirs.get_weights(), 0)


def test_vectors_and_masks_are_done_the_usual_way(images):
    theirs, ours = both((None, 5))
    np.testing.assert_array_equal(ours(images[:, 0, 0], training=True), theirs(images[:, 0, 0], training=True))
    theirs, ours = both()
    mask = np.arange(6 * 9 * 7).reshape(SHAPE[:3]) % 3 > 0
    np.testing.assert_array_equal(ours(images, training=True, mask=mask), theirs(images, training=True, mask=mask))


def small(layer):
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input(SHAPE[1:]), layer, keras.layers.Flatten(), keras.layers.Dense(2)])


def test_it_trains_in_fit_on_batches_of_any_size_as_keras_does(images):
    models = [small(make()) for make in (keras.layers.BatchNormalization, BatchNormalization)]
    for model in models:
        model.compile(keras.optimizers.SGD(1e-3), "mse")
        model.fit(images, np.ones((6, 2)), batch_size=4, epochs=2, shuffle=False, verbose=0)
    assert_alike(models[1].get_weights(), models[0].get_weights(), 1e-3)


def test_either_layer_reads_the_weights_that_the_other_saved(tmp_path, images):
    theirs, ours = small(keras.layers.BatchNormalization()), small(BatchNormalization())
    for first, second in ((theirs, ours), (ours, theirs)):
        first.set_weights([weight + 0.5 for weight in first.get_weights()])
        first.save_weights(tmp_path / "some.weights.h5")
        second.load_weights(tmp_path / "some.weights.h5")
        assert_alike(second.get_weights(), first.get_weights(), 0)


def test_a_saved_model_is_read_back_as_it_was(tmp_path, images):
    model = small(BatchNormalization(momentum=0.8))
    model.save(tmp_path / "some.keras")
    again = keras.models.load_model(tmp_path / "some.keras")
    assert isinstance(again.layers[0], BatchNormalization)
    assert again.layers[0].get_config() == model.layers[0].get_config()
    np.testing.assert_array_equal(again.predict(images, verbose=0), model.predict(images, verbose=0))
