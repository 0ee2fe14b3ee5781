"""What layers of a network have learned to look for: their kernels, as numbers and as small pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np

from core.architectures.map_layer import MapLayer
from core.errors import UsageError
from core.explain.feature_maps import check_filters, check_finite, values_at
from core.explain.map_layers import find_layer
from core.explain.receptive_field import window_of
from core.explain.trained_network import CONVOLUTIONS, TrainedNetwork
from core.figures.map_pictures import kernels_as_pictures

MOST_KERNELS = 96


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
        The first `MOST_KERNELS` of them; see `core.figures.map_pictures.kernels_as_pictures`.
    """

    kind: str
    count: int
    pictures: np.ndarray


@dataclass(frozen=True)
class LayerKernels:
    """Kernels of a convolution.

    Parameters
    ----------
    layer
        Which it is.
    filters : (k,) array of int
        Whose kernels these are, from 1.
    values : (k, height, width, channels) array of float32
        Of all channels that come in, or of the one that was asked for. Of colours, red comes first.
    biases : (k,) array of float32
        What each filter adds in the end; None where the layer has none.
    colours
        Whether the channels that come in are red, green and blue.
    """

    layer: MapLayer
    filters: np.ndarray
    values: np.ndarray
    biases: np.ndarray | None
    colours: bool


@dataclass(frozen=True)
class AppliedKernel:
    """What a kernel makes of what comes into its layer.

    Parameters
    ----------
    inputs : (height, width) array of float32
        The map, or colour, that the kernel looks at; of a kernel of several channels, their mean.
    answer : (height, width) array of float32
        Before the layer's activation.
    stride, dilation
        How far the kernel moves, and how far its cells lie apart, down and across.
    offset
        Row and column of the inputs at which the kernel's first cell begins; below 0 in the padding.
    """

    inputs: np.ndarray
    answer: np.ndarray
    stride: tuple[int, int]
    dilation: tuple[int, int]
    offset: tuple[int, int]


def first_kernels(network: TrainedNetwork) -> Kernels:
    """The kernels of a network's first layer that has any; of one without convolutions, its first dense layer's."""
    for layer in network.body.operations:
        if isinstance(layer, CONVOLUTIONS):
            weights = _weights(network, layer)
            kind = "convolution" if isinstance(layer, keras.layers.Conv2D) else "depthwise convolution"
            return Kernels(kind, len(weights), kernels_as_pictures(weights[:MOST_KERNELS]))
        if isinstance(layer, keras.layers.Dense):
            return _of_dense(network, layer)
    return Kernels("convolution", 0, np.zeros((0, 1, 1, 3), np.uint8))


def layer_kernels(
    network: TrainedNetwork, number: int, filters: Sequence[int] | None = None, channel: int = 0
) -> LayerKernels:
    """Kernels of any convolution.

    Parameters
    ----------
    number
        Of the layer, as in `core.explain.map_layers.map_layers`.
    filters
        Which of them, from 1; by default all.
    channel
        Of which channel that comes in, from 1; 0 for all.

    Raises
    ------
    UsageError
        If there is no such layer, it has no kernels, or there is no such filter or channel.
    """
    layer, operation = find_layer(network, number, with_kernels=True)
    weights = _weights(network, operation)
    chosen = check_filters(filters, len(weights))
    values = _of_channel(weights[chosen - 1], channel)
    return LayerKernels(layer, chosen, values, _biases(operation, chosen), _sees_colours(network, operation))


def apply_kernel(
    network: TrainedNetwork, image: np.ndarray, number: int, filter: int, channel: int = 0
) -> AppliedKernel:
    """What a single kernel answers to the layer's real input, as an image makes it.

    Parameters
    ----------
    image : (side, side, 3) array of uint8
        As `TrainedNetwork.read` gives them.
    number, filter, channel
        As in `layer_kernels`. With a channel, that is the part which this channel adds to the sum; with 0, the whole
        sum and the bias.
    """
    _, operation = find_layer(network, number, with_kernels=True)
    weights = _weights(network, operation)
    (place,) = check_filters([filter], len(weights)) - 1
    taken = _taken(network, operation, values_at(network, operation.input, image), int(place), len(weights))
    kernel, taken = _of_channel(weights[place], channel), _of_channel(taken, channel)
    answer = keras.ops.conv(
        taken[None],
        np.ascontiguousarray(kernel[..., None]),
        strides=operation.strides,
        padding=operation.padding,
        dilation_rate=operation.dilation_rate,
    )
    total = keras.ops.convert_to_numpy(answer)[0, ..., 0]
    biases = _biases(operation, np.array([filter]))
    if not channel and biases is not None:
        total = total + biases[0]
    down, across = (window_of(operation, axis, taken.shape[axis]) for axis in (0, 1))
    stride, offset = (down.stride, across.stride), (-down.before, -across.before)
    return AppliedKernel(taken.mean(axis=-1), total, stride, tuple(operation.dilation_rate), offset)


def _weights(network: TrainedNetwork, layer: keras.layers.Layer) -> np.ndarray:
    """The kernels of a convolution: (filters, height, width, channels) float32, of colours red first."""
    weights = check_finite(network, keras.ops.convert_to_numpy(layer.weights[0]).astype(np.float32))
    if not isinstance(layer, keras.layers.Conv2D):  # one channel each, some kernels of each channel
        return np.moveaxis(weights.reshape(*weights.shape[:2], -1), -1, 0)[..., None]
    weights = np.moveaxis(weights, -1, 0)
    return weights[..., ::-1] if network.reads_blue_first and _sees_colours(network, layer) else weights


def _taken(
    network: TrainedNetwork, layer: keras.layers.Layer, inputs: np.ndarray, filter: int, count: int
) -> np.ndarray:
    """The channels of what comes into a layer that one of its kernels looks at, of colours red first."""
    if isinstance(layer, keras.layers.Conv2D):
        width = layer.kernel.shape[2]
        first = filter // (count // layer.groups) * width
    else:
        width = 1
        first = filter // (count // inputs.shape[-1])
    taken = inputs[..., first : first + width]
    return taken[..., ::-1] if network.reads_blue_first and _sees_colours(network, layer) else taken


def _of_channel(values: np.ndarray, channel: int) -> np.ndarray:
    count = values.shape[-1]
    if not 0 <= channel <= count:
        raise UsageError(f"There is no channel {channel}: each kernel has {count:,}, from 1.")
    return values[..., channel - 1 : channel] if channel else values


def _biases(layer: keras.layers.Layer, filters: np.ndarray) -> np.ndarray | None:
    if isinstance(layer, keras.layers.SeparableConv2D) or not layer.use_bias:
        return None
    return keras.ops.convert_to_numpy(layer.bias).astype(np.float32)[filters - 1]


def _sees_colours(network: TrainedNetwork, layer: keras.layers.Layer) -> bool:
    """Whether red, green and blue come into a layer, with nothing learned before it that would mix them."""
    if not isinstance(layer, keras.layers.Conv2D) or layer.kernel.shape[2] != 3:
        return False
    unmixed = {id(tensor) for tensor in keras.tree.flatten(network.body.input)}
    for operation in network.body.operations:
        if operation is layer:
            return id(operation.input) in unmixed
        if isinstance(operation, (keras.layers.InputLayer, *CONVOLUTIONS, keras.layers.Dense)):
            continue
        if all(id(tensor) in unmixed for tensor in keras.tree.flatten(operation.input)):
            unmixed |= {id(tensor) for tensor in keras.tree.flatten(operation.output)}
    return False


def _of_dense(network: TrainedNetwork, layer: keras.layers.Dense) -> Kernels:
    """Each unit's weights, laid out as the pixels that they belong to."""
    weights, side = keras.ops.convert_to_numpy(layer.kernel), network.image_size
    channels = len(weights) // side**2
    if channels not in (1, 3) or channels * side**2 != len(weights):  # what comes in are no pixels any more
        return Kernels("dense layer", weights.shape[1], np.zeros((0, 1, 1, 3), np.uint8))
    each = weights[:, :MOST_KERNELS].T.reshape(-1, side, side, channels)
    return Kernels("dense layer", weights.shape[1], kernels_as_pictures(each))
