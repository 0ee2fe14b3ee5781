"""Names that come from files, in sentences for people: safe to show, some of many; and numbers of bytes."""

import re
from collections.abc import Iterable, Sequence

LONGEST_LABEL = 200
"""Letters that the name of a class may have."""

_CONTROL = re.compile(r"[\0-\x1f\x7f-\x9f]")


def shown(text: str, longest: int = 100) -> str:
    """Text from a file that is safe to show: no invisible letters, which can make a terminal do anything, and an end.

    Examples
    --------
    >>> shown("a\\x1b[2J.jpg"), shown("photos/of/the/year/2024/00001.jpg", longest=20)
    ('a�[2J.jpg', 'photos/of…/00001.jpg')
    """
    if len(text) > longest:
        end = min(15, longest // 2)
        text = f"{text[: longest - end - 1]}…{text[-end:]}"
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def quoted(text: str) -> str:
    """The same in quotation marks, and shorter."""
    return f"“{shown(text, 60)}”"


def in_a_row(words: Iterable[str], most: int | None = None) -> str:
    """Such as "a, b and c", or "a, b and 5 more" where there are more than `most`, and not just one more.

    Examples
    --------
    >>> in_a_row(["a", "b"]), in_a_row("abcdefg", most=2)
    ('a and b', 'a, b and 5 more')
    """
    words = list(words)
    if most is not None and len(words) > most + 1:
        words = [*words[:most], f"{len(words) - most:,} more"]
    *others, last = words or [""]
    return f"{', '.join(others)} and {last}" if others else last


def first_of(names: Sequence[str]) -> str:
    """The first of some names, safe to show, in quotation marks: “a” and 5 more."""
    return quoted(names[0]) + (f" and {len(names) - 1:,} more" if len(names) > 1 else "")


def sentence(words: str) -> str:
    """Words as they stand at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def listed(names: Iterable[str], most: int = 3) -> str:
    """Names that are safe to show, in quotation marks: “a”, “b” and 5 more."""
    return in_a_row(map(quoted, names), most)


def in_bytes(count: int) -> str:
    """A number of bytes, such as "1.5 GB"."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"


def has_control_characters(name: str) -> bool:
    """True for names with line breaks, escapes and the like, which can make a terminal or a table show anything."""
    return _CONTROL.search(name) is not None


def can_be_label(text: str) -> bool:
    """Whether a text can be the name of a class: not endless, and without control characters."""
    return len(text) <= LONGEST_LABEL and not has_control_characters(text)
