"""Losses, normalisation, dropout: what the course's material states in numbers."""

import numpy as np

from core.architectures.layers import Layer, parameter_terms
from core.concepts.learning.batch_normalisation import batch_statistics, normalise, population_variance
from core.concepts.learning.batches import steps_an_epoch
from core.concepts.learning.dropout import (
    masks,
    scaled_at_test_time,
    scaled_at_training_time,
    thinned_network_count,
    thinned_networks,
)
from core.concepts.learning.losses import (
    binary_cross_entropy,
    binary_cross_entropy_of_probability,
    categorical_cross_entropy,
    categorical_cross_entropy_of_probabilities,
    logit_of,
    one_hot,
    sigmoid,
    softmax,
    sparse_categorical_cross_entropy,
    ways_to_the_loss,
)
from core.concepts.worked_example import WorkedExample

LOGITS, PROBABILITIES = np.array([1.5, 0.8, 2.1]), np.array([0.30, 0.15, 0.55])
# The units are the first that the chapter shows.
UNITS, WEIGHTS = np.array([1.2, 0.4, 2.0]), np.array([[1.0, -1.0], [0.5, 0.2], [-2.0, 1.0]])
BATCH = np.array([[2.0], [4.0], [4.0], [6.0]])
SLIDES = "slides, losses"
CHAPTER = "book chapter"
# Where the material states the rule only.
RULE = "the course’s rule, on small numbers"


def _gap_of_binary() -> float:
    """By how much the loss from the probability .69 and that from the logit .8 differ."""
    return float(abs(binary_cross_entropy_of_probability(1, 0.69) - binary_cross_entropy(1, 0.8)))


def _gap_of_categorical() -> float:
    """The same of the three classes, the third of which is right."""
    label = one_hot(2, 3)
    losses = categorical_cross_entropy_of_probabilities(label, PROBABILITIES), categorical_cross_entropy(label, LOGITS)
    return float(abs(losses[0] - losses[1]))


def _gap_of_sparse() -> float:
    """The most by which labels as numbers and as one-hot rows give different losses."""
    gaps = [
        sparse_categorical_cross_entropy(label, LOGITS) - categorical_cross_entropy(one_hot(label, 3), LOGITS)
        for label in range(3)
    ]
    return float(np.abs(gaps).max())


def _far_out() -> str:
    naive, *_, logits = ways_to_the_loss(1000)
    return f"{naive.loss} by probabilities, {logits.loss:g} by logits"


def _mean_inputs() -> np.ndarray:
    """What the next layer gets on average while training and at test time: the paper's way, then Keras's."""
    found = []
    for scale in (scaled_at_test_time, scaled_at_training_time):
        training = [scale(UNITS, mask, 0.5)[0] for mask in masks(len(UNITS))]
        found += [np.mean(training, axis=0), scale(UNITS, np.ones(3), 0.5)[1]]
    return np.array(found)


def _normalised() -> np.ndarray:
    return normalise(BATCH, *batch_statistics(BATCH), scale=2, shift=1, epsilon=0)[:, 0]


def _learned_by_norm() -> int:
    """γ and β of a batch normalisation of 36 feature maps, without its running mean and variance."""
    ((each, maps),) = [factors for factors, _ in parameter_terms(Layer("batch_norm"), (14, 14, 36))]
    return (each - 2) * maps


def _from_networks(which: str) -> np.ndarray:
    return getattr(thinned_networks(UNITS, WEIGHTS, 0.5), which)


EXAMPLES: tuple[WorkedExample, ...] = (
    WorkedExample(
        "logit-to-probability",
        "learning",
        "Binary cross-entropy: a logit of .8 is a probability of .69.",
        0.69,
        lambda: float(sigmoid(0.8)),
        {"view": "losses", "logit": "0.8", "loss": "binary"},
        SLIDES,
        0.005,
    ),
    WorkedExample(
        "probability-to-logit",
        "learning",
        "Binary cross-entropy: a probability of .69 is a logit of .8.",
        0.8,
        lambda: float(logit_of(0.69)),
        {"view": "losses", "logit": "0.8", "loss": "binary"},
        SLIDES,
        0.005,
    ),
    WorkedExample(
        "binary-loss-both-ways",
        "learning",
        "The binary loss is the same from p = .69 as from the logit .8.",
        0,
        _gap_of_binary,
        {"view": "losses", "logit": "0.8"},
        SLIDES,
        0.005,
    ),
    WorkedExample(
        "softmax-of-the-slides",
        "learning",
        "Logits [1.5, .8, 2.1] are probabilities [.30, .15, .55].",
        PROBABILITIES,
        lambda: softmax(LOGITS),
        {"view": "losses", "loss": "categorical", "za": "1.5", "zb": "0.8", "zc": "2.1"},
        SLIDES,
        0.005,
    ),
    WorkedExample(
        "categorical-loss-both-ways",
        "learning",
        "The categorical loss is the same from [.30, .15, .55] as from the logits [1.5, .8, 2.1].",
        0,
        _gap_of_categorical,
        {"view": "losses", "loss": "categorical"},
        SLIDES,
        0.01,
    ),
    WorkedExample(
        "sparse-is-categorical",
        "learning",
        "Sparse categorical cross-entropy takes the number of the class, and gives the same loss as its one-hot label.",
        0,
        _gap_of_sparse,
        {"view": "losses", "loss": "sparse"},
        SLIDES,
        1e-12,
    ),
    WorkedExample(
        "logits-are-safer",
        "learning",
        "A wrong class's logit of 1000: by probabilities the loss is no number, by logits it is 1000.",
        "nan by probabilities, 1000 by logits",
        _far_out,
        {"view": "losses", "large": "1000"},
        SLIDES,
    ),
    WorkedExample(
        "thinned-networks",
        "learning",
        "Dropout makes 2¹⁰ = 1,024 thinned networks of 10 units (not N² = 100, as the chapter prints).",
        1024,
        lambda: len({tuple(mask) for mask in masks(10).tolist()}),
        {"view": "dropout", "n": "10"},
        CHAPTER,
    ),
    WorkedExample(
        "thinned-networks-counted",
        "learning",
        "Dropout makes 2ᴺ thinned networks: 2, 4, 8, 16, 32, 64 of 1 to 6 units.",
        np.array([2, 4, 8, 16, 32, 64]),
        lambda: np.array([thinned_network_count(units) for units in range(1, 7)]),
        {"view": "dropout", "n": "6"},
        RULE,
    ),
    WorkedExample(
        "geometric-mean-is-scaling",
        "learning",
        "The geometric mean of all thinned softmax networks, renormalised, is the network with its weights times p.",
        _from_networks("scaled"),
        lambda: _from_networks("geometric"),
        {"view": "dropout", "n": "3", "keep": "0.5"},
        RULE,
    ),
    WorkedExample(
        "arithmetic-mean",
        "learning",
        "The arithmetic mean of all thinned networks adds up to 1 as it is; the geometric one has to be brought back.",
        1,
        lambda: float(_from_networks("arithmetic").sum()),
        {"view": "dropout", "n": "3"},
        RULE,
        1e-12,
    ),
    WorkedExample(
        "dropout-paper-and-keras",
        "learning",
        "Keep probability ½ on [1.2, .4, 2]: the paper gives [.6, .2, 1] on average while training and at test time, "
        "Keras [1.2, .4, 2] both times.",
        np.array([UNITS / 2, UNITS / 2, UNITS, UNITS]),
        _mean_inputs,
        {"view": "dropout", "n": "3", "keep": "0.5"},
        RULE,
        1e-12,
    ),
    WorkedExample(
        "batch-normalisation",
        "learning",
        "The batch [2, 4, 4, 6] (μ = 4, σ² = 2) with γ = 2, β = 1, ε = 0 becomes [1 − 2√2, 1, 1, 1 + 2√2].",
        np.array([1 - 8**0.5, 1, 1, 1 + 8**0.5]),
        _normalised,
        source=RULE,
    ),
    WorkedExample(
        "variance-at-test-time",
        "learning",
        "Batches of m = 4 with variances 2 and 4: at test time 4/3 · 3 = 4.",
        4,
        lambda: population_variance([2, 4], 4),
        source=RULE,
    ),
    WorkedExample(
        "one-scale-and-shift-a-map",
        "learning",
        "A batch normalisation of 36 feature maps learns 72 numbers: one γ and one β each.",
        72,
        _learned_by_norm,
        source=RULE,
    ),
    WorkedExample(
        "steps-an-epoch",
        "learning",
        "60,000 images in batches of 256: 235 steps an epoch, the last one smaller.",
        235,
        lambda: steps_an_epoch(60_000, 256),
        {"view": "batches", "batch": "256", "images": "60000"},
        RULE,
    ),
)
