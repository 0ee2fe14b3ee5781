"""Whether gradients are right: each number is moved up and down a little, and the loss computed anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

STEP = 1e-4
# By how much they may differ, as a share of the largest gradient; and as a share of the loss, whose own rounding, 1e-16
# of it, is divided by the step.
OF_GRADIENT, OF_LOSS = 1e-6, 1e-11


@dataclass(frozen=True)
class GradientCheck:
    """How far gradients are from those that were measured.

    Parameters
    ----------
    count
        How many numbers were compared.
    largest_difference
        Of any two.
    agrees
        Whether that is no more than rounding explains.
    """

    count: int
    largest_difference: float
    agrees: bool


def check_gradients(pairs: Sequence[tuple[np.ndarray, np.ndarray]], loss: float) -> GradientCheck:
    """Compare gradients with those that were measured.

    Parameters
    ----------
    pairs
        Computed and measured ones, of one shape.
    loss
        How large the loss is, or the sum that it is the difference of.
    """
    worst = max(float(np.abs(computed - measured).max()) for computed, measured in pairs)
    largest = max(float(np.abs(computed).max()) for computed, _ in pairs)
    allowed = OF_GRADIENT * max(1.0, largest) + OF_LOSS * abs(loss)
    return GradientCheck(sum(computed.size for computed, _ in pairs), worst, worst <= allowed)


def central_differences(loss: Callable[[np.ndarray], float], values: np.ndarray) -> np.ndarray:
    """The gradient of a loss, measured.

    Parameters
    ----------
    loss
        Of an array shaped as `values`.
    values : array

    Returns
    -------
    array of float64, shaped as `values`
        (L(v + h) − L(v − h)) / 2h for each v, with h a ten-thousandth of v, or of 1 where v is smaller.
    """
    values = np.asarray(values, float)
    gradient = np.empty_like(values)
    for place, value in np.ndenumerate(values):
        step = STEP * max(1.0, abs(value))
        moved = values.copy()
        moved[place] = value + step
        above = loss(moved)
        moved[place] = value - step
        gradient[place] = (above - loss(moved)) / (2 * step)
    return gradient
