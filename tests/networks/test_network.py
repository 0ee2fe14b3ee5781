"""Networks trained from scratch, and heads: Keras builds exactly what the registry's tables say."""

import keras
import numpy as np
import pytest

from core.architectures.layers import Layer
from core.architectures.registry import ARCHITECTURES
from core.networks.network import build_head, build_scratch

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own arrays

SCRATCH = [architecture for architecture in ARCHITECTURES.values() if not architecture.frozen]
FROZEN = [architecture for architecture in ARCHITECTURES.values() if architecture.frozen]
each_scratch = pytest.mark.parametrize("architecture", SCRATCH, ids=lambda architecture: architecture.name)


def operations(model):
    """The layers of a network one after the other, and what else is done to a tensor, without its input."""
    return [operation for operation in model.operations if not isinstance(operation, keras.layers.InputLayer)]


def parameters(operation):
    return operation.count_params() if isinstance(operation, keras.layers.Layer) else 0


def first_behind(model, kind):
    """The tensor behind the first operation whose class has this name."""
    return next(operation.output for operation in operations(model) if type(operation).__name__ == kind)


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


@pytest.mark.parametrize(("size", "class_count"), [("usual", 2), ("least", 21), ("odd", 3)])
@each_scratch
def test_every_layer_has_the_shape_and_parameters_of_the_table(architecture, size, class_count):
    least = architecture.minimum_size
    image_size = {"usual": architecture.input_size, "least": least, "odd": least + least % 2 + 1}[size]
    model = build_scratch(architecture, image_size, class_count, dropout=0.3)
    table = architecture.table(image_size, class_count, dropout=0.3)
    built = [(tuple(operation.output.shape[1:]), parameters(operation)) for operation in operations(model)]
    assert built == [(row.shape, row.parameters) for row in table]
    assert model.count_params() == sum(row.parameters for row in table)
    assert model.input_shape == (None, image_size, image_size, 3)
    assert model.output_shape == (None, class_count)


@each_scratch
def test_pixels_from_0_to_255_are_brought_to_0_to_1(architecture):
    model = build_scratch(architecture, architecture.minimum_size, 2, dropout=0)
    scale = keras.Model(model.input, first_behind(model, "Rescaling"))
    shape = (1, architecture.minimum_size, architecture.minimum_size, 3)
    for pixel, expected in ((0, 0), (51, 0.2), (255, 1)):
        np.testing.assert_allclose(numbers(scale(np.full(shape, pixel, "float32"))), expected, rtol=1e-6)


def test_networks_for_grey_images_weigh_colours_as_the_eye_does():
    model = build_scratch(ARCHITECTURES["lenet_5"], 32, 2, dropout=0)
    grey = keras.Model(model.input, first_behind(model, "RGBToGrayscale"))
    colours = np.zeros((1, 32, 32, 3), "float32")
    colours[0, 0, :3] = np.eye(3) * 255
    assert grey.output_shape == (None, 32, 32, 1)
    np.testing.assert_allclose(numbers(grey(colours))[0, 0, :3, 0], [0.299, 0.587, 0.114], atol=1e-3)


@pytest.mark.parametrize("dropout", [0.0, 0.9])
@pytest.mark.parametrize("architecture", [each for each in SCRATCH if each.takes_dropout], ids=lambda each: each.name)
def test_dropout_is_the_share_that_was_asked_for_and_acts_in_training_only(architecture, dropout):
    model = build_scratch(architecture, architecture.minimum_size, 2, dropout)
    found = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    stated = [layer.rate for layer in (*architecture.body, *architecture.head) if layer.kind == "dropout"]
    assert [layer.rate for layer in found] == [dropout if rate is None else rate for rate in stated]
    ones = np.ones((1, 20_000), "float32")
    for layer in found:
        assert (numbers(layer(ones, training=True)) == 0).mean() == pytest.approx(layer.rate, abs=0.02)
        np.testing.assert_array_equal(numbers(layer(ones, training=False)), ones)


@pytest.mark.parametrize(("class_count", "hidden"), [(2, 0), (21, 32)])
@pytest.mark.parametrize("architecture", FROZEN, ids=lambda architecture: architecture.name)
def test_a_head_is_what_the_table_has_behind_the_features(architecture, class_count, hidden):
    rows = architecture.table(architecture.minimum_size, class_count, hidden=hidden)
    begin = max(index for index, row in enumerate(rows) if len(row.inputs[0]) == 3 or row.frozen) + 1
    (features,) = rows[begin].inputs[0]
    head = build_head(features, class_count, dropout=0.2, hidden=hidden)
    built = [(tuple(layer.output.shape[1:]), layer.count_params()) for layer in head.layers]
    assert built == [(row.shape, row.parameters) for row in rows[begin:]]
    assert head.input_shape == (None, features)
    assert head.output_shape == (None, class_count)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
@each_scratch
def test_whatever_it_computes_in_its_weights_and_answers_are_float32(architecture, precision):
    model = build_scratch(architecture, architecture.minimum_size, 2, 0.3, precision)
    assert {weight.dtype for weight in model.weights} == {"float32"}
    assert model.output.dtype == "float32"
    inside = {layer.compute_dtype for layer in model.layers[1:-1]}
    assert inside == {keras.dtype_policies.get(precision).compute_dtype}


def test_the_same_seed_draws_the_same_first_weights():
    def first_weights(seed):
        keras.utils.set_random_seed(seed)
        return build_scratch(ARCHITECTURES["small_cnn"], 32, 2, 0.3).get_weights()

    once, again, other = first_weights(1), first_weights(1), first_weights(2)
    for left, right in zip(once, again, strict=True):
        np.testing.assert_array_equal(left, right)
    assert not np.array_equal(once[0], other[0])


def test_paths_that_part_and_meet_are_built_as_written():
    """A shortcut, an Inception-like fork, and the image itself taken once more at the end."""
    from dataclasses import replace

    body = (
        Layer("conv", 4, 3, name="start"),
        Layer("conv", 4, (1, 5), inputs=("start",), name="row"),
        Layer("conv", 2, 3, inputs=("start",), name="column"),
        Layer("add", inputs=("start", "row"), name="sum"),
        Layer("concatenate", inputs=("sum", "column", "image")),
        Layer("global_average_pool"),
    )
    architecture = replace(ARCHITECTURES["small_cnn"], body=body, head=())
    model = build_scratch(architecture, 32, 3, dropout=0)
    table = architecture.table(32, 3)
    assert table[4].shape == (32, 32, 9)
    assert model.count_params() == sum(row.parameters for row in table)
    pixels = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype("float32")
    maps = keras.Model(model.input, first_behind(model, "Concatenate"))
    np.testing.assert_allclose(numbers(maps(pixels))[..., 6:], pixels, rtol=1e-6)
