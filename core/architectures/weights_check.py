"""Whether a file holds the weights of a backbone: its layers compared with those that Keras reads, one by one.

Keras reads a file of weights in the order of its layers, whatever their names. So does this, without Keras.
"""

import math
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.architectures.architecture import Architecture
from core.errors import UsageError
from core.files import replacing

if TYPE_CHECKING:
    import h5py

LAYOUTS = Path(__file__).parent / "layouts"
NAMES_SHOWN = 3


@dataclass(frozen=True)
class LayerWeights:
    """A layer that holds numbers: its name, and the shapes of its arrays in the order of the file."""

    name: str
    shapes: tuple[tuple[int, ...], ...]

    @property
    def parameters(self) -> int:
        return sum(math.prod(shape) for shape in self.shapes)

    def words(self) -> str:
        """Such as 'conv1 (3×3×3×24)'."""
        return f"{self.name} ({', '.join(_shape_in_words(shape) for shape in self.shapes)})"


def check_weights(architecture: Architecture, path: Path) -> None:
    """Refuse a file that does not hold the weights of a backbone without its top.

    Parameters
    ----------
    architecture
        One that has pretrained weights.
    path
        A file.

    Raises
    ------
    UsageError
        Saying what was expected and what was found: no HDF5, a damaged file, another format, the top as well, or the
        first layer that differs; or numbers that are none.
    """
    import h5py  # takes a tenth of a second, which pages that only show a path need not wait for

    try:
        with h5py.File(path, "r") as file:
            group = _model_group(path, architecture, file)
            layers = _layers(group)
            found = [LayerWeights(name, tuple(array.shape for array in arrays)) for name, arrays in layers]
            if fault := difference(read_layout(layout_path(architecture.name)), found):
                raise UsageError(_refusal(path, architecture, fault))
            for name, arrays in layers:
                if not all(_is_numbers(array) for array in arrays):
                    fault = f"its layer {name} holds what is not a number (NaN or infinite)"
                    raise UsageError(_refusal(path, architecture, fault))
    except (OSError, KeyError, RuntimeError, ValueError, TypeError, AttributeError) as error:  # h5py, on damaged files
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise UsageError(
            f"{path} is damaged or cut off: it cannot be read as HDF5 ({reason}). Download or copy it again."
        ) from error


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


# What is expected ----------------------------------------------------------------------------------------------------


def layout_path(name: str) -> Path:
    """Where it is written down what the weights of the architecture of this name consist of."""
    return LAYOUTS / f"{name}.txt"


def read_layout(path: Path) -> list[LayerWeights]:
    """The layers of a backbone that hold numbers, as `write_layout` wrote them."""
    layers = []
    for line in path.read_text(encoding="utf-8").splitlines():
        name, *shapes = line.split(" ")
        layers.append(LayerWeights(name, tuple(tuple(map(int, shape.split("x"))) for shape in shapes)))
    return layers


def write_layout(path: Path, layers: list[LayerWeights]) -> None:
    """Write a line a layer: its name and the shapes of its arrays, such as ``conv1 3x3x3x24``."""
    lines = [" ".join([layer.name, *("x".join(map(str, shape)) for shape in layer.shapes)]) for layer in layers]
    with replacing(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


# What is found -------------------------------------------------------------------------------------------------------


def _model_group(path: Path, architecture: Architecture, file: "h5py.File") -> "h5py.Group":
    """The group with the layers: of a file of weights the root, of a whole saved model a part of it."""
    for group in (file, file.get("model_weights")):
        if group is not None and _names(group, "layer_names"):
            return group
    if "layers" in file or "_layer_checkpoint_dependencies" in file:
        raise UsageError(
            f"{path} is in the format that Keras 3 calls .weights.h5, but the weights of {architecture.title} are kept "
            "in the older .h5. Save the backbone itself with model.save('NAME.h5') and take that file."
        )
    shown = ", ".join(list(file)[:NAMES_SHOWN]) or "nothing"
    raise UsageError(_refusal(path, architecture, f"it is HDF5, but no file of Keras weights: it holds {shown}"))


def _layers(group: "h5py.Group") -> list[tuple[str, list["h5py.Dataset"]]]:
    """The layers that hold arrays, in the order in which Keras reads them."""
    layers = [(name, group[name]) for name in _names(group, "layer_names")]
    arrays = [(name, [layer[array] for array in _names(layer, "weight_names")]) for name, layer in layers]
    return [(name, held) for name, held in arrays if held]


def _names(group: "h5py.Group", attribute: str) -> list[str]:
    """A list of names; Keras divides one that is too long for an attribute among several with numbers."""
    parts = [attribute] if attribute in group.attrs else (f"{attribute}{number}" for number in count())
    names = [name for part in takewhile(group.attrs.__contains__, parts) for name in group.attrs[part]]
    return [name.decode() if isinstance(name, bytes) else str(name) for name in names]


def _is_numbers(array: "h5py.Dataset") -> bool:
    return array.dtype.kind == "f" and bool(np.isfinite(array[()]).all())


# Words ---------------------------------------------------------------------------------------------------------------


def _refusal(path: Path, architecture: Architecture, fault: str) -> str:
    return (
        f"{path} does not hold the weights of {architecture.title} without its top: {fault}. Take the file that Keras "
        f"calls {architecture.weights.file_name}."
    )


def _totals(expected: list[LayerWeights], found: list[LayerWeights]) -> str:
    return f"{_sum(expected):,} parameters were expected in all, {_sum(found):,} were found"


def _sum(layers: list[LayerWeights]) -> int:
    return sum(layer.parameters for layer in layers)


def _listed(layers: list[LayerWeights]) -> str:
    shown = ", ".join(layer.name for layer in layers[:NAMES_SHOWN])
    more = len(layers) - NAMES_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def _shape_in_words(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
