"""Feature maps: what leaves a layer of a network that is shown images."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import keras
import numpy as np

from core.architectures.map_layer import MapLayer
from core.errors import UsageError, WorkbenchError
from core.explain.map_layers import find_layer
from core.explain.trained_network import TrainedNetwork
from core.figures.map_pictures import NOTHING, maps_as_pictures, own_scales


@dataclass(frozen=True)
class FeatureMaps:
    """The maps of a layer.

    Parameters
    ----------
    layer
        Which it is.
    filters : (k,) array of int
        Which maps these are, from 1.
    maps : (n, k, height, width) array of float32
        Of each image.
    low, high
        The least and the largest value of all maps of the layer, for these images.
    silent
        The filters, from 1, whose maps are 0 everywhere for all of these images, or nothing beside the layer's largest.
    """

    layer: MapLayer
    filters: np.ndarray
    maps: np.ndarray
    low: float
    high: float
    silent: tuple[int, ...]

    @property
    def signed(self) -> bool:
        """Whether some of the layer's values are below 0."""
        return self.low < 0

    @property
    def largest(self) -> float:
        """The largest amount in all maps of the layer, for these images."""
        return max(abs(self.low), abs(self.high))

    def pictures(self, own_scale: bool = False) -> np.ndarray:
        """The maps as pictures, made smaller: (n, k, height, width) uint8.

        Parameters
        ----------
        own_scale
            Whether the largest amount of each map is white, and not that of the layer.
        """
        largest = [own_scales(maps, self.largest) if own_scale else self.largest for maps in self.maps]
        each = zip(self.maps, largest, strict=True)
        return np.stack([maps_as_pictures(maps, amount, self.signed) for maps, amount in each])


def feature_maps(
    network: TrainedNetwork, images: np.ndarray, number: int, filters: Sequence[int] | None = None
) -> FeatureMaps:
    """The maps of a layer.

    Parameters
    ----------
    images : (n, side, side, 3) array of uint8
        As `TrainedNetwork.read` gives them.
    number
        Of the layer, as in `core.explain.map_layers.map_layers`.
    filters
        Which of its maps, from 1; by default all.

    Raises
    ------
    UsageError
        If there is no such layer, or no such filter.
    """
    layer, operation = find_layer(network, number)
    chosen = check_filters(filters, layer.shape[2])
    kept, low, high = [], np.inf, -np.inf
    amounts = np.zeros(layer.shape[2], np.float32)
    # One after the other, and only what is asked for is kept: all maps of many images would fill the memory.
    for image in images:
        maps = values_at(network, operation.output, image)
        low, high = min(low, float(maps.min())), max(high, float(maps.max()))
        amounts = np.maximum(amounts, np.abs(maps).max(axis=(0, 1)))
        kept.append(np.moveaxis(maps[..., chosen - 1], -1, 0))
    silent = tuple((np.flatnonzero(amounts <= NOTHING * amounts.max()) + 1).tolist())
    return FeatureMaps(layer, chosen, np.stack(kept), low, high, silent)


def values_at(network: TrainedNetwork, tensor: keras.KerasTensor, image: np.ndarray) -> np.ndarray:
    """What an image becomes at a place of the network's graph: (height, width, channels) float32."""
    models = _models.setdefault(network, {})
    if id(tensor) not in models:
        models[id(tensor)] = keras.Model(network.body.input, tensor)
    # Called rather than compiled: for a few images of ever other layers, that would take longer than it saves.
    fed = network.front(image[None].astype(np.float32), training=False)
    values = models[id(tensor)](fed, training=False)
    return check_finite(network, keras.ops.convert_to_numpy(keras.ops.cast(values, "float32"))[0])


_models: WeakKeyDictionary[TrainedNetwork, dict[int, keras.Model]] = WeakKeyDictionary()


def check_finite(network: TrainedNetwork, values: np.ndarray) -> np.ndarray:
    """The values as they are.

    Raises
    ------
    WorkbenchError
        If some are infinite or no numbers, as where a training diverged.
    """
    if not np.isfinite(values).all():
        raise WorkbenchError(
            f"Some numbers in this {network.title} are infinite or none at all, so there is nothing to show: its "
            "training diverged. Train again with a lower learning rate."
        )
    return values


def check_filters(filters: Sequence[int] | None, count: int) -> np.ndarray:
    """The filters as (k,) int, from 1; all where none are named.

    Raises
    ------
    UsageError
        If there is no such filter.
    """
    if not filters:
        return np.arange(1, count + 1)
    for number in filters:
        if not 1 <= number <= count:
            raise UsageError(f"There is no filter {number}: the layer has {count:,}, from 1.")
    return np.array(filters, int)
