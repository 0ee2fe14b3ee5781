"""JPEG 2000, as a file of boxes (.jp2, .jpx) or bare (.j2k): ITU-T T.800 and T.801.

Read by OpenJPEG through imagecodecs rather than Pillow, which knows 8 bits alone: of deeper colours it drops the lower
half and turns white into black (findings/white_of_jpeg_2000_is_black.sh), few bits never come to white, and palettes
stay numbers.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from core.images.refusals import (
    CUT_OFF,
    DAMAGED,
    MAXIMUM_BYTES,
    MAXIMUM_PIXELS,
    UnreadableImage,
    too_large,
    too_many_bytes,
    unsupported,
)
from core.images.samples import Samples

_SIGNATURE, _START, _END = b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51", b"\xff\xd9"
_OPACITY, _PREMULTIPLIED = 1, 2
# Colours by their number (T.800 table I.10, T.801 table M.25): red, green and blue of three kinds, grey, and YCbCr that
# OpenJPEG turns into them; it also writes 0 where it isn't told any.
_COLOURS = {0, 16, 17, 18, 20, 21}
_OTHER_COLOURS = {11: "inks", 12: "inks", 13: "inks", 14: "CIELAB colours", 19: "CIEJab colours"}
# Of which one is white where 0 is, and the other where 1 is.
_TWO_LEVELS = {0, 15}
# What an ICC profile says that it is for (ICC.1, 7.2.6).
_OTHER_PROFILES = {b"CMYK": "inks", b"CMY ": "inks", b"Lab ": "CIELAB colours", b"XYZ ": "CIEXYZ colours"}
_TILE_PART = 0xFF90
_MOST_BITS, _LONGEST_HEADER = 16, 1 << 20


@dataclass(frozen=True)
class _Header:
    """What a JPEG 2000 says of its values.

    Parameters
    ----------
    depths
        The byte Ssiz of each band: one less than its bits, and 128 more where there is a sign.
    steps
        Of each band, how many pixels across and down share a value.
    tiles
        How many parts the picture is cut into, each coded alone.
    start
        Where in the file the codestream begins.
    boxes
        What stands before it, by name.
    """

    width: int
    height: int
    depths: tuple[int, ...]
    steps: tuple[tuple[int, int], ...]
    tiles: int
    start: int
    boxes: dict[bytes, bytes]

    @property
    def bands(self) -> int:
        return len(self.depths)

    @property
    def bits(self) -> int:
        return (self.depths[0] & 0x7F) + 1

    def in_words(self) -> str:
        bands, bits = "band" if self.bands == 1 else "bands", "bit" if self.bits == 1 else "bits"
        return f"{self.bands:,} {bands} of {self.bits} {bits}"


def is_jpeg_2000(head: bytes) -> bool:
    """Whether a file that begins with these 12 bytes is one."""
    return head.startswith((_SIGNATURE, _START))


def read_jpeg_2000(stream: BinaryIO) -> Samples:
    """The values of the first picture.

    Raises
    ------
    UnreadableImage
        If it is of a kind that isn't supported, too large, damaged, or cut off.
    """
    header = _header(stream)
    if header.width * header.height > MAXIMUM_PIXELS:
        raise UnreadableImage(too_large((header.width, header.height)))
    if header.width * header.height * header.bands * -(-header.bits // 8) > MAXIMUM_BYTES:
        raise UnreadableImage(too_many_bytes(header.width, header.height, header.in_words()))
    if kind := _unsupported(header):
        raise UnreadableImage(unsupported("JPEG 2000", kind))
    import imagecodecs  # some milliseconds, which only those pay who have such files

    stream.seek(0)
    content = stream.read()
    if _count_tiles(content, header.start) < header.tiles:
        raise UnreadableImage(CUT_OFF)
    try:
        values = imagecodecs.jpeg2k_decode(content, numthreads=1)
    except imagecodecs.Jpeg2kError as error:
        is_whole = _END in content[-16:].rstrip(b"\0")
        raise UnreadableImage(DAMAGED if is_whole else CUT_OFF) from error
    values = values.reshape(*values.shape[:2], -1)
    bands, has_palette = values.shape[2], b"pclr" in header.boxes
    if values.shape[:2] != (header.height, header.width) or not (has_palette or bands == header.bands):
        raise UnreadableImage(DAMAGED)
    alpha, is_premultiplied = (None, False) if has_palette else _transparency(header)
    modes = {1: "L" if header.bits <= 8 else "I;16", 2: "LA", 3: "RGB", 4: "RGBA"}
    return Samples(
        values,
        "rgb" if bands >= 3 else "grey",
        8 if has_palette else header.bits,
        modes.get(bands, f"{bands} bands"),
        alpha=alpha,
        is_premultiplied=is_premultiplied,
    )


def _header(stream: BinaryIO) -> _Header:
    """What the file says of itself: boxes, and the segment SIZ at the beginning of the codestream (T.800, A.5.1)."""
    stream.seek(0)
    boxes, start = ({}, 0) if stream.read(4) == _START else _boxes(stream)
    stream.seek(start)
    head = stream.read(42)
    if len(head) < 42:
        raise UnreadableImage(CUT_OFF)
    if not head.startswith(_START):
        raise UnreadableImage(DAMAGED)
    right, lower, left, upper, tile_width, tile_height, tile_left, tile_top = struct.unpack_from(">8I", head, 8)
    bands = struct.unpack_from(">H", head, 40)[0]
    table = stream.read(3 * bands)
    if len(table) < 3 * bands:
        raise UnreadableImage(CUT_OFF)
    if not (bands and tile_left <= left < right and tile_top <= upper < lower and tile_width and tile_height):
        raise UnreadableImage(DAMAGED)
    tiles = -(-(right - tile_left) // tile_width) * -(-(lower - tile_top) // tile_height)
    steps = tuple(zip(table[1::3], table[2::3], strict=True))
    return _Header(right - left, lower - upper, tuple(table[::3]), steps, tiles, start, boxes)


def _count_tiles(content: bytes, start: int) -> int:
    """How many tiles of a picture there are (T.800, A.4.2): OpenJPEG leaves black what isn't."""
    found, place = set(), start + 2
    while place + 12 <= len(content) and content[place] == 0xFF:
        marker, length = struct.unpack_from(">HH", content, place)
        if marker != _TILE_PART:
            place += 2 + length
            continue
        tile, bytes_of_part = struct.unpack_from(">HI", content, place + 4)
        found.add(tile)
        if bytes_of_part < 12:  # 0: as far as the file goes
            break
        place += bytes_of_part
    return len(found)


def _boxes(stream: BinaryIO) -> tuple[dict[bytes, bytes], int]:
    """The boxes of the header by their names, and where the codestream begins.

    Raises
    ------
    UnreadableImage
        If there is no codestream.
    """
    size, place = stream.seek(0, os.SEEK_END), 0
    boxes: dict[bytes, bytes] = {}
    while place + 8 <= size:
        stream.seek(place)
        length, name = struct.unpack(">I4s", stream.read(8))
        start = place + 8
        if length == 1:
            longer = stream.read(8)
            start, length = place + 16, int.from_bytes(longer, "big")
        if name == b"jp2c":
            return boxes, start
        if length < start - place:
            raise UnreadableImage(DAMAGED)
        if name == b"jp2h":
            boxes = dict(_inner(stream.read(min(length - (start - place), _LONGEST_HEADER))))
        place += length
    raise UnreadableImage(CUT_OFF)


def _inner(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents of the boxes in a box."""
    while len(content) >= 8:
        length, name = struct.unpack(">I4s", content[:8])
        if length < 8:
            return
        yield name, content[8:length]
        content = content[length:]


def _unsupported(header: _Header) -> str:
    """What there is about it that can't be read; "" if it can."""
    if len(set(header.depths)) > 1:
        return "bands of different depth"
    if set(header.steps) != {(1, 1)}:
        return "bands of different size"
    if header.bits > _MOST_BITS:
        return header.in_words()
    colours = header.boxes.get(b"colr", b"")
    if colours[:1] != b"\1":
        return _OTHER_PROFILES.get(colours[19:23], "")
    number = int.from_bytes(colours[3:7], "big")
    if number in _TWO_LEVELS and header.bits == 1:
        return "two levels"
    return "" if number in _COLOURS else _OTHER_COLOURS.get(number, f"colours of number {number}")


def _transparency(header: _Header) -> tuple[int | None, bool]:
    """Which band is transparency, counted from 0, and whether the others are multiplied by it (T.800, I.5.3.6).

    Where the file doesn't say, the second of two and the fourth of four may be; whether it is, its values tell.
    """
    told = header.boxes.get(b"cdef", b"")[2:]
    for band, kind, _ in struct.iter_unpack(">3H", told[: len(told) // 6 * 6]):
        if kind in (_OPACITY, _PREMULTIPLIED) and band < header.bands:
            return band, kind == _PREMULTIPLIED
    return (header.bands - 1 if header.bands in (2, 4) and not told else None), False
