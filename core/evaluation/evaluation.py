"""The evaluation of a trained network on one part of the split: every score, each with its 95 % interval.

Written out here rather than taken from scikit-learn, which would weigh down the web process. The tests hold every
score against scikit-learn's.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import WorkbenchError
from core.evaluation.bootstrap import RESAMPLES, intervals
from core.evaluation.calibration import tempered
from core.evaluation.class_scores import ClassScores, class_scores
from core.evaluation.confusion_matrix import confusion_matrix, normalised
from core.evaluation.intervals import wilson
from core.evaluation.majority import majority_accuracy, majority_class
from core.evaluation.predictions import Predictions
from core.evaluation.reliability import Reliability, reliability
from core.evaluation.resampled_scores import TOP_K, per_image_terms, ranges, scores_of
from core.evaluation.score import Score
from core.evaluation.threshold import answers
from core.evaluation.undefined_scores import undefined_scores
from core.evaluation.words import SPLIT_WORDS

if TYPE_CHECKING:  # 0.3 s, which only those who draw have to wait
    from plotly.graph_objects import Figure

SCORES = (
    *("accuracy", "log_loss", "balanced_accuracy", "macro_f1", "weighted_f1"),
    *("top_k", "kappa", "mcc", "brier", "ece"),
)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a network does on one part of the split.

    Parameters
    ----------
    split : {"test", "validation", "train"}
        The part.
    n : int
        Its images.
    group_count : int
        How many groups they are of that belong together; n where each stands alone.
    class_names : tuple of str
        The k classes.
    threshold : float or None
        For two classes: the probability from which on the class `positive` was answered; by default the more probable
        one was.
    positive : str or None
        The name of that class.
    temperature : float
        What logits were divided by before all else.
    accuracy, log_loss, balanced_accuracy, macro_f1, weighted_f1, kappa, mcc, brier, ece : Score
        See `core.evaluation.confusion_scores` (macro scores are means over the classes that the part has images of),
        `core.evaluation.probability_scores` (log loss in nats) and `core.evaluation.reliability`. Accuracy's interval
        is Wilson's, the others' are by bootstrap over groups; with fewer than two groups, all that the score can be.
    top_k : Score
        How often the true class is among the `k` most probable ones; `k` is 5, or all classes but one where these are
        fewer.
    k : int
        See `top_k`.
    accuracy_bootstrap : tuple of float, or None
        Accuracy's interval by bootstrap, wider than Wilson's where the images of a group resemble each other. None
        where none was drawn.
    majority_class : str
        The commonest class of the training images.
    majority_accuracy : float
        The accuracy of always answering it: what a network has to beat.
    confusion_matrix : ndarray of int, shape (k, k)
        Rows are true classes, columns predicted ones.
    classes : tuple of ClassScores
        Of each class.
    reliability : Reliability
        How often answers are right, by how sure they were.
    """

    split: str
    n: int
    group_count: int
    class_names: tuple[str, ...]
    threshold: float | None
    positive: str | None
    temperature: float
    accuracy: Score
    log_loss: Score
    balanced_accuracy: Score
    macro_f1: Score
    weighted_f1: Score
    top_k: Score
    kappa: Score
    mcc: Score
    brier: Score
    ece: Score
    k: int
    accuracy_bootstrap: tuple[float, float] | None
    majority_class: str
    majority_accuracy: float
    confusion_matrix: np.ndarray
    classes: tuple[ClassScores, ...]
    reliability: Reliability

    @property
    def scores(self) -> dict[str, Score]:
        """The scores of the whole, by name (`SCORES`)."""
        return {name: getattr(self, name) for name in SCORES}

    @property
    def chance(self) -> float:
        """The accuracy of guessing each class equally often."""
        return 1 / len(self.class_names)

    @property
    def missing_classes(self) -> tuple[str, ...]:
        """Names of the classes that the part has no image of."""
        return tuple(each.label for each in self.classes if not each.support)

    @property
    def undefined(self) -> dict[str, str]:
        """By name, why a score of the whole can't be told."""
        return {name: score.undefined_because for name, score in self.scores.items() if not score.defined}

    def figure(self, normalize: str | None = None) -> "Figure":
        """The confusion matrix as a Plotly figure.

        Parameters
        ----------
        normalize : {"true", "pred", "all"}, optional
            What cells are shares of, as scikit-learn's ``confusion_matrix`` has it; by default they are counts.

        Raises
        ------
        ValueError
            If `normalize` is none of these.
        """
        from core.figures.confusion_matrix import confusion_matrix_figure

        shares = normalised(self.confusion_matrix, normalize or "true")
        return confusion_matrix_figure(self.confusion_matrix, shares, self.class_names, normalize)

    def to_dict(self) -> dict[str, Any]:
        """Plain Python values, ready for JSON, never NaN; "<score>_ci95" is its interval, where there is one."""
        document: dict[str, Any] = {
            "split": self.split,
            "threshold": self.threshold,
            "positive": self.positive,
            "temperature": self.temperature,
            "accuracy": self.accuracy.value,
            "accuracy_ci95": [self.accuracy.low, self.accuracy.high],
            "majority_accuracy": self.majority_accuracy,
            "majority_class": self.majority_class,
            "chance": self.chance,
        }
        if self.accuracy_bootstrap is not None:
            document["accuracy_bootstrap_ci95"] = list(self.accuracy_bootstrap)
        for name, score in self.scores.items():
            if name == "accuracy":
                continue
            document[name] = {"k": self.k, "value": score.value} if name == "top_k" else score.value
            if score.low is not None:
                document[f"{name}_ci95"] = [score.low, score.high]
        return document | {
            "n": self.n,
            "groups": self.group_count,
            "labels": list(self.class_names),
            "missing_classes": list(self.missing_classes),
            "confusion_matrix": self.confusion_matrix.tolist(),
            "per_class": [each.to_dict() for each in self.classes],
            "undefined": self.undefined,
        }


def evaluate(
    predictions: Predictions,
    split: str = "test",
    groups: np.ndarray | None = None,
    threshold: float | None = None,
    temperature: float = 1.0,
    positive: int = 1,
    resamples: int = RESAMPLES,
) -> Evaluation:
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
        How many resamples to draw for the intervals (`core.evaluation.bootstrap`); with 0 there is none but accuracy's,
        in a tenth of the time.

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
    names, n = predictions.class_names, len(rows)
    given = rows.predicted if threshold is None else answers(rows, positive, threshold)
    matrix = confusion_matrix(rows.true, given, len(names))
    k = min(TOP_K, max(1, len(names) - 1))
    scores = _scores(rows, given, groups, resamples, k, undefined_scores(matrix))
    hits, drawn = int(matrix.trace()), scores.pop("accuracy")
    return Evaluation(
        split=split,
        n=n,
        group_count=n if groups is None else len(np.unique(groups)),
        class_names=names,
        threshold=threshold,
        positive=None if threshold is None else names[positive],
        temperature=float(temperature),
        accuracy=Score(hits / n, *wilson(hits, n)),
        **scores,
        k=k,
        accuracy_bootstrap=drawn.interval if resamples else None,
        majority_class=names[majority_class(train.true, len(names))],
        majority_accuracy=majority_accuracy(train.true, rows.true, len(names)),
        confusion_matrix=matrix,
        classes=class_scores(names, matrix, rows.true, rows.probabilities),
        reliability=reliability(rows.probabilities[np.arange(n), given], given == rows.true),
    )


def _scores(
    rows: Predictions, given: np.ndarray, groups: np.ndarray | None, resamples: int, k: int, undefined: dict[str, str]
) -> dict[str, Score]:
    """The scores that can be resampled, each with its interval."""
    terms = per_image_terms(rows, given, k)
    values = {name: float(value[0]) for name, value in scores_of(terms.sums(np.ones((1, len(rows))))).items()}
    if not resamples:
        return {
            name: Score(0.0 if name in undefined else value, undefined_because=undefined.get(name, ""))
            for name, value in values.items()
        }
    anything = ranges(len(rows.class_names))
    found = intervals(terms, scores_of, groups, resamples) or anything
    return {
        name: Score(0.0, *anything[name], undefined[name]) if name in undefined else Score(value, *found[name])
        for name, value in values.items()
    }


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
