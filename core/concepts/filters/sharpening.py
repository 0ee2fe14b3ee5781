"""High-pass filtering and sharpening: a picture, and what blurring takes from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.concepts.filters.convolution import Convolution, convolve

FACTOR = 0.025


@dataclass(frozen=True)
class Sharpened:
    """A picture and what it is made of, arrays of float of one shape.

    Parameters
    ----------
    blurred
        The picture under the blurring kernel.
    high_pass
        The picture minus that: edges and fine detail.
    sharpened
        The picture plus a multiple of its high-pass.
    """

    blurred: np.ndarray
    high_pass: np.ndarray
    sharpened: np.ndarray


def sharpen(picture: ArrayLike, kernel: ArrayLike, factor: float = FACTOR) -> Sharpened:
    """image + factor · (image − blur), each channel by itself, the picture reflected at its border.

    Parameters
    ----------
    picture : (height, width) or (height, width, channels) array
    kernel : (height, width) array
        One that blurs.
    factor
        How much of the high-pass is added.
    """
    picture = np.asarray(picture, float)
    blurred = convolve(picture, kernel, Convolution(outside="reflect"))
    high_pass = picture - blurred
    return Sharpened(blurred, high_pass, picture + factor * high_pass)
