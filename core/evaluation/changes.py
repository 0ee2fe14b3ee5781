"""What a run answers otherwise than an earlier one did, on images that may have been relabelled in between."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.evaluation.intervals import wilson
from core.evaluation.metrics import confusion_matrix
from core.evaluation.predictions import Predictions

NOW_RIGHT, NOW_WRONG, OTHERWISE = "right now", "wrong now", "wrong in another way"


@dataclass(frozen=True)
class Score:
    """How many of how many images a run is right on."""

    right: int
    n: int

    @property
    def accuracy(self) -> float:
        return self.right / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Of 95 %, by Wilson."""
        return wilson(self.right, self.n)


@dataclass(frozen=True)
class Changes:
    """An earlier run beside a later one.

    Parameters
    ----------
    before, after
        Each by the labels of its own time.
    before_by_new_labels
        The earlier run by the later labels, on the images that both have.
    class_names
        Those of the later run, then those that only the earlier one had.
    matrix_before, matrix_after
        (k, k) arrays of int, of `class_names`; each by its own labels.
    images
        Those that got another answer or another label: `path`, `label_before`, `label`, `answer_before`, `answer`, and
        `change`, one of "right now", "wrong now" and "wrong in another way", by the later labels, or "" where only
        the label is another.
    """

    before: Score
    after: Score
    before_by_new_labels: Score
    class_names: tuple[str, ...]
    matrix_before: np.ndarray
    matrix_after: np.ndarray
    images: pd.DataFrame


def changes(before: Predictions, after: Predictions, split: str) -> Changes:
    """Hold the answers of two runs against each other.

    Parameters
    ----------
    before, after : Predictions
        Of the earlier run and of the later one. Classes are known by their names, images by their ids.
    split : {"train", "validation", "test"}
        Part to compare. Images that only one of the runs has count in its own score only.

    Raises
    ------
    ValueError
        If `split` is not a split.
    """
    old, new = before.of(split), after.of(split)
    names = (*after.class_names, *(name for name in before.class_names if name not in after.class_names))
    old_true, old_answers = _in_terms_of(old, names)
    new_true, new_answers = _in_terms_of(new, names)
    both = _both(old, new)
    a, b = both["old"].to_numpy(), both["new"].to_numpy()
    was_right, is_right = old_answers[a] == new_true[b], new_answers[b] == new_true[b]
    otherwise = old_answers[a] != new_answers[b]
    relabelled = old_true[a] != new_true[b]
    kind = np.select([otherwise & is_right, otherwise & was_right, otherwise], [NOW_RIGHT, NOW_WRONG, OTHERWISE], "")
    label = np.array(names, dtype=object)
    table = pd.DataFrame(
        {
            "path": both["id"].to_numpy(),
            "label_before": label[old_true[a]],
            "label": label[new_true[b]],
            "answer_before": label[old_answers[a]],
            "answer": label[new_answers[b]],
            "change": kind,
        }
    )
    return Changes(
        Score(int((old_true == old_answers).sum()), len(old)),
        Score(int((new_true == new_answers).sum()), len(new)),
        Score(int(was_right.sum()), len(both)),
        names,
        confusion_matrix(old_true, old_answers, len(names)),
        confusion_matrix(new_true, new_answers, len(names)),
        table[otherwise | relabelled].reset_index(drop=True),
    )


def _in_terms_of(predictions: Predictions, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """True classes and answers as indices into `names`."""
    places = np.array([names.index(name) for name in predictions.class_names], dtype=np.int64)
    return places[predictions.true], places[predictions.predicted]


def _both(old: Predictions, new: Predictions) -> pd.DataFrame:
    """The images that both have: `id`, and the rows `old` and `new` that they are in."""
    rows = [pd.DataFrame({"id": each.ids, name: np.arange(len(each))}) for each, name in ((old, "old"), (new, "new"))]
    return rows[1].merge(rows[0], on="id")
