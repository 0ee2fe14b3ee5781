"""Decision threshold: from which probability on an image counts as the class that matters, and what that costs.

Choose a threshold on validation images and evaluate it on test images: chosen on the test images, it would be evaluated
by the answers it was made from.
"""

from dataclasses import dataclass

import numpy as np

from core.errors import UsageError, WorkbenchError
from core.evaluation.predictions import Predictions


@dataclass(frozen=True)
class OperatingPoint:
    """What a threshold comes to.

    Parameters
    ----------
    threshold : float
        A probability from here on counts as the positive class.
    found, missed : int
        Images of the positive class that are taken for it, and that are not.
    false_alarms, let_pass : int
        Images of other classes that are taken for it, and that are not.
    """

    threshold: float
    found: int
    missed: int
    false_alarms: int
    let_pass: int

    @property
    def recall(self) -> float:
        """Share of the positive images that is found, in [0, 1]; 0.0 where there are none."""
        return _share(self.found, self.found + self.missed)

    @property
    def precision(self) -> float:
        """Share of alarms that is right, in [0, 1]; 0.0 without alarms."""
        return _share(self.found, self.found + self.false_alarms)

    @property
    def false_alarm_rate(self) -> float:
        """Share of the other images that raises an alarm, in [0, 1]; 0.0 where there are none."""
        return _share(self.false_alarms, self.false_alarms + self.let_pass)

    @property
    def accuracy(self) -> float:
        right = self.found + self.let_pass
        return _share(right, right + self.missed + self.false_alarms)

    def cost(self, cost_miss: float, cost_false_alarm: float) -> float:
        """Of all its mistakes together."""
        return cost_miss * self.missed + cost_false_alarm * self.false_alarms


def answers(predictions: Predictions, positive: int, threshold: float) -> np.ndarray:
    """The class answered for each image of two classes: ndarray of int, shape (n,).

    `positive` where its probability is `threshold` or more, else the other class. At 0.5 this is the more probable
    class, but for images of which both are equally probable.

    Parameters
    ----------
    predictions : Predictions
        Of n images.
    positive : int
        Index of the class that `threshold` is about, 0 or 1.
    threshold : float
        In [0, 1].

    Raises
    ------
    UsageError
        If there are not two classes, no class `positive`, or `threshold` is not in [0, 1].
    """
    count = len(predictions.class_names)
    if count != 2:
        are = "is 1" if count == 1 else f"are {count}"
        raise UsageError(f"A threshold decides between two classes, and here {are}. Leave it out.")
    check(predictions, positive, threshold)
    return np.where(predictions.probabilities[:, positive] >= threshold, positive, 1 - positive)


def at(predictions: Predictions, positive: int, threshold: float) -> OperatingPoint:
    """What a threshold finds and misses.

    Parameters
    ----------
    predictions : Predictions
        Rows of the split in question, of two classes or more.
    positive : int
        Index of the class that matters; all others are the rest.
    threshold : float
        In [0, 1].

    Raises
    ------
    UsageError
        If there is no class `positive`, or `threshold` is not in [0, 1].
    """
    check(predictions, positive, threshold)
    is_positive, alarm = predictions.true == positive, predictions.probabilities[:, positive] >= threshold
    found, false_alarms = int((is_positive & alarm).sum()), int((~is_positive & alarm).sum())
    missed = int(is_positive.sum()) - found
    return OperatingPoint(float(threshold), found, missed, false_alarms, len(alarm) - found - missed - false_alarms)


def for_recall(predictions: Predictions, positive: int, recall: float) -> OperatingPoint:
    """The highest threshold that finds at least this share of the positive images, and so with the fewest false alarms.

    Parameters
    ----------
    predictions, positive
        As for `at`.
    recall : float
        In [0, 1]; at 0 the threshold is the highest probability given, or 1 where nothing reaches it.

    Raises
    ------
    UsageError
        If there is no class `positive`, or `recall` is not in [0, 1].
    WorkbenchError
        If no image is of the positive class.
    """
    check(predictions, positive, recall, "recall")
    scores = np.sort(predictions.probabilities[predictions.true == positive, positive])[::-1]
    if not len(scores):
        raise WorkbenchError(
            f"None of these images is of “{predictions.class_names[positive]}”, so no share of them can be found."
        )
    needed = int(np.ceil(recall * len(scores) - 1e-9))
    return at(predictions, positive, min(1.0, float(scores[needed - 1])) if needed else 1.0)


def cheapest(predictions: Predictions, positive: int, cost_miss: float, cost_false_alarm: float) -> OperatingPoint:
    """The threshold whose mistakes cost least; among equals the highest, which raises the fewest alarms.

    Parameters
    ----------
    predictions, positive
        As for `at`; n ≥ 1.
    cost_miss, cost_false_alarm : float
        Of one missed image of the positive class, and of one false alarm; 0 or more, in any unit.

    Raises
    ------
    UsageError
        If there is no class `positive`, or a cost is negative or not finite.
    """
    check(predictions, positive, 0.0)
    if not all(np.isfinite(cost) and cost >= 0 for cost in (cost_miss, cost_false_alarm)):
        raise UsageError("What a mistake costs is a number, 0 or more.")
    found, false_alarms, thresholds = _at_every_score(predictions, positive)
    missed = int((predictions.true == positive).sum()) - found
    best = int(np.argmin(cost_miss * missed + cost_false_alarm * false_alarms))  # the first of equals is the highest
    return at(predictions, positive, float(thresholds[best]))


def _at_every_score(predictions: Predictions, positive: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images found and false alarms at each threshold that differs from others, from 1 down."""
    scores, is_positive = predictions.probabilities[:, positive], predictions.true == positive
    thresholds = np.unique(np.clip(np.r_[scores, 1.0], 0, 1))[::-1]
    found, false_alarms = (
        np.searchsorted(np.sort(-scores[rows]), -thresholds, side="right") for rows in (is_positive, ~is_positive)
    )
    return found, false_alarms, thresholds


def check(predictions: Predictions, positive: int, value: float, name: str = "threshold") -> None:
    """Raise UsageError where there is no class `positive`, or `value` is no share."""
    if not 0 <= positive < len(predictions.class_names):
        raise UsageError(f"There is no class {positive} among {len(predictions.class_names)}.")
    if not 0 <= value <= 1:
        raise UsageError(f"A {name} lies between 0 and 1, got {value:g}.")


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
