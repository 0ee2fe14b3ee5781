"""The same picture in 8 and 16 bits, and in floating point."""

import numpy as np

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
