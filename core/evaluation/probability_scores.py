"""Scores of the probabilities themselves: log loss, Brier score, and top-k accuracy."""

import numpy as np

from core.evaluation.confusion_matrix import class_indices


def log_loss(true: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean of -ln of the probability given to the true class (Bishop, 2006, Pattern Recognition, p. 209).

    Probabilities are clipped to [eps, 1 - eps] with float64's eps, 2.2e-16, and not normalised, as scikit-learn does:
    a certain error costs 36.04, not infinity.

    Parameters
    ----------
    true : ndarray of int, shape (n,)
        True classes, 0 ≤ index < k; n ≥ 1.
    probabilities : ndarray of float, shape (n, k)
        Predicted probabilities, rows summing to 1.

    Returns
    -------
    float
        Log loss in nats, in [0, 36.05); ln k for a network that cannot tell the classes apart.

    Raises
    ------
    ValueError
        If lengths differ, an index is out of range, or there is no row.
    """
    probabilities = np.asarray(probabilities, dtype=np.float64)
    true = class_indices(true, probabilities.shape[1])
    if len(true) == 0 or len(true) != len(probabilities):
        raise ValueError(f"need as many labels as rows, and at least one; got {len(true)} and {len(probabilities)}")
    return float(log_loss_terms(true, probabilities).mean())


def log_loss_terms(true: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """What each image adds to `log_loss`: ndarray of float, shape (n,), in nats, 0 or more.

    Parameters
    ----------
    true : ndarray of int, shape (n,)
        True classes, 0 ≤ index < classes.
    probabilities : ndarray of float, shape (n, classes)
        Predicted probabilities, clipped as scikit-learn clips those of double precision.
    """
    eps = np.finfo(np.float64).eps
    given_to_truth = np.asarray(probabilities)[np.arange(len(true)), true].astype(np.float64)
    return -np.log(np.clip(given_to_truth, eps, 1 - eps))


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
    return float(brier_terms(true, probabilities).mean())


def brier_terms(true: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """What each image adds to `brier`, which names the parameters: ndarray of float, shape (n,)."""
    probabilities = np.asarray(probabilities, dtype=np.float64)
    right = np.asarray(true)[:, None] == np.arange(probabilities.shape[1])
    squares = ((probabilities - right) ** 2).sum(axis=1)
    return squares / 2 if probabilities.shape[1] == 2 else squares


def top_k_hits(true: np.ndarray, probabilities: np.ndarray, k: int) -> np.ndarray:
    """Whether the true class is among the `k` most probable: ndarray of bool, shape (n,).

    Among equals the lowest index counts as the more probable, so that with `k` = 1 it is whether the answer is right.
    (scikit-learn's ``top_k_accuracy_score`` prefers the highest; without ties both are the same.)

    Parameters
    ----------
    true : ndarray of int, shape (n,)
        True classes, 0 ≤ index < classes.
    probabilities : ndarray of float, shape (n, classes)
        Predicted probabilities.
    k : int
        1 or more.
    """
    probabilities, true = np.asarray(probabilities), np.asarray(true)
    of_truth = probabilities[np.arange(len(true)), true][:, None]
    before = np.arange(probabilities.shape[1]) < true[:, None]
    return ((probabilities > of_truth) | (before & (probabilities == of_truth))).sum(axis=1) < k
