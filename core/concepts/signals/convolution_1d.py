"""Convolution of a signal, slid along step by step."""

from dataclasses import dataclass

import numpy as np

from core.concepts.layers.layer_arithmetic import same_in_tensorflow
from core.errors import UsageError

PADDINGS = {
    "valid": "None: the kernel stays on the signal",
    "same": "Same: as many answers as there are values",
    "full": "Full: wherever they overlap",
}


@dataclass(frozen=True, eq=False)
class Sliding:
    """All that happens while a kernel is slid along a signal.

    Parameters
    ----------
    padded : (n,) array
        The signal with zeros at both ends.
    left, right
        How many of them are zeros.
    kernel : (k,) array
        As it lies on the signal: turned around where it is flipped.
    starts : (m,) array of int
        The index in `padded` of the first value under the kernel, at each step.
    answers : (m,) array
        What comes out.
    """

    padded: np.ndarray
    left: int
    right: int
    kernel: np.ndarray
    starts: np.ndarray
    answers: np.ndarray

    def window(self, step: int) -> np.ndarray:
        """The values under the kernel at a step, counted from 0."""
        start = self.starts[step]
        return self.padded[start : start + len(self.kernel)]

    def products(self, step: int) -> np.ndarray:
        """The products at a step, whose sum is its answer."""
        return self.window(step) * self.kernel


def slide(
    signal: np.ndarray, kernel: np.ndarray, *, flip: bool = True, stride: int = 1, padding: str = "valid"
) -> Sliding:
    """Convolve a signal with a kernel, or without `flip` correlate it, as the layers of networks do.

    Parameters
    ----------
    signal : (n,) array
    kernel : (k,) array
    flip
        Whether the kernel is turned around first.
    stride
        By how much it moves from step to step.
    padding
        "valid": none, the kernel stays inside. "same": zeros such that there are ⌈n / stride⌉ answers; of an odd
        number of them one more is on the right, as in TensorFlow (`numpy.convolve` has it on the left). "full": zeros
        such that each value of the kernel meets each of the signal.

    Raises
    ------
    UsageError
        If the kernel is longer than the signal and there is no padding.
    """
    signal, kernel = np.asarray(signal, float), np.asarray(kernel, float)
    left, right = padding_of(len(signal), len(kernel), stride, padding)
    padded = np.pad(signal, (left, right))
    if len(kernel) > len(padded):
        sizes = f"A kernel of {len(kernel)} values does not fit into a signal of {len(signal)}"
        raise UsageError(f"{sizes}: choose the padding same or full.")
    laid = kernel[::-1] if flip else kernel
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(laid))[::stride]
    return Sliding(padded, left, right, laid, np.arange(len(windows)) * stride, windows @ laid)


def padding_of(length: int, size: int, stride: int, padding: str) -> tuple[int, int]:
    """How many zeros come before and after a signal."""
    if padding == "full":
        return size - 1, size - 1
    if padding == "valid":
        return 0, 0
    window = same_in_tensorflow(length, size, stride)
    return window.before, window.behind
