"""Gradient descent on surfaces of two weights, with momentum and Nesterov's, as Keras's SGD takes its steps."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Weight = np.ndarray | float
# A weight beyond this is on its way to infinity.
LOST = 1e3


@dataclass(frozen=True)
class Surface:
    """A loss over two weights.

    Parameters
    ----------
    title
        What people call it.
    loss
        Of arrays of the first and the second weight.
    gradient
        Of a (2,) array of weights: the slope along each.
    start, minimum
        Where descents begin, and where the loss is least.
    ends
        ((least, most) of the first weight, (least, most) of the second) that a picture shows.
    """

    title: str
    loss: Callable[[Weight, Weight], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    start: tuple[float, float]
    minimum: tuple[float, float]
    ends: tuple[tuple[float, float], tuple[float, float]]


STEEP = 10.0  # along the second weight of the bowl, ten times as steep as along the first


def _bowl(first: Weight, second: Weight) -> np.ndarray:
    return 0.5 * (np.square(first) + STEEP * np.square(second))


def _bowl_gradient(weights: np.ndarray) -> np.ndarray:
    return weights * np.array([1, STEEP])


# Rosenbrock's valley, flattened so that its learning rates are of the bowl's size.
BEND, FLATTENED = 10.0, 10.0


def _valley(first: Weight, second: Weight) -> np.ndarray:
    return (np.square(1 - first) + BEND * np.square(second - np.square(first))) / FLATTENED


def _valley_gradient(weights: np.ndarray) -> np.ndarray:
    first, second = weights
    beside = second - first**2
    return np.array([-2 * (1 - first) - 4 * BEND * first * beside, 2 * BEND * beside]) / FLATTENED


SURFACES = {
    "bowl": Surface("Bowl", _bowl, _bowl_gradient, (-2.5, 0.9), (0.0, 0.0), ((-3, 3), (-1.5, 1.5))),
    "valley": Surface("Bent valley", _valley, _valley_gradient, (-1.2, 1.0), (1.0, 1.0), ((-2, 2), (-1, 3))),
}


@dataclass(frozen=True)
class Descent:
    """The way down a surface.

    Parameters
    ----------
    path : (steps + 1, 2) array
        The weights, from the start on; fewer rows where they were lost.
    losses : (steps + 1,) array
        At each of them.
    """

    path: np.ndarray
    losses: np.ndarray

    @property
    def diverged(self) -> bool:
        """Whether the weights ran away, or stand higher than they began."""
        return bool(np.abs(self.path[-1]).max() > LOST or self.losses[-1] > self.losses[0])


def descend(surface: Surface, rate: float, momentum: float, nesterov: bool, steps: int) -> Descent:
    """Take so many steps, each v ← μv − ηg and w ← w + v; with Nesterov's momentum w ← w + μv − ηg instead.

    Parameters
    ----------
    rate
        η, the learning rate.
    momentum
        μ, the share of the last step that is kept, 0 for none.
    """
    weights, velocity = np.array(surface.start, float), np.zeros(2)
    path = [weights]
    for _ in range(steps):
        slope = surface.gradient(weights)
        velocity = momentum * velocity - rate * slope
        weights = weights + (momentum * velocity - rate * slope if nesterov else velocity)
        path.append(weights)
        if np.abs(weights).max() > LOST:
            break
    path = np.array(path)
    return Descent(path, surface.loss(*path.T))


def largest_rate(steepest: float, momentum: float = 0.0) -> float:
    """The learning rate from which a bowl is left rather than descended: 2(1 + μ) over its largest curvature."""
    return 2 * (1 + momentum) / steepest
