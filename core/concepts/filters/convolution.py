"""Convolution of pictures in two dimensions, with everything that can be set about it."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from core.errors import UsageError

VALID, SAME, FULL = "valid", "same", "full"
PADDINGS = {
    VALID: "None: the kernel stays within the picture, which gets smaller",
    SAME: "Same: as many values outside as keep the picture's size",
    FULL: "Full: wherever kernel and picture overlap by at least one pixel",
}
Outside = Literal["zero", "nearest", "reflect", "mirror", "wrap"]
# What lies outside, each with NumPy's name for it.
OUTSIDE = {"zero": "constant", "nearest": "edge", "reflect": "symmetric", "mirror": "reflect", "wrap": "wrap"}
OUTSIDE_TITLES = {
    "zero": "Zeros",
    "nearest": "The nearest pixel",
    "reflect": "Reflected, the outermost pixel twice",
    "mirror": "Reflected at the outermost pixel",
    "wrap": "The other end of the picture",
}
# Beyond so many numbers in a kernel, a Fourier transform is quicker than adding up shifted pictures.
MOST_SHIFTS = 49


@dataclass(frozen=True)
class Convolution:
    """How a kernel is laid over a picture.

    Parameters
    ----------
    flip
        Whether the kernel is turned by 180° first: textbooks' convolution. What the layers of a CNN compute is
        cross-correlation, without.
    padding
        One of `PADDINGS`.
    outside
        One of `OUTSIDE`: what stands there where padding lets the kernel reach outside.
    stride
        How many pixels the kernel moves on at a time, in both directions.
    dilation
        How many pixels lie from one of the kernel's numbers to the next.
    """

    flip: bool = False
    padding: str = SAME
    outside: Outside = "zero"
    stride: int = 1
    dilation: int = 1

    def applied(self, kernel: ArrayLike) -> np.ndarray:
        """The kernel as it is laid over the picture: flipped if so set, with zeros where dilation leaves gaps."""
        kernel = np.asarray(kernel, float)
        if self.flip:
            kernel = kernel[::-1, ::-1]
        spread = np.zeros([self.dilation * (side - 1) + 1 for side in kernel.shape])
        spread[:: self.dilation, :: self.dilation] = kernel
        return spread

    def margins(self, shape: tuple[int, ...]) -> tuple[tuple[int, int], tuple[int, int]]:
        """How many rows above and below, and columns left and right, a kernel of this shape needs.

        Where an even kernel needs an odd number of them, the odd one is at the bottom and at the right, as in
        TensorFlow and in PyTorch's "same".
        """
        return self._margin(shape[0]), self._margin(shape[1])

    def output_shape(self, picture: tuple[int, ...], kernel: tuple[int, ...]) -> tuple[int, int]:
        """Height and width of what comes out: (L − K + 2P) / S + 1, rounded down.

        Raises
        ------
        UsageError
            If the kernel fits nowhere.
        """
        extents = [self.dilation * (side - 1) + 1 for side in kernel[:2]]
        room = [
            length + sum(margin) - extent
            for length, margin, extent in zip(picture[:2], self.margins(kernel), extents, strict=True)
        ]
        if min(room) < 0:
            raise UsageError(
                f"The kernel covers {extents[0]} × {extents[1]} pixels and the picture has only {picture[0]} × "
                f"{picture[1]}: without padding it fits nowhere. Choose the padding “same”, or a smaller kernel."
            )
        return room[0] // self.stride + 1, room[1] // self.stride + 1

    def _margin(self, side: int) -> tuple[int, int]:
        reach = self.dilation * (side - 1)
        if self.padding == FULL:
            return reach, reach
        return (reach // 2, reach - reach // 2) if self.padding == SAME else (0, 0)


AS_LAYERS = Convolution()  # of a CNN


def convolve(picture: ArrayLike, kernel: ArrayLike, how: Convolution = AS_LAYERS) -> np.ndarray:
    """Lay a kernel over a picture, place after place, and add up what lies under it times its numbers.

    Parameters
    ----------
    picture : (height, width) or (height, width, channels) array
        Each channel is filtered by itself.
    kernel : (height, width) array
        Of any size, odd or even.

    Returns
    -------
    (height, width) or (height, width, channels) array of float
        What comes out, not clipped. Numbers beyond what a float holds are infinite, and NaN where they cancel.

    Raises
    ------
    UsageError
        If the kernel fits nowhere.
    """
    picture, kernel = np.asarray(picture, float), np.asarray(kernel, float)
    shape = (*how.output_shape(picture.shape, kernel.shape), *picture.shape[2:])
    padded = pad(picture, how.margins(kernel.shape), how.outside)
    with np.errstate(over="ignore", invalid="ignore"):
        if np.count_nonzero(kernel) <= MOST_SHIFTS:
            return _by_shifts(padded, how.applied(kernel), shape, how.stride)
        return _by_fourier(padded, how.applied(kernel), how.stride)


def pad(picture: np.ndarray, margins: tuple[tuple[int, int], tuple[int, int]], outside: str) -> np.ndarray:
    """A picture with values around it, chosen by `OUTSIDE`."""
    mode: Any = OUTSIDE[outside]
    return np.pad(picture, (*margins, *((0, 0),) * (picture.ndim - 2)), mode)


def _by_shifts(padded: np.ndarray, kernel: np.ndarray, shape: tuple[int, ...], stride: int) -> np.ndarray:
    height, width = (stride * (side - 1) + 1 for side in shape[:2])
    total, part = np.zeros(shape), np.empty(shape)
    for y, x in np.argwhere(kernel):
        shifted = padded[y : y + height : stride, x : x + width : stride]
        total += np.multiply(shifted, kernel[y, x], out=part)
    return total


def _by_fourier(padded: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    from scipy.signal import fftconvolve

    # Scaled, so that large numbers do not run over before they have to.
    scale = np.abs(kernel).max()
    turned = (kernel[::-1, ::-1] / scale).reshape(kernel.shape + (1,) * (padded.ndim - 2))
    return fftconvolve(padded, turned, mode="valid", axes=(0, 1))[::stride, ::stride] * scale
