"""Images that belong together, such as those of one patient, on both sides of the split."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from core.datasets.content import Content
from core.datasets.findings.finding import WARNS, Finding, count_of, flat, without_accepted
from core.datasets.grouping.cameras import CAMERA, MOMENT
from core.datasets.grouping.groups import Grouping
from core.datasets.grouping.naming import NamingHabit
from core.datasets.splits import leaks
from core.errors import UsageError

# Enough for a figure of two digits; the most similar of two thousand are found in a quarter of a second.
COMPARED = 2000
LEAST_TOLD = 0.03
NAMED = 3
_VERBS = {"train": "train", "validation": "validate", "test": "test"}
_SOURCES = {
    "column": "The table’s group column tells what belongs together",
    CAMERA: "By what cameras wrote into the files, photographs of one camera belong together",
    MOMENT: "By what cameras wrote into the files, photographs within a minute of each other belong together",
}


def groups(content: Content) -> Iterable[Finding]:
    """What names or a table say belongs together, where the split tears it apart."""
    habit, images = content.suspected_group_by, content.images
    if not habit.pattern or content.split_problem:
        return
    try:
        grouping = content.grouping(images, habit.pattern)
    except UsageError:  # nothing is left of what the rule was found by
        return
    images = without_accepted(content, "groups", images.assign(group=grouping.numbers))
    images = images[leaks(images["split"].to_numpy(dtype=str), images["group"].to_numpy())]
    if images.empty:
        return
    told = _told(habit, grouping)
    if habit.is_the_class:
        yield _one_origin_a_class(images, habit, told)
        return
    after, hindrance = _divided_by_groups(content, habit.pattern)
    sets = _sets(images)
    tests, mates = (content.images["split"] == "test").sum(), _with_a_mate(images)
    have = "has a mate" if mates == 1 else "have mates"
    of_them = f"All {tests:,}" if mates == tests > 1 else f"{mates:,} of the {tests:,}"
    why = f"{told} {of_them} test images {have} among those learned from, which give the answer away."
    why = " ".join(part for part in (why, _shown_by_small_pictures(content, grouping)) if part)
    yield Finding(
        "groups",
        f"{count_of(len(sets), 'group')} of images torn apart",
        f"{why} {hindrance or _afterwards(after)}",
        WARNS,
        flat(sets),
        sets,
        "" if hindrance else "Keep each group on one side",
        (),
        habit.pattern,
    )


def _told(habit: NamingHabit, grouping: Grouping) -> str:
    """By what images belong together, and an example."""
    source = _SOURCES.get(habit.pattern, f"Names like {habit.pattern} tell what belongs together")
    return f"{source}: {grouping.in_words()}."


def _one_origin_a_class(images: pd.DataFrame, habit: NamingHabit, told: str) -> Finding:
    sets = _sets(images)
    return Finding(
        "groups",
        "All images of a class are of one origin",
        f"{told} Whoever tells the origins apart, by their light or their background, gets every image right: no "
        "split can show whether the classes were learned. Bring images of each class from other origins.",
        WARNS,
        flat(sets),
        sets,
        group_by=habit.pattern,
    )


def _sets(images: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """The paths of each group; a test image and a mate that is learned from come first."""
    order = images["split"].map({"test": 0, "train": 0, "validation": 1})
    # One of each part first, then the rest.
    turn = images.groupby(["group", "split"]).cumcount()
    ordered = images.assign(order=order, turn=turn).sort_values(["turn", "order", "split"], kind="stable")
    by_group: dict[int, list[str]] = defaultdict(list)
    for group, path in zip(ordered["group"].tolist(), ordered["path"].tolist(), strict=True):
        by_group[group].append(path)
    has_test = set(images.loc[images["split"] == "test", "group"].tolist())
    return tuple(tuple(by_group[group]) for group in sorted(by_group, key=lambda group: group not in has_test))


def _with_a_mate(images: pd.DataFrame) -> int:
    """How many test images have one of their group in training or validation."""
    others = set(images.loc[images["split"] != "test", "group"])
    return int((images.loc[images["split"] == "test", "group"].isin(others)).sum())


def _divided_by_groups(content: Content, group_by: str) -> tuple[pd.DataFrame, str]:
    """The images as they would be divided by the rule, and what makes that no use, "" where it would be one."""
    settings = replace(content.settings, group_by=group_by)
    try:
        after = content.divided(settings, afresh=True)
    except UsageError as error:
        return content.images, f"They can’t be kept on one side: {error}"
    torn = after.assign(group=content.grouping(after, group_by).numbers)
    torn = torn[leaks(torn["split"].to_numpy(dtype=str), torn["group"].to_numpy())]
    if _with_a_mate(torn):
        return after, (
            "The dataset brings this split along, so that it is kept: compare with others that were tested on it, "
            "and don’t take the score for that on new images."
        )
    counts = content.count(after)
    lacking = [name for name in counts.index if not counts.at[name, "test"] or not counts.at[name, "train"]]
    if lacking and len(lacking) >= len(counts) - 1:
        return after, (
            f"They can’t be kept on one side: {_listed(lacking)} would have no image to train or to test on, as nearly "
            "all of a class is one group. Bring images of other groups."
        )
    return after, ""


def _afterwards(after: pd.DataFrame) -> str:
    counts = after["split"].value_counts()
    parts = ", ".join(f"{counts.get(part, 0):,} {verb}" for part, verb in _VERBS.items())
    return f"Kept on one side, none has any: {parts} then. The score may be lower, and holds for new groups."


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED
    quoted = ", ".join(f"“{name}”" for name in names[:NAMED])
    return f"{quoted} and {count_of(more, 'other class')}" if more > 0 else quoted


def _shown_by_small_pictures(content: Content, grouping: Grouping) -> str:
    """How much the mates give away, told by the most similar small picture; "" where that tells nothing."""
    rows = _some_groups(grouping.numbers)
    images = content.images.iloc[rows]
    pictures = content.small_pictures(images)
    if pictures is None or images["label"].nunique() < 2:
        return ""
    with_mates, without = shares_right(
        np.concatenate(pictures, axis=1), images["label"].to_numpy(dtype=str), grouping.numbers[rows]
    )
    if with_mates is None or without is None or with_mates - without < LEAST_TOLD:
        return ""
    return (
        f"For {with_mates:.0%} of the images, the one that looks most like it at a glance is of its class; where mates "
        f"don’t count, for {without:.0%}."
    )


def _some_groups(numbers: np.ndarray) -> np.ndarray:
    """The rows of whole groups, drawn at random but always the same ones, `COMPARED` images or a group more."""
    order = np.random.default_rng(0).permutation(numbers.max() + 1)[numbers]
    rows = np.argsort(order, kind="stable")
    if len(rows) <= COMPARED:
        return np.sort(rows)
    last = order[rows[COMPARED - 1]]
    return np.flatnonzero(order <= last)[: 2 * COMPARED]


def shares_right(pictures: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> tuple[float | None, float | None]:
    """Of how many images the most similar other one has the same label, and the most similar of another group.

    Leave-one-out and leave-one-group-out accuracy of the nearest neighbour, in Euclidean distance; what the second is
    lower by is what images of one group tell of each other.

    Parameters
    ----------
    pictures : (n, values) array of uint8
    labels : (n,) array of str
    groups : (n,) array of int

    Returns
    -------
    two floats of 0..1
        None where no image has one of another group.
    """
    values = pictures.astype(np.float32)
    values -= values.mean(axis=0)
    squares = (values**2).sum(axis=1)
    is_right, is_right_apart, known = [], [], []
    for begin in range(0, len(values), 500):
        rows = slice(begin, begin + 500)
        distance = squares[rows, None] + squares - 2 * values[rows] @ values.T
        distance[np.arange(len(distance)), np.arange(begin, begin + len(distance))] = np.inf
        is_right.append(labels[distance.argmin(axis=1)] == labels[rows])
        distance[groups[rows, None] == groups] = np.inf
        is_right_apart.append(labels[distance.argmin(axis=1)] == labels[rows])
        known.append(np.isfinite(distance.min(axis=1)))
    known = np.concatenate(known)
    if not known.any():
        return None, None
    return float(np.concatenate(is_right)[known].mean()), float(np.concatenate(is_right_apart)[known].mean())
