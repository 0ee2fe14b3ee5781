"""Cross-entropies from logits and from probabilities, their gradients, and why logits are the safer form."""

from dataclasses import dataclass

import numpy as np

# Keras's epsilon, to which it clips probabilities before it takes their logarithm.
EPSILON = 1e-7


def sigmoid(logit: np.ndarray | float) -> np.ndarray:
    """The probability that a logit stands for: 1 / (1 + e^−z), without an overflow for any z."""
    exponential = np.exp(-np.abs(logit))
    return np.where(np.asarray(logit) >= 0, 1, exponential) / (1 + exponential)


def logit_of(probability: np.ndarray | float) -> np.ndarray:
    """The logit of a probability in (0, 1): ln(p / (1 − p))."""
    probability = np.asarray(probability, float)
    return np.log(probability) - np.log1p(-probability)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis: e^z over their sum. The largest logit is taken off all first, which changes
    nothing but what can overflow."""
    logits = np.asarray(logits, float)
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def one_hot(label: int, classes: int) -> np.ndarray:
    """A label as a row of zeros with a one in its place."""
    return np.eye(classes)[label]


# From logits ---------------------------------------------------------------------------------------------------------


def binary_cross_entropy(label: float, logit: np.ndarray | float) -> np.ndarray:
    """−y ln p − (1 − y) ln(1 − p) with p = sigmoid(z), as max(z, 0) − yz + ln(1 + e^−|z|), which nothing overflows."""
    logit = np.asarray(logit, float)
    return np.maximum(logit, 0) - label * logit + np.log1p(np.exp(-np.abs(logit)))


def categorical_cross_entropy(label: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """−Σ y ln softmax(z) for a one-hot label, as ln Σ e^z − Σ yz."""
    logits = np.asarray(logits, float)
    largest = logits.max(axis=-1)
    return largest + np.log(np.exp(logits - largest[..., None]).sum(axis=-1)) - (label * logits).sum(axis=-1)


def sparse_categorical_cross_entropy(label: int, logits: np.ndarray) -> np.ndarray:
    """The same, where the label is the number of its class."""
    return categorical_cross_entropy(one_hot(label, np.shape(logits)[-1]), logits)


def cross_entropy_gradient(label: np.ndarray | float, probabilities: np.ndarray | float) -> np.ndarray:
    """The slope of any of these losses along each logit: p − y."""
    return np.asarray(probabilities, float) - label


# From probabilities --------------------------------------------------------------------------------------------------


def binary_cross_entropy_of_probability(label: float, probability: np.ndarray | float) -> np.ndarray:
    """−y ln p − (1 − y) ln(1 − p) for a probability in (0, 1)."""
    probability = np.asarray(probability, float)
    return -label * np.log(probability) - (1 - label) * np.log1p(-probability)


def categorical_cross_entropy_of_probabilities(label: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """−Σ y ln p for a one-hot label and positive probabilities."""
    return -(label * np.log(np.asarray(probabilities, float))).sum(axis=-1)


# A logit that is far out ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """One way to come from logits to the loss.

    Parameters
    ----------
    name
        What is done, in a few words.
    probabilities : (2,) array, optional
        Of the wrong and of the right class; None where they are not needed.
    loss
        What comes out.
    slope
        Of the loss along the logit of the right class: what learning goes by.
    """

    name: str
    probabilities: np.ndarray | None
    loss: float
    slope: float


def ways_to_the_loss(logit: float) -> tuple[Way, ...]:
    """The loss of two classes whose wrong one has this logit and whose right one has 0, in float32, four ways."""
    logits, label = np.array([logit, 0], np.float32), np.array([0, 1], np.float32)
    with np.errstate(all="ignore"):  # infinities and what comes of them are what is to be seen
        exponentials = np.exp(logits)
        naive = exponentials / exponentials.sum()
        exponentials = np.exp(logits - logits.max())
        shifted = exponentials / exponentials.sum()
        clipped = np.clip(shifted, EPSILON, 1 - EPSILON)
        inside = float((clipped == shifted).all())  # outside of its limits, what is clipped is flat
        loss = categorical_cross_entropy(label, logits)
        return (
            _by_probabilities("eᶻ over their sum, then the logarithm", label, naive),
            _by_probabilities("the largest logit taken off all first", label, shifted),
            _by_probabilities("then clipped to 1e-7 … 1 − 1e-7, as Keras does", label, clipped, inside),
            Way("straight from the logits", None, float(loss), float(softmax(logits)[1] - 1)),
        )


def _by_probabilities(name: str, label: np.ndarray, probabilities: np.ndarray, inside: float = 1.0) -> Way:
    """The loss as it is defined, and its slope by the chain rule: −y/p of the loss, p(1 − p) and −pq of softmax."""
    loss = -(label * np.log(probabilities)).sum()
    own = np.array([0, 1], np.float32)
    slope = (-label / probabilities * probabilities * (own - probabilities[1])).sum()
    return Way(name, probabilities, float(loss), float(slope) * inside)
