"""Where a window stands along a side of an image, step by step, what it covers there, and what it never sees."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.architectures.layers import VALID, Layer, output_side, same_padding
from core.concepts.filters.convolution import Convolution, convolve


@dataclass(frozen=True)
class SlidingWindow:
    """A window that slides along a side of an image.

    Parameters
    ----------
    length
        L: how many cells the side has.
    kernel
        K: how many cells the window looks at.
    stride
        S: how far it moves.
    dilation
        D: how far the cells that it looks at lie apart.
    before, behind
        How many zeros are put at either end.
    """

    length: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    behind: int = 0

    @property
    def reach(self) -> int:
        """Over how many cells it reaches: D(K − 1) + 1."""
        return self._layer.reach[0]

    @property
    def padded(self) -> int:
        """How long the side is with its zeros."""
        return self.before + self.length + self.behind

    @property
    def steps(self) -> int:
        """L': how many places it can stand at, which is how many numbers come out; 0 where it does not fit."""
        return max(0, output_side(self._layer, 0, self.padded))

    @property
    def unrounded_steps(self) -> float:
        """(L − K + 2P) / S + 1, which is no whole number where the stride does not divide."""
        return (self.padded - self.reach) / self.stride + 1

    def covered(self, step: int) -> tuple[int, ...]:
        """The cells that it looks at in a step, counted from 0; zeros before and behind lie below 0 and from L on."""
        first = step * self.stride - self.before
        return tuple(range(first, first + self.reach, self.dilation))

    @cached_property
    def unseen(self) -> tuple[int, ...]:
        """The cells of the image that no step covers."""
        seen = {cell for step in range(self.steps) for cell in self.covered(step)}
        return tuple(cell for cell in range(self.length) if cell not in seen)

    @property
    def _layer(self) -> Layer:
        return Layer("conv", size=self.kernel, stride=self.stride, dilation=self.dilation, padding=VALID)


def padded_by(zeros: int, length: int, kernel: int, stride: int = 1, dilation: int = 1) -> SlidingWindow:
    """A window on a side with as many zeros at both ends: P of the formula, 0 for padding "valid"."""
    return SlidingWindow(length, kernel, stride, dilation, zeros, zeros)


def same_in_tensorflow(length: int, kernel: int, stride: int = 1, dilation: int = 1) -> SlidingWindow:
    """Padding "same" as TensorFlow means it: as few zeros as leave ⌈L / S⌉, of an odd number the odd one behind."""
    layer = Layer("conv", size=kernel, stride=stride, dilation=dilation)
    return SlidingWindow(length, kernel, stride, dilation, *same_padding(layer, 0, length))


def same_in_pytorch(length: int, kernel: int, stride: int = 1, dilation: int = 1) -> SlidingWindow:
    """Padding "same" as networks written for PyTorch have it: (K − 1) / 2 at both ends, whatever the stride.

    PyTorch itself knows the word at stride 1 only, where it puts the odd zero of an even kernel behind, as TensorFlow
    does. With a larger stride it refuses, and people write the number: of an even kernel, rounded down.
    """
    total = dilation * (kernel - 1)
    before = total // 2
    return SlidingWindow(length, kernel, stride, dilation, before, total - before if stride == 1 else before)


def slide_over(image: np.ndarray, kernel: np.ndarray, window: SlidingWindow) -> np.ndarray:
    """What comes out where a window slides over a square image in both directions, without being flipped.

    Parameters
    ----------
    image : (window.length, window.length) array
    kernel : (window.kernel, window.kernel) array

    Returns
    -------
    (window.steps, window.steps) array of float64

    Raises
    ------
    UsageError
        If the window does not fit.
    """
    padded = np.pad(image, (window.before, window.behind))
    return convolve(padded, kernel, Convolution(padding=VALID, stride=window.stride, dilation=window.dilation))
