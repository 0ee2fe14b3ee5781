"""A finding of the check-up, and what all that look for faults share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.datasets.content import Content

STOPS, WARNS, NOTES = "error", "warning", "note"


@dataclass(frozen=True)
class Finding:
    """Something that the check-up has found.

    Parameters
    ----------
    kind
        Its name, for programs.
    title
        What it is, for people, with the count.
    why
        Why it matters.
    severity
        "error": no result could be trusted; "warning": look at it first; "note": good to know.
    paths
        The images that show it.
    sets
        Where images belong together, such as copies of each other: the paths of each set, which `paths` lists too.
    notes
        What is to be said of each set, in words; empty where nothing is.
    remedy
        What one click does about it, in words; "" where there is nothing to do.
    excludes
        The images that the remedy takes out.
    group_by
        The rule by which images belong together that the remedy divides by.
    """

    kind: str
    title: str
    why: str
    severity: str
    paths: tuple[str, ...] = ()
    sets: tuple[tuple[str, ...], ...] = ()
    remedy: str = ""
    excludes: tuple[str, ...] = ()
    group_by: str = ""
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Sets of images where they belong together, else images."""
        return len(self.sets) or len(self.paths)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        facts = {"kind": self.kind, "severity": self.severity, "count": self.count, "title": self.title}
        facts |= {"why": self.why, "remedy": self.remedy, "paths": list(self.paths)}
        if self.sets:
            facts["sets"] = [list(paths) for paths in self.sets]
        if self.notes:
            facts["notes"] = list(self.notes)
        if self.group_by:
            facts["group_by"] = self.group_by
        return facts


def unaccepted(content: Content, kind: str) -> pd.DataFrame:
    """The images that take part, but for those of which it was said that this finding is all right."""
    return without_accepted(content, kind, content.images)


def without_accepted(content: Content, kind: str, images: pd.DataFrame) -> pd.DataFrame:
    accepted = content.edits.accepted.get(kind)
    if not accepted:
        return images
    keys = pd.MultiIndex.from_arrays([images["path"], images["pixel_hash"]])
    return images[~keys.isin(list(accepted))]


def shown_paths(content: Content, kind: str, rows: pd.Series) -> tuple[str, ...]:
    return tuple(without_accepted(content, kind, content.images[rows.to_numpy(dtype=bool)])["path"])


def sets_of(images: pd.DataFrame, column: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(paths) for _, paths in images.groupby(column, sort=False)["path"])


def flat(sets: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(path for paths in sets for path in paths)


def count_of(number: int, word: str) -> str:
    plural = {"class": "classes"}.get(word, f"{word}s")
    return f"{number:,} {word if number == 1 else plural}"


def count_are(number: int, word: str) -> str:
    return f"{count_of(number, word)} {'is' if number == 1 else 'are'}"
