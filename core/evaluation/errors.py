"""Which images a run is most surely wrong about, and which it hesitates over: lists from its predictions alone."""

import numpy as np

from core.evaluation.predictions import Predictions

# Two classes at 75 % and 25 % are so far apart: what is surer than that is no hesitation.
UNSURE_MARGIN = 0.5


def confidently_wrong(predictions: Predictions) -> np.ndarray:
    """The images that are taken for another class, the surest mistake first.

    Returns
    -------
    (m,) array of int
        Rows of `predictions`. Equally sure mistakes keep their order.
    """
    predicted = predictions.predicted
    rows = np.flatnonzero(predicted != predictions.true)
    return rows[np.argsort(-predictions.probabilities[rows, predicted[rows]], kind="stable")]


def least_sure(predictions: Predictions) -> np.ndarray:
    """The images whose two most probable classes are less than `UNSURE_MARGIN` apart, the closest first.

    They may be right or wrong. The distance is the margin of active learning (Scheffer, Decomain & Wrobel 2001).

    Returns
    -------
    (m,) array of int
        Rows of `predictions`. Equally close ones keep their order.
    """
    margins = margins_of(predictions.probabilities)
    rows = np.flatnonzero(margins < UNSURE_MARGIN)
    return rows[np.argsort(margins[rows], kind="stable")]


def margins_of(probabilities: np.ndarray) -> np.ndarray:
    """How far the most probable class of each image is above the next one.

    Parameters
    ----------
    probabilities : (n, classes) array of float

    Returns
    -------
    (n,) array of float
        0 to 1; of a single class, its probability.
    """
    if probabilities.shape[1] == 1:
        return probabilities[:, 0].astype(np.float64)
    highest = np.partition(probabilities, -2, axis=1)[:, -2:].astype(np.float64)
    return highest[:, 1] - highest[:, 0]


def runner_up(probabilities: np.ndarray) -> np.ndarray:
    """The second most probable class of each image; of a single class, that class.

    Parameters
    ----------
    probabilities : (n, classes) array of float

    Returns
    -------
    (n,) array of int
    """
    rows, others = np.arange(len(probabilities)), probabilities.astype(np.float64)
    others[rows, probabilities.argmax(axis=1)] = -1
    return others.argmax(axis=1)
