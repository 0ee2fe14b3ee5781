"""Patterns for file names, such as ``p{group}_*``: what stands in the place of ``{group}`` names an image's group."""

import re
from collections.abc import Callable, Sequence

from core.errors import UsageError

GROUP = "{group}"
OR = " or "
MOST_STARS = 4
MOST_GROUPS = 3
MOST_FOLDERS = 4
LONGEST_NAME = 255


def check_pattern(pattern: str) -> None:
    """Refuse a pattern that cannot be followed.

    Raises
    ------
    UsageError
        What is wrong with it, and how to put it.
    """
    if len(pattern) > LONGEST_NAME:
        raise UsageError(f"The pattern may have {LONGEST_NAME} characters at most. It has {len(pattern)}.")
    for part in alternatives(pattern):
        _check_alternative(part)


def alternatives(pattern: str) -> list[str]:
    """The patterns that are joined by “or”; a lone one may hold the word in a file's name."""
    parts = pattern.split(OR)
    return parts if all(GROUP in part for part in parts) else [pattern]


def matcher(pattern: str) -> Callable[[str], str]:
    """A function that tells the group of a path by a pattern that can be followed, "" where it does not fit.

    Where a pattern holds ``{group}`` several times, a slash joins what was found: no file name can hold one.
    """
    rules = [(part.count("/"), _regular_expression(part)) for part in alternatives(pattern)]

    def group_of(path: str) -> str:
        for folders, expression in rules:
            name = _tail(path, folders)
            match = expression.fullmatch(name) if len(name) <= LONGEST_NAME * (folders + 1) else None
            if match:
                return "/".join(match.groups())
        return ""

    return group_of


def groups_by_name(paths: Sequence[str], pattern: str) -> list[str]:
    """The group of each path, "" where the pattern does not fit."""
    return list(map(matcher(pattern), paths))


def _check_alternative(pattern: str) -> None:
    count = pattern.count(GROUP)
    if not count:
        raise UsageError(
            f"Group by “folder”, “column”, “camera”, “moment” or a file name that holds {GROUP}, such as {GROUP}_*. "
            f"Got {pattern!r}."
        )
    if count > MOST_GROUPS or pattern.count("*") > MOST_STARS:
        raise UsageError(
            f"The file name to group by may hold {GROUP} {MOST_GROUPS} times and {MOST_STARS} * at most. "
            f"Got {count} and {pattern.count('*')} in {pattern!r}."
        )
    if "\\" in pattern or "" in pattern.split("/") or pattern.count("/") > MOST_FOLDERS:
        raise UsageError(
            f"In {pattern!r}, write folders as patient_{GROUP}/*: names with one slash between each two, the file's "
            f"own last, and {MOST_FOLDERS} folders at most."
        )
    if re.search(r"\*\{group\}|\{group\}\*|\{group\}\{group\}", pattern):
        raise UsageError(
            f"In {pattern!r} a * or another {GROUP} stands right beside {GROUP}. Put what separates them, as in "
            f"{GROUP}_*."
        )


def _regular_expression(pattern: str) -> re.Pattern:
    """The regular expression of a pattern, quick for every file name.

    All wildcards but the last are atomic, together with the text behind them: the earliest place where that text fits
    leaves the most to the rest, so there is never a reason to go back and try a later one.
    """
    start, *rest = re.split(r"(\{group\}|\*)", pattern)
    wildcards = ["([^/]+?)" if mark == GROUP else "[^/]*?" for mark in rest[::2]]
    texts = [re.escape(text) for text in rest[1::2]]
    pieces = [f"(?>{wildcard}{text})" for wildcard, text in zip(wildcards[:-1], texts[:-1], strict=True)]
    return re.compile("".join([re.escape(start), *pieces, wildcards[-1], texts[-1]]), re.DOTALL)


def _tail(path: str, folders: int) -> str:
    """A file's own name, with so many of the folders before it."""
    return path.rpartition("/")[2] if not folders else "/".join(path.rsplit("/", folders + 1)[-folders - 1 :])
