"""Images with several labels: how cells of a table say so."""

import json
import re
from collections import Counter
from collections.abc import Collection

SEVERAL = "\x1f"
"""Stands between the labels of one image in a cell that readers of annotations make; no name holds it."""

_LONGEST_CELL = 10_000
_MOST_DIFFERENT = 50_000  # more are captions, and no labels
_KEYS = ("choices", "labels", "label", "classes")  # Label Studio writes {"choices": ["a", "b"]}
_IN_QUOTES = re.compile(r"\s*(?:'([^']*)'|\"([^\"]*)\"|(-?\d+))\s*,?")
# What hardly stands in a name of a class, and what well may.
_SEPARATORS, _SEPARATORS_IN_NAMES = "|;", ",/+& "


def labels_in(cell: str, separator: str = "") -> list[str]:
    """The labels that a cell names, each once.

    Parameters
    ----------
    cell
        A label, a list in JSON or as Python prints it, or several labels with `SEVERAL` or the separator between them.
    separator
        What `separator_in` found for the column.

    Examples
    --------
    >>> labels_in('{"choices": ["cat", "dog"]}'), labels_in("['cat']"), labels_in("cat|dog"), labels_in("cat|dog", "|")
    (['cat', 'dog'], ['cat'], ['cat|dog'], ['cat', 'dog'])
    """
    if SEVERAL in cell:
        found = cell.split(SEVERAL)
    elif cell[:1] in ("[", "{") and cell[-1:] in ("]", "}") and len(cell) <= _LONGEST_CELL:
        found = _listed(cell)
    elif separator:
        found = cell.split(separator)
    else:
        found = [cell]
    return list(dict.fromkeys(label for one in found if (label := one.strip())))


def separator_in(cells: Collection[str]) -> str:
    """What stands between several labels in the cells of a column; "" where each holds one label.

    A class may be called "rock|paper", "red fox" or "Smith, J.", so the parts of such cells have to be met elsewhere:
    each of them alone where the separator may stand in a name; and one of them, alone or among others, where it hardly
    does. Or they come together in many more ways than there are parts, and in different numbers, as no names do.

    Parameters
    ----------
    cells
        The different cells of the column.
    """
    alone = {cell for cell in cells if cell[:1] not in ("[", "{") and SEVERAL not in cell}
    for separator in _SEPARATORS + _SEPARATORS_IN_NAMES if len(alone) <= _MOST_DIFFERENT else "":
        compounds = [parts for cell in alone if len(parts := labels_in(cell, separator)) > 1]
        if not compounds:
            continue
        among = Counter(part for parts in compounds for part in set(parts))
        if separator in _SEPARATORS:
            fitting = any(part in alone or among[part] > 1 for parts in compounds for part in parts)
        else:
            apart = sum(all(part in alone for part in parts) for parts in compounds)
            fitting = apart * 2 >= len(compounds) if separator != " " else apart == len(compounds)
            fitting = fitting or (len(compounds) > 2 * len(among) and len(set(map(len, compounds))) > 2)
        if fitting:
            return separator
    return ""


def _listed(cell: str) -> list[str]:
    """What a list holds; the cell itself where it is none, and nothing for an object that names no label."""
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        return _as_python_prints(cell)
    if isinstance(value, dict):
        value = next((value[key] for key in _KEYS if key in value), [])
    entries = value if isinstance(value, list) else [value]
    return [str(entry) for entry in entries if isinstance(entry, str | int | float) and not isinstance(entry, bool)]


def _as_python_prints(cell: str) -> list[str]:
    inner, entries = cell[1:-1], []
    while inner:
        match = _IN_QUOTES.match(inner)
        if match is None or not match.end():
            return [cell]
        entries.append(next(group for group in match.groups() if group is not None))
        inner = inner[match.end() :]
    return entries
