"""Numbers as people list them: "1, 5, 7-9", or "all"."""

import re

from core.errors import UsageError

ALL = "all"
LONGEST = 400


def read_numbers(text: str, what: str = "filters") -> list[int] | None:
    """The numbers that a text lists, each once and in its order; None for "all".

    >>> read_numbers("7-9, 1")
    [7, 8, 9, 1]

    Parameters
    ----------
    text
        Whole numbers from 1, and ranges of them, with commas or spaces in between.
    what
        What is numbered, for the error.

    Raises
    ------
    UsageError
        If it lists something else, nothing, or more than `LONGEST`.
    """
    if text.strip().lower() == ALL:
        return None
    parts = re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", text.strip()).strip(",; "))
    found: dict[int, None] = {}
    for part in parts:
        match = re.fullmatch(r"([1-9]\d{0,5})(?:-([1-9]\d{0,5}))?", part, re.ASCII)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            raise UsageError(f'List {what} as "1,5,7-9", or say "{ALL}". Got {part[:40]!r}.')
        found |= dict.fromkeys(range(first, min(last, first + LONGEST) + 1))
        if len(found) > LONGEST:
            raise UsageError(f'At most {LONGEST} {what} can be listed. Say "{ALL}" for all.')
    return list(found)
