"""Why a file gives no pixels, in plain words."""

from __future__ import annotations

import codecs
import os
import unicodedata
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from core.errors import WorkbenchError
from core.images.formats import NAMES, UNREAD
from core.images.heif import BRANDS

MAXIMUM_PIXELS = 100_000_000
"""Most pixels (width × height) that are ever decoded. Pillow's own limit stays in force while a file is opened."""

MAXIMUM_BYTES = 8 * MAXIMUM_PIXELS
"""Most bytes that the values of an image may take, all its bands together."""

CUT_OFF = "is cut off: the file ends too early"
DAMAGED = "is damaged: its pixels cannot be decoded"
HEADER = "is cut off or damaged: its header cannot be understood"


class UnreadableImage(WorkbenchError):
    """A file that gives no pixels. The message is the plain reason alone, for example "is empty (0 bytes)"."""


def opening_reason(error: OSError | ValueError) -> str:
    """Why a file could not even be opened."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "no longer exists"
    if isinstance(error, PermissionError):
        return "cannot be opened: permission denied"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a file"
    return f"cannot be opened: {(getattr(error, 'strerror', None) or str(error)).lower()}"


def reason(error: Exception, stream: BinaryIO) -> str:
    """Why an image that could be opened as a file gave no pixels."""
    if isinstance(error, Image.DecompressionBombError):
        return too_large(_refused_size(error))
    if isinstance(error, MemoryError):
        return "needs more memory than is free"
    if isinstance(error, OSError) and error.errno is not None:
        return f"cannot be read: {(error.strerror or str(error)).lower()}"
    try:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        head = stream.read(4096)
    except (OSError, ValueError):
        return "cannot be read: the file was closed or its disk is gone"
    if size == 0:
        return "is empty (0 bytes)"
    if _promised_bytes(head, stream, size) > size:
        return CUT_OFF
    if unsupported_kind := _unsupported(error, head, stream):
        return unsupported_kind
    if isinstance(error, UnidentifiedImageError):
        return _unidentified_reason(head)
    if isinstance(error, EOFError) or "truncated" in str(error).lower():
        return CUT_OFF
    return DAMAGED


def unsupported(kind: str, what: str) -> str:
    """The words for a sound file of a kind that can't be read."""
    return f"is a kind of {kind} that isn't supported: {what}"


def too_large(size: tuple[int, int] | None) -> str:
    """The words for more pixels than are allowed."""
    pixels = f"{size[0]:,} × {size[1]:,} pixels" if size else "its pixels"
    return f"{pixels} are more than the {MAXIMUM_PIXELS // 1_000_000} megapixels allowed"


def too_many_bytes(width: int, height: int, bands: str) -> str:
    """The words for few enough pixels of too many or too deep bands."""
    size = f"{width:,} × {height:,} pixels of {bands}"
    return f"{size} are more than the {MAXIMUM_BYTES // 1_000_000} MB allowed"


def _refused_size(error: Image.DecompressionBombError) -> tuple[int, int] | None:
    """Width and height that Pillow refused. Its message holds only their product, the frame that raised it has both.

    Pillow's check is kept, although ours is stricter, because the GIF and WebP decoders allocate while they open.
    """
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_locals.get("size") if traceback is not None else None


def _promised_bytes(head: bytes, stream: BinaryIO, size: int) -> int:
    """Bytes that a WebP, AVIF or HEIC must have by its own account, whose decoders do not notice: else 0."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return int.from_bytes(head[4:8], "little") + 8
    return _end_of_boxes(stream, size) if head[4:12] in _PHOTOS else 0


def _end_of_boxes(stream: BinaryIO, size: int) -> int:
    """Where the last of the boxes ends that a file of ISO 14496-12 is made of (section 4.2)."""
    place = 0
    for _ in range(_MOST_BOXES):
        if place + 8 > size:
            return size + 1 if place != size else size
        stream.seek(place)
        length, longer = int.from_bytes(stream.read(8)[:4], "big"), int.from_bytes(stream.read(8), "big")
        length = longer if length == 1 else length
        if length < 8:  # 0: as far as the file goes
            return 0
        place += length
    return 0


def _unsupported(error: Exception, head: bytes, stream: BinaryIO) -> str:
    """What a sound JPEG or BMP is that its decoder can't read; "" where that isn't the reason."""
    message = str(error).lower()
    if head.startswith(b"\xff\xd8\xff"):
        kind, bits = _jpeg_frame(stream)
        if kind in _JPEG_KINDS:
            return unsupported("JPEG", _JPEG_KINDS[kind])
        return unsupported("JPEG", f"{bits} bits") if bits > 8 else ""
    if head.startswith(b"BM") and "unsupported bmp" in message:
        return unsupported("BMP", message.removeprefix("unsupported bmp ").strip("."))
    return ""


def _jpeg_frame(stream: BinaryIO) -> tuple[int, int]:
    """The marker of a JPEG's frame, which is its kind, and the bits of a value; 0 and 0 if there is none.

    Found from segment to segment (ITU T.81, section B.1.1): the camera's small picture has a frame of its own.
    """
    stream.seek(2)
    while len(start := stream.read(4)) == 4 and start[0] == 0xFF:
        if start[1] in _JPEG_FRAMES:
            bits = stream.read(1)
            return start[1], bits[0] if bits else 0
        stream.seek(int.from_bytes(start[2:], "big") - 2, os.SEEK_CUR)
    return 0, 0


_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_JPEG_KINDS = {0xC3: "lossless", 0xC7: "lossless", 0xCB: "lossless", 0xCF: "lossless"}
_JPEG_KINDS |= dict.fromkeys((0xC5, 0xC6, 0xCD, 0xCE), "hierarchical")

_OURS = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"BM", b"GIF8", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_PHOTOS = {b"ftypavif", b"ftypavis", *(b"ftyp" + brand for brand in BRANDS)}

_OTHERS = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive",
    b"8BPS": "a Photoshop document",
    b"\x1f\x8b": "a gzip archive",
    b"\x89HDF": "an HDF5 file",
}
_JPEG_XL = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")
_MOST_BOXES = 1000


def _unidentified_reason(head: bytes) -> str:
    for signature, name in _OTHERS.items():
        if head.startswith(signature):
            return f"is not an image ({name})"
    if head.startswith(_JPEG_XL):
        return UNREAD[".jxl"]
    if head[4:8] == b"ftyp" and head[4:12] not in _PHOTOS:
        return "is not an image (a video)"
    if not head.strip(b"\0"):
        return "is not an image (only zero bytes)"
    if text := _text(head):
        start = text.lstrip("\ufeff \t\r\n").lower()
        if start.startswith(("<!doctype html", "<html")):
            return "is not an image (a web page)"
        return "is not an image (an SVG drawing)" if "<svg" in start else "is not an image (text)"
    if head.startswith(_OURS) or head[4:12] in _PHOTOS:
        return HEADER
    return f"is not an image of a supported kind ({', '.join(NAMES[:-1])} or {NAMES[-1]})"


def _text(head: bytes) -> str:
    """The beginning of a text file, or nothing when it is not text."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)  # incremental: the last letter may be cut in two
    except UnicodeDecodeError:
        return ""
    is_text = all(unicodedata.category(letter) != "Cc" or letter in "\t\n\r\f" for letter in text)
    return text if is_text else ""
