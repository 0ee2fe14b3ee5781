"""Turns an image file of any supported kind into RGB pixels, or says in plain words why that cannot be done."""

from __future__ import annotations

import io
import logging
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from core.images.colour import Values, over_white, render, values_of
from core.images.deep_png import is_deep, read_deep
from core.images.heif import MISSING as NO_HEIF
from core.images.heif import deep_grey, is_heif, open_heif
from core.images.jpeg_2000 import is_jpeg_2000, read_jpeg_2000
from core.images.netpbm import count_netpbm, is_netpbm, read_netpbm
from core.images.reading_settings import AS_USUAL, Reading
from core.images.refusals import MAXIMUM_PIXELS, UnreadableImage, opening_reason, reason, too_large
from core.images.samples import Samples, is_hidden_picture, looks_like_transparency, turned
from core.images.tga import is_tga, read_tga
from core.images.tiff import pillow_reads, read_tiff
from core.images.tiff_header import ORIENTATION, TiffHeader, read_header

# The only decoders of Pillow that any file can reach by its content. JPEG includes multi-picture files (MPO).
BY_CONTENT = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")

# Pillow warns about broken metadata and odd palettes of pictures that read perfectly well: nobody can act on that.
# The filter is set once, because `warnings.catch_warnings` is not safe while several threads are reading.
warnings.filterwarnings("ignore", module=r"PIL\.")
logging.getLogger("PIL").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Decoded:
    """An image file, decoded completely.

    Attributes
    ----------
    rgb : PIL.Image.Image
        As people see it: see `open_rgb`.
    mode : str
        Pillow's name of the colour mode in the file, such as ``"RGB"``, ``"L"`` or ``"I;16"``; ``"13 bands"`` where it
        has none.
    format : str
        One of `core.images.formats.FORMATS`.
    orientation : int
        The EXIF orientation that `rgb` was turned by, 1..8; 1 is upright.
    size_bytes : int
        Length of the file in bytes.
    pages : int
        How many pictures the file holds (pages of a TIFF, frames of an animation), of which `rgb` is the first.
    values : Values or None
        What it holds that 8 bits and three colours, with or without transparency, don't.
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

    Transparent parts are laid over white. Values deeper than 8 bits, and more than three bands, are shown as the
    reading says.

    Parameters
    ----------
    source : Path, str or binary file
        The file. A binary file is read from its beginning and stays open.
    reading : Reading
        What is shown black, what white, and which bands.
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
        With the reason: empty, no image, of a kind that isn't supported, cut off, damaged, too many pixels, no
        permission, no longer there.
    """
    with _stream(source) as stream, _reasons_in_words(stream):
        return _picture(stream, reading, at_least).rgb


def read_square(source: Path | str | BinaryIO, side: int, reading: Reading = AS_USUAL) -> np.ndarray:
    """Read a whole image, stretched to a square: what a network is fed.

    Parameters
    ----------
    source : Path, str or binary file
        See `open_rgb`.
    side : int
        Width and height of the result in pixels, 1 or more.
    reading : Reading
        See `open_rgb`.

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
    reading : Reading
        See `open_rgb`.

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
    reading : Reading
        See `open_rgb`.

    Raises
    ------
    UnreadableImage
        See `open_rgb`.
    """
    with _stream(path) as stream, _reasons_in_words(stream):
        picture = _picture(stream, reading, tell_all=True)
        size_bytes = stream.seek(0, os.SEEK_END)
    return replace(picture, size_bytes=size_bytes)


# Opening -------------------------------------------------------------------------------------------------------------


@contextmanager
def _stream(source: Path | str | BinaryIO) -> Iterator[BinaryIO]:
    """The bytes of a source as a seekable binary file; a file opened here is closed again."""
    if not isinstance(source, str | os.PathLike):
        yield source if source.seekable() else io.BytesIO(source.read())
        return
    try:
        # Opening a pipe waits for somebody to write to it, and some devices never end.
        if not stat.S_ISREG(os.stat(source).st_mode) and not os.path.isdir(source):
            raise UnreadableImage("is a pipe, socket or device, and no file")
        stream = open(source, "rb")  # noqa: SIM115 - only the opening itself belongs inside the try
    except (OSError, ValueError) as error:
        raise UnreadableImage(opening_reason(error)) from error
    with stream:
        yield stream


@contextmanager
def _reasons_in_words(stream: BinaryIO) -> Iterator[None]:
    """Whatever goes wrong with a file until the end of the ``with`` block becomes an `UnreadableImage`."""
    try:
        yield
    except UnreadableImage:
        raise
    except Exception as error:  # decoders answer hostile bytes with nearly every kind of exception
        raise UnreadableImage(reason(error, stream)) from error


def _picture(stream: BinaryIO, reading: Reading, at_least: int | None = None, *, tell_all: bool = False) -> Decoded:
    """A file, decoded by whoever reads its kind rightly; its length isn't known yet.

    What takes time to tell, frames and values, is told only where it is asked for.
    """
    header = read_header(stream, count_pages=tell_all)
    if header is not None and not pillow_reads(header):
        return _decoded_tiff(stream, header, reading, tell_all)
    stream.seek(0)
    try:
        image = Image.open(stream, formats=BY_CONTENT)
    except UnidentifiedImageError:
        if header is not None:
            return _decoded_tiff(stream, header, reading, tell_all)
        found = _by_others(stream, reading, tell_all)
        if found is None:
            raise
        return found
    with image:
        _refuse_too_large(image)
        if at_least is not None:
            image.draft("RGB", (at_least, at_least))
        return _decoded(image, stream, header, reading, tell_all)


def _decoded_tiff(stream: BinaryIO, header: TiffHeader, reading: Reading, tell_all: bool) -> Decoded:
    """A TIFF that Pillow can't read, or reads wrongly."""
    return _of_samples(read_tiff(stream, header), "TIFF", reading, tell_all, header.pages)


def _by_others(stream: BinaryIO, reading: Reading, tell_all: bool) -> Decoded | None:
    """A file of a kind that Pillow doesn't know, reads wrongly, or can't tell by its content; None for all others."""
    stream.seek(0)
    head = stream.read(12)
    if is_netpbm(head):
        samples = read_netpbm(stream)
        return _of_samples(samples, "PPM", reading, tell_all, count_netpbm(stream) if tell_all else 1)
    if is_jpeg_2000(head):
        return _of_samples(read_jpeg_2000(stream), "JPEG2000", reading, tell_all)
    if is_heif(head):
        image = open_heif(stream)
        if image is None:
            raise UnreadableImage(NO_HEIF)
        _refuse_too_large(image)
        return _decoded(image, stream, None, reading, tell_all)
    return _decoded(read_tga(stream), stream, None, reading, tell_all) if is_tga(stream) else None


def _refuse_too_large(image: Image.Image) -> None:
    if image.width * image.height > MAXIMUM_PIXELS:
        raise UnreadableImage(too_large(image.size))


def _of_samples(samples: Samples, kind: str, reading: Reading, tell_all: bool, pages: int = 1) -> Decoded:
    """An image of which the values were read."""
    values = values_of(samples, reading) if tell_all else None
    return Decoded(render(samples, reading), samples.mode, kind, samples.orientation, 0, pages, values)


def _decoded(
    image: Image.Image, stream: BinaryIO, header: TiffHeader | None, reading: Reading, tell_all: bool
) -> Decoded:
    """An image that Pillow has opened."""
    mode, kind = image.mode, "JPEG" if image.format == "MPO" else str(image.format)
    deep = is_deep(image)
    image.load()
    orientation = _orientation(image)
    samples = read_deep(image, stream, orientation) if deep else deep_grey(image) or _doubtful(image, orientation)
    if samples is not None:
        rgb, mode = render(samples, reading), samples.mode
    else:
        rgb = _as_rgb(image, orientation)
    values = values_of(samples, reading) if samples is not None and tell_all else None
    if header is not None:  # Pillow has turned it, and forgotten how
        orientation = header.one(ORIENTATION, 1) if header.one(ORIENTATION, 1) in range(1, 9) else 1
    pages = header.pages if header is not None else _frames(image) if tell_all else 1
    return Decoded(rgb, mode, kind, orientation, 0, pages, values)


def _frames(image: Image.Image) -> int:
    """Pictures of an animation. What a JPEG holds beside its picture is smaller copies and depth maps of it."""
    if image.format not in ("GIF", "PNG", "WEBP", "AVIF"):
        return 1
    try:
        return getattr(image, "n_frames", 1)
    except Exception:  # the first frame is good, whatever comes then
        return 1


# Colour --------------------------------------------------------------------------------------------------------------


def _as_rgb(image: Image.Image, orientation: int) -> Image.Image:
    rgb = over_white(image) if image.has_transparency_data else image.convert("RGB")
    if orientation in _TURNS:
        rgb = rgb.transpose(_TURNS[orientation])
    rgb.info = {}  # else a copy that is saved later would carry the old orientation and colour profile
    return rgb


def _doubtful(image: Image.Image, orientation: int) -> Samples | None:
    """The values of a decoded picture whose transparency can't be that; None for all others."""
    if image.mode not in ("RGBA", "LA"):
        return None
    opacity = image.getchannel("A")
    counts = opacity.histogram()
    # Nearly always all or nothing in most places, which a count tells much sooner than a look at each of them.
    pixels = image.width * image.height
    if counts[0] == pixels:
        is_transparency = not is_hidden_picture(np.asarray(image)[..., :-1])
    else:
        is_transparency = counts[0] + counts[255] >= pixels / 2 or looks_like_transparency(np.asarray(opacity), 255)
    if is_transparency:
        return None
    values = turned(np.asarray(image), orientation)
    colours = "rgb" if image.mode == "RGBA" else "grey"
    return Samples(values, colours, 8, image.mode, orientation, alpha=values.shape[2] - 1)


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1..8. Called after decoding: PNG files may hold it behind the pixels."""
    try:
        orientation = int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # broken metadata is no reason to refuse good pixels
        return 1
    return orientation if orientation in _TURNS else 1


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
