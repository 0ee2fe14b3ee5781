"""Files of Keras weights in each of their layouts: the arrays of every layer, read without Keras.

- The older ``.h5`` lists its layers in their order, at its root or, in a whole saved model, in ``model_weights``.
- ``.weights.h5`` of Keras 3 files layers by their kind and its number, such as ``layers/conv2d_3/vars/0``; a layer that
  holds others has them in ``layers`` in turn.
- ``.keras`` is a zip with such a file in it. The description of the network beside it is never looked at: it can name
  code to run.

What a file is called tells nothing. It is told apart by what is in it.
"""

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from core.architectures.layout import LayerWeights
from core.errors import UsageError

if TYPE_CHECKING:
    import h5py

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
INNER_FILE = "model.weights.h5"
# Where Keras 3 has the layers of a model, and where the first versions of the same layout had them.
CONTAINERS = ("layers", "_layer_checkpoint_dependencies")
BLOCK = 1 << 20


@dataclass(frozen=True)
class StoredLayer:
    """A layer of a file: its name there, and its arrays, which are not read before they are asked for."""

    name: str
    arrays: tuple["h5py.Dataset", ...]

    @property
    def weights(self) -> LayerWeights:
        return LayerWeights(self.name, tuple(array.shape for array in self.arrays))


def holds_hdf5(path: Path) -> bool:
    """Whether a file can hold Keras weights: HDF5, or a zip with HDF5 in it as Keras writes it."""
    with path.open("rb") as file:
        if file.read(len(HDF5_SIGNATURE)) == HDF5_SIGNATURE:
            return True
    return _is_keras_archive(path)


@contextmanager
def open_weights(path: Path, most_bytes: int) -> Iterator["h5py.File"]:
    """The HDF5 of a file, which may be within a ``.keras``.

    Parameters
    ----------
    most_bytes
        How large it may be when unpacked.

    Raises
    ------
    UsageError
        If it would be larger.
    """
    import h5py  # takes a tenth of a second, which pages that only show a path need not wait for

    if not _is_keras_archive(path):
        with h5py.File(path, "r") as file:
            yield file
        return
    with tempfile.TemporaryDirectory() as folder:
        inner = Path(folder) / INNER_FILE
        _unpack(path, inner, most_bytes)
        with h5py.File(inner, "r") as file:
            yield file


def is_listed(file: "h5py.File") -> bool:
    """Whether it is in the older layout, as which Keras Applications reads the files of its own networks."""
    return _listing_group(file) is not None


def stored_layers(file: "h5py.File", expected: Sequence[LayerWeights]) -> list[StoredLayer] | None:
    """The layers that hold arrays, in the order in which Keras reads them; None where it is no file of Keras weights.

    One that is lacking in the layout of Keras 3 has no arrays.

    Parameters
    ----------
    expected
        The layers of the network. In the layout of Keras 3, which has no order, they say where each layer lies; what
        lies elsewhere comes last.
    """
    if (group := _listing_group(file)) is not None:
        return _listed_layers(group)
    for container in CONTAINERS:
        if container in file:
            return _filed_layers(file[container], expected)
    return None


# The older layout ----------------------------------------------------------------------------------------------------


def _listing_group(file: "h5py.File") -> "h5py.Group | None":
    """The group with the list of layers: of a file of weights the root, of a whole saved model a part of it."""
    groups = (file, file.get("model_weights"))
    return next((group for group in groups if group is not None and _names(group, "layer_names")), None)


def _listed_layers(group: "h5py.Group") -> list[StoredLayer]:
    layers = [(name, group[name]) for name in _names(group, "layer_names")]
    stored = [
        StoredLayer(name, tuple(layer[array] for array in _names(layer, "weight_names"))) for name, layer in layers
    ]
    return [layer for layer in stored if layer.arrays]


def _names(group: "h5py.Group", attribute: str) -> list[str]:
    """A list of names; Keras divides one that is too long for an attribute among several with numbers."""
    parts = [attribute] if attribute in group.attrs else (f"{attribute}{number}" for number in count())
    names = [name for part in takewhile(group.attrs.__contains__, parts) for name in group.attrs[part]]
    return [name.decode() if isinstance(name, bytes) else str(name) for name in names]


# The layout of Keras 3 -----------------------------------------------------------------------------------------------


def _filed_layers(container: "h5py.Group", expected: Sequence[LayerWeights]) -> list[StoredLayer]:
    filed = filed_places(container)
    layers = []
    for layer in expected:
        parts = [filed.pop(place) for place in layer.places if place in filed]
        name = parts[0].name if parts else layer.name
        layers.append(StoredLayer(name, tuple(array for part in parts for array in part.arrays)))
    return [*layers, *filed.values()]


def filed_places(group: "h5py.Group", above: str = "") -> dict[str, StoredLayer]:
    """By where they lie, such as ``conv2d_3`` or ``sequential/layers/conv2d``, all layers that hold arrays."""
    found = {}
    for name, layer in group.items():
        place = f"{above}{name}"
        kept = layer.get("vars")
        if kept is not None and len(kept):
            called = kept.attrs.get("name", name)
            arrays = tuple(kept[str(index)] for index in range(len(kept)))
            found[place] = StoredLayer(called.decode() if isinstance(called, bytes) else str(called), arrays)
        if "layers" in layer:
            found |= filed_places(layer["layers"], f"{place}/layers/")
    return found


# .keras --------------------------------------------------------------------------------------------------------------


def _is_keras_archive(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return INNER_FILE in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def _unpack(path: Path, target: Path, most_bytes: int) -> None:
    """Unpack the weights alone; what the archive says of their size is not believed."""
    come = 0
    with zipfile.ZipFile(path) as archive, archive.open(INNER_FILE) as source, target.open("wb") as copy:
        while block := source.read(BLOCK):
            come += len(block)
            if come > most_bytes:
                raise UsageError(
                    f"The weights in {path} are larger than {most_bytes / 1e6:,.0f} MB when unpacked: they are not "
                    "those of this network."
                )
            copy.write(block)
