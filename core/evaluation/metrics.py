"""The figures a trained network is judged by, and the sentence that sums them up.

Written out here rather than taken from scikit-learn, which would weigh down the web process. The tests hold every
figure against scikit-learn's.
"""

import numpy as np

from core.errors import WorkbenchError
from core.evaluation.intervals import wilson
from core.evaluation.predictions import Predictions

SPLIT_WORDS = {"train": "training", "validation": "validation", "test": "test"}


def confusion_matrix(true: np.ndarray, predicted: np.ndarray, class_count: int) -> np.ndarray:
    """How often each class was taken for each.

    Parameters
    ----------
    true, predicted : ndarray of int, shape (n,)
        Class indices, 0 ≤ index < `class_count`.
    class_count : int
        Number of classes k.

    Returns
    -------
    ndarray of int, shape (k, k)
        Counts; rows are true classes, columns predicted ones.

    Raises
    ------
    ValueError
        If lengths differ or an index is out of range.
    """
    true, predicted = _class_indices(true, class_count), _class_indices(predicted, class_count)
    if true.shape != predicted.shape:
        raise ValueError(f"true and predicted must be equally long, got {len(true)} and {len(predicted)}")
    cells = true * class_count + predicted
    return np.bincount(cells, minlength=class_count**2).reshape(class_count, class_count)


def per_class(matrix: np.ndarray) -> list[dict]:
    """Precision, recall, F1 and support of each class.

    With tp on the diagonal: precision = tp / predicted as it, recall = tp / truly it, and F1, their harmonic mean,
    = 2 tp / (predicted as it + truly it) (van Rijsbergen, 1979, Information Retrieval, chapter 7).

    Parameters
    ----------
    matrix : ndarray of int, shape (k, k)
        Confusion matrix; rows are true classes.

    Returns
    -------
    list of dict
        One for each class, in order: "precision", "recall", "f1" (float, in [0, 1]) and "support" (int, images truly
        of the class). A ratio 0/0 is 0.0, as in scikit-learn with ``zero_division=0``.
    """
    matrix = np.asarray(matrix)
    hits, support, answers = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
    precision, recall, f1 = _ratio(hits, answers), _ratio(hits, support), _ratio(2 * hits, answers + support)
    return [
        {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(s)}
        for p, r, f, s in zip(precision, recall, f1, support, strict=True)
    ]


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
    true = _class_indices(true, probabilities.shape[1])
    if len(true) == 0 or len(true) != len(probabilities):
        raise ValueError(f"need as many labels as rows, and at least one; got {len(true)} and {len(probabilities)}")
    eps = np.finfo(np.float64).eps
    given_to_truth = probabilities[np.arange(len(true)), true]
    return float(-np.log(np.clip(given_to_truth, eps, 1 - eps)).mean())


def majority_class(true_train: np.ndarray, k: int) -> int:
    """Index of the commonest of `k` classes in the training part, the lowest among equals; ValueError if empty."""
    true_train = _class_indices(true_train, k)
    if len(true_train) == 0:
        raise ValueError("without training labels no class is the commonest")
    return int(np.bincount(true_train, minlength=k).argmax())


def majority_accuracy(true_train: np.ndarray, true_test: np.ndarray, k: int) -> float:
    """Accuracy of always answering the commonest class: what a network has to beat.

    The class is chosen on the training part, since choosing it on the test part would use the answers.

    Parameters
    ----------
    true_train, true_test : ndarray of int, shapes (n_train,) and (n_test,)
        True classes, 0 ≤ index < `k`; neither empty.
    k : int
        Number of classes.

    Returns
    -------
    float
        Share of `true_test` that is the commonest class of `true_train` (the lowest index among equals), in [0, 1].

    Raises
    ------
    ValueError
        If a part is empty or an index is out of range.
    """
    true_test = _class_indices(true_test, k)
    if len(true_test) == 0:
        raise ValueError("without test labels there is no accuracy")
    return float((true_test == majority_class(true_train, k)).mean())


def evaluate(predictions: Predictions, split: str = "test") -> dict:
    """Judge a network on one split.

    Parameters
    ----------
    predictions : Predictions
        Predictions of one run. The training rows are needed too: they settle the commonest class.
    split : {"test", "validation", "train"}
        Part to judge on.

    Returns
    -------
    dict
        Plain Python values, ready for JSON: "split", "accuracy", "accuracy_ci95" ([low, high], Wilson),
        "majority_accuracy", "majority_class" (its name), "log_loss" (nats), "macro_f1" (mean over all classes, those
        missing from the split included), "n", "labels" (names), "confusion_matrix" (rows are true classes) and
        "per_class" (dicts of "label", "precision", "recall", "f1", "support").

    Raises
    ------
    WorkbenchError
        If there are no rows of `split`, or none of the training part.
    ValueError
        If `split` is not a split.
    """
    rows, train = _rows_of(predictions, split), _rows_of(predictions, "train")
    names = list(predictions.class_names)
    matrix = confusion_matrix(rows.true, rows.predicted, len(names))
    hits, n = int(matrix.trace()), len(rows)
    classes = per_class(matrix)
    return {
        "split": split,
        "accuracy": hits / n,
        "accuracy_ci95": list(wilson(hits, n)),
        "majority_accuracy": majority_accuracy(train.true, rows.true, len(names)),
        "majority_class": names[majority_class(train.true, len(names))],
        "log_loss": log_loss(rows.true, rows.probabilities),
        "macro_f1": float(np.mean([row["f1"] for row in classes])),
        "n": n,
        "labels": names,
        "confusion_matrix": matrix.tolist(),
        "per_class": [{"label": name, **row} for name, row in zip(names, classes, strict=True)],
    }


def percent(value: float, n: int) -> str:
    """`value` as a percentage with the digits that `n` images can support.

    None after the point for n < 100, one for n ≥ 100, two for n ≥ 10,000: ``percent(0.975, 200)`` is "97.5 %".
    """
    decimals = 0 if n < 100 else 1 if n < 10_000 else 2
    return f"{100 * value:.{decimals}f} %"


def verdict(evaluation: dict) -> str:
    """Say in plain words what an evaluation comes to.

    Parameters
    ----------
    evaluation : dict
        Result of `evaluate`.

    Returns
    -------
    str
        Accuracy with its interval, then the accuracy of always answering the commonest class; and, where the low end
        of the interval is not above that, that the network is not clearly better.
    """
    n, majority = evaluation["n"], f"“{evaluation['majority_class']}”"
    low, high = (percent(end, n) for end in evaluation["accuracy_ci95"])
    images = f"{SPLIT_WORDS[evaluation['split']]} image{'' if n == 1 else 's'}"
    text = (
        f"Right on {_share(evaluation['accuracy'], n)} {images} (95 % interval {low.removesuffix(' %')}–{high}). "
        f"Always answering {majority} would be right on {_shortest_percent(evaluation['majority_accuracy'], n)}."
    )
    if evaluation["accuracy_ci95"][0] <= evaluation["majority_accuracy"]:
        text += f" That is not clearly better than always answering {majority}."
    return text


def _share(accuracy: float, n: int) -> str:
    """ "97.5 % of 200"; counts where rounding would hide the only errors, or the only hits, behind 100 % or 0 %."""
    hits = round(accuracy * n)
    if 0 < hits < n and percent(accuracy, n) == percent(1, n):
        return f"all but {n - hits:,} of {n:,}"
    if 0 < hits < n and percent(accuracy, n) == percent(0, n):
        return f"{hits:,} of {n:,}"
    return f"{percent(accuracy, n)} of {n:,}"


def _shortest_percent(value: float, n: int) -> str:
    """`percent` without zeros after the point: the share of a class is counted, so that 50 % says as much as 50.0 %."""
    number = percent(value, n).removesuffix(" %")
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number} %"


def _rows_of(predictions: Predictions, split: str) -> Predictions:
    rows = predictions.of(split)
    if len(rows) == 0:
        raise WorkbenchError(
            f"The run has no predictions for the {SPLIT_WORDS[split]} images yet. "
            "Let it finish, or evaluate it again if it has finished."
        )
    return rows


def _class_indices(values: np.ndarray, class_count: int) -> np.ndarray:
    """`values` as a flat int64 array; ValueError where one is not in 0..`class_count` - 1."""
    indices = np.asarray(values)
    if indices.ndim != 1 or (indices.size and indices.dtype.kind not in "iu"):
        raise ValueError(f"class indices must be a flat array of integers, got {indices.dtype} {indices.shape}")
    if indices.size and not 0 <= indices.min() <= indices.max() < class_count:
        raise ValueError(f"class indices must lie in 0..{class_count - 1}, got {indices.min()}..{indices.max()}")
    return indices.astype(np.int64)


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Elementwise quotient, 0.0 where the denominator is 0."""
    return np.divide(numerator, denominator, out=np.zeros(len(numerator)), where=denominator != 0)
