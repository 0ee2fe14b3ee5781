"""The layers that give maps, what leaves them, and their kernels: held against Keras itself."""

import keras
import numpy as np
import pytest

from core.errors import UsageError, WorkbenchError
from core.explain.feature_maps import feature_maps
from core.explain.kernels import apply_kernel, layer_kernels
from core.explain.map_layers import map_layers
from core.explain.trained_network import TrainedNetwork

SIDE = 12


@pytest.fixture(scope="module")
def layers():
    """Of every kind that has kernels, with biases that are not 0."""
    keras.utils.set_random_seed(0)
    biased = {"bias_initializer": "random_normal"}
    return {
        "first": keras.layers.Conv2D(4, 3, activation="relu", name="first", **biased),
        "pool": keras.layers.MaxPooling2D(2, name="pool"),
        "depthwise": keras.layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", name="depthwise", **biased),
        "grouped": keras.layers.Conv2D(6, 3, groups=2, strides=2, padding="same", name="grouped", **biased),
        "normal": keras.layers.BatchNormalization(name="normal"),
        "dropout": keras.layers.Dropout(0.5, name="dropout"),
        "flat": keras.layers.Flatten(name="flat"),
        "dense": keras.layers.Dense(2, name="dense"),
    }


@pytest.fixture(scope="module")
def body(layers):
    outputs = image = keras.Input((SIDE, SIDE, 3))
    for layer in layers.values():
        outputs = layer(outputs)
    return keras.Model(image, outputs)


def network_of(body, blue_first=False) -> TrainedNetwork:
    pixels = keras.Input((SIDE, SIDE, 3))
    fed = keras.ops.flip(pixels, axis=-1) if blue_first else keras.layers.Rescaling(1 / 255)(pixels)
    return TrainedNetwork("Drawn", SIDE, 2, keras.Model(pixels, fed), body, reads_blue_first=blue_first)


@pytest.fixture(scope="module")
def network(body):
    return network_of(body)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE, 3), dtype=np.uint8)


def test_all_layers_that_give_maps_are_listed_in_their_order(network):
    found = map_layers(network)
    assert [layer.number for layer in found] == [1, 2, 3, 4, 5]
    assert [layer.kind for layer in found] == [
        "convolution",
        "max pooling",
        "depthwise convolution",
        "convolution",
        "batch normalisation",
    ]
    assert [layer.shape for layer in found] == [(10, 10, 4), (5, 5, 4), (5, 5, 8), (3, 3, 6), (3, 3, 6)]
    assert [layer.channels for layer in found] == [3, 0, 1, 4, 0]
    assert [layer.field for layer in found] == [(3, 3), (4, 4), (8, 8), (12, 12), (12, 12)]
    assert found[0].words == "convolution 3×3 → 10 × 10 × 4"


@pytest.mark.parametrize(
    ("number", "name"), [(1, "first"), (2, "pool"), (3, "depthwise"), (4, "grouped"), (5, "normal")]
)
def test_maps_are_what_a_plain_keras_model_gives(network, body, layers, images, number, name):
    plain = keras.Model(body.input, layers[name].output).predict(images / 255.0, verbose=0)
    found = feature_maps(network, images, number)
    assert np.allclose(found.maps, np.moveaxis(plain, -1, 1), atol=1e-5)
    assert (found.low, found.high) == pytest.approx((plain.min(), plain.max()), abs=1e-5)
    chosen = feature_maps(network, images[:1], number, [3, 1])
    assert chosen.filters.tolist() == [3, 1]
    assert np.allclose(chosen.maps, np.moveaxis(plain[:1, ..., [2, 0]], -1, 1), atol=1e-5)


def test_filters_that_answer_nowhere_are_told(body, layers, images):
    kernel, bias = layers["first"].get_weights()
    try:
        layers["first"].set_weights([np.where(np.arange(4) == 2, 0, kernel), np.where(np.arange(4) == 2, -1, bias)])
        assert feature_maps(network_of(body), images, 1, [1]).silent == (3,)
    finally:
        layers["first"].set_weights([kernel, bias])


def test_what_is_nothing_beside_the_others_is_silent_and_looks_so(body, layers, images):
    """Filters that a training let die give 1e-8 instead of 0: on their own scale, that would look like a map."""
    kernel, bias = layers["first"].get_weights()
    faint = np.where(np.arange(4) == 2, 1e-8, 1)
    try:
        layers["first"].set_weights([kernel * faint, bias * faint])
        found = feature_maps(network_of(body), images, 1)
    finally:
        layers["first"].set_weights([kernel, bias])
    assert found.maps[:, 2].any() and 3 in found.silent
    pictures = found.pictures(own_scale=True)
    assert not pictures[:, 2].any() and pictures[:, 0].any()


def test_pictures_have_one_scale_or_each_its_own(network, images):
    found = feature_maps(network, images, 1)
    assert not found.signed
    shared, own = found.pictures(), found.pictures(own_scale=True)
    assert shared.max() == 255
    largest = own.max(axis=(2, 3))
    assert ((largest == 255) | (found.maps.max(axis=(2, 3)) == 0)).all()
    signed = feature_maps(network, images, 4)
    assert signed.signed
    pictured = signed.pictures()
    assert ((pictured < 127) == (signed.maps < -0.005 * max(-signed.low, signed.high))).mean() > 0.95


def test_kernels_are_the_weights_of_the_layer(network, layers):
    kernel, bias = layers["first"].get_weights()
    found = layer_kernels(network, 1)
    assert np.array_equal(found.values, np.moveaxis(kernel, -1, 0))
    assert np.array_equal(found.biases, bias)
    assert found.colours
    one = layer_kernels(network, 1, [4, 2], channel=3)
    assert np.array_equal(one.values[..., 0], np.moveaxis(kernel[:, :, 2, [3, 1]], -1, 0))
    assert np.array_equal(one.biases, bias[[3, 1]])
    depthwise = layers["depthwise"].get_weights()[0]
    assert np.array_equal(layer_kernels(network, 3, [4]).values[0, ..., 0], depthwise[:, :, 1, 1])
    assert not layer_kernels(network, 4).colours


def test_of_a_network_that_reads_blue_first_red_still_comes_first(body, layers, images):
    kernel, _ = layers["first"].get_weights()
    network = network_of(body, blue_first=True)
    assert np.array_equal(layer_kernels(network, 1, [2], channel=1).values[0, ..., 0], kernel[:, :, 2, 1])
    applied = apply_kernel(network, images[0], 1, filter=2, channel=1)
    assert np.array_equal(applied.inputs, images[0, ..., 0])


@pytest.mark.parametrize(("number", "name"), [(1, "first"), (3, "depthwise"), (4, "grouped")])
def test_an_applied_kernel_gives_the_layers_own_sum(network, body, layers, images, number, name):
    layer = layers[name]
    inputs = keras.Model(body.input, layer.input).predict(images[:1] / 255.0, verbose=0)
    twin = type(layer).from_config(layer.get_config() | {"activation": None, "name": f"{name}_raw"})
    twin.build(inputs.shape)
    twin.set_weights(layer.get_weights())
    raw = keras.ops.convert_to_numpy(twin(inputs))[0]
    for filter in (1, raw.shape[-1]):
        assert np.allclose(apply_kernel(network, images[0], number, filter).answer, raw[..., filter - 1], atol=1e-5)
    last = raw.shape[-1]
    parts = [
        apply_kernel(network, images[0], number, last, channel).answer
        for channel in range(1, map_layers(network)[number - 1].channels + 1)
    ]
    bias = layer.get_weights()[1][last - 1]
    assert np.allclose(sum(parts) + bias, raw[..., last - 1], atol=1e-5), "the channels' parts add up"


def test_what_there_is_not_is_told_with_what_there_is(network, images):
    with pytest.raises(UsageError, match=r"no layer 9 among the layers that give maps .* 2 \(max pooling\)"):
        feature_maps(network, images, 9)
    with pytest.raises(UsageError, match=r"no layer 2 among the convolutions .*1 \(convolution\), 3 \(depthwise"):
        layer_kernels(network, 2)
    with pytest.raises(UsageError, match="no filter 5: the layer has 4"):
        feature_maps(network, images, 1, [5])
    with pytest.raises(UsageError, match="no channel 4: each kernel has 3"):
        layer_kernels(network, 1, channel=4)
    with pytest.raises(UsageError, match="no channel 4"):
        apply_kernel(network, images[0], 1, 1, channel=4)


def test_a_network_whose_training_diverged_says_so(body, layers, images):
    kernel, bias = layers["first"].get_weights()
    try:
        layers["first"].set_weights([kernel * np.nan, bias])
        for ask in (lambda network: feature_maps(network, images, 1), lambda network: layer_kernels(network, 1)):
            with pytest.raises(WorkbenchError, match="training diverged"):
                ask(network_of(body))
    finally:
        layers["first"].set_weights([kernel, bias])


def test_a_network_without_maps_says_so(images):
    image = keras.Input((SIDE, SIDE, 3))
    dense = network_of(keras.Model(image, keras.layers.Dense(2)(keras.layers.Flatten()(image))))
    assert map_layers(dense) == []
    with pytest.raises(UsageError, match="no layers that give maps: it looks at all pixels at once"):
        feature_maps(dense, images, 1)
    with pytest.raises(UsageError, match="no convolutions"):
        layer_kernels(dense, 1)
