"""Resampled scores: those that are made of per-image terms, sums over images, so that a bootstrap can resample them."""

import numpy as np

from core.evaluation import confusion_scores
from core.evaluation.bootstrap import Rows, Sums
from core.evaluation.predictions import Predictions
from core.evaluation.probability_scores import brier_terms, log_loss_terms, top_k_hits
from core.evaluation.reliability import BINS, bin_numbers

TOP_K = 5


def per_image_terms(rows: Predictions, given: np.ndarray, k: int) -> Rows:
    """Per-image terms: what of every image the scores are made of.

    Parameters
    ----------
    rows : Predictions
        Of one split, n ≥ 1.
    given : ndarray of int, shape (n,)
        The class answered for each image.
    k : int
        Among how many of the most probable classes `scores_of` looks for the true one, 1 or more.
    """
    confidence = rows.probabilities[np.arange(len(rows)), given].astype(np.float64)
    values = [
        log_loss_terms(rows.true, rows.probabilities),
        brier_terms(rows.true, rows.probabilities),
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


def scores_of(sums: Sums) -> dict[str, np.ndarray]:
    """The scores of r resamples, from their sums.

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
    """The lowest and highest that each score can be: all that is known of it where a single group was evaluated."""
    shares = ("accuracy", "balanced_accuracy", "macro_f1", "weighted_f1", "top_k", "ece")
    bounds = {name: (0.0, 1.0) for name in shares} | {name: (-1.0, 1.0) for name in ("kappa", "mcc")}
    worst_log_loss = float(-np.log(np.finfo(np.float64).eps))
    return bounds | {"log_loss": (0.0, worst_log_loss), "brier": (0.0, 1.0 if class_count == 2 else 2.0)}
