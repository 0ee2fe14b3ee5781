"""Tables with a column for each class, which holds 1 for the images of that class and 0 for all others."""

from collections.abc import Sequence

from core.datasets.sources.tables.contents import ONES, Column

_NO_CLASS = frozenset({"unlabeled", "unlabelled", "nolabel", "notlabeled", "notlabelled"})
_NEARLY_ALL = 0.95


def one_hot_columns(columns: Sequence[Column]) -> list[Column]:
    """The columns that hold nothing but 0 and 1, where there are two at least in which a 1 stands."""
    binary = [column for column in columns if column.is_binary]
    used = [column for column in binary if any(cell.casefold() in ONES for cell in column.cells)]
    return binary if len(used) > 1 else []


def exclude_each_other(columns: Sequence[Column]) -> bool:
    """Whether nearly all rows that have a 1 have one alone, as where each column is a class."""
    ones = [count for row in zip(*(column.cells for column in columns), strict=True) if (count := _ones(row))]
    return bool(ones) and ones.count(1) >= _NEARLY_ALL * len(ones)


def share_of_several(columns: Sequence[Column]) -> float:
    """The share of rows that have more than one 1."""
    ones = [_ones(row) for row in zip(*(column.cells for column in columns), strict=True)]
    return sum(count > 1 for count in ones) / max(len(ones), 1)


def means_no_class(name: str) -> bool:
    """Whether a column holds 1 for images without a label, as an annotation tool may write it."""
    return "".join(letter for letter in name.casefold() if letter.isalnum()) in _NO_CLASS


def _ones(cells: Sequence[str]) -> int:
    return sum(cell.casefold() in ONES for cell in cells)
