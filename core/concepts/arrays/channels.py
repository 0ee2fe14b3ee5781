"""The channels of a picture: one taken away, some painted over, all three made one."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

# How much red, green and blue count for the brightness of a pixel.
WEIGHTS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "mean": (1 / 3, 1 / 3, 1 / 3),
        "luminance": (0.299, 0.587, 0.114),  # ITU-R BT.601: Pillow, OpenCV, TensorFlow
        "luminance_709": (0.2125, 0.7154, 0.0721),  # ITU-R BT.709: scikit-image
    }
)


def keep_channels(pixels: np.ndarray, kept: Sequence[bool]) -> np.ndarray:
    """The picture with 0 in each channel that is not kept: without channels 1 and 2 it is red.

    Parameters
    ----------
    pixels : (height, width, channels) array
    kept
        Whether each of the channels stays.
    """
    return pixels * np.asarray(kept, pixels.dtype)


def paint_rectangle(
    pixels: np.ndarray, rows: tuple[int, int], columns: tuple[int, int], colour: Sequence[float]
) -> np.ndarray:
    """A copy of the picture with one colour in a rectangle: `pixels[top:bottom, left:right] = colour`.

    Parameters
    ----------
    pixels : (height, width, channels) array
    rows, columns
        First and last, the last not included, as in NumPy. What lies outside the picture is left out.
    colour
        A number a channel, in the unit of `pixels`.
    """
    painted = pixels.copy()
    painted[max(0, rows[0]) : max(0, rows[1]), max(0, columns[0]) : max(0, columns[1])] = colour
    return painted


def to_grey(pixels: np.ndarray, how: str = "luminance") -> np.ndarray:
    """The brightness of each pixel, as a weighted mean of red, green and blue.

    Parameters
    ----------
    pixels : (height, width, 3) array
    how
        A key of `WEIGHTS`.

    Returns
    -------
    (height, width) array
        Of the type of `pixels`: whole numbers are rounded.
    """
    grey = pixels @ np.array(WEIGHTS[how])
    return grey.astype(pixels.dtype) if pixels.dtype.kind == "f" else np.round(grey).astype(pixels.dtype)
