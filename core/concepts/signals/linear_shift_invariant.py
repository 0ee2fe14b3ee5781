"""Linear and shift-invariant systems: what fixes one, and which rules it keeps."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

System = Callable[[np.ndarray], np.ndarray]
CLIPPED_AT = 3.0
# Numbers that differ by less count as the same: sums are rounded.
ALIKE = 1e-9


@dataclass(frozen=True, eq=False)
class Comparison:
    """A rule, tried: two ways that give the same answer in a system that keeps it.

    Parameters
    ----------
    before : array
        What changes the signal first and sends it through the system then.
    after : array
        What sends the signal through first.
    """

    before: np.ndarray
    after: np.ndarray

    @property
    def holds(self) -> bool:
        """Whether both are the same."""
        return bool(np.allclose(self.before, self.after, rtol=ALIKE, atol=ALIKE))


def scaling(system: System, signal: np.ndarray, factor: float) -> Comparison:
    """Whether a signal that is `factor` times as large has an answer that is."""
    return Comparison(system(factor * signal), factor * system(signal))


def adding(system: System, signal: np.ndarray, other: np.ndarray) -> Comparison:
    """Whether the answer to a sum is the sum of the answers."""
    return Comparison(system(signal + other), system(signal) + system(other))


def shifting(system: System, signal: np.ndarray, steps: int) -> Comparison:
    """Whether the answer to a signal that comes `steps` later is the same answer, so much later."""
    return Comparison(system(shift(signal, steps)), shift(system(signal), steps))


def shift(signal: np.ndarray, steps: int) -> np.ndarray:
    """The signal `steps` later, of the same length: zeros come in, what is beyond the end is lost."""
    return np.pad(signal, (steps, 0))[: len(signal)]


def impulse_response(system: System, length: int) -> np.ndarray:
    """What comes out where 1, 0, 0, … goes in: it fixes a linear, shift-invariant system."""
    return system(np.eye(1, length)[0])


def shifted_responses(signal: np.ndarray, response: np.ndarray) -> np.ndarray:
    """Each value of a signal times the impulse response, shifted to its place: their sum is the convolution.

    Parameters
    ----------
    signal : (n,) array
    response : (k,) array

    Returns
    -------
    (n, n + k - 1) array
        A row a value of the signal.
    """
    rows = np.zeros((len(signal), len(signal) + len(response) - 1))
    for place, value in enumerate(signal):
        rows[place, place : place + len(response)] = value * response
    return rows


def shifted_impulses(picture: np.ndarray) -> np.ndarray:
    """A picture in parts: each pixel's value times an impulse, which is 1 at its place and 0 elsewhere.

    Parameters
    ----------
    picture : (height, width) array

    Returns
    -------
    (height * width, height, width) array
        Whose sum over the first axis is the picture.
    """
    count = picture.size
    return (np.eye(count) * picture.ravel()[:, None]).reshape(count, *picture.shape)


# Systems, whose answer is as long as the signal -----------------------------------------------------------------------


def filtered(kernel: np.ndarray) -> System:
    """Convolution with a kernel: an answer depends on the value at its place and those before, 0 at first."""
    return lambda signal: np.convolve(signal, kernel)[: len(signal)]


def median_of_three(signal: np.ndarray) -> np.ndarray:
    """The middle one of a value and its neighbours; beyond the ends is 0."""
    padded = np.pad(signal, 1)
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, 3), axis=1)


def clipped(signal: np.ndarray) -> np.ndarray:
    """Each value, but none below 0 or above `CLIPPED_AT`, as what is written to a file of 8 bits is cut off."""
    return np.clip(signal, 0, CLIPPED_AT)


def plus_one(signal: np.ndarray) -> np.ndarray:
    """Each value and 1, as the bias of a layer adds it."""
    return signal + 1


def every_second(signal: np.ndarray) -> np.ndarray:
    """The values at 0, 2, 4, …, and 0 at the end: what a stride of 2 leaves."""
    return np.pad(signal[::2], (0, len(signal) // 2))
