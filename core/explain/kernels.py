"""What the first layer of a network has learned to look for, as small pictures."""

from dataclasses import dataclass

import keras
import numpy as np

from core.explain.trained_network import CONVOLUTIONS, TrainedNetwork

MOST_KERNELS = 96
MIDDLE, SPREAD = 127.5, 127.5


@dataclass(frozen=True)
class Kernels:
    """The weights of the first layer.

    Parameters
    ----------
    kind
        "convolution", "depthwise convolution" or "dense layer".
    count
        How many it has.
    pictures : (k, height, width, 3) array of uint8
        The first `MOST_KERNELS` of them. The middle grey is 0, and the largest weight of each by amount is black or
        white; kernels that look at three channels are in colours.
    """

    kind: str
    count: int
    pictures: np.ndarray


def first_kernels(network: TrainedNetwork) -> Kernels:
    """The kernels of a network's first layer that has any; of one without convolutions, its first dense layer's."""
    for layer in network.body.operations:
        if isinstance(layer, keras.layers.Conv2D):
            # From (height, width, channels, filters), or of a single channel in each group.
            weights = np.moveaxis(np.asarray(keras.ops.convert_to_numpy(layer.kernel)), -1, 0)
            return Kernels("convolution", len(weights), _pictures(weights, network.reads_blue_first))
        if isinstance(layer, CONVOLUTIONS):
            weights = keras.ops.convert_to_numpy(layer.weights[0])
            each = np.moveaxis(weights.reshape(*weights.shape[:2], -1), -1, 0)[..., None]
            return Kernels("depthwise convolution", len(each), _pictures(each))
        if isinstance(layer, keras.layers.Dense):
            return _of_dense(network, layer)
    return Kernels("convolution", 0, np.zeros((0, 1, 1, 3), np.uint8))


def _of_dense(network: TrainedNetwork, layer: keras.layers.Dense) -> Kernels:
    """Each unit's weights, laid out as the pixels that they belong to."""
    weights, side = keras.ops.convert_to_numpy(layer.kernel), network.image_size
    channels = len(weights) // side**2
    if channels not in (1, 3) or channels * side**2 != len(weights):  # what comes in are no pixels any more
        return Kernels("dense layer", weights.shape[1], np.zeros((0, 1, 1, 3), np.uint8))
    each = weights[:, :MOST_KERNELS].T.reshape(-1, side, side, channels)
    return Kernels("dense layer", weights.shape[1], _pictures(each))


def _pictures(kernels: np.ndarray, blue_first: bool = False) -> np.ndarray:
    """Kernels of (k, height, width, channels) as pictures; without three channels, of their mean and in grey."""
    kernels = kernels[:MOST_KERNELS].astype(np.float32)
    if kernels.shape[-1] != 3:
        kernels = np.repeat(kernels.mean(axis=-1, keepdims=True), 3, axis=-1)
    if blue_first:
        kernels = kernels[..., ::-1]
    largest = np.abs(kernels).max(axis=(1, 2, 3), keepdims=True)
    shares = np.divide(kernels, largest, out=np.zeros_like(kernels), where=largest > 0)
    return np.rint(MIDDLE + SPREAD * shares).astype(np.uint8)
