"""The figures that come with an interval, made of what each image adds to sums, so that they can be resampled."""

import numpy as np

from core.evaluation import confusion_scores
from core.evaluation.bootstrap import Rows, Sums
from core.evaluation.calibration import BINS, bin_numbers, brier_of_rows
from core.evaluation.predictions import Predictions

TOP_K = 5


def per_image_terms(rows: Predictions, given: np.ndarray, k: int) -> Rows:
    """What of every image the figures are made of.

    Parameters
    ----------
    rows : Predictions
        Of one split, n ≥ 1.
    given : ndarray of int, shape (n,)
        The class answered for each image.
    k : int
        Among how many of the most probable classes `figures_of` looks for the true one, 1 or more.
    """
    confidence = rows.probabilities[np.arange(len(rows)), given].astype(np.float64)
    values = [
        log_loss_of_rows(rows.true, rows.probabilities),
        brier_of_rows(rows.true, rows.probabilities),
        top_k_hits(rows.true, rows.probabilities, k),
    ]
    return Rows(
        rows.true,
        given,
        len(rows.class_names),
        np.stack(values, axis=1).astype(np.float64),
        bin_numbers(confidence),
        (given == rows.true) - confidence,
        BINS,
    )


def figures_of(sums: Sums) -> dict[str, np.ndarray]:
    """The figures of r resamples, from their sums.

    Parameters
    ----------
    sums : Sums
        Of what `per_image_terms` gives.

    Returns
    -------
    dict of ndarray of float, shape (r,)
        By name, in the range that `ranges` says; NaN where a correlation can't be told.
    """
    log_losses, briers, top_k = (sums.values / sums.n[:, None]).T
    return {
        "accuracy": confusion_scores.accuracy(sums.counts),
        "log_loss": log_losses,
        "balanced_accuracy": confusion_scores.balanced_accuracy(sums.counts),
        "macro_f1": confusion_scores.macro_f1(sums.counts),
        "weighted_f1": confusion_scores.weighted_f1(sums.counts),
        "top_k": top_k,
        "kappa": confusion_scores.kappa(sums.counts, np.nan),
        "mcc": confusion_scores.mcc(sums.counts, np.nan),
        "brier": briers,
        "ece": abs(sums.binned).sum(axis=1) / sums.n,
    }


def ranges(class_count: int) -> dict[str, tuple[float, float]]:
    """The lowest and highest that each figure can be: all that is known of it where a single group was evaluated."""
    shares = ("accuracy", "balanced_accuracy", "macro_f1", "weighted_f1", "top_k", "ece")
    bounds = {name: (0.0, 1.0) for name in shares} | {name: (-1.0, 1.0) for name in ("kappa", "mcc")}
    worst_log_loss = float(-np.log(np.finfo(np.float64).eps))
    return bounds | {"log_loss": (0.0, worst_log_loss), "brier": (0.0, 1.0 if class_count == 2 else 2.0)}


def log_loss_of_rows(true: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """What each image adds to `core.evaluation.metrics.log_loss`: ndarray of float, shape (n,), in nats, 0 or more.

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
