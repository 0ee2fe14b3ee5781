"""Why dropout before batch normalisation can do harm: the variance that is measured is not the one at test time.

Li, Chen, Hu and Yang, Understanding the Disharmony between Dropout and Batch Normalization by Variance Shift,
arXiv:1801.05134.
"""

from dataclasses import dataclass

import numpy as np

from core.concepts.learning.batch_normalisation import batch_statistics, normalise
from core.concepts.learning.dropout import scaled_at_training_time

NUMBERS, SEED = 20_000, 11


def variance_while_training(mean: float, variance: float, keep: float) -> float:
    """Of what Keras's dropout lets through: (σ² + μ²) / p − μ², while at test time it is σ²."""
    return (variance + mean**2) / keep - mean**2


@dataclass(frozen=True)
class VarianceShift:
    """What a batch normalisation behind a dropout gets and gives.

    Parameters
    ----------
    training, test : (numbers,) array
        What comes in while training, and at test time.
    normalised_training, normalised_test : (numbers,) array
        What goes out, both by the mean and variance of the training.
    """

    training: np.ndarray
    test: np.ndarray
    normalised_training: np.ndarray
    normalised_test: np.ndarray


def variance_shift(mean: float, rate: float) -> VarianceShift:
    """Numbers of this mean and of variance 1, sent through dropout of this rate and then normalised."""
    generator = np.random.default_rng(SEED)
    numbers = generator.normal(0, 1, NUMBERS)
    numbers = (numbers - numbers.mean()) / numbers.std() + mean
    mask = generator.uniform(size=NUMBERS) >= rate
    training, test = scaled_at_training_time(numbers, mask, 1 - rate)
    statistics = batch_statistics(training[:, None])
    by_training = [normalise(values[:, None], *statistics, epsilon=0)[:, 0] for values in (training, test)]
    return VarianceShift(training, test, *by_training)
