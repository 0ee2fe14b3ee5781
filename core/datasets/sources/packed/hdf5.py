"""Arrays in HDF5 files, as PatchCamelyon hands out pictures; nothing outside the file itself is ever opened."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from core.datasets.sources.packed.arrays import StoredArray, rows_at_once
from core.errors import UsageError

_MOST_OBJECTS, _DEEPEST = 1000, 4
_MOST_CHUNK_BYTES = 256 * 2**20
_LONGEST_TEXT = 1000
_MOST_TEXTS = 100_000
_DAMAGES = (OSError, RuntimeError, ValueError, KeyError, TypeError, MemoryError)


def hdf5_arrays(path: Path, is_reversed: bool = False) -> list[StoredArray]:
    """The arrays of an HDF5 file, those in groups by their path.

    Links, arrays whose values lie in other files and arrays put together of others are passed over: a file from anyone
    could name any file of this machine.

    Parameters
    ----------
    path
        The file.
    is_reversed
        Whether its axes are stored in the opposite order of how people write them, as in MATLAB's files.

    Raises
    ------
    UsageError
        If it is damaged, or holds more than a file of pictures would.
    """
    import h5py

    with _understood(path), h5py.File(path, "r") as file:
        return [_array(path, name, dataset, is_reversed) for name, dataset in _datasets(file, path)]


def _datasets(file, path: Path) -> Iterator[tuple[str, object]]:
    """Names and datasets that lie in the file itself."""
    import h5py

    waiting, seen = [("", file, 0)], set()
    while waiting:
        prefix, group, depth = waiting.pop()
        for key in sorted(group):
            if len(seen) > _MOST_OBJECTS:
                raise UsageError(f"{path.name} holds more than {_MOST_OBJECTS:,} arrays and groups.")
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                continue
            item = group[key]
            place = h5py.h5o.get_info(item.id).addr
            if place in seen:
                continue
            seen.add(place)
            if isinstance(item, h5py.Group) and depth < _DEEPEST:
                waiting.append((f"{prefix}{key}/", item, depth + 1))
            elif isinstance(item, h5py.Dataset) and item.shape and not item.external and not item.is_virtual:
                yield prefix + key, item


def _array(path: Path, name: str, dataset, is_reversed: bool) -> StoredArray:
    import h5py

    is_text = h5py.check_string_dtype(dataset.dtype) is not None
    dtype = np.dtype("U") if is_text else dataset.dtype
    shape = tuple(dataset.shape)

    def read() -> Iterator[np.ndarray]:
        with _understood(path), h5py.File(path, "r") as file:
            stored = file[name]
            if is_text:
                yield _texts(stored, path)
                return
            if stored.chunks and math.prod(stored.chunks) * stored.dtype.itemsize > _MOST_CHUNK_BYTES:
                raise UsageError(f"The array “{name}” of {path.name} is packed in pieces that are too large.")
            if not stored.chunks and stored.id.get_storage_size() < stored.nbytes:
                raise UsageError(f"{path.name} announces values of “{name}” that it does not hold.")
            rows = rows_at_once(shape, stored.dtype)
            rows = max(rows, min(stored.chunks[0], 64 * rows)) if stored.chunks else rows
            for start in range(0, shape[0], rows):
                yield stored[start : start + rows]

    return StoredArray(path, name, shape, dtype, read, is_reversed)


def _texts(stored, path: Path) -> np.ndarray:
    """Short texts, one after the other: what each takes is known only once it is read."""
    if stored.size > _MOST_TEXTS or stored.dtype.itemsize > _LONGEST_TEXT:
        raise UsageError(f"{path.name} holds more text than names of classes are.")
    texts, total = [], 0
    for index in np.ndindex(stored.shape):
        value = stored[index]
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        total += len(text)
        if len(text) > _LONGEST_TEXT or total > _LONGEST_TEXT * 10_000:
            raise UsageError(f"{path.name} holds longer texts than names of classes are.")
        texts.append(text.strip("\0 "))
    return np.array(texts, dtype=str).reshape(stored.shape)


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGES as error:
        raise UsageError(f"{path.name} is damaged, cut off or no HDF5 file. Download it again.") from error
