"""Tar archives, plain or compressed, as `rules` has them unpacked: read from end to end once, a block at a time.

Python's own reader is not used. It takes an archive that is cut off between two files as whole, holds every header in
memory, and the names that it reads there can be as long as the archive says.

The format is POSIX.1-2001, "pax" (pubs.opengroup.org, utility pax), with GNU's long names, numbers in base 256 and
sparse files (GNU tar manual, "Basic Tar Format").
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from core.datasets.sources.archives.compression import Unpacked
from core.datasets.sources.archives.rules import BLOCK, BadArchive, Limits, Member, refuse_bomb
from core.datasets.sources.words import quoted

_RECORD = 512
_LONGEST_EXTENSION = 2**20  # bytes of a name or of pax records; far more than any system's paths have

_FILES, _FOLDER, _LABEL = b"0\07", b"5", b"V"
_LONG_NAME, _LONG_LINK, _PAX, _PAX_FOR_ALL, _SPARSE = b"L", b"K", b"xX", b"g", b"S"


@contextmanager
def open_tar(stream: BinaryIO, packed_bytes: int, limits: Limits) -> Iterator[TarArchive]:
    """Open a tar archive, which may be compressed with gzip, bzip2, xz or Zstandard."""
    stream.seek(0)
    yield TarArchive(stream, packed_bytes, limits)


def is_tar_header(record: bytes) -> bool:
    """Whether 512 bytes are the header of a member, by its checksum."""
    if len(record) < _RECORD or not record[:100].strip(b"\0"):
        return False
    try:
        claimed = int(record[148:156].strip(b" \0") or b"x", 8)
    except ValueError:
        return False
    return claimed == sum(record[:148]) + 8 * ord(" ") + sum(record[156:])


class TarArchive:
    """See `core.datasets.sources.archives.rules.Archive`."""

    is_listed = False

    def __init__(self, stream: BinaryIO, packed_bytes: int, limits: Limits):
        self.packed_bytes = packed_bytes
        self._stream, self._limits = stream, limits
        self._content = Unpacked(stream)
        self._read_bytes = 0
        self._unread = 0  # bytes of the current member, and of what fills its last record

    def members(self) -> Iterator[Member]:
        while (member := self._next()) is not None:
            yield member
        # Compressions have their checksum at the end, which only reading on to it verifies.
        while self._content.is_compressed and self._take(BLOCK):
            pass

    def blocks(self, member: Member) -> Iterator[bytes]:
        left = member.size
        while left:
            block = self._exactly(min(left, BLOCK))
            left -= len(block)
            self._unread -= len(block)
            yield block

    def position(self) -> int:
        return self._stream.tell()

    def _next(self) -> Member | None:
        """The next member; None where two records of zeros end the archive."""
        self._skip()
        name, pax = "", {}
        while True:
            header = self._exactly(_RECORD)
            if not header.strip(b"\0"):
                return None
            if not is_tar_header(header):
                raise self._damaged()
            kind, size = header[156:157], self._number(header[124:136])
            if kind in _LONG_NAME:
                name = _text(self._extension(size).split(b"\0")[0])
            elif kind in _PAX:
                pax = self._pax(self._extension(size))
            elif kind in _LONG_LINK + _PAX_FOR_ALL + _LABEL:
                self._extension(size)
            else:
                break
        return self._member(header, kind, size, name, pax)

    def _member(self, header: bytes, kind: bytes, size: int, name: str, pax: dict[bytes, bytes]) -> Member:
        if b"size" in pax:
            size = self._decimal(pax[b"size"])
        name = _text(pax[b"path"]) if b"path" in pax else name or _own_name(header)
        if kind in _FOLDER and not name.endswith("/"):
            name += "/"
        if kind in _SPARSE or any(key.startswith(b"GNU.sparse") for key in pax):
            raise BadArchive(f"{quoted(name)} is stored with gaps (a sparse file). Pack again without that option.")
        is_plain = kind in _FILES or kind in _FOLDER
        # What is no file has no bytes, whatever its size says.
        self._unread = -(-size // _RECORD) * _RECORD if kind in _FILES else 0
        return Member(name, size, is_plain)

    def _extension(self, size: int) -> bytes:
        """The content of a member that says something of the next one."""
        if size > _LONGEST_EXTENSION:
            raise self._damaged()
        return self._exactly(-(-size // _RECORD) * _RECORD)[:size]

    def _pax(self, content: bytes) -> dict[bytes, bytes]:
        """Records such as ``b"18 path=cats/1.png\\n"``, each of which begins with its own length."""
        records = {}
        while content:
            digits, _, _ = content[:20].partition(b" ")
            length = self._decimal(digits)
            key, is_there, value = content[len(digits) + 1 : length].partition(b"=")
            if not is_there or length > len(content):
                raise self._damaged()
            records[key] = value.removesuffix(b"\n")
            content = content[length:]
        return records

    def _number(self, field: bytes) -> int:
        """A number in octal digits, or, where its first bit is set, in base 256."""
        if field[0] == 0x80:
            return int.from_bytes(field[1:], "big")
        try:
            return int(field.strip(b" \0") or b"0", 8)
        except ValueError as error:
            raise self._damaged() from error

    def _decimal(self, digits: bytes) -> int:
        if not digits.isdigit() or len(digits) > 20:
            raise self._damaged()
        return int(digits)

    def _skip(self) -> None:
        """Go to the header that follows."""
        if self._content.is_compressed:
            while self._unread:
                self._unread -= len(self._exactly(min(self._unread, BLOCK)))
        elif self._stream.tell() + self._unread > self.packed_bytes:
            raise self._cut_off()
        else:
            self._stream.seek(self._unread, 1)
            self._unread = 0

    def _exactly(self, count: int) -> bytes:
        content = self._take(count)
        if len(content) < count:
            raise self._cut_off()
        return content

    def _take(self, count: int) -> bytes:
        content = self._content.read(count)
        self._read_bytes += len(content)
        if self._content.is_compressed:  # what is passed over costs time too
            refuse_bomb(self._read_bytes, self.packed_bytes, self._limits)
        return content

    def _cut_off(self) -> BadArchive:
        return BadArchive("The archive is cut off: its end is missing. Download or pack it again.")

    def _damaged(self) -> BadArchive:
        return BadArchive("The archive is damaged. Download or pack it again.")


def _own_name(header: bytes) -> str:
    """The name in a header, which newer ones (ustar) divide into two fields."""
    name, prefix = header[:100].split(b"\0")[0], header[345:500].split(b"\0")[0]
    is_divided = header[257:263] == b"ustar\0" and prefix
    return _text(prefix + b"/" + name if is_divided else name)


def _text(name: bytes) -> str:
    # Names in other encodings are kept as they are on the disk, and said where the files are listed.
    return name.decode("utf-8", "surrogateescape").replace("\\", "/")
