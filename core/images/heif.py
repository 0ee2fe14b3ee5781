"""HEIC, as iPhones write it, and other HEIF: read where the package pillow-heif is installed."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np
from PIL import Image

from core.images.samples import Samples

BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1"})
"""What may stand at the beginning of one (ISO/IEC 23008-12, annex B); `mif1` and `msf1` also begin some AVIF."""
MISSING = "is a HEIC photo, for which a package is missing: pip install pillow-heif, or save it as JPEG or PNG"


def is_heif(head: bytes) -> bool:
    """Whether a file that begins with these 12 bytes is one; AVIF, which has the same frame, is another."""
    return head[4:8] == b"ftyp" and head[8:12] in BRANDS


def open_heif(stream: BinaryIO) -> Image.Image | None:
    """The main picture as the package opens it, not decoded yet; None where there is no such package.

    Raises
    ------
    PIL.UnidentifiedImageError
        If it can't be understood.
    """
    try:
        from pillow_heif import register_heif_opener  # pyright: ignore[reportMissingImports] - nobody has to have it
    except ImportError:
        return None
    # One picture at a time: several are read at once by processes and threads of their own.
    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    stream.seek(0)
    return Image.open(stream, formats=("HEIF",))


def deep_grey(image: Image.Image) -> Samples | None:
    """The values of a decoded picture of 10 or 12 bits of grey, which the package fills up to 16; None for all others.

    What is deeper than 8 bits and has colours comes as 8 bits.
    """
    if image.format != "HEIF" or image.mode != "I;16":
        return None
    return Samples(np.asarray(image).astype(np.uint16)[..., None], "grey", 16, image.mode)
