"""Which of several networks is better, and whether the difference is more than luck.

Networks are compared by the same images: each image that one gets right and the other wrong tells something, and those
on which both agree tell nothing. That is far sharper than to look whether two intervals overlap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from core.datasets.grouping.groups import merge
from core.evaluation.by_groups import SignFlips, interval_by_groups, sign_flips
from core.evaluation.confusion_matrix import confusion_matrix
from core.evaluation.paired import Difference, McNemar, difference, holm, mcnemar
from core.evaluation.predictions import Predictions
from core.evaluation.words import SPLIT_WORDS

# The usual bound: what would happen by luck in fewer cases than these is called proven.
PROVEN = 0.05
CLASSES_NAMED = 3


@dataclass(frozen=True, eq=False)
class Evaluated:
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

    def learned_from_same(self, other: "Evaluated") -> bool:
        """Whether both were trained on the same images, with the same labels and split."""
        known = self.learned_from is not None and self.learned_from == other.learned_from
        return self.version == other.version or known


@dataclass(frozen=True, eq=False)
class Disagreement:
    """The images by who gets them right, as rows of the first one's predictions: arrays of int."""

    only_first: np.ndarray
    only_second: np.ndarray
    both_wrong: np.ndarray


def why_not_comparable(first: Evaluated, second: Evaluated, split: str = "test") -> str:
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


def _classes_apart(first: Evaluated, second: Evaluated) -> str:
    """Which classes only one of two knows, in words; "" where both tell the same ones apart, in whatever order."""
    parts = []
    for evaluated, other in ((first, second), (second, first)):
        known = set(other.predictions.class_names)
        alone = [f"“{name}”" for name in evaluated.predictions.class_names if name not in known]
        if alone:
            more = f" and {len(alone) - CLASSES_NAMED} more" if len(alone) > CLASSES_NAMED else ""
            parts.append(f"only {evaluated.name} knows {', '.join(alone[:CLASSES_NAMED])}{more}")
    return f"They tell other classes apart: {', and '.join(parts)}." if parts else ""


def comparable_rows(first: Evaluated, second: Evaluated, split: str = "test") -> tuple[Predictions, Predictions]:
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


def disagreement(first: Predictions, second: Predictions) -> Disagreement:
    """Who gets which images right. Of the images of each kind, those come first on which the wrong answer was surest.

    Parameters
    ----------
    first, second
        As `comparable_rows` gives them.
    """
    first_right, second_right = right(first), right(second)

    def surest(chosen: np.ndarray, wrong: Predictions) -> np.ndarray:
        rows = np.flatnonzero(chosen)
        return rows[np.argsort(-wrong.probabilities[rows].max(axis=1), kind="stable")]

    return Disagreement(
        surest(first_right & ~second_right, second),
        surest(second_right & ~first_right, first),
        surest(~first_right & ~second_right, first),
    )


def matrix_difference(first: Predictions, second: Predictions) -> np.ndarray:
    """The confusion matrix of the second minus that of the first.

    Returns
    -------
    ndarray of int, shape (k, k)
        Images more (positive) or fewer (negative) in each cell; rows are true classes. Every row sums to 0.
    """
    count = len(first.class_names)
    matrices = [confusion_matrix(rows.true, rows.predicted, count) for rows in (first, second)]
    return matrices[1] - matrices[0]


def cell_changes(first: Predictions, second: Predictions, true: int, predicted: int) -> tuple[np.ndarray, np.ndarray]:
    """The images behind a cell of `matrix_difference`.

    Returns
    -------
    came, left : ndarray of int
        Rows of `first`: images truly of class `true` that only the second, and only the first, takes for `predicted`.
    """
    of_class = first.true == true
    one, other = first.predicted == predicted, second.predicted == predicted
    return np.flatnonzero(of_class & other & ~one), np.flatnonzero(of_class & one & ~other)


def settings_that_differ(settings: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The settings that are not the same in all runs.

    Parameters
    ----------
    settings
        Of each run, as `RunSettings.to_dict` gives them.

    Returns
    -------
    dict
        By the setting's name, its value in each run; None where a run has no such setting.
    """
    names = list(dict.fromkeys(name for values in settings for name in values))
    columns = {name: [values.get(name) for values in settings] for name in names}
    return {name: values for name, values in columns.items() if any(value != values[0] for value in values[1:])}


@dataclass(frozen=True)
class Pair:
    """Two runs beside each other.

    Parameters
    ----------
    first, second
        Their names.
    why_not
        What keeps them from being compared; "" where nothing does.
    n
        How many images they share.
    difference, mcnemar
        None where they can't be compared.
    by_groups
        The test that respects groups, which holds where there are any of several images; else None.
    p_adjusted
        The p-value, raised by Holm's method where more pairs are compared at the same time.
    """

    first: str
    second: str
    why_not: str
    n: int = 0
    difference: Difference | None = None
    mcnemar: McNemar | None = None
    by_groups: SignFlips | None = None
    p_adjusted: float | None = None

    @property
    def p_value(self) -> float | None:
        """Of the test that holds: by groups where images belong together, else McNemar's."""
        test = self.by_groups or self.mcnemar
        return None if test is None else test.p_value

    @property
    def proven(self) -> bool:
        """Whether the difference is more than luck would give in one of twenty cases."""
        return self.p_adjusted is not None and self.p_adjusted < PROVEN

    @property
    def better(self) -> str:
        """The one that is right more often; the second where they are equal."""
        return self.second if self.mcnemar.only_second >= self.mcnemar.only_first else self.first

    @property
    def worse(self) -> str:
        """The other one."""
        return self.first if self.better == self.second else self.second

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        comparable = {"comparable": not self.why_not, "proven": self.proven, "words": in_words(self)}
        return asdict(self) | comparable


def compare(first: Evaluated, second: Evaluated, split: str = "test") -> Pair:
    """Put two runs beside each other, by groups where images of theirs belong together.

    Parameters
    ----------
    first, second : Evaluated
        Comparable or not; where they are not, the pair says why.
    split : {"test", "validation", "train"}
        Part to compare by.

    Raises
    ------
    ValueError
        If `split` is not a split.
    """
    if reason := why_not_comparable(first, second, split):
        return Pair(first.name, second.name, reason)
    rows = comparable_rows(first, second, split)
    hits = [right(each) for each in rows]
    test, groups = mcnemar(*hits), _shared_groups(first, second, split)
    pair = Pair(first.name, second.name, "", len(hits[0]), difference(*hits), test, p_adjusted=test.p_value)
    if groups is None:
        return pair
    gains = hits[1].astype(np.int64) - hits[0]
    flips, ends = sign_flips(gains, groups), interval_by_groups(gains, groups)
    apart = Difference(pair.difference.value, *ends)
    return replace(pair, difference=apart, by_groups=flips, p_adjusted=flips.p_value)


def compare_with(reference: Evaluated, others: Sequence[Evaluated], split: str = "test") -> list[Pair]:
    """Put one run beside each of the others, their p-values adjusted for being so many (`core.evaluation.paired.holm`).

    Parameters
    ----------
    reference, others, split
        As `compare` takes them, the reference as the first.

    Returns
    -------
    list of Pair
        In the order of `others`. What can't be compared does not count among the many.
    """
    pairs = [compare(reference, other, split) for other in others]
    tested = [index for index, pair in enumerate(pairs) if pair.p_value is not None]
    adjusted = holm([pairs[index].p_value for index in tested])
    for index, p_value in zip(tested, adjusted, strict=True):
        pairs[index] = replace(pairs[index], p_adjusted=p_value)
    return pairs


def in_words(pair: Pair) -> str:
    """What a comparison comes to, in two or three plain sentences."""
    if pair.why_not:
        return f"{pair.first} and {pair.second} can't be compared. {pair.why_not}"
    test = pair.mcnemar
    if test.only_first == test.only_second == 0:
        return f"{pair.first} and {pair.second} are right on the same of {pair.n:,} images: nothing tells them apart."
    wins, losses = _images(test.only_second), f"{test.only_first:,}"
    text = (
        f"{pair.second} is right on {wins} that {pair.first} gets wrong, and wrong on {losses} that {pair.first} "
        f"gets right"
    )
    if test.only_first == test.only_second:
        return f"{text}: nothing tells them apart."
    text += f". {_groups_in_words(pair)}By luck alone that would happen {_chance(pair.p_adjusted)}"
    several = pair.p_adjusted > pair.p_value
    text += ", so many runs being compared: " if several else ": "
    if not pair.proven:
        return text + "the difference is not proven."
    return text + f"{pair.better} is better than {pair.worse} on images like these."


def luck_in_words(pair: Pair) -> str:
    """The same in half a sentence: "more than luck would give"."""
    return "more than luck would give" if pair.proven else "no more than luck could give"


def _groups_in_words(pair: Pair) -> str:
    """What counts where images belong together; "" where each stands alone."""
    test = pair.by_groups
    if test is None:
        return ""
    return (
        f"The {pair.n:,} images are of {test.groups:,} groups that belong together, such as near copies or one "
        f"patient's, and each group counts once: {pair.second} is ahead in {test.ahead_second:,} of them, "
        f"{pair.first} in {test.ahead_first:,}. "
    )


def difference_in_words(pair: Pair) -> str:
    """The difference of accuracies with its interval, such as "+2.1 points (95 % interval −0.4 to +4.6)"."""
    decimals = 1 if pair.n < 10_000 else 2
    ends = (pair.difference.value, pair.difference.low, pair.difference.high)
    value, low, high = (f"{100 * end:+.{decimals}f}".replace("-", "−") for end in ends)
    return f"{value} points (95 % interval {low} to {high})"


def right(predictions: Predictions) -> np.ndarray:
    """ndarray of bool, shape (n,): whether each answer is right."""
    return predictions.predicted == predictions.true


def _chance(p_value: float) -> str:
    """ "in 6 of 100 cases"; with as many cases as it takes to be a whole number of them."""
    cases = 100
    if round(p_value * cases) == cases:
        return "in all cases"
    while p_value * cases < 1 and cases < 1_000_000:
        cases *= 10
    if p_value * cases < 1:
        return "in fewer than 1 of 1,000,000 cases"
    return f"in {round(p_value * cases)} of {cases:,} cases"


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


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


def _shared_groups(first: Evaluated, second: Evaluated, split: str) -> np.ndarray | None:
    """Which of the images that two comparable runs share belong together by either's groups; None where none do."""
    (mine, groups), (others, other_groups) = (_groups_of(evaluated, split) for evaluated in (first, second))
    if other_groups is not None:
        other_groups = other_groups[_order(mine, others)]
        groups = other_groups if groups is None else groups
        # One run may have been trained before the rule that makes groups was changed.
        groups = groups if np.array_equal(groups, other_groups) else merge(groups, other_groups)
    return None if groups is None or len(np.unique(groups)) == len(groups) else groups


def _groups_of(evaluated: Evaluated, split: str) -> tuple[Predictions, np.ndarray | None]:
    rows = evaluated.predictions.of(split)
    return rows, None if evaluated.groups is None else evaluated.groups[evaluated.predictions.splits == split]
