"""Networks trained from scratch, and heads: Keras builds exactly what the registry's tables say."""

import keras
import numpy as np
import pytest

from core.architectures.registry import ARCHITECTURES
from core.networks.network import build_head, build_scratch

SCRATCH = [architecture for architecture in ARCHITECTURES.values() if not architecture.frozen]
FROZEN = [architecture for architecture in ARCHITECTURES.values() if architecture.frozen]
SIZES = [("usual", 0), ("minimum", 0), ("odd", 97), ("odd", 131)]


def side(architecture, size):
    kind, number = size
    return {"usual": architecture.input_size, "minimum": architecture.minimum_size}.get(kind, number)


@pytest.mark.parametrize("class_count", [2, 21])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}{size[1] or ''}")
@pytest.mark.parametrize("architecture", SCRATCH, ids=lambda architecture: architecture.name)
def test_every_layer_has_the_shape_and_parameters_of_the_table(architecture, size, class_count):
    image_size = side(architecture, size)
    model = build_scratch(architecture, image_size, class_count, dropout=0.3)
    table = architecture.table(image_size, class_count, dropout=0.3)
    built = [(tuple(layer.output.shape[1:]), layer.count_params()) for layer in model.layers]
    assert built == [(row.shape, row.parameters) for row in table]
    assert model.count_params() == sum(row.parameters for row in table)
    assert model.input_shape == (None, image_size, image_size, 3)
    assert model.output_shape == (None, class_count)


@pytest.mark.parametrize("architecture", SCRATCH, ids=lambda architecture: architecture.name)
def test_at_its_least_size_a_network_still_answers_with_numbers(architecture):
    image_size = architecture.minimum_size
    model = build_scratch(architecture, image_size, 3, dropout=0.3)
    pixels = np.random.default_rng(0).integers(0, 256, (2, image_size, image_size, 3)).astype("float32")
    logits = keras.ops.convert_to_numpy(model(pixels))
    assert logits.shape == (2, 3)
    assert np.isfinite(logits).all()


@pytest.mark.parametrize("architecture", SCRATCH, ids=lambda architecture: architecture.name)
def test_pixels_from_0_to_255_are_brought_to_0_to_1(architecture):
    model = build_scratch(architecture, architecture.minimum_size, 2, dropout=0)
    assert architecture.preprocessing == "unit"
    first = model.layers[0](np.array([[[[0.0, 51.0, 255.0]]]], "float32"))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(first).ravel(), [0, 0.2, 1], rtol=1e-6)


@pytest.mark.parametrize("dropout", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("architecture", SCRATCH, ids=lambda architecture: architecture.name)
def test_dropout_is_the_share_that_was_asked_for_and_acts_in_training_only(architecture, dropout):
    model = build_scratch(architecture, architecture.minimum_size, 2, dropout)
    (layer,) = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    ones = np.ones((1, 20_000), "float32")
    hidden = keras.ops.convert_to_numpy(layer(ones, training=True)) == 0
    assert hidden.mean() == pytest.approx(dropout, abs=0.02)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(layer(ones, training=False)), ones)


@pytest.mark.parametrize("class_count", [2, 21])
@pytest.mark.parametrize("architecture", FROZEN, ids=lambda architecture: architecture.name)
def test_a_head_has_the_parameters_of_the_table(architecture, class_count):
    backbone, pool, dropout, dense = architecture.table(architecture.input_size, class_count)
    (features,) = pool.shape
    head = build_head(features, class_count, dropout=0.2)
    assert [layer.count_params() for layer in head.layers] == [dropout.parameters, dense.parameters]
    assert head.count_params() == dense.parameters
    assert head.input_shape == (None, features)
    assert head.output_shape == (None, class_count)
    assert backbone.frozen
    assert not dense.frozen


def test_the_same_seed_draws_the_same_first_weights():
    def first_weights(seed):
        keras.utils.set_random_seed(seed)
        return build_scratch(ARCHITECTURES["small_cnn"], 32, 2, 0.3).get_weights()

    once, again, other = first_weights(1), first_weights(1), first_weights(2)
    for left, right in zip(once, again, strict=True):
        np.testing.assert_array_equal(left, right)
    assert not np.array_equal(once[0], other[0])
