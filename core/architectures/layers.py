"""Layers as data: what each does to a shape and how many numbers it learns, without building anything."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import UsageError

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layer:
    """One layer.

    Parameters
    ----------
    kind
        "rescale", "conv", "batch_norm", "relu", "max_pool", "global_average_pool", "dropout" or "dense"; or
        "backbone", which stands for a whole pretrained network.
    units
        Filters of a convolution, units of a dense layer, channels that come out of a backbone.
    size
        Side of a convolution's kernel or a pool's window.
    rate
        Of dropout, 0 to 1.
    name, parameters
        Of a backbone.
    path
        Of a backbone: the steps (window, stride, "same" or "valid") by which it shrinks the image's side.
    """

    kind: str
    units: int = 0
    size: int = 0
    rate: float = 0.0
    name: str = ""
    parameters: int = 0
    path: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True)
class LayerRow:
    """A line of the table in which a network is shown."""

    name: str
    shape: Shape
    parameters: int
    frozen: bool


def tabulate(layers: Iterable[Layer], shape: Shape) -> list[LayerRow]:
    """Follow an image of `shape` (height, width, channels) through the layers.

    Raises
    ------
    UsageError
        If a layer leaves no pixel of the image.
    """
    rows = []
    for layer in layers:
        parameters = count_parameters(layer, shape)
        shape = output_shape(layer, shape)
        if min(shape) < 1:
            raise UsageError(f"The image is too small: after {in_words(layer)} nothing is left of it.")
        rows.append(LayerRow(in_words(layer), shape, parameters, layer.kind == "backbone"))
    return rows


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """The shape that leaves a layer. Convolutions keep height and width ("same" padding, stride 1)."""
    if layer.kind == "conv":
        return (*shape[:2], layer.units)
    if layer.kind == "max_pool":
        return (shape[0] // layer.size, shape[1] // layer.size, shape[2])
    if layer.kind == "backbone":
        return (follow_path(layer.path, shape[0]), follow_path(layer.path, shape[1]), layer.units)
    if layer.kind == "global_average_pool":
        return shape[2:]
    if layer.kind == "dense":
        return (layer.units,)
    return shape


def follow_path(path: Iterable[tuple[int, int, str]], side: int) -> int:
    """The side that is left of an image: ⌈L / S⌉ with "same" padding, ⌊(L − K) / S⌋ + 1 without."""
    for window, stride, padding in path:
        side = -(-side // stride) if padding == "same" else (side - window) // stride + 1
    return side


def count_parameters(layer: Layer, shape: Shape) -> int:
    """How many numbers a layer holds: weights, biases, and the running means and variances of a batch norm."""
    channels = shape[-1]
    if layer.kind == "conv":  # no bias: the batch norm behind it has one
        return layer.size * layer.size * channels * layer.units
    if layer.kind == "batch_norm":
        return 4 * channels
    if layer.kind == "dense":
        return (channels + 1) * layer.units
    return layer.parameters


def in_words(layer: Layer) -> str:
    """What a layer is, in a few words."""
    return {
        "rescale": "Pixels to 0…1",
        "conv": f"Convolution {layer.size}×{layer.size}, {layer.units} filters",
        "batch_norm": "Batch normalisation",
        "relu": "ReLU",
        "max_pool": f"Max pooling {layer.size}×{layer.size}",
        "global_average_pool": "Global average pooling",
        "dropout": f"Dropout {layer.rate:.0%}",
        "dense": f"Dense, {layer.units} units",
        "backbone": layer.name,
    }[layer.kind]
