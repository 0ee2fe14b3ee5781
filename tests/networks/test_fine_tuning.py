"""Backbones in two parts: one after the other they are the backbone, and only the second part learns."""

import keras
import numpy as np
import pytest

from core.architectures.layers import tabulate
from core.architectures.registry import ARCHITECTURES
from core.networks.backbones import build_backbone
from core.networks.fine_tuning import activation_shape, build_fine_tuned, cut_backbone
from core.networks.network import build_head

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own arrays

FROZEN = [architecture for architecture in ARCHITECTURES.values() if architecture.frozen]
QUICK = ("mobilenet_075", "vgg16")
# To train takes minutes for some; these have a batch normalisation behind a sum, and dropout within.
TRAINED = ("mobilenet_075", "vgg16", "resnet50", "efficientnet_v2_b0")
each_frozen = pytest.mark.parametrize(
    "architecture",
    [pytest.param(each, id=each.name, marks=() if each.name in QUICK else pytest.mark.slow) for each in FROZEN],
)


def noise(side, count=2):
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 3)).astype("float32")


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


def assert_close(found, expected):
    """The same but for rounding. Features of random weights may all be as small as 1e-20: so by their own measure."""
    assert np.ptp(expected) > 0
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max())


@each_frozen
def test_the_parts_one_after_the_other_give_the_features_of_the_backbone(architecture, backbone_at):
    side = architecture.minimum_size
    backbone, pixels = backbone_at(architecture.name, side), noise(side)
    expected = numbers(backbone(pixels))
    for blocks in sorted({1, 2, len(architecture.cuts)}):
        lower, tail = cut_backbone(backbone, architecture, blocks)
        activations = numbers(lower(pixels))
        assert activations.shape[1:] == activation_shape(backbone, architecture, blocks) == tail.input_shape[1:]
        assert_close(numbers(tail(activations)), expected)


@each_frozen
def test_the_table_says_what_lies_before_and_behind_each_cut(architecture, backbone_at):
    side = architecture.minimum_size
    rows = tabulate(architecture.body, (side, side, 3))
    places = {row.layer.name: place for place, row in enumerate(rows)}
    backbone = backbone_at(architecture.name, side)
    for blocks in sorted({1, 2, len(architecture.cuts)}, reverse=True):
        place = places[architecture.cuts[-blocks]]
        lower, tail = cut_backbone(backbone, architecture, blocks)
        assert activation_shape(backbone, architecture, blocks) == rows[place].shape
        assert tail.count_params() == sum(row.parameters for row in rows[place + 1 :])
        assert lower.count_params() == sum(row.parameters for row in rows[: place + 1])
        assert lower.trainable_weights == []


@pytest.mark.parametrize("architecture", FROZEN, ids=lambda architecture: architecture.name)
def test_each_more_block_takes_more_weights_along(architecture):
    rows = tabulate(architecture.body, (architecture.minimum_size, architecture.minimum_size, 3))
    places = [next(place for place, row in enumerate(rows) if row.layer.name == cut) for cut in architecture.cuts]
    counts = [sum(row.parameters for row in rows[place + 1 :]) for place in reversed(places)]
    assert counts == sorted(set(counts))
    assert 0 < counts[0] < counts[-1] < architecture.backbone_parameters


@pytest.mark.parametrize(
    "architecture",
    [
        pytest.param(ARCHITECTURES[name], id=name, marks=() if name == TRAINED[0] else pytest.mark.slow)
        for name in TRAINED
    ],
)
def test_training_moves_the_unfrozen_blocks_but_neither_the_frozen_ones_nor_batch_normalisation(architecture):
    keras.utils.set_random_seed(0)
    side, blocks = architecture.minimum_size, 2 if architecture.name in QUICK else 1
    lower, tail = cut_backbone(build_backbone(architecture, side, None), architecture, blocks)
    model = build_fine_tuned(tail, build_head(tail.output_shape[-1], 2, 0.0))
    normalised = [layer for layer in tail._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)]
    assert not any(weight.path in staying(normalised) for weight in tail.trainable_weights)
    frozen = [value.copy() for value in lower.get_weights()]
    learning = [numbers(weight).copy() for weight in tail.trainable_weights]
    still = [numbers(weight).copy() for weight in tail.non_trainable_weights]
    assert learning
    assert len(still) == sum(len(layer.weights) for layer in normalised)
    model.compile(keras.optimizers.AdamW(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    activations = numbers(lower(noise(side, 8)))
    history = model.fit(activations, np.arange(8) % 2, epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    for before, after in zip(frozen, lower.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    for before, weight in zip(still, tail.non_trainable_weights, strict=True):
        np.testing.assert_array_equal(before, numbers(weight))
    after = [numbers(weight) for weight in tail.trainable_weights]
    moved = [not np.array_equal(*pair) for pair in zip(learning, after, strict=True)]
    assert all(moved)


def staying(layers):
    return {weight.path for layer in layers for weight in layer.weights}


def test_with_a_head_that_hides_nothing_a_backbone_answers_the_same_while_it_is_trained():
    """Keras calls the layers of a model that is being fitted with training=True, whatever the model says."""
    architecture = ARCHITECTURES["efficientnet_v2_b0"]
    lower, tail = cut_backbone(build_backbone(architecture, 32, None), architecture, 6)
    activations = numbers(lower(noise(32)))
    assert_close(numbers(tail(activations, training=True)), numbers(tail(activations)))
