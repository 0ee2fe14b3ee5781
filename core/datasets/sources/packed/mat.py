"""Arrays of numbers in MATLAB's .mat files of version 5, as SVHN hands out pictures, read piece by piece.

The format is documented in MathWorks' “MAT-File Format”. Nothing but arrays of numbers is looked at: no objects, no
functions. Version 7.3 is HDF5: see `core.datasets.sources.packed.hdf5`.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from core.datasets.sources.packed.arrays import StoredArray, rows_at_once
from core.errors import UsageError

_HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_DTYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_NUMBER_CLASSES = range(6, 16)  # double, single, and whole numbers of 8 to 64 bits
_COMPLEX = 0x0800
_MOST_ARRAYS = 1000
_MOST_AXES, _LONGEST_NAME = 32, 255
_BLOCK = 2**16


def is_hdf5(path: Path) -> bool:
    """Whether a .mat file is of version 7.3, which is HDF5."""
    with path.open("rb") as file:
        return file.read(19) == b"MATLAB 7.3 MAT-file"


def mat_arrays(path: Path) -> list[StoredArray]:
    """The arrays of numbers in a .mat file; what else is in it is passed over.

    Raises
    ------
    UsageError
        If it is damaged or of another version.
    """
    found = []
    try:
        with path.open("rb") as file:
            order = _byte_order(file, path)
            length = path.stat().st_size
            position = _HEADER_BYTES
            while position + 8 <= length:
                file.seek(position)
                kind, count = struct.unpack(order + "II", file.read(8))
                element = _Element(path, order, position, kind, count)
                found += element.arrays()
                if len(found) > _MOST_ARRAYS:
                    raise UsageError(f"{path.name} holds more than {_MOST_ARRAYS:,} arrays.")
                position += 8 + count
                position += -position % 8 if kind != _COMPRESSED else 0
            if position != length:
                raise EOFError
    except (EOFError, struct.error, zlib.error, OSError) as error:
        raise UsageError(_damaged(path)) from error
    return found


def _byte_order(file: BinaryIO, path: Path) -> str:
    """ "<" or ">", by the header's last bytes."""
    header = file.read(_HEADER_BYTES)
    if not header.startswith(b"MATLAB 5.0") or header[126:128] not in (b"IM", b"MI"):
        raise UsageError(f"{path.name} is no file of MATLAB 5 or newer. Save it again with a newer version.")
    return "<" if header[126:128] == b"IM" else ">"


@dataclass(frozen=True)
class _Element:
    """One variable of the file, perhaps compressed, from a position on."""

    path: Path
    order: str
    position: int
    kind: int
    count: int

    def arrays(self) -> list[StoredArray]:
        """The array that it is, in a list; [] where it is none of numbers."""
        if self.kind not in (_MATRIX, _COMPRESSED):
            return []
        with self.path.open("rb") as file:
            found = self._described(self._stream(file))
        if found is None:
            return []
        name, shape, dtype = found
        stored = StoredArray(self.path, name, shape, dtype, lambda: self._read(shape, dtype), is_reversed=True)
        return [stored]

    def _stream(self, file: BinaryIO) -> "_Exact":
        """What the variable's matrix holds, unpacked."""
        file.seek(self.position + 8)
        if self.kind == _MATRIX:
            return _Exact(file, self.count)
        stream = _Exact(_Inflated(file, self.count), 2**62)
        kind, _ = struct.unpack(self.order + "II", stream.read(8))
        return stream if kind == _MATRIX else _Exact(file, 0)

    def _described(self, stream: "_Exact") -> tuple[str, tuple[int, ...], np.dtype] | None:
        """Name, sizes of the axes, the slowest first, and type of the values; None where they are no real numbers."""
        if stream.left == 0:
            return None
        _, flags = self._part(stream, 8)
        (flags,) = struct.unpack(self.order + "I", flags[:4])
        _, sizes = self._part(stream, 4 * _MOST_AXES)
        _, name = self._part(stream, _LONGEST_NAME)
        if flags & 0xFF not in _NUMBER_CLASSES or flags & _COMPLEX:
            return None
        kind, count, _ = self._tag(stream)
        shape = struct.unpack(f"{self.order}{len(sizes) // 4}i", sizes)[::-1]
        if kind not in _DTYPES or not shape or min(shape) < 0:
            return None
        dtype = np.dtype(self.order + _DTYPES[kind])
        if count != math.prod(shape) * dtype.itemsize:
            raise UsageError(_damaged(self.path))
        return name.decode("latin-1"), shape, dtype

    def _read(self, shape: tuple[int, ...], dtype: np.dtype) -> Iterator[np.ndarray]:
        bytes_a_row = math.prod(shape[1:]) * dtype.itemsize
        rows, at_once = shape[0], rows_at_once(shape, dtype)
        try:
            with self.path.open("rb") as file:
                stream = self._stream(file)
                self._described(stream)
                while rows and bytes_a_row:
                    count = min(rows, at_once)
                    yield np.frombuffer(stream.read(count * bytes_a_row), dtype).reshape(count, *shape[1:])
                    rows -= count
        except (EOFError, struct.error, zlib.error, OSError) as error:
            raise UsageError(_damaged(self.path)) from error

    def _tag(self, stream: "_Exact") -> tuple[int, int, bool]:
        """Type and length of what follows, and whether it lies within the tag's own 8 bytes."""
        (first,) = struct.unpack(self.order + "I", stream.read(4))
        if first >> 16:
            return first & 0xFFFF, first >> 16, True
        (count,) = struct.unpack(self.order + "I", stream.read(4))
        return first, count, False

    def _part(self, stream: "_Exact", most: int) -> tuple[int, bytes]:
        kind, count, is_small = self._tag(stream)
        if count > (4 if is_small else most):
            raise UsageError(_damaged(self.path))
        content = stream.read(count)
        stream.read((4 - count) if is_small else -count % 8)
        return kind, content


class _Exact:
    """Reads just as many bytes as are asked for, of no more than there are."""

    def __init__(self, file: "BinaryIO | _Inflated", left: int):
        self._file, self.left = file, left

    def read(self, count: int) -> bytes:
        content = self._file.read(min(count, self.left))
        if len(content) < count:
            raise EOFError
        self.left -= count
        return content


class _Inflated:
    """The bytes of a compressed variable, unpacked only as far as they are asked for."""

    def __init__(self, file: BinaryIO, packed_left: int):
        self._file, self._left, self._unpacker = file, packed_left, zlib.decompressobj()

    def read(self, count: int) -> bytes:
        pieces = []
        while count > 0 and not self._unpacker.eof:
            packed = self._unpacker.unconsumed_tail
            if not packed:
                packed = self._file.read(min(_BLOCK, self._left))
                self._left -= len(packed)
            piece = self._unpacker.decompress(packed, count)
            if not piece and not packed:
                break
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)


def _damaged(path: Path) -> str:
    return f"{path.name} is damaged or cut off. Download it again."
