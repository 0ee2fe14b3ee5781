"""PNGs of 16 bits: Pillow drops the lower half of each value where there is colour or transparency."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile

from core.images.samples import Samples, turned


def is_deep(image: Image.Image) -> bool:
    """Whether a PNG that isn't decoded yet has 16 bits."""
    if image.format != "PNG" or not isinstance(image, ImageFile.ImageFile):
        return False
    return bool(image.tile) and "16" in str(image.tile[0].args)


def read_deep(image: Image.Image, stream: BinaryIO, orientation: int) -> Samples:
    """The values of a PNG of 16 bits that Pillow has decoded, and found to be whole."""
    mode, see_through = image.mode, image.info.get("transparency")
    if mode.startswith("I") and see_through is None:
        values = np.asarray(image).astype(np.uint16)
    else:
        import imagecodecs  # some milliseconds, which only those pay who have such files

        stream.seek(0)
        # One colour that is transparent comes out as a band of its own.
        values = imagecodecs.png_decode(stream.read())
    values = values.reshape(*values.shape[:2], -1)
    bands = values.shape[2]
    return Samples(
        values=turned(values, orientation),
        colours="rgb" if bands >= 3 else "grey",
        bits=16,
        mode={2: "LA", 4: "RGBA"}.get(bands, mode) if see_through is None else mode,
        orientation=orientation,
        alpha=bands - 1 if bands in (2, 4) else None,
    )
