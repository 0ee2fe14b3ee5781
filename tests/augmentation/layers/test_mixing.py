"""MixUp and CutMix: images and labels mixed in the same shares, in training only, by draws that can be repeated."""

import keras
import numpy as np
import pytest

from core.augmentation.layers.mixing import Mixing, MixingNetwork, mixing_steps
from core.augmentation.layers.pipeline import build_augmentation, draw
from core.augmentation.recipe import Step, parse_recipe
from core.runs.settings import read_settings
from core.training.batches import Batches
from core.training.callbacks.base import Callback
from core.training.keras_learner import KerasLearner
from core.training.optimisers import build_loss

BOTH = ("mixup", "cutmix")
CLASSES, COUNT, SIDE = 3, 64, 12
# An image of one shade a class: what an image is made of can be read off it.
SHADES = np.array([0, 100, 250])
TARGETS = np.arange(COUNT) % CLASSES
IMAGES = np.broadcast_to(SHADES[TARGETS][:, None, None, None], (COUNT, SIDE, SIDE, 3)).astype("float32")


def mixed(steps, seed=0, weights=None):
    result = Mixing(steps, CLASSES, seed)(IMAGES, TARGETS, weights)
    return [None if value is None else keras.ops.convert_to_numpy(value) for value in result]


@pytest.mark.parametrize("name", BOTH)
def test_labels_are_mixed_in_the_shares_that_the_images_are(name):
    images, labels, weights = mixed([Step(name)])
    assert weights is None
    np.testing.assert_allclose(labels.sum(axis=1), 1, atol=1e-5)
    assert labels.min() >= 0
    shades = images.mean(axis=(1, 2, 3))
    # A rectangle's edge falls between pixels: of its sides up to one pixel each is not as its area says.
    np.testing.assert_allclose(labels @ SHADES, shades, atol=1e-2 if name == "mixup" else 250 * 2 / SIDE)
    assert ((labels > 0.05).sum(axis=1) == 2).any()


def test_mixup_lays_over_and_cutmix_pastes():
    images, *_ = mixed([Step("mixup")])
    assert (images == images[:, :1, :1]).all()
    assert not np.isin(images, SHADES).all()
    images, *_ = mixed([Step("cutmix")])
    assert np.isin(images, SHADES).all()
    assert (images != images[:, :1, :1]).any()


@pytest.mark.parametrize("name", BOTH)
def test_weights_are_mixed_as_labels_are(name):
    of_class = np.array([0.5, 1, 4], "float32")
    _, labels, weights = mixed([Step(name)], weights=of_class[TARGETS])
    np.testing.assert_allclose(weights, labels @ of_class, rtol=1e-4)


@pytest.mark.parametrize("name", BOTH)
def test_the_probability_is_the_share_of_batches_that_are_mixed(name):
    mixing, batches = Mixing([Step(name, probability=0.3)], CLASSES, seed=0), 200
    touched = [np.any(keras.ops.convert_to_numpy(mixing(IMAGES[:6], TARGETS[:6])[1]) % 1) for _ in range(batches)]
    assert 0.2 < np.mean(touched) < 0.4  # three standard deviations either way
    np.testing.assert_array_equal(mixed([Step(name, probability=0.0)])[0], IMAGES)


def test_the_same_seed_mixes_the_same_and_another_seed_otherwise():
    steps = [Step(name) for name in BOTH]
    once = mixed(steps, seed=3)[0]
    np.testing.assert_array_equal(mixed(steps, seed=3)[0], once)
    assert not np.array_equal(mixed(steps, seed=4)[0], once)


def test_the_loss_takes_shares_and_classes_and_smooths_both():
    values = {"dataset": "x", "architecture": "small_cnn", "augmentation": "mixup", "label_smoothing": 0.1}
    logits = np.random.default_rng(0).normal(size=(COUNT, CLASSES)).astype("float32")
    shares = np.eye(CLASSES, dtype="float32")[TARGETS]
    losses = [float(build_loss(read_settings(values))(given, logits)) for given in (TARGETS, shares)]
    without = float(build_loss(read_settings(values | {"augmentation": "none"}))(TARGETS, logits))
    assert losses == pytest.approx([without, without])


class Listener(Callback):
    """Keeps the figures of every epoch, and has each drawn by its number alone, as a run does."""

    def __init__(self, learner, batches):
        self.learner, self.batches, self.figures = learner, batches, []

    def on_epoch_begin(self, epoch):
        self.batches.begin(epoch)
        self.learner.seed_epoch(5, epoch)

    def on_epoch_end(self, epoch, metrics):
        self.figures.append(metrics)


def learner(recipe="flip_horizontal,mixup@0.6,cutmix@0.6", policy="float32"):
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Rescaling(1 / 255), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(CLASSES)]
    network = keras.Sequential([keras.Input((SIDE, SIDE, 3)), *layers])
    values = {"dataset": "x", "architecture": "small_cnn", "augmentation": recipe, "optimiser": "sgd"}
    settings = read_settings(values | {"learning_rate": 0.5})
    mixing = Mixing(mixing_steps(settings.augmentation), CLASSES, seed=9)
    model = MixingNetwork(build_augmentation(settings.augmentation, 0), mixing, network)
    model.dtype_policy = policy
    return KerasLearner(model, settings)


def trained(each, first, epochs, weights=None):
    pixels = IMAGES.astype("uint8")
    batches = Batches(pixels, TARGETS, 24, seed=1, class_weights=weights)
    listener = Listener(each, batches)
    each.fit(batches, (pixels, TARGETS), listener, first, epochs)
    return listener.figures


@pytest.mark.slow
def test_a_network_learns_from_mixes_and_is_evaluated_by_images_as_they_are():
    each = learner()
    figures = trained(each, 0, 30, weights=np.array([1, 2, 1], "float32"))
    assert figures[-1]["val_loss"] < figures[0]["val_loss"]
    assert all(0 <= entry[name] <= 1 for entry in figures for name in ("accuracy", "val_accuracy"))
    probabilities = each.probabilities(IMAGES.astype("uint8"))
    expected = -np.log(probabilities[np.arange(COUNT), TARGETS]).mean()
    assert figures[-1]["val_loss"] == pytest.approx(expected, rel=1e-4)
    assert figures[-1]["val_accuracy"] == pytest.approx((probabilities.argmax(axis=1) == TARGETS).mean())


@pytest.mark.slow
def test_going_on_gives_what_an_unbroken_training_gives():
    unbroken, first, second = learner(), learner(), learner()
    expected = trained(unbroken, 0, 4)
    trained(first, 0, 2)
    second.restore(first.variables())
    assert trained(second, 2, 4) == expected[2:]
    for name, value in second.variables().items():
        np.testing.assert_array_equal(value, unbroken.variables()[name])


def test_half_precision_scales_its_loss():
    each = learner(policy="mixed_float16")
    assert type(each.model.optimizer).__name__ == "LossScaleOptimizer"
    assert np.isfinite(trained(each, 0, 1)[0]["loss"])


@pytest.mark.parametrize("name", BOTH)
def test_the_preview_mixes_however_seldom_and_varies_the_rest(name):
    images = IMAGES.astype("uint8")
    drawn = draw(parse_recipe(f"flip_horizontal,{name}@0.01"), images, seed=0)
    assert drawn.shape == images.shape
    assert (drawn != images).any()
    np.testing.assert_array_equal(draw((Step(name, probability=0.0),), images, seed=0), images)
