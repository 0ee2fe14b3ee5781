"""The same picture in 8 and 16 bits, and in floating point; and the values that a file itself holds."""

from pathlib import Path

import numpy as np

from core.images.reading import decode
from core.images.reading_settings import AS_USUAL, Reading

# The value of white; black is 0 in all.
WHITE = {"uint8": 255, "uint16": 65535, "float32": 1.0}


def to_depth(pixels: np.ndarray, kind: str) -> np.ndarray:
    """The same picture with numbers of another type: white stays white.

    From 8 to 16 bits each value is multiplied by 257, which is 65535 / 255. Back, what lies between two of the 256
    values is rounded to the nearer one and lost. Floating point from 0 to 1 is how Matplotlib reads PNG files.

    Parameters
    ----------
    pixels : array of uint8, uint16 or float32
        Of floating point, what is below 0 or above 1 is cut off.
    kind
        A key of `WHITE`.
    """
    white, wanted = WHITE[pixels.dtype.name], WHITE[kind]
    if pixels.dtype.name == kind:
        return pixels
    shares = np.clip(pixels.astype(np.float64) / white, 0, 1) * wanted
    return shares.astype(kind) if kind == "float32" else np.round(shares).astype(kind)


def value_count(kind: str) -> int:
    """How many values whole numbers of that type have: 256 in 8 bits."""
    return int(np.iinfo(kind).max) + 1


def values_of_file(path: Path, shape: tuple[int, int], reading: Reading = AS_USUAL) -> np.ndarray | None:
    """What a file holds where 8 bits a channel don't, in the type that it has there.

    Parameters
    ----------
    path : Path
        An image file.
    shape
        Height and width of the result. Of a larger picture single values are taken, evenly spaced: none is changed.
    reading : Reading
        Which bands are shown.

    Returns
    -------
    (height, width) or (height, width, 3) array
        None of a file whose values are 8 bits of up to three colours.

    Raises
    ------
    UnreadableImage
        See `core.images.reading.open_rgb`.
    """
    values = decode(path, reading).values
    if values is None:
        return None
    samples = values.samples.values
    rows, columns = ((np.arange(to) + 0.5) * (side / to) for side, to in zip(samples.shape, shape, strict=False))
    bands = [band - 1 for band in reading.bands[:3]] or list(range(3 if samples.shape[2] > 2 else 1))
    taken = samples[rows.astype(int)[:, None], columns.astype(int)]
    return taken[..., bands] if len(bands) == 3 else taken[..., bands[0]]
