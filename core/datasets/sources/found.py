"""What a search for labelled images comes to, whatever the labels were told from."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from core.datasets.sources.words import listed

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class FoundImage:
    """An image file, and what is said of it.

    Parameters
    ----------
    path
        Relative to the dataset's root, with forward slashes.
    label
        Name of the class; "" where it is among the unlabelled ones of a `Layout`.
    split
        "train", "validation" or "test"; "" where none is given.
    group
        What must not be torn apart by a split, such as a patient; "" where none is given.
    """

    path: str
    label: str
    split: str = ""
    group: str = ""


@dataclass
class Layout:
    """What a folder or a table holds.

    Parameters
    ----------
    root
        The folder that all paths of images are relative to.
    images
        The labelled images, in a fixed order.
    unlabelled
        The images that are there to be predicted, without a label, in a fixed order.
    left_out
        ``(path, reason)`` of the files that look like images but are not used, or are named but cannot be used.
    warnings
        What a user should know about the folders or the table, in words.
    labels_from
        What the labels were told from, in words that go on after "labels from", such as "the names of the folders".
    split_from
        The same for the parts of the split, such as "the folders train and test"; "" where no split came with them.
    groups_from
        The same for groups, such as "column “patient” of labels.csv"; "" where none came with them.
    """

    root: Path
    images: list[FoundImage] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unlabelled: list[FoundImage] = field(default_factory=list)
    labels_from: str = ""
    split_from: str = ""
    groups_from: str = ""

    @property
    def count(self) -> int:
        """How many images there are, with or without a label."""
        return len(self.images) + len(self.unlabelled)

    @property
    def class_names(self) -> list[str]:
        return sorted({image.label for image in self.images}, key=natural_order)


def origin_in_words(labels_from: str, split_from: str, groups_from: str) -> str:
    """What labels, split and groups were told from, in a line: see `Layout`; "" where that of labels is not known."""
    if not labels_from:
        return ""
    split = f"split from {split_from}" if split_from else "no split came with them"
    groups = f", groups from {groups_from}" if groups_from else ""
    return f"labels from {labels_from}, {split}{groups}"


def natural_order(text: str) -> tuple[list, str]:
    """A sort key by which "Type 2" comes before "Type 10"."""
    parts = _DIGITS.split(text.casefold())
    # Text and numbers take turns, text first, so that two keys never compare one with the other.
    parts[1::2] = map(int, parts[1::2])
    return parts, text


def warn_of_alike(layout: Layout) -> None:
    """Add a warning for classes whose names differ only in upper and lower case."""
    by_folded: dict[str, list[str]] = {}
    for name in layout.class_names:
        by_folded.setdefault(name.casefold(), []).append(name)
    for alike in by_folded.values():
        if len(alike) > 1:
            words = (
                f"The classes {listed(alike)} differ only in upper and lower case and are taken as different classes. "
                "If they mean the same, give their images one name and import again."
            )
            if words not in layout.warnings:
                layout.warnings.append(words)
