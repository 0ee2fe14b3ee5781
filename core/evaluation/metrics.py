"""The figures a trained network is evaluated by, and the sentence that sums them up.

Written out here rather than taken from scikit-learn, which would weigh down the web process. The tests hold every
figure against scikit-learn's.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.errors import WorkbenchError
from core.evaluation import confusion_scores
from core.evaluation.bootstrap import RESAMPLES, intervals
from core.evaluation.calibration import tempered
from core.evaluation.intervals import wilson
from core.evaluation.predictions import Predictions
from core.evaluation.ranking import average_precisions
from core.evaluation.resampled_scores import TOP_K, figures_of, log_loss_of_rows, per_image_terms, ranges
from core.evaluation.threshold import answers
from core.evaluation.undefined_scores import undefined_of_classes, undefined_scores

MISSING_SHOWN = 5
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
    hits, support, called = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
    precision, recall, f1 = (
        confusion_scores.quotient(hits, called),
        confusion_scores.quotient(hits, support),
        confusion_scores.quotient(2 * hits, called + support),
    )
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
    return float(log_loss_of_rows(true, probabilities).mean())


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


def evaluate(
    predictions: Predictions,
    split: str = "test",
    groups: np.ndarray | None = None,
    threshold: float | None = None,
    temperature: float = 1.0,
    positive: int = 1,
    resamples: int = RESAMPLES,
) -> dict:
    """Evaluate a network on one split.

    Parameters
    ----------
    predictions : Predictions
        Predictions of one run. The training rows are needed too: they settle the commonest class.
    split : {"test", "validation", "train"}
        Part to evaluate on.
    groups : ndarray, shape (n,), optional
        Which of the split's n images belong together (`core.runs.record.Run.groups`), for the intervals. Without it
        each image stands alone.
    threshold : float, optional
        For two classes: the probability in [0, 1] from which on the class `positive` is answered. By default the more
        probable class is.
    temperature : float
        Divides the logits before anything else is done; 1 leaves them
        (`core.evaluation.calibration.fit_temperature`).
    positive : int
        Index of the class that `threshold` is about.
    resamples : int
        How many resamples to draw for the intervals (`core.evaluation.bootstrap`).

    Returns
    -------
    dict
        Plain Python values, ready for JSON, never NaN:

        - "split", "n", "groups" (how many, n where each image stands alone), "labels" (names), "missing_classes" (names
          of classes without an image in the split), "threshold", "positive" (name of the class it is about; both None
          without one), "temperature";
        - "accuracy", "balanced_accuracy", "macro_f1", "weighted_f1", "kappa", "mcc"
        (`core.evaluation.confusion_scores`; macro
          figures are means over the classes that the split has images of), "log_loss" (nats), "brier", "ece"
          (`core.evaluation.calibration`), and "top_k" ({"k", "value"}: whether the true class is among the k most
          probable; k = 5, or all classes but one where these are fewer);
        - of each of these "<name>_ci95", [low, high]: Wilson's for accuracy, and for the rest by bootstrap over groups,
          which with fewer than two groups is all that the figure can be; "accuracy_bootstrap_ci95" is the same for
          accuracy, wider than Wilson's where the images of a group resemble each other;
        - "majority_accuracy", "majority_class" (its name), and "chance", the accuracy of guessing each class equally
          often, 1 / classes;
        - "confusion_matrix" (rows are true classes) and "per_class" (dicts of "label", "precision", "recall", "f1",
          "support", "average_precision", and "undefined" as below);
        - "undefined": by name, why a figure can't be told (`core.evaluation.undefined_scores`); it is what scikit-learn
        gives,
          and its interval is all that it could be.

    Raises
    ------
    WorkbenchError
        If there are no rows of `split`, or none of the training part.
    UsageError
        If a `threshold` is given and is not in [0, 1], or there are not two classes.
    ValueError
        If `split` is not a split, `temperature` not positive, or `groups` not as long as the split.
    """
    rows, train = _rows_of(predictions, split), _rows_of(predictions, "train")
    rows = tempered(rows, temperature)
    names, n = list(predictions.class_names), len(rows)
    given = rows.predicted if threshold is None else answers(rows, positive, threshold)
    matrix = confusion_matrix(rows.true, given, len(names))
    hits = int(matrix.trace())
    return {
        "split": split,
        "threshold": threshold,
        "positive": None if threshold is None else names[positive],
        "temperature": float(temperature),
        "accuracy": hits / n,
        "accuracy_ci95": list(wilson(hits, n)),
        "majority_accuracy": majority_accuracy(train.true, rows.true, len(names)),
        "majority_class": names[majority_class(train.true, len(names))],
        "chance": 1 / len(names),
        **_figures_with_intervals(rows, given, groups, resamples),
        "n": n,
        "groups": n if groups is None else len(np.unique(groups)),
        "labels": names,
        "missing_classes": [name for name, support in zip(names, matrix.sum(axis=1), strict=True) if support == 0],
        "confusion_matrix": matrix.tolist(),
        "per_class": [
            {"label": name, **row, "average_precision": area, "undefined": lacking}
            for name, row, area, lacking in zip(
                names,
                per_class(matrix),
                average_precisions(rows.true, rows.probabilities),
                undefined_of_classes(matrix),
                strict=True,
            )
        ],
        "undefined": undefined_scores(matrix),
    }


def _figures_with_intervals(
    rows: Predictions, given: np.ndarray, groups: np.ndarray | None, resamples: int
) -> dict[str, Any]:
    """The figures that `evaluate` bootstraps, each with its interval behind it."""
    k = min(TOP_K, max(1, len(rows.class_names) - 1))
    sums = per_image_terms(rows, given, k)
    values = {name: float(value[0]) for name, value in figures_of(sums.sums(np.ones((1, len(rows))))).items()}
    anything = ranges(len(rows.class_names))
    found = intervals(sums, figures_of, groups, resamples) or anything
    document: dict[str, Any] = {}
    for name, value in values.items():
        if np.isnan(value):
            value, found[name] = 0.0, anything[name]
        if name != "accuracy":  # which is counted, and whose interval is Wilson's
            document[name] = {"k": k, "value": value} if name == "top_k" else value
        document["accuracy_bootstrap_ci95" if name == "accuracy" else f"{name}_ci95"] = list(found[name])
    return document


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
        of the interval is not above that, that the network is not clearly better. Then the classes that could not be
        evaluated, as the split has no image of them.
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
    return text + _missing_words(evaluation)


def unlearned_classes(predictions: Predictions) -> list[str]:
    """Names of the classes without a training image, which the network can't have learned."""
    counts = np.bincount(predictions.of("train").true, minlength=len(predictions.class_names))
    return [name for name, count in zip(predictions.class_names, counts, strict=True) if not count]


def class_remarks(evaluation: dict, unlearned: Sequence[str]) -> list[str]:
    """What is to be known of classes that nobody trained on, or that can't be evaluated; none where all is there.

    Parameters
    ----------
    evaluation : dict
        Result of `evaluate`.
    unlearned : sequence of str
        As `unlearned_classes` gives them.
    """
    images, evaluated = (
        SPLIT_WORDS[evaluation["split"]],
        {row["label"]: row["support"] for row in evaluation["per_class"]},
    )
    remarks = []
    for name in unlearned[:MISSING_SHOWN]:
        count = evaluated[name]
        mistakes = f": its {count:,} {images} image{'s' if count > 1 else ''} can only be mistaken" if count else ""
        remarks.append(f"There were no training images of “{name}”, so it can't have been learned{mistakes}.")
    untold = [name for name in evaluation.get("missing_classes", []) if name not in unlearned]
    remarks += [f"No {images} images of “{name}”: nothing can be said of it." for name in untold[:MISSING_SHOWN]]
    more = len(unlearned[MISSING_SHOWN:]) + len(untold[MISSING_SHOWN:])
    return remarks + ([f"The same holds for {more:,} other class{'es' if more > 1 else ''}."] if more else [])


def _missing_words(evaluation: dict) -> str:
    """Which classes the split has no images of, beginning with a space; empty where it has of all."""
    missing = evaluation.get("missing_classes", [])
    if not missing:
        return ""
    shown = ", ".join(f"“{name}”" for name in missing[:MISSING_SHOWN])
    more = f" and {len(missing) - MISSING_SHOWN} more" if len(missing) > MISSING_SHOWN else ""
    images = f"{SPLIT_WORDS[evaluation['split']]} image"
    return f" No {images} is of {shown}{more}: averages are over the other classes."


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
            f"The run has no predictions for the {SPLIT_WORDS[split]} images: {_why_none(predictions, split)}"
        )
    return rows


def _why_none(predictions: Predictions, split: str) -> str:
    if not len(predictions):
        return "its table of predictions is empty. Train again."
    if split == "train":
        return "they tell which class is the commonest, without which no figure means much. Train again."
    return "there are none in its split. Evaluate it by other images, or split the dataset anew and train again."


def _class_indices(values: np.ndarray, class_count: int) -> np.ndarray:
    """`values` as a flat int64 array; ValueError where one is not in 0..`class_count` - 1."""
    indices = np.asarray(values)
    if indices.ndim != 1 or (indices.size and indices.dtype.kind not in "iu"):
        raise ValueError(f"class indices must be a flat array of integers, got {indices.dtype} {indices.shape}")
    if indices.size and not 0 <= indices.min() <= indices.max() < class_count:
        raise ValueError(f"class indices must lie in 0..{class_count - 1}, got {indices.min()}..{indices.max()}")
    return indices.astype(np.int64)
