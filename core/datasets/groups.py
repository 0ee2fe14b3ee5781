"""Which images belong together, such as those of one patient, by their folder, their table or their file names."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UsageError

GROUP = "{group}"
MOST_STARS = 4
LONGEST_NAME = 255

# When a rule is worth suggesting: a wrong one misleads, none is only a rule that people have to write themselves.
FIT_AT_LEAST = 0.95
FEWEST_GROUPS = 5
LARGEST_SHARE = 0.2
# A number of a person or a thing, "p012" or "0417"; a lone "cat" or "IMG" says nothing, "20240131" is a day.
_IDENTIFIER = re.compile(r"(?!(?:19|20)\d{6}$)(?:[A-Za-z]+\d+|\d{3,})")


@dataclass(frozen=True)
class Grouping:
    """Which images belong together.

    Attributes
    ----------
    numbers : (n,) ndarray of int
        Equal for images of one group; from 0 in the order in which the groups first appear.
    unmatched : int
        Files that the rule finds no group for, so that each is a group of its own.
    """

    numbers: np.ndarray
    unmatched: int


def check_group_by(group_by: str) -> None:
    """Refuse a rule that cannot be followed; see `group_numbers` for those that can.

    Raises
    ------
    UsageError
        What is wrong with it, and how to put it.
    """
    if group_by in ("", "folder", "column"):
        return
    if group_by.count(GROUP) != 1:
        raise UsageError(
            f"Group by “folder”, by “column” or by a file name that holds {GROUP} once, such as {GROUP}_*. "
            f"Got {group_by!r}."
        )
    if "/" in group_by or "\\" in group_by:
        raise UsageError(f"The file name {group_by!r} must not hold folders: only a file's own name is looked at.")
    if f"*{GROUP}" in group_by or f"{GROUP}*" in group_by:
        raise UsageError(f"In {group_by!r} a * stands right beside {GROUP}. Put what separates them, as in {GROUP}_*.")
    if group_by.count("*") > MOST_STARS or len(group_by) > LONGEST_NAME:
        raise UsageError(
            f"The file name to group by may hold {MOST_STARS} * and {LONGEST_NAME} characters at most. "
            f"Got {group_by.count('*')} * in {len(group_by)} characters."
        )


def group_numbers(paths: Sequence[str], column: Sequence[str], group_by: str) -> Grouping:
    """Number the groups that images belong to by a rule.

    Parameters
    ----------
    paths : (n,) sequence of str
        Where the images lie, with "/" between folders.
    column : (n,) sequence of str
        The group that a table names, "" where it names none. May be empty where the rule is another.
    group_by
        ""
            Each image on its own.
        "folder"
            Images of one folder, by its whole path.
        "column"
            Images with the same value, apart from spaces around it.
        a file name that holds ``{group}`` once
            Images with the same text in its place. A ``*`` stands for any text, also none; each takes as little as it
            can, from left to right, so that ``{group}_*`` ends at the first underscore. Folders do not count, upper
            and lower case do.

    Raises
    ------
    UsageError
        If the rule cannot be followed, or finds no group for any image.
    """
    check_group_by(group_by)
    if not group_by:
        return Grouping(np.arange(len(paths)), 0)
    keys = _keys(paths, column, group_by)
    unmatched = keys.count("")
    if keys and unmatched == len(keys):
        if group_by == "column":
            raise UsageError("The table names no groups: its group column is missing or empty. Group by another rule.")
        example = _file_name(paths[0])
        raise UsageError(f"No file has a name like {group_by!r}; the first is {example!r}. Write it to fit your files.")
    numbers: dict[str | int, int] = {}
    found = [numbers.setdefault(key or row, len(numbers)) for row, key in enumerate(keys)]
    return Grouping(np.array(found, dtype=np.int64), unmatched)


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


def suggest_group_by(paths: Sequence[str]) -> str:
    """A rule for file names that clearly begin with whom or what they show, such as "p012_1.jpg" and "p012_2.jpg".

    Parameters
    ----------
    paths : (n,) sequence of str
        Where the images lie, with "/" between folders.

    Returns
    -------
    str
        "{group}_*" or "{group}-*", to be put to `group_numbers`; "" where there is any doubt.
    """
    for separator in "_-":
        if _begin_with_identifiers(paths, separator):
            return f"{GROUP}{separator}*"
    return ""


# Rules ---------------------------------------------------------------------------------------------------------------


def _keys(paths: Sequence[str], column: Sequence[str], group_by: str) -> list[str]:
    """What names each image's group; "" where the rule finds none."""
    if group_by == "folder":
        return [f"{path.rpartition('/')[0]}/" for path in paths]
    if group_by == "column":
        return [value.strip() for value in column]
    pattern = _pattern(group_by)
    matches = (pattern.fullmatch(name) if len(name) <= LONGEST_NAME else None for name in map(_file_name, paths))
    return [match["group"] if match else "" for match in matches]


def _pattern(template: str) -> re.Pattern:
    """The regular expression of a template, quick for every file name.

    All wildcards but the last are atomic, together with the text behind them: the earliest place where that text fits
    leaves the most to the rest, so there is never a reason to go back and try a later one.
    """
    start, *rest = re.split(r"(\{group\}|\*)", template)
    wildcards = [r"(?P<group>.+?)" if mark == GROUP else ".*?" for mark in rest[::2]]
    texts = [re.escape(text) for text in rest[1::2]]
    pieces = [f"(?>{wildcard}{text})" for wildcard, text in zip(wildcards[:-1], texts[:-1], strict=True)]
    return re.compile("".join([re.escape(start), *pieces, wildcards[-1], texts[-1]]), re.DOTALL)


def _file_name(path: str) -> str:
    return path.rpartition("/")[2]


# Suggestions ---------------------------------------------------------------------------------------------------------


def _begin_with_identifiers(paths: Iterable[str], separator: str) -> bool:
    """Whether nearly all file names begin with one of many identifiers, most of which several images share."""
    sizes: Counter[str] = Counter()
    found_in = defaultdict(Counter)
    total = 0
    for path in paths:
        total += 1
        folder, _, name = path.rpartition("/")
        prefix, separated, _ = name.partition(separator)
        if separated and _IDENTIFIER.fullmatch(prefix):
            sizes[prefix] += 1
            found_in[folder][prefix] += 1
    if len(sizes) < FEWEST_GROUPS or sizes.total() < FIT_AT_LEAST * total:
        return False
    shared = sum(size > 1 for size in sizes.values())
    # One and the same beginning throughout a folder is the class once more, as in "3/3_0012.png".
    names_the_folder = any(len(inside) == 1 and inside.total() > 1 for inside in found_in.values())
    return shared >= len(sizes) / 2 and max(sizes.values()) <= LARGEST_SHARE * total and not names_the_folder
