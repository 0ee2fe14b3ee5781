"""What a TIFF says of itself, without decoding it: the tags of its first picture, its pages, the bytes it needs."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from core.images.refusals import CUT_OFF, MAXIMUM_BYTES, MAXIMUM_PIXELS, UnreadableImage, too_large, too_many_bytes

SUBFILE, OLD_SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION = 254, 255, 256, 257, 258, 259
PHOTOMETRIC, DESCRIPTION, STRIP_OFFSETS, ORIENTATION, SAMPLES = 262, 270, 273, 274, 277
ROWS_PER_STRIP, STRIP_BYTES, PLANES = 278, 279, 284
PREDICTOR, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES, INK_SET = 317, 322, 323, 324, 325, 332
EXTRA_SAMPLES, SAMPLE_FORMAT, SUBSAMPLING, DEPTH, LERC_PARAMETERS = 338, 339, 530, 32997, 50674

# Tags that pixels can't be read without: where one of them lies behind the end of the file, it is cut off. Broken tags
# of other kinds harm nobody.
_STRUCTURE = {
    *(WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, STRIP_OFFSETS, ORIENTATION, SAMPLES, ROWS_PER_STRIP, STRIP_BYTES),
    *(PLANES, PREDICTOR, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES, INK_SET, EXTRA_SAMPLES, SAMPLE_FORMAT),
    *(SUBSAMPLING, DEPTH, LERC_PARAMETERS),
}
_WHOLE_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_BYTES, _TEXT, _LONGEST_WORDS = 1, 2, 100_000
_SMALLER_COPY, _MASK, _OLD_SMALLER_COPY = 1, 4, 2
_MOST_TAGS = 4096
_MOST_PAGES = 100_000


@dataclass(frozen=True)
class TiffHeader:
    """What a TIFF says of itself.

    Attributes
    ----------
    tags : dict of int to tuple of int
        The whole numbers of those tags of the first picture that say how its pixels lie in the file. Smaller copies
        that lie before it don't count.
    pages : int
        How many pictures the file holds, without smaller copies and masks of others.
    big_endian : bool
        Whether its numbers begin with the most significant byte.
    place : int
        Smaller copies and masks that lie before the first picture.
    """

    tags: dict[int, tuple[int, ...]]
    pages: int
    big_endian: bool
    place: int = 0

    def one(self, tag: int, default: int) -> int:
        return (self.tags.get(tag) or (default,))[0]

    def parts(self) -> tuple[int, ...]:
        """Where the strips or tiles begin; 0 for one that is left out, because nothing is in it."""
        return self.tags.get(TILE_OFFSETS) or self.tags.get(STRIP_OFFSETS, ())

    def bits(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self.tags.get(BITS, (1,))))

    def bands_in_words(self) -> str:
        bands, bits = self.one(SAMPLES, 1), self.bits()
        depth = ", ".join(map(str, bits if len(bits) == 1 else self.tags[BITS][:4]))
        return f"{bands:,} {'band' if bands == 1 else 'bands'} of {depth} {'bit' if depth == '1' else 'bits'}"

    def formats(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self.tags.get(SAMPLE_FORMAT, (1,))))


def read_header(stream: BinaryIO, *, count_pages: bool = True) -> TiffHeader | None:
    """What a file says of itself if it is a TIFF; None for other files and where the header can't be understood.

    Parameters
    ----------
    stream : binary file
    count_pages : bool
        Whether to look how many there are, which takes longer the more they are. Otherwise there is 1.

    Raises
    ------
    UnreadableImage
        If the picture is too large, or the file is cut off: something that its pixels need lies behind its end.
    """
    stream.seek(0)
    layout = _Layout.of(stream.read(16))
    if layout is None:
        return None
    size = stream.seek(0, os.SEEK_END)
    place, first = _first_picture(stream, layout, size)
    if first is None:
        return None
    tags = {tag: layout.numbers(stream, entry, size) for tag, entry in first.items() if tag in _STRUCTURE}
    tags = {tag: numbers for tag, numbers in tags.items() if numbers}
    if not {WIDTH, HEIGHT} <= tags.keys():
        return None
    pages = _count_pages(stream, layout, first, size) if count_pages else 1
    header = TiffHeader(tags, pages, layout.order == ">", place)
    _check_size(header)
    if _last_byte(header) > size:
        raise UnreadableImage(CUT_OFF)
    return header


@dataclass(frozen=True)
class _Layout:
    """How numbers lie in a TIFF: their order, and whether places in the file take 4 bytes or, in a BigTIFF, 8."""

    order: str
    is_big: bool
    first: int

    @classmethod
    def of(cls, head: bytes) -> _Layout | None:
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None or len(head) < 8:
            return None
        version = struct.unpack(order + "H", head[2:4])[0]
        if version == 42:
            return cls(order, False, struct.unpack(order + "I", head[4:8])[0])
        if version == 43:
            if len(head) < 16:
                raise UnreadableImage(CUT_OFF)
            return cls(order, True, struct.unpack(order + "Q", head[8:16])[0])
        return None

    def directory(self, stream: BinaryIO, place: int) -> tuple[dict[int, tuple], int]:
        """Kind, count and value of each tag of the directory at a place, and the place of the next one, else 0.

        Raises
        ------
        EOFError
            If the file ends within the directory.
        """
        length, entry, following = ("Q", "HHQ8s", "Q") if self.is_big else ("H", "HHI4s", "I")
        stream.seek(place)
        count = self._unpack(length, stream.read(struct.calcsize("=" + length)))
        if count > _MOST_TAGS:
            return {}, 0
        table = stream.read(count * struct.calcsize("=" + entry))
        if len(table) < count * struct.calcsize("=" + entry):
            raise EOFError
        entries = {tag: tuple(rest) for tag, *rest in struct.iter_unpack(self.order + entry, table)}
        after = stream.read(struct.calcsize("=" + following))
        return entries, self._unpack(following, after) if len(after) == struct.calcsize("=" + following) else 0

    def numbers(self, stream: BinaryIO, entry: tuple, size: int) -> tuple[int, ...]:
        """The whole numbers of a tag, none if it holds something else."""
        kind, count, value = entry
        if kind not in _WHOLE_NUMBERS:
            return ()
        letter = _WHOLE_NUMBERS[kind]
        length = count * struct.calcsize("=" + letter)
        if length > len(value):
            place = self._unpack("Q" if self.is_big else "I", value)
            if place + length > size:
                raise UnreadableImage(CUT_OFF)
            stream.seek(place)
            value = stream.read(length)
        return struct.unpack(f"{self.order}{count}{letter}", value[:length])

    def _unpack(self, letter: str, found: bytes) -> int:
        if len(found) < struct.calcsize("=" + letter):
            raise EOFError
        return struct.unpack(self.order + letter, found)[0]


def _directories(stream: BinaryIO, layout: _Layout) -> Iterator[dict[int, tuple]]:
    """The directories of tags of the pictures in the file, in their order, as far as it goes."""
    place, seen = layout.first, set()
    while place and place not in seen and len(seen) < _MOST_PAGES:
        seen.add(place)
        try:
            entries, place = layout.directory(stream, place)
        except EOFError:
            if len(seen) == 1:
                raise UnreadableImage(CUT_OFF) from None
            return
        if not entries:
            return
        yield entries


def _first_picture(stream: BinaryIO, layout: _Layout, size: int) -> tuple[int, dict[int, tuple] | None]:
    """The place and the directory of the first picture, or of what lies first where all are smaller copies."""
    first = None
    for place, entries in enumerate(_directories(stream, layout)):
        first = first or entries
        if _is_picture(layout, stream, size, entries):
            return place, entries
    return 0, first


def _count_pages(stream: BinaryIO, layout: _Layout, first: dict[int, tuple], size: int) -> int:
    pages = sum(_is_picture(layout, stream, size, entries) for entries in _directories(stream, layout))
    depth = layout.numbers(stream, first[DEPTH], size)[:1] if DEPTH in first else ()
    return max(1, pages, _stacked(layout, stream, first, size)) * (depth or (1,))[0]


def _is_picture(layout: _Layout, stream: BinaryIO, size: int, entries: dict[int, tuple]) -> bool:
    """Whether a directory is a picture of its own, and no smaller copy or mask of another."""
    if SUBFILE in entries:
        kind = (layout.numbers(stream, entries[SUBFILE], size) or (0,))[0]
        return not kind & (_SMALLER_COPY | _MASK)
    if OLD_SUBFILE in entries:
        return layout.numbers(stream, entries[OLD_SUBFILE], size) != (_OLD_SMALLER_COPY,)
    return True


def _stacked(layout: _Layout, stream: BinaryIO, entries: dict[int, tuple], size: int) -> int:
    """Pictures of a stack that ImageJ wrote with the tags of the first alone: it says in words how many there are."""
    kind, count, value = entries.get(DESCRIPTION, (0, 0, b""))
    if kind != _TEXT or not len(value) < count < _LONGEST_WORDS:
        return 1
    words = bytes(layout.numbers(stream, (_BYTES, count, value), size))
    found = re.search(rb"^images=(\d{1,6})\b", words, re.MULTILINE) if words.startswith(b"ImageJ=") else None
    return int(found.group(1)) if found else 1


def _check_size(header: TiffHeader) -> None:
    width, height, samples = header.one(WIDTH, 0), header.one(HEIGHT, 0), header.one(SAMPLES, 1)
    if width * height > MAXIMUM_PIXELS:
        raise UnreadableImage(too_large((width, height)))
    bits = max(header.bits())
    if width * height * header.one(DEPTH, 1) * samples * max(1, bits // 8) > MAXIMUM_BYTES:
        raise UnreadableImage(too_many_bytes(width, height, header.bands_in_words()))


def _last_byte(header: TiffHeader) -> int:
    """Bytes that a file must have to hold all strips or tiles of its first picture."""
    offsets = header.parts()
    counts = header.tags.get(TILE_BYTES) or header.tags.get(STRIP_BYTES, ())
    is_subsampled = header.one(PHOTOMETRIC, 1) == 6 and header.tags.get(SUBSAMPLING, (2, 2)) != (1, 1)
    if header.one(COMPRESSION, 1) == 1 and TILE_OFFSETS not in header.tags and not is_subsampled:
        # Some programs count wrongly what they didn't compress, and nobody looks at it.
        counts = strip_bytes(header, len(offsets))
    return max((offset + count for offset, count in zip(offsets, counts, strict=False) if offset), default=0)


def strip_bytes(header: TiffHeader, strips: int) -> list[int]:
    """Bytes of each strip of a picture that isn't compressed."""
    height, samples = header.one(HEIGHT, 0), header.one(SAMPLES, 1)
    planes = samples if header.one(PLANES, 1) == 2 else 1
    strips_a_plane = -(-strips // planes)
    rows = min(header.one(ROWS_PER_STRIP, height), height) or height
    bits = header.tags.get(BITS, (1,))
    pixel_bits = (sum(bits) if len(bits) == samples else bits[0] * samples) // planes
    row_bytes = -(-header.one(WIDTH, 0) * pixel_bits // 8)
    return [max(0, min(rows, height - strip % strips_a_plane * rows)) * row_bytes for strip in range(strips)]
