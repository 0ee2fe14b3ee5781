"""Paired comparison of networks: which is better, and whether the difference is more than luck.

Networks are compared by the same images: each image that one gets right and the other wrong tells something, and those
on which both agree tell nothing. That is far sharper than to look whether two intervals overlap.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from core.evaluation.by_groups import SignFlips, interval_by_groups, sign_flips
from core.evaluation.comparable import EvaluatedRun, comparable_rows, shared_groups, why_not_comparable
from core.evaluation.paired import Difference, McNemar, difference, holm, mcnemar

# The usual bound: what would happen by luck in fewer cases than these is called proven.
PROVEN = 0.05


@dataclass(frozen=True)
class PairedComparison:
    """Paired comparison of two runs on the same images.

    Parameters
    ----------
    first, second
        Their names.
    why_not
        What keeps them from being compared; "" where nothing does.
    n
        How many images they share.
    difference, mcnemar
        None where they can't be compared; and so are the p-values.
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
        """The one that is right more often; the second where they are equal.

        Raises
        ------
        ValueError
            If they can't be compared.
        """
        if self.mcnemar is None:
            raise ValueError(self.why_not)
        return self.second if self.mcnemar.only_second >= self.mcnemar.only_first else self.first

    @property
    def worse(self) -> str:
        """The other one."""
        return self.first if self.better == self.second else self.second

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        comparable = {"comparable": not self.why_not, "proven": self.proven, "words": in_words(self)}
        return asdict(self) | comparable


def compare(first: EvaluatedRun, second: EvaluatedRun, split: str = "test") -> PairedComparison:
    """Put two runs beside each other, by groups where images of theirs belong together.

    Parameters
    ----------
    first, second : EvaluatedRun
        Comparable or not; where they are not, the pair says why.
    split : {"test", "validation", "train"}
        Part to compare by.

    Raises
    ------
    ValueError
        If `split` is not a split.
    """
    if reason := why_not_comparable(first, second, split):
        return PairedComparison(first.name, second.name, reason)
    rows = comparable_rows(first, second, split)
    hits, other_hits = (each.right for each in rows)
    apart, test = difference(hits, other_hits), mcnemar(hits, other_hits)
    pair = PairedComparison(first.name, second.name, "", len(hits), apart, test, p_adjusted=test.p_value)
    groups = shared_groups(first, second, split)
    if groups is None:
        return pair
    gains = other_hits.astype(np.int64) - hits
    flips, ends = sign_flips(gains, groups), interval_by_groups(gains, groups)
    return replace(pair, difference=Difference(apart.value, *ends), by_groups=flips, p_adjusted=flips.p_value)


def compare_with(
    reference: EvaluatedRun, others: Sequence[EvaluatedRun], split: str = "test"
) -> list[PairedComparison]:
    """Put one run beside each of the others, their p-values adjusted for being so many (`core.evaluation.paired.holm`).

    Parameters
    ----------
    reference, others, split
        As `compare` takes them, the reference as the first.

    Returns
    -------
    list of PairedComparison
        In the order of `others`. What can't be compared does not count among the many.
    """
    pairs = [compare(reference, other, split) for other in others]
    tested = {index: pair.p_value for index, pair in enumerate(pairs) if pair.p_value is not None}
    for index, p_value in zip(tested, holm(list(tested.values())), strict=True):
        pairs[index] = replace(pairs[index], p_adjusted=p_value)
    return pairs


def in_words(pair: PairedComparison) -> str:
    """What a comparison comes to, in two or three plain sentences."""
    test, p_value, p_adjusted = pair.mcnemar, pair.p_value, pair.p_adjusted
    if test is None or p_value is None or p_adjusted is None:
        return f"{pair.first} and {pair.second} can't be compared. {pair.why_not}"
    if test.only_first == test.only_second == 0:
        return f"{pair.first} and {pair.second} are right on the same of {pair.n:,} images: nothing tells them apart."
    wins, losses = _images(test.only_second), f"{test.only_first:,}"
    text = (
        f"{pair.second} is right on {wins} that {pair.first} gets wrong, and wrong on {losses} that {pair.first} "
        f"gets right"
    )
    if test.only_first == test.only_second:
        return f"{text}: nothing tells them apart."
    text += f". {_groups_in_words(pair)}By luck alone that would happen {_chance(p_adjusted)}"
    text += ", so many runs being compared: " if p_adjusted > p_value else ": "
    if not pair.proven:
        return text + "the difference is not proven."
    return text + f"{pair.better} is better than {pair.worse} on images like these."


def luck_in_words(pair: PairedComparison) -> str:
    """The same in half a sentence: "more than luck would give"."""
    return "more than luck would give" if pair.proven else "no more than luck could give"


def _groups_in_words(pair: PairedComparison) -> str:
    """What counts where images belong together; "" where each stands alone."""
    test = pair.by_groups
    if test is None:
        return ""
    return (
        f"The {pair.n:,} images are of {test.groups:,} groups that belong together, such as near copies or one "
        f"patient's, and each group counts once: {pair.second} is ahead in {test.ahead_second:,} of them, "
        f"{pair.first} in {test.ahead_first:,}. "
    )


def difference_in_words(pair: PairedComparison) -> str:
    """The difference of accuracies with its interval, such as "+2.1 points (95 % interval −0.4 to +4.6)".

    Raises
    ------
    ValueError
        If they can't be compared.
    """
    apart, decimals = pair.difference, 1 if pair.n < 10_000 else 2
    if apart is None:
        raise ValueError(pair.why_not)
    ends = (apart.value, apart.low, apart.high)
    value, low, high = (f"{100 * end:+.{decimals}f}".replace("-", "−") for end in ends)
    return f"{value} points (95 % interval {low} to {high})"


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
