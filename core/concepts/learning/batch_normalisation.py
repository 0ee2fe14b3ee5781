"""Batch normalisation: by the batch's own mean and variance while training, by running averages at test time.

Ioffe and Szegedy, Batch Normalization, arXiv:1502.03167.
"""

from collections.abc import Sequence

import numpy as np

EPSILON = 1e-3  # Keras's


def batch_statistics(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean μ_B and variance σ_B² of each feature map, over all images and pixels of a batch.

    Parameters
    ----------
    values : (..., maps) array
    """
    axes = tuple(range(np.ndim(values) - 1))
    return values.mean(axis=axes), values.var(axis=axes)


def normalise(
    values: np.ndarray | float,
    mean: np.ndarray | float,
    variance: np.ndarray | float,
    scale: np.ndarray | float = 1.0,
    shift: np.ndarray | float = 0.0,
    epsilon: float = EPSILON,
) -> np.ndarray:
    """y = γ (x − μ) / √(σ² + ε) + β, with one γ (`scale`) and β (`shift`) for each feature map."""
    return scale * (values - mean) / np.sqrt(variance + epsilon) + shift


def running_average(values: Sequence[float] | np.ndarray, start: float, momentum: float) -> np.ndarray:
    """The running average behind each step: momentum × what it was + (1 − momentum) × the new value.

    Returns
    -------
    (steps + 1,) array
        Beginning with `start`: Keras's 0 for means, and 1 for variances.
    """
    averages = [start]
    for value in values:
        averages.append(momentum * averages[-1] + (1 - momentum) * float(value))
    return np.array(averages)


def population_variance(batch_variances: Sequence[float] | np.ndarray, batch_size: int) -> float:
    """The paper's variance for test time: m / (m − 1) · E[σ_B²], for batches of m ≥ 2 numbers."""
    return float(batch_size / (batch_size - 1) * np.mean(batch_variances))


def weight_of_the_start(momentum: float, steps: int) -> float:
    """Which share of a running average is still what it began with: momentum^steps."""
    return momentum**steps
