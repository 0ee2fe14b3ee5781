"""What the layers of a network make of an image: the maps of each that answer the strongest."""

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import keras
import numpy as np

from core.explain.trained_network import TrainedNetwork
from core.figures.map_pictures import maps_as_pictures

MOST_LAYERS, MOST_MAPS = 12, 12


@dataclass(frozen=True)
class LayerMaps:
    """The strongest maps behind a convolution.

    Parameters
    ----------
    number, count
        Which convolution it is, from 1, and of how many; those whose outputs are added up count as one.
    shape
        Height and width of a map, and how many maps there are.
    channels : (k,) array of int
        Which maps these are, the strongest on average first.
    maps : (k, height, width) array of uint8
        From 0 to 255, the strongest place of all; at most
        `core.figures.map_pictures.MOST_PIXELS` a side. What is below 0 is 0.
    """

    number: int
    count: int
    shape: tuple[int, int, int]
    channels: np.ndarray
    maps: np.ndarray


def activations(network: TrainedNetwork, image: np.ndarray) -> list[LayerMaps]:
    """The strongest maps behind up to `MOST_LAYERS` convolutions, spread evenly from the first to the last.

    Parameters
    ----------
    image : (side, side, 3) array of uint8
        As `TrainedNetwork.read` gives them.

    Returns
    -------
    list of LayerMaps
        Empty for a network without convolutions.
    """
    count = len(network.convolved)
    if not count:
        return []
    if network not in _watched:
        _watched[network] = _watching(network)
    found = []
    for number, (maps, channels) in zip(_chosen(count), _watched[network](image), strict=True):
        height, width, map_count = (int(each) for each in network.convolved[number].shape[1:])
        pictures = maps_as_pictures(np.moveaxis(maps, -1, 0), maps.max())
        found.append(LayerMaps(number + 1, count, (height, width, map_count), channels, pictures))
    return found


def _chosen(count: int) -> list[int]:
    """Which of so many convolutions are looked at."""
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, MOST_LAYERS))})


def _watching(network: TrainedNetwork) -> Callable[[np.ndarray], list[tuple[np.ndarray, np.ndarray]]]:
    """From an image to the strongest maps, (height, width, k), and their channels, (k,), of each chosen layer."""
    tensors = [network.convolved[number] for number in _chosen(len(network.convolved))]
    pixels = keras.Input(network.front.input_shape[1:])
    outputs = keras.Model(network.body.input, tensors)(network.front(pixels), training=False)
    # Chosen within the model, so that the other maps of large images need not be kept.
    strongest = [_Strongest()(output) for output in keras.tree.flatten(outputs)]
    model = keras.Model(pixels, strongest)

    def watch(image: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        answers = keras.tree.flatten(model.predict_on_batch(image[None]))
        return [(maps[0], channels[0]) for maps, channels in zip(answers[::2], answers[1::2], strict=True)]

    return watch


class _Strongest(keras.layers.Layer):
    """From (n, height, width, channels) activations to the maps that are strongest on average, and which they are."""

    def call(self, inputs):
        values = keras.ops.cast(inputs, "float32")
        count = min(MOST_MAPS, values.shape[-1])
        _, channels = keras.ops.top_k(keras.ops.mean(values, axis=(1, 2)), count)
        return keras.ops.take_along_axis(values, channels[:, None, None, :], axis=-1), channels


_watched: WeakKeyDictionary[TrainedNetwork, Callable] = WeakKeyDictionary()
