"""Whatever is registered can be built, trained for a step, saved and read again, for two classes and for many."""

import keras
import numpy as np
import pytest

from core.architectures.registry import ARCHITECTURES
from core.networks.network import build_head, build_scratch

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own arrays

COUNT, RATE = 6, 1e-3
SCRATCH = [architecture for architecture in ARCHITECTURES.values() if not architecture.frozen]
FROZEN = [architecture for architecture in ARCHITECTURES.values() if architecture.frozen]
QUICK = ("small_cnn", "two_conv_pooled", "mobilenet_075", "vgg16")
each_scratch = pytest.mark.parametrize(
    "architecture",
    [pytest.param(each, id=each.name, marks=() if each.name in QUICK else pytest.mark.slow) for each in SCRATCH],
)
each_frozen = pytest.mark.parametrize(
    "architecture",
    [pytest.param(each, id=each.name, marks=() if each.name in QUICK else pytest.mark.slow) for each in FROZEN],
)


def images(side):
    """Of one colour each, with some noise, so that there is something to learn."""
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (COUNT, 1, 1, 3))
    return np.clip(colours + rng.normal(0, 20, (COUNT, side, side, 3)), 0, 255).astype("float32")


def one_step(model, inputs, labels):
    """The loss of a step of training, and whether each array that can learn has moved."""
    before = [keras.ops.convert_to_numpy(weight).copy() for weight in model.trainable_weights]
    model.compile(keras.optimizers.Adam(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    loss = float(model.train_on_batch(inputs, labels))
    after = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    return loss, [not np.array_equal(*pair) for pair in zip(before, after, strict=True)]


@pytest.mark.parametrize("class_count", [2, 21])
@each_scratch
def test_a_network_from_scratch(architecture, class_count, tmp_path):
    keras.utils.set_random_seed(1)
    side = architecture.minimum_size
    inputs, labels = images(side), np.arange(COUNT) % class_count
    model = build_scratch(architecture, side, class_count, dropout=0.2)
    logits = model.predict_on_batch(inputs)
    assert logits.shape == (COUNT, class_count)
    assert np.isfinite(logits).all()
    loss, moved = one_step(model, inputs, labels)
    assert np.isfinite(loss)
    assert all(moved)
    trained = model.predict_on_batch(inputs)
    assert not np.array_equal(trained, logits)
    model.save_weights(tmp_path / "trained.weights.h5")
    again = build_scratch(architecture, side, class_count, dropout=0.2)
    assert not np.array_equal(again.predict_on_batch(inputs), trained)
    again.load_weights(tmp_path / "trained.weights.h5")
    np.testing.assert_allclose(again.predict_on_batch(inputs), trained, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("name", ["small_cnn", "cnn_32_64", "lenet_5"])
def test_a_network_from_scratch_in_half_the_bits(name, precision):
    architecture = ARCHITECTURES[name]
    keras.utils.set_random_seed(1)
    model = build_scratch(architecture, architecture.minimum_size, 2, 0.2, precision)
    loss, moved = one_step(model, images(architecture.minimum_size), np.arange(COUNT) % 2)
    assert np.isfinite(loss)
    assert any(moved)
    assert np.isfinite(model.predict_on_batch(images(architecture.minimum_size))).all()


@pytest.mark.parametrize(("class_count", "hidden"), [(21, 16)])
@each_frozen
def test_a_head_on_a_backbone(architecture, class_count, hidden, tmp_path, backbone_at):
    keras.utils.set_random_seed(1)
    side = architecture.minimum_size
    features = backbone_at(architecture.name, side).predict_on_batch(images(side))
    # Random weights give features as small as 1e-20; those of ImageNet are of the order of one.
    features /= np.abs(features).max()
    head = build_head(features.shape[1], class_count, dropout=0.2, hidden=hidden)
    logits = head.predict_on_batch(features)
    assert logits.shape == (COUNT, class_count)
    assert np.isfinite(logits).all()
    loss, moved = one_step(head, features, np.arange(COUNT) % class_count)
    assert np.isfinite(loss)
    assert all(moved)
    trained = head.predict_on_batch(features)
    head.save_weights(tmp_path / "head.weights.h5")
    again = build_head(features.shape[1], class_count, dropout=0.2, hidden=hidden)
    again.load_weights(tmp_path / "head.weights.h5")
    np.testing.assert_allclose(again.predict_on_batch(features), trained, rtol=1e-5, atol=1e-6)
