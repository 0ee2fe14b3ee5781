"""Per-class scores: precision, recall, F1 and average precision of each class against the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.evaluation.confusion_scores import quotient
from core.evaluation.ranking import average_precisions
from core.evaluation.score import Score
from core.evaluation.undefined_scores import undefined_class_scores


@dataclass(frozen=True)
class ClassScores:
    """How well one class is recognised.

    Parameters
    ----------
    label : str
        Its name.
    support : int
        Images that are truly of it.
    precision, recall, f1, average_precision : Score
        Each in [0, 1]. A ratio 0/0 has the value 0.0, as in scikit-learn with ``zero_division=0``, and says why it is
        undefined.
    """

    label: str
    support: int
    precision: Score
    recall: Score
    f1: Score
    average_precision: Score

    @property
    def scores(self) -> dict[str, Score]:
        """By name."""
        return {name: getattr(self, name) for name in ("precision", "recall", "f1", "average_precision")}

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: values by name, and by name why a score is undefined."""
        undefined = {name: score.undefined_because for name, score in self.scores.items() if not score.defined}
        return {
            "label": self.label,
            "precision": self.precision.value,
            "recall": self.recall.value,
            "f1": self.f1.value,
            "support": self.support,
            "average_precision": self.average_precision.value,
            "undefined": undefined,
        }


def class_scores(
    labels: Sequence[str], matrix: np.ndarray, true: np.ndarray, probabilities: np.ndarray
) -> tuple[ClassScores, ...]:
    """The scores of every class, in order.

    With tp on the diagonal: precision = tp / predicted as it, recall = tp / truly it, and F1, their harmonic mean,
    = 2 tp / (predicted as it + truly it) (van Rijsbergen, 1979, Information Retrieval, chapter 7).

    Parameters
    ----------
    labels : sequence of str
        The k classes.
    matrix : ndarray of int, shape (k, k)
        Confusion matrix; rows are true classes.
    true : ndarray of int, shape (n,)
        True classes, 0 ≤ index < k.
    probabilities : ndarray of float, shape (n, k)
        Predicted probabilities; n ≥ 1.
    """
    matrix = np.asarray(matrix)
    hits, support, called = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
    values = {
        "precision": quotient(hits, called),
        "recall": quotient(hits, support),
        "f1": quotient(2 * hits, called + support),
        "average_precision": average_precisions(true, probabilities),
    }
    undefined = undefined_class_scores(matrix)
    return tuple(
        ClassScores(
            label,
            int(support[index]),
            **{
                name: Score(float(column[index]), undefined_because=undefined[index].get(name, ""))
                for name, column in values.items()
            },
        )
        for index, label in enumerate(labels)
    )
