"""ROC and precision–recall: how well scores put the images of a class first, whatever threshold is chosen."""

from dataclasses import dataclass

import numpy as np

from core.evaluation.confusion_scores import quotient


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve that a falling threshold draws.

    Parameters
    ----------
    x, y : ndarray of float, shape (m,)
        ROC: false-alarm rate and recall, from (0, 0) to (1, 1). Precision and recall: recall falling to 0, and
        precision, ending in 1, in the order that scikit-learn gives. Empty where the curve is not defined.
    thresholds : ndarray of float, shape (m,)
        A score from here on counts as the class; infinite where none does.
    area : float or None
        Area under the ROC curve, average precision of the other; in [0, 1]. None where it is not defined.
    """

    x: np.ndarray
    y: np.ndarray
    thresholds: np.ndarray
    area: float | None


def roc(true_is_class: np.ndarray, scores: np.ndarray) -> Curve:
    """Receiver operating characteristic: recall against the share of others that are taken for the class.

    Parameters
    ----------
    true_is_class : ndarray of bool, shape (n,)
        Whether each image is of the class.
    scores : ndarray of float, shape (n,)
        The higher, the surer that it is; finite.

    Returns
    -------
    Curve
        A point for each distinct score, those on straight lines included (scikit-learn's ``roc_curve`` with
        ``drop_intermediate=False``), and its area by the trapezoidal rule: the probability that an image of the class
        scores higher than another, ties counting half (Hanley and McNeil, 1982, Radiology 143, 29–36). Empty with area
        None where all images are of the class or none is; scikit-learn gives NaN there.

    Raises
    ------
    ValueError
        If lengths differ, or a score is not finite.
    """
    hits, alarms, thresholds = _counts_by_threshold(true_is_class, scores)
    if not len(hits) or hits[-1] == 0 or alarms[-1] == 0:
        return Curve(np.empty(0), np.empty(0), np.empty(0), None)
    x, y = np.r_[0, alarms] / alarms[-1], np.r_[0, hits] / hits[-1]
    return Curve(x, y, np.r_[np.inf, thresholds], float(np.trapezoid(y, x)))


def precision_recall(true_is_class: np.ndarray, scores: np.ndarray) -> Curve:
    """Precision against recall, and average precision.

    Parameters
    ----------
    true_is_class : ndarray of bool, shape (n,)
        Whether each image is of the class.
    scores : ndarray of float, shape (n,)
        The higher, the surer that it is; finite.

    Returns
    -------
    Curve
        Recall as x and precision as y, as scikit-learn's ``precision_recall_curve`` orders them, with an infinite
        threshold for the last point (recall 0, precision 1, by convention). The area is the average precision: the sum
        of precisions weighted by the steps of recall, without interpolation. Where no image is of the class recall is
        1 throughout and average precision 0.0, as in scikit-learn. Empty with area None without images.

    Raises
    ------
    ValueError
        If lengths differ, or a score is not finite.
    """
    hits, alarms, thresholds = _counts_by_threshold(true_is_class, scores)
    if not len(hits):
        return Curve(np.empty(0), np.empty(0), np.empty(0), None)
    precision = quotient(hits, hits + alarms)
    recall = hits / hits[-1] if hits[-1] else np.ones(len(hits))
    x, y = np.r_[recall[::-1], 0.0], np.r_[precision[::-1], 1.0]
    area = max(0.0, float(-(np.diff(x) * y[:-1]).sum())) if hits[-1] else 0.0
    return Curve(x, y, np.r_[thresholds[::-1], np.inf], area)


def average_precisions(true: np.ndarray, probabilities: np.ndarray) -> list[float]:
    """Average precision of each class against the rest, in [0, 1] (`precision_recall`); 0.0 for one without images.

    Parameters
    ----------
    true : ndarray of int, shape (n,)
        True classes, 0 ≤ index < k.
    probabilities : ndarray of float, shape (n, k)
        Predicted probabilities; n ≥ 1.
    """
    true = np.asarray(true)
    return [_average_precision(true == index, scores) for index, scores in enumerate(np.asarray(probabilities).T)]


def micro(true: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What `roc` and `precision_recall` take for all classes pooled: every image with every class is one question.

    Parameters
    ----------
    true : ndarray of int, shape (n,)
        True classes, 0 ≤ index < k.
    probabilities : ndarray of float, shape (n, k)
        Predicted probabilities.

    Returns
    -------
    true_is_class : ndarray of bool, shape (n * k,)
    scores : ndarray of float, shape (n * k,)
    """
    probabilities = np.asarray(probabilities)
    asked = np.asarray(true)[:, None] == np.arange(probabilities.shape[1])
    return asked.ravel(), probabilities.ravel()


def macro_roc(true: np.ndarray, probabilities: np.ndarray, points: int = 201) -> Curve:
    """The mean of the classes' ROC curves, one against the rest.

    Parameters
    ----------
    true : ndarray of int, shape (n,)
        True classes, 0 ≤ index < k.
    probabilities : ndarray of float, shape (n, k)
        Predicted probabilities.
    points : int
        How many false-alarm rates to average at, evenly from 0 to 1.

    Returns
    -------
    Curve
        Without thresholds, which differ between classes. The area is the mean of the classes' areas, as scikit-learn's
        ``roc_auc_score(..., multi_class="ovr", average="macro")``. Classes without images, or that all images are of,
        have no curve and are left out; where none has one, the curve is empty and the area None.
    """
    true = np.asarray(true)
    curves = [roc(true == index, scores) for index, scores in enumerate(np.asarray(probabilities).T)]
    areas = [curve.area for curve in curves if curve.area is not None]
    if not areas:
        return Curve(np.empty(0), np.empty(0), np.empty(0), None)
    x = np.linspace(0, 1, points)
    y = np.mean([np.interp(x, curve.x, curve.y) for curve in curves if curve.area is not None], axis=0)
    y[0] = 0.0
    return Curve(x, y, np.empty(0), float(np.mean(areas)))


def macro_precision_recall(true: np.ndarray, probabilities: np.ndarray, points: int = 201) -> Curve:
    """The mean precision of the classes at each recall, one against the rest; as `macro_roc`.

    At a recall that no threshold reaches exactly, precision is that of the next one that is reached. The area is the
    mean of the average precisions of the classes that images are of.
    """
    true = np.asarray(true)
    scores = np.asarray(probabilities).T
    curves = [precision_recall(true == index, scores[index]) for index in np.unique(true)]
    areas = [curve.area for curve in curves if curve.area is not None]
    if not areas:
        return Curve(np.empty(0), np.empty(0), np.empty(0), None)
    x = np.linspace(0, 1, points)
    # From low recall to high; the first point with at least the recall asked for.
    rising = [(curve.x[::-1], curve.y[::-1]) for curve in curves]
    y = np.mean([ys[np.searchsorted(xs, x - 1e-12)] for xs, ys in rising], axis=0)
    return Curve(x[::-1], y[::-1], np.empty(0), float(np.mean(areas)))


def _average_precision(true_is_class: np.ndarray, scores: np.ndarray) -> float:
    """The area of `precision_recall` without the curve: the mean, over the images of the class, of the precision at the
    threshold that just lets each in."""
    let_in = np.sort(scores[true_is_class])
    if not len(let_in):
        return 0.0
    hits = len(let_in) - np.searchsorted(let_in, let_in)
    taken = len(scores) - np.searchsorted(np.sort(scores), let_in)
    return float((hits / taken).mean())


def _counts_by_threshold(true_is_class: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images of the class and others that reach each distinct score, from the highest score down, and the scores."""
    true_is_class, scores = np.asarray(true_is_class, dtype=bool), np.asarray(scores)
    if true_is_class.ndim != 1 or true_is_class.shape != scores.shape:
        raise ValueError(f"need a score for each image, got {true_is_class.shape} and {scores.shape}")
    if not np.isfinite(scores).all():
        raise ValueError("scores must be finite")
    falling = np.argsort(-scores, kind="stable")
    scores, hits = scores[falling], np.cumsum(true_is_class[falling])
    last_of_equals = np.flatnonzero(np.r_[scores[1:] != scores[:-1], True]) if len(scores) else np.empty(0, dtype=int)
    hits = hits[last_of_equals]
    return hits, 1 + last_of_equals - hits, scores[last_of_equals]
