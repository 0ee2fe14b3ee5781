"""Backbones in two parts: one after the other they are the backbone, and only the second part learns."""

import keras
import numpy as np
import pytest

from core.architectures.registry import ARCHITECTURES
from core.networks.backbones import build_backbone
from core.networks.fine_tuning import activation_shape, build_fine_tuned, cut_backbone
from core.networks.network import build_head

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own arrays

FROZEN = [architecture for architecture in ARCHITECTURES.values() if architecture.frozen]
each_frozen = pytest.mark.parametrize("architecture", FROZEN, ids=lambda architecture: architecture.name)


def noise(side, count=2):
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 3)).astype("float32")


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


@each_frozen
def test_the_parts_one_after_the_other_give_the_features_of_the_backbone(architecture):
    side = architecture.minimum_size
    backbone, pixels = build_backbone(architecture, side, None), noise(side)
    expected = numbers(backbone(pixels))
    assert np.ptp(expected) > 0
    for blocks in sorted({1, 2, len(architecture.cuts)}):
        lower, tail = cut_backbone(backbone, architecture, blocks)
        activations = numbers(lower(pixels))
        assert activations.shape[1:] == activation_shape(backbone, architecture, blocks) == tail.input_shape[1:]
        np.testing.assert_allclose(numbers(tail(activations)), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
@each_frozen
def test_each_more_block_takes_more_weights_along(architecture):
    side = architecture.minimum_size
    counts = []
    for blocks in range(1, len(architecture.cuts) + 1):
        # Built anew each time, since the parts share the backbone's layers.
        lower, tail = cut_backbone(build_backbone(architecture, side, None), architecture, blocks)
        assert lower.trainable_weights == []
        counts.append(tail.count_params())
    assert counts == sorted(set(counts))
    assert counts[-1] < build_backbone(architecture, side, None).count_params()


def test_training_moves_the_unfrozen_blocks_but_neither_the_frozen_ones_nor_batch_normalisation():
    architecture = ARCHITECTURES["mobilenet_075"]
    lower, tail = cut_backbone(build_backbone(architecture, 32, None), architecture, 2)
    model = build_fine_tuned(tail, build_head(768, 2, 0.0))
    frozen = [value.copy() for value in lower.get_weights()]
    learning = {weight.path: numbers(weight).copy() for weight in tail.trainable_weights}
    staying = {weight.path: numbers(weight).copy() for weight in tail.non_trainable_weights}
    assert (len(learning), len(staying)) == (4, 16)  # two kernels a block, with a batch normalisation behind each
    model.compile(keras.optimizers.AdamW(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    activations = numbers(lower(noise(32, 8)))
    model.fit(activations, np.arange(8) % 2, epochs=2, verbose=0)
    for before, after in zip(frozen, lower.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    for weight in tail.non_trainable_weights:
        np.testing.assert_array_equal(numbers(weight), staying[weight.path])
    moved = [not np.array_equal(numbers(weight), learning[weight.path]) for weight in tail.trainable_weights]
    assert all(moved)
