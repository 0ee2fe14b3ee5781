"""Classes that a part of the split has no image of: nobody can learn them, choose an epoch well, or judge them."""

from collections.abc import Iterable, Sequence

import pandas as pd

from core.datasets.content import Content
from core.datasets.findings.finding import STOPS, WARNS, Finding, count_of, shown_paths
from core.datasets.splits import SPLITS

SHOWN = 5
SEVERITIES = {"train": STOPS, "validation": WARNS, "test": WARNS}
PARTS = {"train": "training", "validation": "validation", "test": "test"}
WHY = {
    "train": "A network can't learn what it is never shown: such a class is never recognised, and each of its images "
    "that is tested counts as a mistake.",
    "validation": "Where the best epoch is chosen, training images of such a class stand in, and say less than new "
    "ones would: the epoch may be one at which it goes badly.",
    "test": "Nothing can be said of how well such a class is recognised, and averages are over the others.",
}
WHAT_TO_DO = {
    "train": "Bring training images of it, divide the images anew, or leave it out.",
    "validation": "Divide the images anew, or bring more of them.",
    "test": "Divide the images anew, or bring more of them.",
}
# The share of a class from which what is kept on one side leaves next to nothing for the others.
NEARLY_ALL = 0.8
# Of one class, and of several.
THEN = {
    "train": (
        "it can't be learned, and each of its images that is tested will count as a mistake",
        "they can't be learned, and each of their images that is tested will count as a mistake",
    ),
    "validation": (
        "training images stand in for them where the best epoch is chosen, and say less than new ones would",
        "training images stand in for them where the best epoch is chosen, and say less than new ones would",
    ),
    "test": (
        "nothing will be known of how well it is recognised",
        "nothing will be known of how well they are recognised",
    ),
}


def classes_lacking(counts: pd.DataFrame) -> dict[str, list[str]]:
    """By part of the split, the classes that it has no image of, though it has of others.

    One that nobody trains on is named for that alone: of what can't be learned, no other part has to have images.

    Parameters
    ----------
    counts
        Images per class (rows) and part (columns): see `core.datasets.content.Content.count`.
    """
    taking_part = counts[counts.sum(axis=1) > 0]
    found = {}
    for part in SPLITS:
        wanted = taking_part if part == "train" else taking_part[taking_part["train"] > 0]
        found[part] = wanted.index[wanted[part] == 0].tolist() if taking_part[part].any() else []
    return found


def lacking(content: Content) -> Iterable[Finding]:
    """That classes have no image to train, validate or test on."""
    if content.split_problem or len(content.class_names) < 2:
        return
    for part, names in classes_lacking(content.counts).items():
        kind = f"class_without_{part}"
        paths = shown_paths(content, kind, content.images["label"].isin(names)) if names else ()
        if not paths:
            continue
        leaves_two = len(content.class_names) - len(names) >= 2
        remedy = "Leave these classes out" if part == "train" and leaves_two else ""
        yield Finding(
            kind,
            f"{count_of(len(names), 'class')} without {PARTS[part]} images: {_listed(names, content.counts)}",
            f"{WHY[part]} {_kept_together(content, names) or WHAT_TO_DO[part]}",
            SEVERITIES[part],
            paths,
            (),
            remedy,
            paths if remedy else (),
        )


def _kept_together(content: Content, names: Sequence[str]) -> str:
    """That dividing anew is of no use, since nearly a whole class is kept on one side; "" where it may help."""
    images = content.images
    if content.settings.near_duplicates_together and (of := _of_one(images, names, images["cluster"])):
        return (
            f"Nearly all images of {_quoted(of)} look so much alike that they count as copies and are kept on one "
            "side, so that dividing anew is of no use. Bring images that differ; or, if that is how they all look, let "
            "near copies lie on both sides."
        )
    groups = pd.Series(content.grouping(images, content.settings.group_by).numbers, index=images.index)
    if of := _of_one(images, names, groups):
        return (
            f"Nearly all images of {_quoted(of)} are of one group, and those are kept on one side, so that dividing "
            "anew is of no use. Bring images of other groups."
        )
    return ""


def _of_one(images: pd.DataFrame, names: Sequence[str], numbers: pd.Series) -> list[str]:
    """The classes of several images nearly all of which have one number."""
    largest = numbers.groupby(images["label"]).agg(lambda each: each.value_counts(normalize=True).iloc[0])
    several = images["label"].value_counts() > 2
    return [name for name in names if several[name] and largest[name] >= NEARLY_ALL]


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:SHOWN])


def lacking_in_words(counts: pd.DataFrame) -> list[str]:
    """The same before a training, a sentence for each part of the split, the gravest first; none where all is there.

    Parameters
    ----------
    counts
        As for `classes_lacking`, as the run will divide the images.
    """
    return [
        f"No {PARTS[part]} images of {_listed(names, counts)}: {THEN[part][len(names) > 1]}."
        for part, names in classes_lacking(counts).items()
        if names
    ]


def _listed(names: Sequence[str], counts: pd.DataFrame) -> str:
    """Such as “owls” (5 images)."""
    totals = counts.sum(axis=1)
    shown = ", ".join(f"“{name}” ({count_of(int(totals[name]), 'image')})" for name in names[:SHOWN])
    return shown + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")
