"""Batches and epochs: how many steps an epoch has, and how far a batch's gradient is off that of all images."""

from functools import lru_cache

import numpy as np

EXAMPLES, DRAWS, SEED = 512, 600, 7
TRUE_LINE, WHERE = np.array([1.0, 0.5]), np.array([0.0, 0.0])


def steps_an_epoch(images: int, batch_size: int) -> int:
    """How many steps it takes to see every image once: ⌈n / b⌉."""
    return -(-images // batch_size)


def last_batch(images: int, batch_size: int) -> int:
    """How many images are left for the last step of an epoch."""
    return images - (steps_an_epoch(images, batch_size) - 1) * batch_size


@lru_cache(maxsize=1)
def example_gradients() -> np.ndarray:
    """The gradient that each of 512 examples gives for the slope and offset of a line that is fitted by least squares.

    Returns
    -------
    (512, 2) array
        Of ½(ax + b − y)² at a = b = 0, along a and b.
    """
    generator = np.random.default_rng(SEED)
    inputs = np.stack([generator.uniform(-1, 1, EXAMPLES), np.ones(EXAMPLES)], axis=1)
    answers = inputs @ TRUE_LINE + generator.normal(0, 0.5, EXAMPLES)
    return inputs * (inputs @ WHERE - answers)[:, None]


@lru_cache(maxsize=1)
def _gradients_so_far() -> np.ndarray:
    """For each of many orders in which the examples may come, the mean gradient of the first 1, 2, 3 … of them."""
    generator, gradients = np.random.default_rng(SEED + 1), example_gradients()
    orders = generator.permuted(np.tile(np.arange(EXAMPLES), (DRAWS, 1)), axis=1)
    return gradients[orders].cumsum(axis=1) / np.arange(1, EXAMPLES + 1)[:, None]


def batch_gradients(batch_size: int) -> np.ndarray:
    """The mean gradients of many batches, each drawn without putting back; a (600, 2) array."""
    return _gradients_so_far()[:, batch_size - 1]


def measured_noise(batch_size: int) -> float:
    """How far batches' gradients are off that of all examples: the root of the mean square, over its length."""
    full = example_gradients().mean(axis=0)
    off = batch_gradients(batch_size) - full
    return float(np.sqrt((off**2).sum(axis=1).mean()) / np.linalg.norm(full))


def expected_noise(batch_size: int) -> float:
    """The same by the formula for draws without putting back: σ/√b · √((n − b) / (n − 1)), over the full gradient."""
    gradients = example_gradients()
    spread = np.sqrt(gradients.var(axis=0).sum())
    shrinks = np.sqrt((EXAMPLES - batch_size) / (EXAMPLES - 1) / batch_size)
    return float(spread * shrinks / np.linalg.norm(gradients.mean(axis=0)))
