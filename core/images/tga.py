"""Targa: Truevision TGA File Format Specification 2.0. Nothing at its beginning tells it, so that its ending has to."""

from __future__ import annotations

from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from core.images.refusals import MAXIMUM_PIXELS, UnreadableImage, too_large, unsupported

SUFFIX = ".tga"
_HEADER = 18
_COLOUR_MAPPED, _TRUE_COLOUR, _GREY, _PACKED = 1, 2, 3, 8
# Kind, bits a pixel, and of 16 bits how many are transparency.
_READ = {
    (_COLOUR_MAPPED, 8, 0),
    (_TRUE_COLOUR, 16, 0),
    (_TRUE_COLOUR, 16, 1),
    (_TRUE_COLOUR, 24, 0),
    (_TRUE_COLOUR, 32, 0),
    (_GREY, 8, 0),
    (_GREY, 16, 8),
}


def is_tga(stream: BinaryIO) -> bool:
    """Whether a file is called one, which nothing but its name can say."""
    return str(getattr(stream, "name", "")).lower().endswith(SUFFIX)


def read_tga(stream: BinaryIO) -> Image.Image:
    """The picture, decoded, with transparency where the header says that there is any.

    Raises
    ------
    UnreadableImage
        If it is of a kind that isn't supported, or too large.
    PIL.UnidentifiedImageError
        If it is none.
    """
    stream.seek(0)
    header = stream.read(_HEADER)
    if len(header) < _HEADER:
        raise UnidentifiedImageError
    map_kind, kind, map_bits, bits, opacity_bits = header[1], header[2], header[7], header[16], header[17] & 0x0F
    stream.seek(0)
    image = Image.open(stream, formats=("TGA",))
    is_mapped = kind & ~_PACKED == _COLOUR_MAPPED
    if (kind & ~_PACKED, bits, opacity_bits if bits == 16 else 0) not in _READ or is_mapped != (map_kind == 1):
        raise UnreadableImage(unsupported("TGA", f"kind {kind} of {bits} bits"))
    if image.width * image.height > MAXIMUM_PIXELS:
        raise UnreadableImage(too_large(image.size))
    image.load()
    # The last of 16 bits means nothing that programs agree on, and of 32 the last 8 only where the header says so.
    has_transparency = (map_bits == 32) if is_mapped else opacity_bits == 8
    shown = image.convert(
        ("LA" if bits == 16 else "RGBA") if has_transparency else "L" if bits == 8 and not is_mapped else "RGB"
    )
    shown.format = "TGA"
    return shown
