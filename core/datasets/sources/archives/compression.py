"""The compressions that a whole file can be in, as streams of bytes whose memory is bounded, whoever packed them."""

import bz2
import gzip
import lzma
import zlib
from typing import BinaryIO, Protocol

from core.datasets.sources.archives.rules import BLOCK, BadArchive

MOST_MEMORY = 256 * 2**20
"""Bytes that unpacking may hold at once; the strongest setting of xz needs 65 MB, that of 7-Zip 256 MB."""


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, count: int, /) -> bytes: ...


class _Xz:
    """The content of an xz file of one or more streams, with the bound on memory that `lzma.LZMAFile` lacks."""

    def __init__(self, packed: BinaryIO):
        self._packed, self._unpacking = packed, self._new()

    @staticmethod
    def _new() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY)

    def read(self, count: int) -> bytes:
        while True:
            packed = b""
            if self._unpacking.eof:  # another stream may follow, and zeros between them
                packed = self._unpacking.unused_data.lstrip(b"\0") or self._packed.read(BLOCK).lstrip(b"\0")
                if not packed:
                    return b""
                self._unpacking = self._new()
            elif self._unpacking.needs_input and not (packed := self._packed.read(BLOCK)):
                raise EOFError
            if content := self._unpacking.decompress(packed, count):
                return content


def _zstandard(packed: BinaryIO) -> Readable:
    import pyarrow as pa  # takes a fifth of a second, which nothing but Zstandard should cost

    return pa.CompressedInputStream(pa.PythonFile(packed, "r"), "zstd")


COMPRESSIONS = {
    b"\x1f\x8b": lambda packed: gzip.GzipFile(fileobj=packed),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": _Xz,
    b"\x28\xb5\x2f\xfd": _zstandard,
}
"""By how the file begins, what opens it."""


class Unpacked:
    """The content of a compressed file; of one that isn't compressed, the file itself.

    Parameters
    ----------
    packed
        Where it stands, at the beginning.
    """

    def __init__(self, packed: BinaryIO):
        start = packed.read(6)
        packed.seek(0)
        opening = next((opening for mark, opening in COMPRESSIONS.items() if start.startswith(mark)), None)
        self.is_compressed = opening is not None
        self._content: Readable = opening(packed) if opening else packed

    def read(self, count: int) -> bytes:
        """As many bytes as asked for, or fewer at the end.

        Raises
        ------
        BadArchive
            If the file is cut off or damaged, or takes more than `MOST_MEMORY` to unpack.
        """
        pieces = []
        while count > 0 and (piece := self._piece(count)):
            pieces.append(piece)
            count -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _piece(self, count: int) -> bytes:
        try:
            return self._content.read(count)
        except EOFError as error:
            raise BadArchive("The archive is cut off: its end is missing. Download or pack it again.") from error
        except (zlib.error, lzma.LZMAError, ValueError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # the disk's, not the content's
                raise
            if "memory usage limit" in str(error).lower():
                raise BadArchive(
                    f"The archive needs more than {MOST_MEMORY >> 20} MB of memory to be unpacked. "
                    "Pack it again with the usual setting."
                ) from error
            raise BadArchive("The archive is damaged or cut off. Download or pack it again.") from error
