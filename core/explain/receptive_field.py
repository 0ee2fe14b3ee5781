"""Which part of the image each place of a layer's maps depends on, followed through the Keras graph."""

from dataclasses import dataclass

import keras
import numpy as np

from core.explain.trained_network import CONVOLUTIONS

POOLS = (keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)


@dataclass(frozen=True)
class Axis:
    """The receptive field along the height or the width.

    Parameters
    ----------
    size
        How many pixels of the image a place depends on.
    jump
        How many pixels the fields of neighbouring places are apart.
    start
        The first pixel of the first place's field; below 0 where that reaches into the padding.
    """

    size: int = 1
    jump: int = 1
    start: int = 0


Field = tuple[Axis, Axis]


def receptive_fields(body: keras.Model) -> dict[int, Field]:
    """The receptive field of each tensor of a network that tells places apart, by the tensor's id.

    Paths that make one number of a whole map, as squeeze-and-excitation does, are left aside: they say how much a map
    counts, not where.
    """
    fields = {id(tensor): (Axis(), Axis()) for tensor in keras.tree.flatten(body.input)}
    for operation in body.operations:
        if isinstance(operation, keras.layers.InputLayer):
            continue
        taken = [tensor for tensor in keras.tree.flatten(operation.input) if id(tensor) in fields]
        field = _behind(operation, taken, [fields[id(tensor)] for tensor in taken])
        if field is not None:
            fields |= {id(tensor): field for tensor in keras.tree.flatten(operation.output)}
    return fields


@dataclass(frozen=True)
class Window:
    """The window of a convolution or a pool along the height or the width.

    Parameters
    ----------
    reach
        Over how many steps of what comes in it reaches: D(K − 1) + 1 with dilation D.
    stride
        How far it moves.
    before
        How many zeros are put before what comes in.
    """

    reach: int
    stride: int
    before: int


def window_of(operation: keras.layers.Layer, axis: int, side: int) -> Window:
    """The window of a layer along the height (axis 0) or the width (axis 1), where `side` steps come in."""
    size = operation.pool_size if isinstance(operation, POOLS) else operation.kernel_size
    dilation = 1 if isinstance(operation, POOLS) else operation.dilation_rate[axis]
    reach, stride = dilation * (size[axis] - 1) + 1, operation.strides[axis]
    # TensorFlow pads by what is lacking, an odd pixel behind.
    lacking = (-(-side // stride) - 1) * stride + reach - side if operation.padding == "same" else 0
    return Window(reach, stride, max(0, lacking) // 2)


def parts_of_image(field: Field, places: np.ndarray, side: int) -> np.ndarray:
    """What places of a map depend on: (..., 4) int, top, left, and just beyond it bottom and right, in pixels.

    Parameters
    ----------
    places : (..., 2) array of int
        Row and column of each in the map.
    side
        Of the square image, at whose edges the parts end.
    """
    starts, sizes = _starts(field, places), np.array([axis.size for axis in field])
    # Where a place sees nothing but padding, the nearest pixel stands for it.
    first = starts.clip(0, side - 1)
    return np.concatenate([first, (starts + sizes).clip(first + 1, side)], axis=-1)


def centres_in_image(field: Field, places: np.ndarray) -> np.ndarray:
    """The middle of each part before it is cut off at the edges: (..., 2) float, from top and left, in pixels."""
    return _starts(field, places) + np.array([axis.size for axis in field]) / 2


def _starts(field: Field, places: np.ndarray) -> np.ndarray:
    return np.array([axis.start for axis in field]) + np.array([axis.jump for axis in field]) * places


def _behind(operation: keras.Operation, taken: list[keras.KerasTensor], fields: list[Field]) -> Field | None:
    """The field behind an operation; None where it does not tell places apart, or nobody knows what it does to them."""
    given = keras.tree.flatten(operation.output)[0].shape
    if not taken or len(given) != 4:
        return None
    if isinstance(operation, keras.Sequential):
        return _behind_all(operation, fields[0])
    if isinstance(operation, keras.layers.ZeroPadding2D):
        (above, _), (left, _) = operation.padding
        return _padded(fields[0][0], above), _padded(fields[0][1], left)
    if isinstance(operation, (*CONVOLUTIONS, *POOLS)):
        down, across = fields[0]
        return _windowed(operation, 0, down, taken[0]), _windowed(operation, 1, across, taken[0])
    # Each place by itself, or of several maps the same place of each.
    alike = [field for tensor, field in zip(taken, fields, strict=True) if tensor.shape[1:3] == given[1:3]]
    return (_met([field[0] for field in alike]), _met([field[1] for field in alike])) if alike else None


def _behind_all(layers: keras.Sequential, field: Field | None) -> Field | None:
    for layer in layers.layers:
        field = None if field is None else _behind(layer, [layer.input], [field])
    return field


def _windowed(operation: keras.layers.Layer, index: int, axis: Axis, taken: keras.KerasTensor) -> Axis:
    window = window_of(operation, index, taken.shape[1 + index])
    size, jump = axis.size + (window.reach - 1) * axis.jump, axis.jump * window.stride
    return Axis(size, jump, axis.start - window.before * axis.jump)


def _padded(axis: Axis, before: int) -> Axis:
    return Axis(axis.size, axis.jump, axis.start - before * axis.jump)


def _met(axes: list[Axis]) -> Axis:
    """Where paths meet: all that any of them depends on."""
    start = min(axis.start for axis in axes)
    return Axis(max(axis.start + axis.size for axis in axes) - start, max(axis.jump for axis in axes), start)
