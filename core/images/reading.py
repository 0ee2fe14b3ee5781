"""Turns an image file of any supported kind into RGB pixels, or says in plain words why that cannot be done."""

from __future__ import annotations

import codecs
import io
import logging
import os
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from core.errors import WorkbenchError
from core.images.reading_settings import AS_USUAL, Reading

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
"""Endings, in lower case, of files that are worth trying. What a file really is, is decided by its content."""

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
"""The only decoders that a file can reach. JPEG includes multi-picture files (MPO), which have no name of their own."""

MAXIMUM_PIXELS = 100_000_000
"""Most pixels (width × height) that are ever decoded. Pillow's own limit stays in force while a file is opened."""

# Pillow warns about broken metadata and odd palettes of pictures that read perfectly well: nobody can act on that.
# The filter is set once, because `warnings.catch_warnings` is not safe while several threads are reading.
warnings.filterwarnings("ignore", module=r"PIL\.")
logging.getLogger("PIL").setLevel(logging.CRITICAL)

_CUT_OFF = "is cut off: the file ends too early"

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class UnreadableImage(WorkbenchError):
    """A file that gives no pixels. The message is the plain reason alone, for example "is empty (0 bytes)"."""


@dataclass(frozen=True)
class Values:
    """What an image holds that 8 bits and three colours don't: its values as they lie in the file.

    Attributes
    ----------
    samples : numpy.ndarray
        Shape (height, width, bands), of the file's own type, as people see the picture (turned upright).
    kind : str
        NumPy's name of that type, such as ``"uint16"``.
    low, high : float
        Least and greatest finite value of the bands that are shown.
    dark, bright : float
        Values that 0.1 % of the shown pixels are below and above: the range without hot and dead pixels.
    bits : int
        Bits that `high` (of a type with a sign, the farther from 0) needs; of floating-point values, all they have.
    bands : int
        Samples a pixel, transparency included.
    alpha : str
        ``"none"``, ``"transparency"``, or ``"doubtful"``: a band is called transparency, but its values say otherwise.
    """

    samples: np.ndarray
    kind: str
    low: float
    high: float
    dark: float
    bright: float
    bits: int
    bands: int
    alpha: str


@dataclass(frozen=True)
class Decoded:
    """An image file, decoded completely.

    Attributes
    ----------
    rgb : PIL.Image.Image
        As people see it: see `open_rgb`.
    mode : str
        Pillow's name of the colour mode in the file, such as ``"RGB"``, ``"L"`` or ``"I;16"``.
    format : str
        One of `FORMATS`; multi-picture files count as ``"JPEG"``.
    orientation : int
        The EXIF orientation that `rgb` was turned by, 1..8; 1 is upright.
    size_bytes : int
        Length of the file in bytes.
    """

    rgb: Image.Image
    mode: str
    format: str
    orientation: int
    size_bytes: int
    pages: int = 1
    values: Values | None = None


def open_rgb(source: Path | str | BinaryIO, reading: Reading = AS_USUAL, *, at_least: int | None = None) -> Image.Image:
    """Read the first frame of an image as people see it.

    Transparent parts are laid over white; 16-bit grey is scaled from 0..65535 to 0..255; floating-point grey within
    0..1 is multiplied by 255, any other is clipped to 0..255.

    Parameters
    ----------
    source : Path, str or binary file
        The file. A binary file is read from its beginning and stays open.
    at_least : int, optional
        Smaller side in pixels (1 or more) that the caller needs. A large JPEG may then come out reduced, with its
        smaller side still at least this long, which is several times faster.

    Returns
    -------
    PIL.Image.Image
        Mode RGB, orientation applied, without metadata.

    Raises
    ------
    UnreadableImage
        With the reason: empty, no image, cut off, damaged, too many pixels, no permission, no longer there.
    """
    with _opened(source) as image:
        if at_least is not None:
            image.draft("RGB", (at_least, at_least))
        return _as_rgb(image)


def read_square(source: Path | str | BinaryIO, side: int, reading: Reading = AS_USUAL) -> np.ndarray:
    """Read a whole image, stretched to a square: what a network is fed.

    Parameters
    ----------
    source : Path, str or binary file
        See `open_rgb`.
    side : int
        Width and height of the result in pixels, 1 or more.

    Returns
    -------
    numpy.ndarray
        Shape (side, side, 3), uint8, red, green and blue in 0..255. Nothing is cropped.

    Raises
    ------
    UnreadableImage
        See `open_rgb`.
    """
    image = open_rgb(source, reading, at_least=2 * side)
    # Antialiased bicubic from at least twice the size: over 20 splits of cat and dog photographs and of aerial scenes,
    # a linear head on MobileNet features is 0.1 and 0.5 points better than with bilinear, and Lanczos adds nothing.
    return np.array(image.resize((side, side), Image.Resampling.BICUBIC, reducing_gap=3.0))


def thumbnail(source: Path | str | BinaryIO, side: int, reading: Reading = AS_USUAL) -> bytes:
    """Read an image as a small JPEG in its true proportions.

    Parameters
    ----------
    source : Path, str or binary file
        See `open_rgb`.
    side : int
        Longest side of the result in pixels, 1 or more. A smaller image is never enlarged.

    Returns
    -------
    bytes
        A JPEG file of quality 85 without metadata.

    Raises
    ------
    UnreadableImage
        See `open_rgb`.
    """
    image = open_rgb(source, reading, at_least=side)
    image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=85)
    return encoded.getvalue()


def decode(path: Path, reading: Reading = AS_USUAL) -> Decoded:
    """Decode a whole image file, and say what it is.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    UnreadableImage
        See `open_rgb`.
    """
    with _stream(path) as stream, _opened(stream) as image:
        mode, kind = image.mode, image.format
        rgb = _as_rgb(image)
        orientation = _orientation(image)
        size_bytes = stream.seek(0, os.SEEK_END)
    return Decoded(rgb, mode, "JPEG" if kind == "MPO" else kind, orientation, size_bytes)


# Opening -------------------------------------------------------------------------------------------------------------


@contextmanager
def _stream(source: Path | str | BinaryIO) -> Iterator[BinaryIO]:
    """The bytes of a source as a seekable binary file; a file opened here is closed again."""
    if not isinstance(source, str | os.PathLike):
        yield source if source.seekable() else io.BytesIO(source.read())
        return
    try:
        stream = open(source, "rb")  # noqa: SIM115 - only the opening itself belongs inside the try
    except (OSError, ValueError) as error:
        raise UnreadableImage(_opening_reason(error)) from error
    with stream:
        yield stream


@contextmanager
def _opened(source: Path | str | BinaryIO) -> Iterator[Image.Image]:
    """An image whose size has been accepted and whose pixels are not decoded yet.

    Whatever goes wrong until the end of the ``with`` block becomes an `UnreadableImage`.
    """
    with _stream(source) as stream:
        try:
            with Image.open(stream, formats=FORMATS) as image:
                if image.width * image.height > MAXIMUM_PIXELS:
                    raise UnreadableImage(_too_large(image.size))
                yield image
        except UnreadableImage:
            raise
        except Exception as error:  # decoders answer hostile bytes with nearly every kind of exception
            raise UnreadableImage(_reason(error, stream)) from error


# Colour --------------------------------------------------------------------------------------------------------------


def _as_rgb(image: Image.Image) -> Image.Image:
    image.load()
    orientation = _orientation(image)
    if image.mode == "F" or image.mode.startswith("I"):
        rgb = Image.fromarray(_deep_grey(image)).convert("RGB")
    elif image.has_transparency_data:
        see_through = image.convert("RGBA")
        rgb = Image.new("RGB", image.size, "white")
        rgb.paste(see_through, mask=see_through.getchannel("A"))
    else:
        rgb = image.convert("RGB")
    if orientation in _TURNS:
        rgb = rgb.transpose(_TURNS[orientation])
    rgb.info = {}  # else a copy that is saved later would carry the old orientation and colour profile
    return rgb


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1..8. Called after decoding: PNG files may hold it behind the pixels."""
    try:
        orientation = int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # broken metadata is no reason to refuse good pixels
        return 1
    return orientation if orientation in _TURNS else 1


def _deep_grey(image: Image.Image) -> np.ndarray:
    """Grey values of more than 8 bits as uint8 of shape (height, width). Pillow's own conversion clips them."""
    values = np.asarray(image)
    if image.mode == "F":
        finite = np.nan_to_num(values, nan=0.0, posinf=255.0, neginf=0.0)
        is_fraction = finite.size > 0 and finite.min() >= 0 and finite.max() <= 1
        return np.clip(np.rint(finite * 255 if is_fraction else finite), 0, 255).astype(np.uint8)
    scaled = ((np.clip(values, 0, 65535).astype(np.uint32) + 128) // 257).astype(np.uint8)
    see_through = image.info.get("transparency")
    if isinstance(see_through, int):
        scaled[values == see_through] = 255
    return scaled


# Reasons -------------------------------------------------------------------------------------------------------------


def _opening_reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "no longer exists"
    if isinstance(error, PermissionError):
        return "cannot be opened: permission denied"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a file"
    return f"cannot be opened: {(getattr(error, 'strerror', None) or str(error)).lower()}"


def _reason(error: Exception, stream: BinaryIO) -> str:
    """Why an image that could be opened as a file gave no pixels."""
    if isinstance(error, Image.DecompressionBombError):
        return _too_large(_refused_size(error))
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
    if _promised_bytes(head) > size:
        return _CUT_OFF
    if isinstance(error, UnidentifiedImageError):
        return _unidentified_reason(head)
    if isinstance(error, EOFError) or "truncated" in str(error).lower():
        return _CUT_OFF
    return "is damaged: its pixels cannot be decoded"


def _too_large(size: tuple[int, int] | None) -> str:
    pixels = f"{size[0]:,} × {size[1]:,} pixels" if size else "its pixels"
    return f"{pixels} are more than the {MAXIMUM_PIXELS // 1_000_000} megapixels allowed"


def _refused_size(error: Image.DecompressionBombError) -> tuple[int, int] | None:
    """Width and height that Pillow refused. Its message holds only their product, the frame that raised it has both.

    Pillow's check is kept, although ours is stricter, because the GIF and WebP decoders allocate while they open.
    """
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_locals.get("size") if traceback is not None else None


def _promised_bytes(head: bytes) -> int:
    """Bytes that the file must have by its own account, for the formats whose decoder does not notice: else 0."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return int.from_bytes(head[4:8], "little") + 8
    if head[:4] == b"II*\0":
        return int.from_bytes(head[4:8], "little") + 2
    if head[:4] == b"MM\0*":
        return int.from_bytes(head[4:8], "big") + 2
    return 0


_OURS = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"BM", b"GIF8", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_OTHERS = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive",
    b"8BPS": "a Photoshop document",
    b"\x1f\x8b": "a gzip archive",
    b"\x89HDF": "an HDF5 file",
}


def _unidentified_reason(head: bytes) -> str:
    for signature, name in _OTHERS.items():
        if head.startswith(signature):
            return f"is not an image ({name})"
    if head[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"}:
        return "is a HEIC or AVIF photo, which is not supported: save it as JPEG or PNG"
    if head[4:8] == b"ftyp":
        return "is not an image (a video)"
    if not head.strip(b"\0"):
        return "is not an image (only zero bytes)"
    if text := _text(head):
        start = text.lstrip("\ufeff \t\r\n").lower()
        if start.startswith(("<!doctype html", "<html")):
            return "is not an image (a web page)"
        return "is not an image (an SVG drawing)" if "<svg" in start else "is not an image (text)"
    if head.startswith(_OURS):
        return "is cut off or damaged: its header cannot be understood"
    return "is not an image of a supported kind (JPEG, PNG, WebP, BMP, GIF or TIFF)"


def _text(head: bytes) -> str:
    """The beginning of a text file, or nothing when it is not text."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)  # incremental: the last letter may be cut in two
    except UnicodeDecodeError:
        return ""
    is_text = all(unicodedata.category(letter) != "Cc" or letter in "\t\n\r\f" for letter in text)
    return text if is_text else ""
