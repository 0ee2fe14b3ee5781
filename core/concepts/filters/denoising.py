"""What removes noise: mean, median, Gaussian and Wiener filters. All reflect the picture at its border."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.concepts.filters.convolution import Convolution, convolve, pad
from core.concepts.filters.kernels import gaussian_kernel, mean_kernel

_REFLECTED = Convolution(outside="reflect")


def mean_filter(picture: np.ndarray, side: int) -> np.ndarray:
    """The mean of the square of `side` pixels around each pixel, as float."""
    return convolve(picture, mean_kernel(side), _REFLECTED)


def gaussian_filter(picture: np.ndarray, side: int, normalised: bool = True) -> np.ndarray:
    """The picture under a bell whose numbers fade out within a square of `side` pixels, as float.

    The bell is as wide for its square as the course's 20 × 20 with a spread of 10 is: it has `side` / 20 times its
    standard deviation of √5 pixels.
    """
    return convolve(picture, gaussian_kernel(side, side**2 / 40, normalised), _REFLECTED)


def median_filter(picture: np.ndarray, side: int) -> np.ndarray:
    """The middle one of the values in the square of `side` pixels around each pixel, each channel by itself.

    Parameters
    ----------
    picture : (height, width) or (height, width, channels) array
        8-bit pictures are quicker: their values are counted as the square slides along.
    side
        In pixels. Of an even number of values the upper one of the two in the middle is taken.
    """
    picture = np.asarray(picture)
    if picture.ndim == 3:
        return np.stack([median_filter(channel, side) for channel in np.moveaxis(picture, 2, 0)], axis=2)
    if picture.dtype == np.uint8 and side % 2:
        from skimage.filters.rank import median

        half = side // 2
        padded = pad(picture, ((half, half), (half, half)), "reflect")
        return median(padded, np.ones((side, side)))[half : half + picture.shape[0], half : half + picture.shape[1]]
    from scipy.ndimage import median_filter as of_scipy

    return of_scipy(picture, side, mode="reflect")


def wiener_filter(picture: np.ndarray, side: int) -> np.ndarray:
    """Smooths where the values around a pixel vary no more than noise does, and keeps the rest, as float.

    How strong the noise is, is taken from the picture: the mean of the variances in all squares of `side` pixels.
    """
    from scipy.signal import wiener

    picture = np.asarray(picture, float)
    if picture.ndim == 3:
        return np.stack([wiener_filter(channel, side) for channel in np.moveaxis(picture, 2, 0)], axis=2)
    padded = pad(picture, ((side, side), (side, side)), "reflect")
    with np.errstate(divide="ignore", invalid="ignore"):
        answer = wiener(padded, side)[side:-side, side:-side]
    return np.where(np.isfinite(answer), answer, picture)  # where nothing varies at all, SciPy divides 0 by 0


@dataclass(frozen=True)
class Remover:
    """Something that removes noise: what people call it, and what it does to a picture with a square of a side."""

    name: str
    title: str
    apply: Callable[[np.ndarray, int], np.ndarray]


_REMOVERS = (
    Remover("mean", "Mean", mean_filter),
    Remover("median", "Median", median_filter),
    Remover("gaussian", "Gaussian", gaussian_filter),
    Remover("wiener", "Wiener", wiener_filter),
)
REMOVERS = {remover.name: remover for remover in _REMOVERS}


def root_mean_square_error(picture: ArrayLike, other: ArrayLike) -> float:
    """How far two pictures of one shape lie apart, in grey levels."""
    return float(np.sqrt(np.mean((np.asarray(picture, float) - np.asarray(other, float)) ** 2)))
