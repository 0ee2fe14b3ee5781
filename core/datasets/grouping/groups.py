"""Which images belong together, such as those of one patient, by their folder, their table or their file names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from core.datasets.grouping.cameras import CAMERA, CAMERA_RULES, MOMENT
from core.datasets.grouping.name_patterns import GROUP, check_pattern, groups_by_name
from core.datasets.grouping.naming import find_naming_habit
from core.errors import UsageError

__all__ = ["GROUP", "Grouping", "check_group_by", "group_numbers", "merge", "refuse_one_group", "suggest_group_by"]

LONGEST_SHOWN = 40
RULES_IN_WORDS = {
    "folder": "The folder",
    "column": "The table’s group column",
    CAMERA: "The camera, as the files tell it,",
    MOMENT: "The camera and the minute, as the files tell them,",
}


@dataclass(frozen=True)
class Grouping:
    """Which images belong together.

    Attributes
    ----------
    numbers : (n,) ndarray of int
        Equal for images of one group; from 0 in the order in which the groups first appear.
    unmatched : int
        Files that the rule finds no group for, so that each is a group of its own.
    names : tuple of str
        What each image's group is called, "" where the rule finds none; empty where there is no rule.
    """

    numbers: np.ndarray
    unmatched: int
    names: tuple[str, ...] = ()

    @cached_property
    def sizes(self) -> Counter[str]:
        """Images of each group that the rule found, in the order in which the groups first appear."""
        return Counter(name for name in self.names if name)

    def in_words(self) -> str:
        """How many groups were found, with an example: "340 groups, such as 00001 with 3 images"."""
        if not self.names:
            return "each image on its own"
        count, several = len(self.sizes), next((name for name, size in self.sizes.items() if size > 1), None)
        found = f"{count:,} group{'' if count == 1 else 's'}"
        if several is None:
            found += ", none of which holds more than one image"
        else:
            found += f", such as {short(several)} with {self.sizes[several]:,} images"
        if self.unmatched:
            one = "1 image doesn’t fit the rule and is on its own"
            many = f"{self.unmatched:,} images don’t fit the rule and are each on their own"
            found += f"; {one if self.unmatched == 1 else many}"
        return found

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: how many groups, of how many images the largest is, and how many images have none."""
        largest = max(self.sizes.values(), default=0)
        return {"count": len(self.sizes), "largest": largest, "unmatched": self.unmatched, "in_words": self.in_words()}


def check_group_by(group_by: str) -> None:
    """Refuse a rule that cannot be followed; see `group_numbers` for those that can.

    Raises
    ------
    UsageError
        What is wrong with it, and how to put it.
    """
    if group_by not in ("", "folder", "column", *CAMERA_RULES):
        check_pattern(group_by)


def group_numbers(paths: Sequence[str], column: Sequence[str], group_by: str) -> Grouping:
    """Number the groups that images belong to by a rule.

    Parameters
    ----------
    paths : (n,) sequence of str
        Where the images lie, with "/" between folders.
    column : (n,) sequence of str
        The group that a table names, "" where it names none, or what a rule of `core.datasets.grouping.cameras` finds.
        May be empty where the rule is another.
    group_by
        ""
            Each image on its own.
        "folder"
            Images of one folder, by its whole path.
        "column"
            Images with the same value, apart from spaces around it.
        "camera", "moment"
            Photographs of one camera, or of one camera within a minute of each other; see
            `core.datasets.grouping.cameras`.
        a file name that holds ``{group}``
            Images with the same text in its place, or in its places. A ``*`` stands for any text, also none; each takes
            as little as it can, from left to right, so that ``{group}_*`` ends at the first underscore. Upper and lower
            case count. Folders count where they are written: ``patient_{group}/*`` is by the folder that a file lies
            in. Patterns joined by “ or ” are tried in turn: ``img_{group}_* or img_{group}.*``.

    Raises
    ------
    UsageError
        If the rule cannot be followed, or finds no group for any image.
    """
    check_group_by(group_by)
    if not group_by:
        return Grouping(np.arange(len(paths)), 0)
    names = _names(paths, column, group_by)
    unmatched = names.count("")
    if names and unmatched == len(names):
        raise UsageError(_matches_nothing(paths, group_by))
    numbers: dict[str | int, int] = {}
    found = [numbers.setdefault(name or row, len(numbers)) for row, name in enumerate(names)]
    return Grouping(np.array(found, dtype=np.int64), unmatched, tuple(names))


def refuse_one_group(paths: Sequence[str], group_by: str, grouping: Grouping) -> None:
    """Refuse a rule by which all images belong together, so that there is nothing to divide.

    Raises
    ------
    UsageError
        What the rule finds, and one that finds more, where the names tell one.
    """
    if len(grouping.names) < 2 or grouping.unmatched or len(grouping.sizes) > 1:
        return
    rule = RULES_IN_WORDS.get(group_by, repr(group_by))
    raise UsageError(
        f"{rule} finds one group, {short(grouping.names[0])}, for all {len(paths):,} images, so that there is nothing "
        f"to divide. {_better(paths)}"
    )


def suggest_group_by(paths: Sequence[str], labels: Sequence[str] | None = None) -> str:
    """A rule for names that clearly tell whom or what they show, such as "p012_1.jpg" and "p012_2.jpg".

    Parameters
    ----------
    paths : (n,) sequence of str
        Where the images lie, with "/" between folders.
    labels : (n,) sequence of str, optional
        Their classes; without them, the outermost folders.

    Returns
    -------
    str
        A pattern to be put to `group_numbers`, such as "{group}_*"; "" where there is any doubt.
    """
    return find_naming_habit(paths, _outermost_folders(paths) if labels is None else labels).pattern


def merge(groups_a: np.ndarray, groups_b: np.ndarray) -> np.ndarray:
    """Join what either of two groupings holds together, also along chains through both.

    Parameters
    ----------
    groups_a, groups_b : (n,) array of int
        Group numbers of the same images; their values mean nothing beyond being equal.

    Returns
    -------
    (n,) ndarray of int
        Numbers of the connected components, from 0 in the order in which they first appear.
    """
    # A third of a second that every process would pay for at its start, and that few need.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    _, in_a = np.unique(groups_a, return_inverse=True)
    _, in_b = np.unique(groups_b, return_inverse=True)
    if not len(in_a):
        return np.zeros(0, dtype=np.int64)
    # Groups are the nodes, those of the second behind those of the first; an image is an edge between its two.
    in_b = in_b + in_a.max() + 1
    nodes = in_b.max() + 1
    edges = coo_array((np.ones(len(in_a), dtype=np.int8), (in_a, in_b)), shape=(nodes, nodes))
    components = connected_components(edges, directed=False)[1][in_a]
    _, first, inverse = np.unique(components, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse]


# Rules ---------------------------------------------------------------------------------------------------------------


def _names(paths: Sequence[str], column: Sequence[str], group_by: str) -> list[str]:
    """What names each image's group; "" where the rule finds none."""
    if group_by == "folder":
        return [f"{path.rpartition('/')[0]}/" for path in paths]
    if group_by in ("column", *CAMERA_RULES):
        return [value.strip() for value in column]
    return groups_by_name(paths, group_by)


def _matches_nothing(paths: Sequence[str], group_by: str) -> str:
    if group_by == "column":
        return "The table names no groups: its group column is missing or empty. Group by another rule."
    if group_by in CAMERA_RULES:
        when = {CAMERA: "by which camera", MOMENT: "by which camera and when"}[group_by]
        return f"No file tells {when} it was taken. Group by another rule."
    example = paths[0] if "/" in group_by else paths[0].rpartition("/")[2]
    return f"No file has a name like {group_by!r}; the first is {example!r}. {_better(paths)}"


def _better(paths: Sequence[str]) -> str:
    """The rule that would work, in words."""
    suggested = suggest_group_by(paths)
    if not suggested:
        return f"Write it to fit your files: {GROUP} stands for what the images of one group share, * for anything."
    return f"{suggested!r} finds {group_numbers(paths, [], suggested).in_words()}."


def _outermost_folders(paths: Sequence[str]) -> list[str]:
    return [path.partition("/")[0] if "/" in path else "" for path in paths]


def short(name: str) -> str:
    return name if len(name) <= LONGEST_SHOWN else f"{name[: LONGEST_SHOWN - 1]}…"
