"""What layers make of an image: how many are shown, which maps, and how large."""

import keras
import numpy as np
import pytest

from core.explain.feature_maps import feature_maps
from core.explain.layer_activations import MOST_LAYERS, MOST_MAPS, activations
from core.explain.map_layers import map_layers
from core.explain.trained_network import TrainedNetwork, trained_network
from core.figures.map_pictures import MOST_PIXELS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file"),
    pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer"),
]


def test_all_convolutions_of_a_small_network_are_shown(from_scratch, draw):
    layers = activations(trained_network(from_scratch), draw("red", 10, 10))
    assert [layer.number for layer in layers] == [1, 2, 3, 4]
    assert {layer.count for layer in layers} == {4}
    assert [layer.shape for layer in layers] == [(48, 48, 16), (24, 24, 32), (12, 12, 64), (6, 6, 128)]
    for layer in layers:
        assert (layer.maps.shape, layer.maps.dtype) == ((MOST_MAPS, *layer.shape[:2]), np.uint8)
        assert layer.maps.max() == 255
        assert len(set(layer.channels.tolist())) == MOST_MAPS
        means = layer.maps.mean(axis=(1, 2))
        assert (np.diff(means) <= 0.5).all(), "the strongest first"


def test_a_few_of_the_layers_of_a_deep_one(linear_head, draw):
    network = trained_network(linear_head)
    image = np.random.default_rng(0).integers(0, 256, (96, 96, 3), dtype=np.uint8)
    layers = activations(network, image)
    assert len(layers) == MOST_LAYERS
    assert (layers[0].number, layers[-1].number) == (1, layers[0].count)
    last = network.maps(image[None])[0]
    strongest = np.argsort(-last.mean(axis=(0, 1)))[:MOST_MAPS]
    assert set(layers[-1].channels.tolist()) == set(strongest.tolist())
    number = len(map_layers(network))
    assert np.allclose(np.moveaxis(feature_maps(network, image[None], number).maps[0], 0, -1), last, atol=1e-4)
    assert "depthwise convolution" in {layer.kind for layer in map_layers(network)}


def test_large_maps_are_made_small_and_few_ones_are_enough():
    pixels = keras.Input((300, 300, 3))
    body = keras.Model(pixels, keras.layers.GlobalMaxPooling2D()(keras.layers.Conv2D(5, 3, padding="same")(pixels)))
    network = TrainedNetwork("drawn", 300, 5, keras.Model(pixels, pixels), body)
    image = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    (layer,) = activations(network, image)
    assert layer.maps.shape == (5, MOST_PIXELS, MOST_PIXELS)


def test_a_network_without_convolutions_has_none(train_run):
    network = trained_network(train_run(architecture="dense_20", epochs=1))
    side = network.image_size
    assert activations(network, np.zeros((side, side, 3), np.uint8)) == []
