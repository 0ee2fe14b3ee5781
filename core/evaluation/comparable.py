"""Comparable runs: those trained on the same images and evaluated by the same, put in the same order."""

from dataclasses import dataclass

import numpy as np

from core.datasets.grouping.groups import merge
from core.evaluation.predictions import Predictions
from core.evaluation.words import SPLIT_WORDS

CLASSES_NAMED = 3


@dataclass(frozen=True, eq=False)
class EvaluatedRun:
    """What a comparison has to know of a run.

    Parameters
    ----------
    name
        What people call it.
    dataset
        The name of the dataset that it was trained on.
    version
        Which state of that dataset; None where an earlier version of this program did not write it down.
    predictions
        Its answers.
    groups : ndarray, shape (n,), or None
        Which of the images of `predictions` belong together, by number; None where each stands alone.
    learned_from
        What names the images, split and labels that it was trained on, with classes called as they are now: equal where
        nothing but names lies between two versions. None where that is not known.
    """

    name: str
    dataset: str
    version: str | None
    predictions: Predictions
    groups: np.ndarray | None = None
    learned_from: str | None = None

    def learned_from_same(self, other: "EvaluatedRun") -> bool:
        """Whether both were trained on the same images, with the same labels and split."""
        known = self.learned_from is not None and self.learned_from == other.learned_from
        return self.version == other.version or known


def why_not_comparable(first: EvaluatedRun, second: EvaluatedRun, split: str = "test") -> str:
    """What keeps two runs from being compared, in words; "" where nothing does.

    They are comparable where they were trained on the same version of the same dataset and evaluated by the same
    images.
    """
    if first.dataset != second.dataset:
        return f"They are of different datasets: {first.dataset} and {second.dataset}."
    mine, others = (evaluated.predictions.of(split) for evaluated in (first, second))
    images = f"{SPLIT_WORDS[split]} images"
    for evaluated, rows in ((first, mine), (second, others)):
        if not len(rows):
            return f"{evaluated.name} has no predictions for {images}."
    reasons = []
    if not first.learned_from_same(second):
        reasons.append(
            "The images were relabelled, excluded, added or divided anew between the two, so that they did not learn "
            "from the same."
        )
    in_order = np.array_equal(mine.ids, others.ids)
    common = len(mine) if in_order else len(set(mine.ids) & set(others.ids))
    if len(mine) != len(others) or common != len(mine):
        counts = f"{len(mine):,} and {len(others):,} {images}"
        reasons.append(f"They are evaluated by other images: of {counts}, {common:,} are the same.")
    elif apart := _classes_apart(first, second):
        reasons.append(apart)
    elif (mine.true != _ordered_as(mine, others).true).any():
        reasons.append(f"The {images} are the same, but not their labels.")
    return " ".join(reasons)


def comparable_rows(first: EvaluatedRun, second: EvaluatedRun, split: str = "test") -> tuple[Predictions, Predictions]:
    """The predictions of two comparable runs for one split, the same images in the same order.

    Raises
    ------
    ValueError
        If they are not comparable.
    """
    if reason := why_not_comparable(first, second, split):
        raise ValueError(reason)
    mine, others = (evaluated.predictions.of(split) for evaluated in (first, second))
    return mine, _ordered_as(mine, others)


def shared_groups(first: EvaluatedRun, second: EvaluatedRun, split: str) -> np.ndarray | None:
    """Which of the images that two comparable runs share belong together by either's groups; None where none do."""
    (mine, groups), (others, other_groups) = (_groups_of(evaluated, split) for evaluated in (first, second))
    if other_groups is not None:
        other_groups = other_groups[_order(mine, others)]
        groups = other_groups if groups is None else groups
        # One run may have been trained before the rule that makes groups was changed.
        groups = groups if np.array_equal(groups, other_groups) else merge(groups, other_groups)
    return None if groups is None or len(np.unique(groups)) == len(groups) else groups


def _classes_apart(first: EvaluatedRun, second: EvaluatedRun) -> str:
    """Which classes only one of two knows, in words; "" where both tell the same ones apart, in whatever order."""
    parts = []
    for evaluated, other in ((first, second), (second, first)):
        known = set(other.predictions.class_names)
        alone = [f"“{name}”" for name in evaluated.predictions.class_names if name not in known]
        if alone:
            more = f" and {len(alone) - CLASSES_NAMED} more" if len(alone) > CLASSES_NAMED else ""
            parts.append(f"only {evaluated.name} knows {', '.join(alone[:CLASSES_NAMED])}{more}")
    return f"They tell other classes apart: {', and '.join(parts)}." if parts else ""


def _groups_of(evaluated: EvaluatedRun, split: str) -> tuple[Predictions, np.ndarray | None]:
    rows = evaluated.predictions.of(split)
    return rows, None if evaluated.groups is None else evaluated.groups[evaluated.predictions.splits == split]


def _ordered_as(first: Predictions, second: Predictions) -> Predictions:
    """`second`, which is of the same images and tells the same classes apart, with both in the order of `first`."""
    order = _order(first, second)
    if isinstance(order, slice) and first.class_names == second.class_names:
        return second
    places = {name: place for place, name in enumerate(first.class_names)}
    new_places = np.array([places[name] for name in second.class_names], dtype=np.int64)
    true, probabilities = new_places[second.true[order]], second.probabilities[order][:, np.argsort(new_places)]
    return Predictions(second.ids[order], second.splits[order], true, probabilities, first.class_names)


def _order(first: Predictions, second: Predictions) -> np.ndarray | slice:
    """Where the images of `first` stand in `second`, which are the same; all of them where they stand there as here."""
    if np.array_equal(first.ids, second.ids):
        return slice(None)
    places = {image: place for place, image in enumerate(second.ids)}
    return np.array([places[image] for image in first.ids], dtype=np.int64)
