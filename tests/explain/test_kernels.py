"""First-layer kernels as pictures: their colours, their scale, and the networks that have none."""

import keras
import numpy as np

from core.explain.kernels import MOST_KERNELS, first_kernels
from core.explain.trained_network import TrainedNetwork

SIDE = 8


def network_of(*layers, channels=3, **options) -> TrainedNetwork:
    pixels = keras.Input((SIDE, SIDE, channels))
    outputs = pixels
    for layer in layers:
        outputs = layer(outputs)
    return TrainedNetwork("drawn", SIDE, 2, keras.Model(pixels, pixels), keras.Model(pixels, outputs), **options)


def test_kernels_of_three_channels_are_in_colours():
    layer = keras.layers.Conv2D(2, 3)
    network = network_of(keras.layers.Rescaling(1 / 255), layer)
    weights = np.zeros((3, 3, 3, 2), np.float32)
    weights[0, 0, 0, 0], weights[2, 2, 2, 0], weights[1, 1, :, 1] = 0.5, -0.25, -3
    layer.set_weights([weights, np.zeros(2)])
    found = first_kernels(network)
    assert (found.kind, found.count, found.pictures.shape) == ("convolution", 2, (2, 3, 3, 3))
    assert found.pictures[0, 0, 0].tolist() == [255, 128, 128]
    assert found.pictures[0, 2, 2].tolist() == [128, 128, 64]
    assert found.pictures[1, 1, 1].tolist() == [0, 0, 0], "each has a scale of its own"
    assert found.pictures[1, 0, 0].tolist() == [128, 128, 128]
    blue_first = TrainedNetwork("drawn", SIDE, 2, network.front, network.body, reads_blue_first=True)
    assert first_kernels(blue_first).pictures[0, 0, 0].tolist() == [128, 128, 255]


def test_grey_depthwise_and_many():
    assert len(set(first_kernels(network_of(keras.layers.Conv2D(4, 5), channels=1)).pictures[0, 0, 0])) == 1
    depthwise = first_kernels(network_of(keras.layers.DepthwiseConv2D(3, depth_multiplier=2)))
    assert (depthwise.kind, depthwise.pictures.shape) == ("depthwise convolution", (6, 3, 3, 3))
    many = first_kernels(network_of(keras.layers.Conv2D(MOST_KERNELS + 4, 1)))
    assert (many.count, len(many.pictures)) == (MOST_KERNELS + 4, MOST_KERNELS)


def test_a_dense_layer_is_laid_out_as_pixels():
    layer = keras.layers.Dense(2)
    network = network_of(keras.layers.Flatten(), layer, channels=1)
    weights = np.zeros((SIDE, SIDE, 2), np.float32)
    weights[3, 5, 1] = 2
    layer.set_weights([weights.reshape(-1, 2), np.zeros(2)])
    found = first_kernels(network)
    assert (found.kind, found.pictures.shape) == ("dense layer", (2, SIDE, SIDE, 3))
    assert found.pictures[1, 3, 5].tolist() == [255, 255, 255]
    assert (found.pictures[0] == 128).all()


def test_where_nothing_looks_at_pixels_there_are_none():
    found = first_kernels(network_of(keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)))
    assert len(found.pictures) == 0
    assert len(first_kernels(network_of(keras.layers.Flatten())).pictures) == 0
