"""The list of files at the end of a 7z archive: which there are, and where their bytes begin.

The form is that of ``7zFormat.txt`` in the LZMA SDK (7-zip.org/sdk.html), whose names of properties are kept. Every
count is held against the bytes that are left before a list of that length is made.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

MOST_MEMBERS = 1_000_000

_END, _HEADER, _ARCHIVE_PROPERTIES, _MAIN_STREAMS, _FILES = 0x00, 0x01, 0x02, 0x04, 0x05
_PACK_INFO, _UNPACK_INFO, _SUB_STREAMS, _SIZE, _CRC, _FOLDER = 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B
_CODERS_UNPACK_SIZE, _NUM_UNPACK_STREAM = 0x0C, 0x0D
_EMPTY_STREAM, _EMPTY_FILE, _NAMES, _ATTRIBUTES, _ENCODED_HEADER = 0x0E, 0x0F, 0x11, 0x15, 0x17

_WINDOWS_LINK, _HAS_UNIX_MODE = 0x400, 0x8000


class DamagedList(Exception):
    """The list can't be what a packer wrote."""


class TooManyMembers(Exception):
    """The list names more than `MOST_MEMBERS` files."""


@dataclass(frozen=True)
class Coder:
    """How a stream is packed: the number of the method, and its settings."""

    method: bytes
    settings: bytes


@dataclass
class Stream:
    """Bytes that are packed as one, those of a file or of many after one another; a "folder" in the format's words.

    Attributes
    ----------
    coders : list of Coder
        One, where the bytes are only packed.
    pack_streams : int
        How many pieces of the archive it is made of.
    start, packed_bytes : int
        Where the first of them begins, in bytes from the end of the signature, and how long it is.
    unpacked_bytes : int
        Length once unpacked.
    checksum : int or None
        CRC-32 of all of it, where it is given.
    """

    coders: list[Coder]
    pack_streams: int
    outputs: int
    start: int = 0
    packed_bytes: int = 0
    unpacked_bytes: int = 0
    checksum: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Where the bytes of a file are in a stream that is unpacked, and their CRC-32 where it is given."""

    stream: int
    offset: int
    size: int
    checksum: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A file or folder in the list; `piece` is None where it has no bytes."""

    name: str
    is_folder: bool
    is_plain: bool
    piece: Piece | None


def read_list(content: bytes) -> tuple[list[Stream], list[Listed]] | Stream:
    """Read the list; where that is packed itself, how.

    Raises
    ------
    DamagedList
        If it is no such list.
    TooManyMembers
        If it names too many files.
    """
    if not content:  # an archive of nothing
        return [], []
    fields = _Fields(content)
    kind = fields.byte()
    if kind == _ENCODED_HEADER:
        streams, _ = _streams(fields)
        if len(streams) != 1:
            raise DamagedList
        return streams[0]
    if kind != _HEADER:
        raise DamagedList
    streams, pieces = [], []
    while (kind := fields.byte()) != _END:
        if kind == _ARCHIVE_PROPERTIES:
            while fields.byte() != _END:
                fields.bytes(fields.number())
        elif kind == _MAIN_STREAMS:
            streams, pieces = _streams(fields)
        elif kind == _FILES:
            return streams, _files(fields, pieces)
        else:
            raise DamagedList
    return streams, []


class _Fields:
    """Reads one field after the other."""

    def __init__(self, content: bytes):
        self._content, self._at = content, 0

    def bytes(self, count: int) -> bytes:
        if count > len(self._content) - self._at:
            raise DamagedList
        self._at += count
        return self._content[self._at - count : self._at]

    def rest(self) -> bytes:
        return self.bytes(len(self._content) - self._at)

    def byte(self) -> int:
        return self.bytes(1)[0]

    def number(self) -> int:
        """A number whose first byte says by its leading ones how many bytes follow, and holds its highest bits."""
        first = self.byte()
        following = 8 - (first ^ 0xFF).bit_length() if first != 0xFF else 8
        high = first & (0x7F >> following) if following < 8 else 0
        return int.from_bytes(self.bytes(following), "little") | high << 8 * following

    def count(self, bits_each: int = 8) -> int:
        """A number of things that take so many bits at least."""
        number = self.number()
        if number * bits_each > 8 * (len(self._content) - self._at):
            raise DamagedList
        return number

    def bits(self, count: int) -> list[bool]:
        packed = self.bytes(-(-count // 8))
        return [bool(packed[index >> 3] & 0x80 >> (index & 7)) for index in range(count)]

    def defined(self, count: int) -> list[bool]:
        """Bits, or a byte that says that all are set."""
        return [True] * count if self.byte() else self.bits(count)

    def checksums(self, count: int) -> list[int | None]:
        return [int.from_bytes(self.bytes(4), "little") if is_there else None for is_there in self.defined(count)]


def _streams(fields: _Fields) -> tuple[list[Stream], list[Piece]]:
    """StreamsInfo: the streams, and the pieces that they are divided into."""
    start, sizes, streams, pieces = 0, [], [], None
    while (kind := fields.byte()) != _END:
        if kind == _PACK_INFO:
            start, sizes = _pack_info(fields)
        elif kind == _UNPACK_INFO:
            streams = _unpack_info(fields)
        elif kind == _SUB_STREAMS:
            pieces = _sub_streams(fields, streams)
        else:
            raise DamagedList
    starts = list(accumulate(sizes, initial=start))
    used = 0
    for stream in streams:
        if used + stream.pack_streams > len(sizes):
            raise DamagedList
        stream.start, stream.packed_bytes = starts[used], sizes[used]
        used += stream.pack_streams
    if pieces is None:
        pieces = [Piece(index, 0, each.unpacked_bytes, each.checksum) for index, each in enumerate(streams)]
    return streams, pieces


def _pack_info(fields: _Fields) -> tuple[int, list[int]]:
    """Where the packed bytes begin, and how long each piece of them is."""
    start, count, sizes = fields.number(), fields.count(), []
    while (kind := fields.byte()) != _END:
        if kind == _SIZE:
            sizes = [fields.number() for _ in range(count)]
        elif kind == _CRC:
            fields.checksums(count)
        else:
            raise DamagedList
    return start, sizes


def _unpack_info(fields: _Fields) -> list[Stream]:
    if fields.byte() != _FOLDER:
        raise DamagedList
    count = fields.count()
    if fields.byte():  # stored elsewhere, which no packer does
        raise DamagedList
    streams = [_stream(fields) for _ in range(count)]
    while (kind := fields.byte()) != _END:
        if kind == _CODERS_UNPACK_SIZE:
            for stream in streams:
                # Of several coders, the last output is taken to be the whole; such streams are not unpacked anyway.
                stream.unpacked_bytes = [fields.number() for _ in range(stream.outputs)][-1]
        elif kind == _CRC:
            for stream, checksum in zip(streams, fields.checksums(count), strict=True):
                stream.checksum = checksum
        else:
            raise DamagedList
    return streams


def _stream(fields: _Fields) -> Stream:
    coders, inputs, outputs = [], 0, 0
    for _ in range(_few(fields)):
        flags = fields.byte()
        method = fields.bytes(flags & 0x0F)
        several = flags & 0x10
        inputs += _few(fields) if several else 1
        outputs += _few(fields) if several else 1
        coders.append(Coder(method, fields.bytes(fields.number()) if flags & 0x20 else b""))
    pairs = outputs - 1
    for _ in range(2 * pairs):
        fields.number()
    if inputs - pairs > 1:
        for _ in range(inputs - pairs):
            fields.number()
    return Stream(coders, max(inputs - pairs, 1), outputs)


def _few(fields: _Fields) -> int:
    """A number of coders or their ends, of which 7-Zip allows 32."""
    number = fields.number()
    if not 1 <= number <= 32:
        raise DamagedList
    return number


def _sub_streams(fields: _Fields, streams: Sequence[Stream]) -> list[Piece]:
    counts, kind = [1] * len(streams), fields.byte()
    if kind == _NUM_UNPACK_STREAM:
        counts = [fields.number() for _ in streams]
        kind = fields.byte()
    if sum(counts) > MOST_MEMBERS:
        raise TooManyMembers
    sizes = [_sizes(fields if kind == _SIZE else None, *each) for each in zip(counts, streams, strict=True)]
    if kind == _SIZE:
        kind = fields.byte()
    known: list[list[int | None]] = [
        [each.checksum] if count == 1 else [None] * count for count, each in zip(counts, streams, strict=True)
    ]
    if kind == _CRC:
        lacking = [(row, place) for row in known for place, checksum in enumerate(row) if checksum is None]
        for (row, place), checksum in zip(lacking, fields.checksums(len(lacking)), strict=True):
            row[place] = checksum
        kind = fields.byte()
    if kind != _END:
        raise DamagedList
    return [
        Piece(index, offset, size, checksum)
        for index, (row, checksums) in enumerate(zip(sizes, known, strict=True))
        for offset, size, checksum in zip(accumulate(row, initial=0), row, checksums, strict=False)
    ]


def _sizes(fields: _Fields | None, count: int, stream: Stream) -> list[int]:
    """Lengths of the files in a stream, of which the last is what the others leave."""
    if count > 1 and fields is None:
        raise DamagedList
    sizes = [fields.number() for _ in range(count - 1)] if fields else []
    left = stream.unpacked_bytes - sum(sizes)
    if left < 0:
        raise DamagedList
    return [*sizes, left] if count else []


def _files(fields: _Fields, pieces: Sequence[Piece]) -> list[Listed]:
    count = fields.number()
    if count > MOST_MEMBERS:
        raise TooManyMembers
    names: list[str] = []
    without_bytes, empty_files, attributes = [False] * count, [], [0] * count
    while (kind := fields.byte()) != _END:
        property_ = _Fields(fields.bytes(fields.number()))
        if kind == _EMPTY_STREAM:
            without_bytes = property_.bits(count)
        elif kind == _EMPTY_FILE:
            empty_files = property_.bits(sum(without_bytes))
        elif kind == _NAMES:
            names = _names(property_, count)
        elif kind == _ATTRIBUTES:
            attributes = _attributes(property_, count)
    if len(names) != count or count - sum(without_bytes) != len(pieces):
        raise DamagedList
    are_files = iter(empty_files or [False] * sum(without_bytes))
    left = iter(pieces)
    listed = []
    for name, is_empty, value in zip(names, without_bytes, attributes, strict=True):
        is_folder = is_empty and not next(are_files)
        listed.append(Listed(name, is_folder, _is_plain(value), None if is_empty else next(left)))
    return listed


def _names(fields: _Fields, count: int) -> list[str]:
    if fields.byte():  # stored elsewhere, which no packer does
        raise DamagedList
    names = fields.rest().decode("utf-16-le", "replace").split("\0")
    if len(names) != count + 1:
        raise DamagedList
    return [name.replace("\\", "/") for name in names[:-1]]


def _attributes(fields: _Fields, count: int) -> list[int]:
    defined = fields.defined(count)
    if fields.byte():
        raise DamagedList
    return [int.from_bytes(fields.bytes(4), "little") if is_there else 0 for is_there in defined]


def _is_plain(attributes: int) -> bool:
    """Whether a file is neither a link nor a device, by what Windows says of it, and Unix in the upper half."""
    kind = stat.S_IFMT(attributes >> 16) if attributes & _HAS_UNIX_MODE else 0
    return not attributes & _WINDOWS_LINK and kind in (0, stat.S_IFREG, stat.S_IFDIR)
