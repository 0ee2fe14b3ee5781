"""Whether a file holds the weights of a backbone: its layers compared with those that Keras reads, one by one."""

import errno
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.architectures.architecture import Architecture
from core.architectures.layout import LayerWeights, layout_path, read_layout
from core.architectures.weights_file import StoredLayer, is_listed, open_weights, stored_layers
from core.errors import UsageError
from core.files import replacing

if TYPE_CHECKING:
    import h5py

NAMES_SHOWN = 3
# A whole model that was saved with what its optimiser remembers is three times as large as its weights.
LARGEST_FACTOR, SPARE_MEGABYTES = 4, 16
# What h5py and zipfile raise on damaged files.
DAMAGED = (OSError, EOFError, KeyError, RuntimeError, ValueError, TypeError, AttributeError)
DAMAGED += (zipfile.BadZipFile, zlib.error, lzma.LZMAError)


def check_weights(architecture: Architecture, path: Path) -> None:
    """Refuse a file that does not hold the weights of a backbone.

    Parameters
    ----------
    architecture
        One that has pretrained weights.
    path
        A file in any of the layouts of `core.architectures.weights_file`.

    Raises
    ------
    UsageError
        Saying what was expected and what was found: no HDF5, a damaged file, the top as well, or the first layer that
        differs; or numbers that are none.
    """
    _look(architecture, path, lambda file, layers: None)


def read_weights(architecture: Architecture, path: Path) -> list[list[np.ndarray]]:
    """The arrays of each layer of a backbone that holds any, in Keras's order.

    Raises
    ------
    UsageError
        As `check_weights`.
    """
    return _look(architecture, path, lambda file, layers: [[array[()] for array in each.arrays] for each in layers])


def is_as_keras_keeps_it(architecture: Architecture, path: Path) -> bool:
    """Whether a file is in the older layout, in which Keras looks for the weights of its own networks.

    Raises
    ------
    UsageError
        As `check_weights`.
    """
    return _look(architecture, path, lambda file, layers: is_listed(file))


def write_listed(architecture: Architecture, weights: list[list[np.ndarray]], target: Path) -> None:
    """Write weights, as `read_weights` gives them, in that layout: the whole file or none."""
    import h5py

    layers = read_layout(layout_path(architecture.name))
    with replacing(target) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in layers]
        for layer, arrays in zip(layers, weights, strict=True):
            names = [f"{layer.name}/{index}" for index in range(len(arrays))]
            group = file.create_group(layer.name)
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, array in zip(names, arrays, strict=True):
                group[name] = array


def largest_megabytes(architecture: Architecture) -> float:
    """How large a file may be that holds the weights of a backbone and, perhaps, what an optimiser remembers of it."""
    return LARGEST_FACTOR * architecture.pretrained_weights.megabytes + SPARE_MEGABYTES


def difference(expected: list[LayerWeights], found: list[LayerWeights]) -> str:
    """What keeps weights from fitting, in words; "" where they fit."""
    for index, (wanted, given) in enumerate(zip(expected, found, strict=False)):
        if wanted.shapes != given.shapes:
            return (
                f"layer {index + 1} is {given.words()} where {wanted.words()} was expected; {_totals(expected, found)}"
            )
    if len(found) > len(expected):
        extra = found[len(expected) :]
        return (
            f"this file has the top: {_listed(extra)} behind the backbone, {_sum(extra):,} parameters more than its "
            f"{_sum(expected):,}"
        )
    if len(found) < len(expected):
        lacking = expected[len(found) :]
        return f"it ends too early: {_listed(lacking)} are lacking; {_totals(expected, found)}"
    return ""


def _look(architecture: Architecture, path: Path, take: "Callable[[h5py.File, list[StoredLayer]], Any]") -> Any:
    """What `take` gives of the open file and of its layers, where they fit."""
    try:
        with open_weights(path, int(largest_megabytes(architecture) * 1e6)) as file:
            return take(file, _fitting_layers(architecture, path, file))
    except DAMAGED as error:
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise  # where it is unpacked
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise UsageError(
            f"{path} is damaged or cut off: it cannot be read as HDF5 ({reason}). Download or copy it again."
        ) from error


def _fitting_layers(architecture: Architecture, path: Path, file: "h5py.File") -> list[StoredLayer]:
    expected = read_layout(layout_path(architecture.name))
    layers = stored_layers(file, expected)
    if layers is None:
        shown = ", ".join(list(file)[:NAMES_SHOWN]) or "nothing"
        raise UsageError(_refusal(path, architecture, f"it is HDF5, but no file of Keras weights: it holds {shown}"))
    if architecture.pretrained_weights.with_top:
        layers = layers[: len(expected)]  # behind these lies what answers ImageNet's classes
    if fault := difference(expected, [layer.weights for layer in layers]):
        raise UsageError(_refusal(path, architecture, fault))
    for layer in layers:
        if not all(_is_numbers(array) for array in layer.arrays):
            fault = f"its layer {layer.name} holds what is not a number (NaN or infinite)"
            raise UsageError(_refusal(path, architecture, fault))
    return layers


def _is_numbers(array: "h5py.Dataset") -> bool:
    return array.dtype.kind == "f" and bool(np.isfinite(array[()]).all())


# Words ---------------------------------------------------------------------------------------------------------------


def _refusal(path: Path, architecture: Architecture, fault: str) -> str:
    weights = architecture.pretrained_weights
    part = "" if weights.with_top else " without its top"
    return (
        f"{path} does not hold the weights of {architecture.title}{part}: {fault}. Take the file that Keras calls "
        f"{weights.file_name}."
    )


def _totals(expected: list[LayerWeights], found: list[LayerWeights]) -> str:
    return f"{_sum(expected):,} parameters were expected in all, {_sum(found):,} were found"


def _sum(layers: list[LayerWeights]) -> int:
    return sum(layer.parameters for layer in layers)


def _listed(layers: list[LayerWeights]) -> str:
    shown = ", ".join(layer.name for layer in layers[:NAMES_SHOWN])
    more = len(layers) - NAMES_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown
