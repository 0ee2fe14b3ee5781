"""A network of one hidden layer on a few noisy points of a curve, trained in a moment: over-fitting to be seen."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

VALIDATION_POINTS = 60
LEARNING_RATE, AVERAGED, AVERAGED_SQUARES, TINY = 0.02, 0.9, 0.999, 1e-7  # Adam's
STEEPEST = 12.0  # of the first weights: steep enough to bend between neighbouring points
SEED = 3


def true_curve(x: np.ndarray) -> np.ndarray:
    """What the points would lie on without noise."""
    return np.sin(np.pi * x) * 0.9 + 0.3 * x


def noisy_points(count: int, noise: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """So many points, evenly from −1 to 1 but for a little; their heights have noise of that spread."""
    generator = np.random.default_rng(seed)
    x = np.linspace(-1, 1, count) + generator.uniform(-0.5, 0.5, count) / count
    return x, true_curve(x) + generator.normal(0, 1, count) * noise


def first_weights(units: int) -> np.ndarray:
    """Random ones; a (3 units + 1,) array: in, their biases, out, and the last bias."""
    generator = np.random.default_rng(SEED)
    inward = generator.uniform(-STEEPEST, STEEPEST, units)
    bends = generator.uniform(-1, 1, units)  # where on the axis each unit switches
    return np.concatenate([inward, -inward * bends, generator.normal(0, 0.3, units), [0.0]])


def answers(weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """What the network says at each x."""
    units = len(weights) // 3
    hidden = np.tanh(np.multiply.outer(x, weights[:units]) + weights[units : 2 * units])
    return hidden @ weights[2 * units : -1] + weights[-1]


def loss_and_gradient(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean squared error, and its slope along each weight, backwards through the layers by the chain rule."""
    units = len(weights) // 3
    outward = weights[2 * units : -1]
    hidden = np.tanh(np.multiply.outer(x, weights[:units]) + weights[units : 2 * units])
    errors = hidden @ outward + weights[-1] - y
    above = errors * (2 / len(x))
    below = np.multiply.outer(above, outward) * (1 - hidden * hidden)
    gradient = np.concatenate([x @ below, below.sum(axis=0), above @ hidden, [above.sum()]])
    return float(errors @ errors) / len(x), gradient


@dataclass(frozen=True)
class Training:
    """What came of a training.

    Parameters
    ----------
    losses, validation_losses : (epochs,) array
        The mean squared error before each epoch's step.
    best, last : (3 units + 1,) array
        The weights with the least validation loss, and those at the end.
    best_epoch
        From 1.
    """

    losses: np.ndarray
    validation_losses: np.ndarray
    best: np.ndarray
    last: np.ndarray
    best_epoch: int


@lru_cache(maxsize=64)
def train(units: int, points: int, noise: float, epochs: int) -> Training:
    """Train by Adam, all points in each step, and look at points that it does not learn from."""
    x, y = noisy_points(points, noise, SEED)
    unseen = noisy_points(VALIDATION_POINTS, noise, SEED + 1)
    weights = best = first_weights(units)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    losses, unseen_losses, least, best_epoch = [], [], np.inf, 1
    for epoch in range(1, epochs + 1):
        loss, gradient = loss_and_gradient(weights, x, y)
        off = answers(weights, unseen[0]) - unseen[1]
        unseen_loss = float(off @ off) / VALIDATION_POINTS
        losses.append(loss)
        unseen_losses.append(unseen_loss)
        if unseen_loss < least:
            least, best, best_epoch = unseen_loss, weights, epoch
        mean = AVERAGED * mean + (1 - AVERAGED) * gradient
        square = AVERAGED_SQUARES * square + (1 - AVERAGED_SQUARES) * gradient * gradient
        rate = LEARNING_RATE * (1 - AVERAGED_SQUARES**epoch) ** 0.5 / (1 - AVERAGED**epoch)
        weights = weights - rate * mean / (np.sqrt(square) + TINY)
    return Training(np.array(losses), np.array(unseen_losses), best, weights, best_epoch)
