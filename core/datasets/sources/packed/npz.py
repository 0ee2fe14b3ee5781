"""Arrays in NumPy's .npz and .npy files, as MedMNIST and Keras hand out pictures; nothing pickled is ever loaded.

The formats are documented in `numpy.lib.format` and the ``.npz`` section of `numpy.savez`.
"""

import math
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from core.datasets.sources.packed.arrays import StoredArray, rows_at_once
from core.errors import UsageError

_MOST_MEMBERS = 1000
_DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError),
    *(SyntaxError, tokenize.TokenError),  # of headers, which are text in Python's form
)


def npz_arrays(path: Path) -> list[StoredArray]:
    """The arrays of a .npz file.

    Raises
    ------
    UsageError
        If it is damaged, or holds arrays that only unpickling, which can run any program, would read.
    """
    with _understood(path), zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
        if len(members) > _MOST_MEMBERS:
            raise UsageError(f"{path.name} holds more than {_MOST_MEMBERS:,} arrays.")
        names = [member.filename for member in members]
        if len(set(names)) < len(names):
            raise UsageError(f"{path.name} holds two arrays of the same name.")
        return [_array(path, name.removesuffix(".npy"), _member(path, name)) for name in names]


def npy_arrays(path: Path) -> list[StoredArray]:
    """The array of a .npy file.

    Raises
    ------
    UsageError
        As `npz_arrays`.
    """
    return [_array(path, "", lambda: path.open("rb"))]


def is_npz(path: Path) -> bool:
    """Whether a file, whatever it is called, is a zip of nothing but arrays."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.namelist()) and all(name.endswith(".npy") for name in archive.namelist())
    except _DAMAGES:
        return False


def _member(path: Path, name: str) -> Callable[[], AbstractContextManager[IO[bytes]]]:
    """Opens an array in an archive; what it unpacks to is read in pieces."""

    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(name)
            # Other methods unpack without any bound on memory.
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise UsageError(f"{name} in {path.name} is packed with a method that is not supported.")
            with archive.open(info) as stream:
                yield stream

    return opened


def _array(path: Path, key: str, opened: Callable[[], AbstractContextManager[IO[bytes]]]) -> StoredArray:
    called = f"the array “{key}” of {path.name}" if key else path.name
    with _understood(path), opened() as stream:
        shape, is_fortran, dtype = _header(stream, called)

    def read() -> Iterator[np.ndarray]:
        with _understood(path), opened() as stream:
            _header(stream, called)
            yield from _pieces(stream, stored, path)

    stored = StoredArray(path, key, shape[::-1] if is_fortran else shape, dtype, read, is_reversed=is_fortran)
    return stored


def _header(stream: IO[bytes], called: str) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(stream)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise UsageError(
            f"{called} is of a version of NumPy's format ({version[0]}.{version[1]}) that is not read here."
        )
    shape, is_fortran, dtype = read_header(stream)
    if any(size < 0 for size in shape):
        raise UsageError(f"{called} announces a size below zero. Save or download it again.")
    if dtype.hasobject:
        raise UsageError(
            f"{called} holds Python objects, which are pickled. These are never loaded, since they can run any "
            "program. Save the pictures and the labels as plain arrays of numbers."
        )
    return shape, is_fortran, dtype


def _pieces(stream: IO[bytes], stored: StoredArray, path: Path) -> Iterator[np.ndarray]:
    shape, dtype = stored.shape or (1,), stored.dtype
    bytes_a_row = math.prod(shape[1:]) * dtype.itemsize
    rows, at_once = shape[0], rows_at_once(shape, dtype)
    while rows and bytes_a_row:
        count = min(rows, at_once)
        content = stream.read(count * bytes_a_row)
        if len(content) < count * bytes_a_row:
            raise UsageError(f"{path.name} is cut off: it ends before the last of the values it announces.")
        yield np.frombuffer(content, dtype).reshape(count, *shape[1:])
        rows -= count
    if stream.read(1):  # the end is read also because a zip checks its sum only there
        raise UsageError(f"{path.name} is damaged: more follows after the last of the values it announces.")


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGES as error:
        raise UsageError(f"{path.name} is damaged, cut off or no file of NumPy. Save or download it again.") from error
