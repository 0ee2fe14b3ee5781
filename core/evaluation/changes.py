"""What a run answers otherwise than an earlier one did, on images that may have been relabelled in between."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.evaluation.confusion_matrix import confusion_matrix
from core.evaluation.intervals import wilson
from core.evaluation.predictions import Predictions

NOW_RIGHT, NOW_WRONG, OTHERWISE = "right now", "wrong now", "wrong in another way"


@dataclass(frozen=True)
class RightAnswers:
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
    cells
        The same, and those that only one of the runs was evaluated by; where a run was not, its label and answer are
        "".
    """

    before: RightAnswers
    after: RightAnswers
    before_by_new_labels: RightAnswers
    class_names: tuple[str, ...]
    matrix_before: np.ndarray
    matrix_after: np.ndarray
    images: pd.DataFrame
    cells: pd.DataFrame


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
    names = _names(before, after)
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
    images = table[otherwise | relabelled].reset_index(drop=True)
    return Changes(
        RightAnswers(int((old_true == old_answers).sum()), len(old)),
        RightAnswers(int((new_true == new_answers).sum()), len(new)),
        RightAnswers(int(was_right.sum()), len(both)),
        names,
        confusion_matrix(old_true, old_answers, len(names)),
        confusion_matrix(new_true, new_answers, len(names)),
        images,
        pd.concat([images, _alone(old, new, names), _alone(new, old, names, now=True)], ignore_index=True),
    )


def _alone(predictions: Predictions, others: Predictions, names: tuple[str, ...], now: bool = False) -> pd.DataFrame:
    """The images that the other run was not evaluated by, as rows of `Changes.cells`."""
    rows = ~np.isin(predictions.ids.astype(str), others.ids.astype(str))
    true, answers = (np.array(names, dtype=object)[indices[rows]] for indices in _in_terms_of(predictions, names))
    none = np.full(len(true), "", dtype=object)
    columns = (none, true, none, answers) if now else (true, none, answers, none)
    named = dict(zip(("label_before", "label", "answer_before", "answer"), columns, strict=True))
    return pd.DataFrame({"path": predictions.ids[rows]} | named | {"change": none})


def cell_changes(found: Changes, true: int, predicted: int) -> tuple[list[str], list[str]]:
    """The images behind a cell of the difference of the two matrices.

    Parameters
    ----------
    found : Changes
        As `changes` gives them.
    true, predicted : int
        Row and column of the cell: indices into its `class_names`.

    Returns
    -------
    came, left : list of str
        The paths of those that are in this cell now and were not, and of those that were in it and are no more: they
        have another label or answer, or only one of the runs was evaluated by them.
    """
    cells, name = found.cells, (found.class_names[true], found.class_names[predicted])
    now = (cells["label"] == name[0]) & (cells["answer"] == name[1])
    was = (cells["label_before"] == name[0]) & (cells["answer_before"] == name[1])
    return cells["path"][now].tolist(), cells["path"][was].tolist()


def by_later_labels(before: Predictions, after: Predictions) -> tuple[Predictions, Predictions]:
    """Two runs cut down to what they share, by the labels as they were for the later one.

    An image is shared where it was in the same part of the split of both: what one of them learned from, the other is
    not evaluated by. Two runs between which labels were put right can be compared so.

    Returns
    -------
    before, after : Predictions
        The same images in the same order, with the same true classes, and with the same classes: those of the later
        run, then those that only the earlier one had.
    """
    names = _names(before, after)
    keys = [pd.DataFrame({"id": each.ids, "split": each.splits, "row": range(len(each))}) for each in (before, after)]
    shared = keys[1].merge(keys[0], on=["id", "split"], suffixes=("", "_before"))
    rows, rows_before = shared["row"].to_numpy(), shared["row_before"].to_numpy()
    true = _in_terms_of(after, names)[0][rows]
    return _relabelled(before, rows_before, true, names), _relabelled(after, rows, true, names)


def _relabelled(predictions: Predictions, rows: np.ndarray, true: np.ndarray, names: tuple[str, ...]) -> Predictions:
    probabilities = np.zeros((len(rows), len(names)), predictions.probabilities.dtype)
    probabilities[:, _places(predictions, names)] = predictions.probabilities[rows]
    return Predictions(predictions.ids[rows], predictions.splits[rows], true, probabilities, names)


def _names(before: Predictions, after: Predictions) -> tuple[str, ...]:
    """The classes of the later run, then those that only the earlier one had."""
    return (*after.class_names, *(name for name in before.class_names if name not in after.class_names))


def _places(predictions: Predictions, names: tuple[str, ...]) -> np.ndarray:
    return np.array([names.index(name) for name in predictions.class_names], dtype=np.int64)


def _in_terms_of(predictions: Predictions, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """True classes and answers as indices into `names`."""
    places = _places(predictions, names)
    return places[predictions.true], places[predictions.predicted]


def _both(old: Predictions, new: Predictions) -> pd.DataFrame:
    """The images that both have: `id`, and the rows `old` and `new` that they are in."""
    rows = [pd.DataFrame({"id": each.ids, name: np.arange(len(each))}) for each, name in ((old, "old"), (new, "new"))]
    return rows[1].merge(rows[0], on="id")
