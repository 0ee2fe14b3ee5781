"""PBM, PGM and PPM, as values or as text: https://netpbm.sourceforge.net/doc/ppm.html and beside it.

Read here rather than by Pillow, which goes through values of other ranges than 0..255 one by one, for minutes in a
large picture, and drops the lower half of 16 bits of colour.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from core.images.refusals import CUT_OFF, DAMAGED, HEADER, MAXIMUM_PIXELS, UnreadableImage, too_large
from core.images.samples import Samples

# A header with its comments.
_LONGEST_HEADER = 16 * 1024
_BETWEEN = rb"(?:[ \t\n\v\f\r]|#[^\r\n]*[\r\n])+"
_KIND_AND_SIZE = re.compile(rb"P([1-6])" + _BETWEEN + rb"(\d{1,10})" + _BETWEEN + rb"(\d{1,10})")
_GREATEST = re.compile(_BETWEEN + rb"(\d{1,5})(?=[ \t\n\v\f\r])")
_COMMENT = re.compile(rb"#[^\r\n]*")
_SPACE = b" \t\n\v\f\r"
_MOST_PICTURES, _BLOCK = 10_000, 1 << 22


@dataclass(frozen=True)
class _Header:
    """What stands before the values: where they begin, how many there are and how each lies in the file."""

    kind: int
    width: int
    height: int
    greatest: int
    start: int

    @property
    def is_text(self) -> bool:
        return self.kind <= 3

    @property
    def bands(self) -> int:
        return 3 if self.kind in (3, 6) else 1

    @property
    def count(self) -> int:
        return self.width * self.height * self.bands

    @property
    def least_bytes(self) -> int:
        """Bytes that the values need, of text at least: a digit each, and of numbers a blank between."""
        if self.kind == 4:
            return -(-self.width // 8) * self.height
        if self.is_text:
            return self.count if self.kind == 1 else 2 * self.count - 1
        return self.count * (1 if self.greatest < 256 else 2)


def is_netpbm(head: bytes) -> bool:
    """Whether a file that begins so is one."""
    return len(head) > 2 and head[:1] == b"P" and head[1:2] in b"123456" and head[2:3] in _SPACE + b"#"


def read_netpbm(stream: BinaryIO) -> Samples:
    """The values of the first picture, of as many bits as they have in the file.

    Raises
    ------
    UnreadableImage
        If it is damaged, cut off, or too large.
    """
    header, size = _header(stream, 0), stream.seek(0, os.SEEK_END)
    if header is None:
        raise UnreadableImage(HEADER)
    if header.width * header.height > MAXIMUM_PIXELS:
        raise UnreadableImage(too_large((header.width, header.height)))
    if header.start + header.least_bytes > size:
        raise UnreadableImage(CUT_OFF)
    stream.seek(header.start)
    values = _of_text(stream, header) if header.is_text else _of_bytes(stream, header)
    values, bits = _to_powers_of_two(values.reshape(header.height, header.width, header.bands), header.greatest)
    mode = "1" if header.kind in (1, 4) else "RGB" if header.bands == 3 else "L" if bits == 8 else "I;16"
    return Samples(values, "rgb" if header.bands == 3 else "grey", bits, mode)


def count_netpbm(stream: BinaryIO) -> int:
    """How many pictures lie one behind the other, as ImageMagick writes them; of text, one."""
    size, place, pictures = stream.seek(0, os.SEEK_END), 0, 0
    while pictures < _MOST_PICTURES:
        header = _header(stream, place)
        if header is None or header.start + header.least_bytes > size:
            break
        place, pictures = header.start + header.least_bytes, pictures + 1
        if header.is_text or not header.count:
            break
    return max(1, pictures)


def _header(stream: BinaryIO, place: int) -> _Header | None:
    """What stands at a place of the file; None where it can't be understood."""
    stream.seek(place)
    head = stream.read(_LONGEST_HEADER)
    found = _KIND_AND_SIZE.match(head)
    if found is None:
        return None
    kind, width, height = map(int, found.groups())
    end, greatest = found.end(), 1
    if kind not in (1, 4):
        last = _GREATEST.match(head, end)
        if last is None:
            return None
        end, greatest = last.end(), int(last[1])
    # One blank lies before the values.
    if not head[end : end + 1].isspace() or not 0 < greatest < 65536:
        return None
    return _Header(kind, width, height, greatest, place + end + 1) if width and height else None


def _of_bytes(stream: BinaryIO, header: _Header) -> np.ndarray:
    content = stream.read(header.least_bytes)
    if len(content) < header.least_bytes:
        raise UnreadableImage(CUT_OFF)
    if header.kind == 4:  # 1 is black
        rows = np.frombuffer(content, np.uint8).reshape(header.height, -1)
        return 1 - np.unpackbits(rows, axis=1, count=header.width)
    values = np.frombuffer(content, np.uint8 if header.greatest < 256 else ">u2")
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def _of_text(stream: BinaryIO, header: _Header) -> np.ndarray:
    values, filled = np.empty(header.count, np.uint8 if header.greatest < 256 else np.uint16), 0
    for text in _lines(stream):
        found = _digits(text) if header.kind == 1 else _numbers(text)
        found = found[: header.count - filled]
        if found.size and not 0 <= found.min() <= found.max() <= header.greatest:
            raise UnreadableImage(DAMAGED)
        values[filled : filled + found.size] = found
        filled += found.size
        if filled == header.count:
            return values
    raise UnreadableImage(CUT_OFF)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The text that follows, a few megabytes at a time, in which no number is cut in two, without comments."""
    rest = b""
    while block := stream.read(_BLOCK):
        text = rest + block
        end = 1 + max(text.rfind(b"\n"), text.rfind(b"\r"))
        end = end or 1 + text.rfind(b" ")
        if not end:
            raise UnreadableImage(DAMAGED)
        yield _COMMENT.sub(b"", text[:end])
        rest = text[end:]
    yield _COMMENT.sub(b"", rest)


def _digits(text: bytes) -> np.ndarray:
    """0 and 1, with or without blanks between them, of which 1 is black."""
    return 1 - (np.frombuffer(text.translate(None, _SPACE), np.uint8).astype(np.int16) - ord("0"))


def _numbers(text: bytes) -> np.ndarray:
    try:
        return np.fromstring(text, dtype=np.int64, sep=" ") if text.strip() else np.empty(0, np.int64)
    except ValueError:
        raise UnreadableImage(DAMAGED) from None


def _to_powers_of_two(values: np.ndarray, greatest: int) -> tuple[np.ndarray, int]:
    """Values of which the greatest is white, as 8 bits, or as more bits of which all can be set."""
    if greatest == 255 or (greatest > 255 and (greatest + 1).bit_count() == 1):
        return values, greatest.bit_length()
    white, bits = (255, 8) if greatest < 256 else (65535, 16)
    table = np.rint(np.minimum(np.arange(np.iinfo(values.dtype).max + 1), greatest) * (white / greatest))
    return table.astype(values.dtype)[values], bits
