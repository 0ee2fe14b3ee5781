"""Whether the network is right as often as it says, and what can be done where it is not."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import softmax

from core.errors import WorkbenchError
from core.evaluation.confusion_scores import quotient
from core.evaluation.predictions import Predictions

BINS = 15
# Softmax in float32 gives exactly 0 to hopeless classes, whose logarithm would be infinite.
SMALLEST = 1e-12
COLDEST, HOTTEST = 0.05, 20.0
PRECISION = 1e-9


@dataclass(frozen=True)
class Bin:
    """The answers whose confidence lies in (low, high].

    `confidence` is their mean confidence and `accuracy` the share of them that is right, both in [0, 1] and 0.0 where
    `count` is 0.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, eq=False)
class RiskCoverage:
    """Accuracy against the share of images that is answered, the surest first.

    Parameters
    ----------
    answered : ndarray of float, shape (n,)
        Share of images answered, from 1/n to 1.
    accuracy : ndarray of float, shape (n,)
        Share of these that is right.
    confidence : ndarray of float, shape (n,)
        The least confidence among these: refuse what lies below it.
    """

    answered: np.ndarray
    accuracy: np.ndarray
    confidence: np.ndarray

    def at(self, share: float) -> tuple[float, float, int]:
        """Accuracy, least confidence, and how many are answered when the surest `share`, in [0, 1], is.

        At least one image is.
        """
        count = max(1, int(np.floor(share * len(self.answered) + 1e-9)))
        return float(self.accuracy[count - 1]), float(self.confidence[count - 1]), count


def bin_numbers(confidence: np.ndarray, bins: int = BINS) -> np.ndarray:
    """Which of `bins` intervals of equal width, (0, 1/bins] to (1 - 1/bins, 1], each confidence lies in.

    Parameters
    ----------
    confidence : ndarray of float, shape (n,)
        In [0, 1]; 0 counts to the first interval.

    Returns
    -------
    ndarray of int, shape (n,)
        From 0 to `bins` - 1.
    """
    edges = np.arange(1, bins) / bins
    return np.searchsorted(edges, np.asarray(confidence, dtype=np.float64), side="left")


def reliability(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> list[Bin]:
    """How often answers are right, by how sure they were (DeGroot and Fienberg, 1983, The Statistician 32, 12–22).

    Parameters
    ----------
    confidence : ndarray of float, shape (n,)
        Probability given to the answer, in [0, 1].
    right : ndarray of bool, shape (n,)
        Whether it was right.
    bins : int
        Number of intervals of equal width, 1 or more.

    Returns
    -------
    list of Bin
        All `bins` of them, the least sure first, empty ones included.
    """
    confidence, right = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    numbers = bin_numbers(confidence, bins)
    counts = np.bincount(numbers, minlength=bins)
    sure, hits = (quotient(np.bincount(numbers, values, bins), counts) for values in (confidence, right))
    return [
        Bin(index / bins, (index + 1) / bins, int(counts[index]), float(sure[index]), float(hits[index]))
        for index in range(bins)
    ]


def ece(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> float:
    """Expected calibration error, in [0, 1]: by how much confidence and accuracy differ, averaged over answers.

    Naeini et al. (2015), AAAI, 2901–2907, with `bins` intervals of equal width as in Guo et al. (2017), ICML, equation
    5. Of few images it says too much: chance alone makes confidence and accuracy differ. 0.0 without answers.

    Parameters
    ----------
    confidence, right, bins
        As for `reliability`.
    """
    found = reliability(confidence, right, bins)
    n = sum(entry.count for entry in found)
    return sum(entry.count * abs(entry.accuracy - entry.confidence) for entry in found) / n if n else 0.0


def brier_of_rows(true: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """What each image adds to `brier`, which names the parameters: ndarray of float, shape (n,)."""
    probabilities = np.asarray(probabilities, dtype=np.float64)
    right = np.asarray(true)[:, None] == np.arange(probabilities.shape[1])
    squares = ((probabilities - right) ** 2).sum(axis=1)
    return squares / 2 if probabilities.shape[1] == 2 else squares


def brier(true: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean squared difference of probabilities and truth (Brier, 1950, Monthly Weather Review 78, 1–3).

    Summed over classes, in [0, 2]; for two classes half of that, in [0, 1], as scikit-learn's default is.

    Parameters
    ----------
    true : ndarray of int, shape (n,)
        True classes, 0 ≤ index < k; n ≥ 1.
    probabilities : ndarray of float, shape (n, k)
        Predicted probabilities.
    """
    return float(brier_of_rows(true, probabilities).mean())


def fit_temperature(validation: Predictions) -> float:
    """The temperature that makes validation answers the likeliest (Guo et al., 2017, ICML, section 4.2).

    The log loss is convex in 1 / temperature, so that a search between bounds (Brent, 1973) finds its minimum.

    Parameters
    ----------
    validation : Predictions
        Rows that neither trained the network nor evaluate it.

    Returns
    -------
    float
        In [0.05, 20]; above 1 where the network is too sure of itself, below where it is not sure enough. Where every
        answer is right the least; where they are worse than chance, the greatest.

    Raises
    ------
    WorkbenchError
        If there are no rows.
    """
    if len(validation) == 0:
        raise WorkbenchError(
            "There are no validation images, on which a temperature would be fitted. "
            "Split the dataset with validation images and train again."
        )
    logits = _logits(validation.probabilities)
    logits -= logits.max(axis=1, keepdims=True)  # so that no power of e overflows
    of_truth = logits[np.arange(len(logits)), validation.true].mean()

    def loss(sharpness: float) -> float:
        return float(np.log(np.exp(logits * sharpness).sum(axis=1)).mean() - of_truth * sharpness)

    bounds = (1 / HOTTEST, 1 / COLDEST)
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": PRECISION}).x
    # The search comes close to a bound but never onto it. Where no temperature is better than another, none is chosen.
    return min((1.0, COLDEST, HOTTEST, float(1 / found)), key=lambda temperature: loss(1 / temperature))


def tempered(predictions: Predictions, temperature: float) -> Predictions:
    """The same predictions with logits divided by `temperature`: the answers stay, how sure they are changes.

    Raises
    ------
    ValueError
        If `temperature` is not positive.
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, got {temperature}")
    if temperature == 1:
        return predictions
    softer = softmax(_logits(predictions.probabilities) / temperature, axis=1)
    return Predictions(predictions.ids, predictions.splits, predictions.true, softer, predictions.class_names)


def risk_coverage(predictions: Predictions) -> RiskCoverage:
    """How accurate the network is if it may refuse what it is least sure of (El-Yaniv and Wiener, 2010, JMLR 11).

    Parameters
    ----------
    predictions : Predictions
        Of the split in question; n ≥ 1. Equally sure answers are taken in the order they are in.
    """
    confidence, right = predictions.probabilities.max(axis=1), predictions.predicted == predictions.true
    surest_first = np.argsort(-confidence, kind="stable")
    counts = np.arange(1, len(right) + 1)
    return RiskCoverage(counts / max(1, len(right)), np.cumsum(right[surest_first]) / counts, confidence[surest_first])


def _logits(probabilities: np.ndarray) -> np.ndarray:
    """Up to a constant in each row, which softmax does not see."""
    return np.log(np.clip(np.asarray(probabilities, dtype=np.float64), SMALLEST, None))
