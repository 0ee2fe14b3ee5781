"""Dropout as many networks in one: all thinned networks of a few units, and what stands for them at test time."""

from dataclasses import dataclass

import numpy as np

from core.concepts.learning.losses import softmax


def thinned_network_count(units: int) -> int:
    """How many networks there are when each unit is kept or dropped: 2^N."""
    return 2**units


def masks(units: int) -> np.ndarray:
    """Every choice of units that are kept; a (2^N, N) array of 0 and 1."""
    return (np.arange(2**units)[:, None] >> np.arange(units)[::-1]) & 1


@dataclass(frozen=True)
class ThinnedNetworks:
    """All networks that dropout makes of one, and the answers that stand for them.

    Parameters
    ----------
    masks : (2^N, N) array of 0 and 1
        Which units each keeps.
    shares : (2^N,) array
        How often dropout draws each: p^kept · (1 − p)^dropped.
    answers : (2^N, classes) array
        The probabilities that each gives.
    arithmetic, geometric : (classes,) array
        Their means, weighted by `shares`; the geometric one brought back to a sum of 1.
    scaled : (classes,) array
        What the whole network answers with its weights times p.
    """

    masks: np.ndarray
    shares: np.ndarray
    answers: np.ndarray
    arithmetic: np.ndarray
    geometric: np.ndarray
    scaled: np.ndarray


def thinned_networks(inputs: np.ndarray, weights: np.ndarray, keep: float) -> ThinnedNetworks:
    """Every thinned network of units that a softmax layer looks at.

    Parameters
    ----------
    inputs : (N,) array
        What the units give.
    weights : (N, classes) array
        Of the layer that looks at them.
    keep
        p, the probability that a unit is kept, above 0.
    """
    every = masks(len(inputs))
    kept = every.sum(axis=1)
    shares = keep**kept * (1 - keep) ** (len(inputs) - kept)
    answers = softmax((every * inputs) @ weights)
    logarithm = shares @ np.log(answers)
    return ThinnedNetworks(
        every,
        shares,
        answers,
        arithmetic=shares @ answers,
        geometric=softmax(logarithm),
        scaled=softmax(inputs @ (weights * keep)),
    )


# The two conventions -------------------------------------------------------------------------------------------------


def scaled_at_test_time(inputs: np.ndarray, mask: np.ndarray, keep: float) -> tuple[np.ndarray, np.ndarray]:
    """The paper's dropout: what the next layer gets while training, and at test time (inputs times p).

    Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014.
    """
    return inputs * mask, inputs * keep


def scaled_at_training_time(inputs: np.ndarray, mask: np.ndarray, keep: float) -> tuple[np.ndarray, np.ndarray]:
    """Keras's dropout: what the next layer gets while training (inputs over p), and at test time."""
    return inputs * mask / keep, np.array(inputs)
