"""Which labels the rows of a table give their images."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from core.datasets.sources.tables.contents import MISSING_VALUES, ONES, ZEROS
from core.datasets.sources.tables.one_hot import means_no_class
from core.datasets.sources.tables.paths import NotUsable
from core.datasets.sources.tables.several_labels import SEVERAL, labels_in, separator_in
from core.datasets.sources.words import can_be_label, quoted

_MOST_KEPT = 10_000
_BLANKS = re.compile(rf"[^\S{SEVERAL}]+")
_NUMBER, _WHOLE = re.compile(r"-?\d+(\.\d+)?"), re.compile(r"(-?\d+)\.0+")


class RowLabels:
    """What the cells of the columns of labels say.

    Parameters
    ----------
    names
        Name of the column that holds the labels; of several where each is a class and holds 1 for its images.
    cells
        The different cells of the one column.
    """

    def __init__(self, names: Sequence[str], cells: Collection[str]):
        self._classes = list(map(_cleaned, names)) if len(names) > 1 else []
        cells = set(map(_cleaned, cells))
        self._separator, self._whole = separator_in(cells), whole_numbers(cells)
        self._of_cell = lru_cache(_MOST_KEPT)(self._of_cell)

    def of(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The labels of a row; none where it is unlabelled.

        Raises
        ------
        NotUsable
            If what stands there is no name.
        """
        found = self._of_ones(cells) if self._classes else self._of_cell(cells[0])
        for label in found:
            if not can_be_label(label):
                raise NotUsable(f"has a label that is no name: {quoted(label)}")
        return tuple(found)

    def _of_cell(self, cell: str) -> list[str]:
        cell = _cleaned(cell)
        if cell.casefold() in MISSING_VALUES:
            return []
        cell = self._whole.get(cell, cell)
        return [label for label in labels_in(cell, self._separator) if label.casefold() not in MISSING_VALUES]

    def _of_ones(self, cells: Sequence[str]) -> list[str]:
        found = []
        for name, cell in zip(self._classes, cells, strict=True):
            if cell.casefold() in ONES:
                found.append(name)
            elif cell.casefold() not in ZEROS | MISSING_VALUES:
                raise NotUsable(f"has {quoted(cell)} in the column {quoted(name)}, which is neither 0 nor 1")
        return [name for name in found if not means_no_class(name)]


def whole_numbers(cells: Iterable[str]) -> dict[str, str]:
    """The cells such as "1.0" and the "1" that they mean, where all numbers among them are whole; else none.

    Programs write whole numbers so where some are missing in the column. "007" stays what it is.
    """
    numbers = [cell for cell in cells if _NUMBER.fullmatch(cell)]
    whole = {cell: match[1] for cell in numbers if (match := _WHOLE.fullmatch(cell))}
    return whole if all(cell in whole or "." not in cell for cell in numbers) else {}


def _cleaned(text: str) -> str:
    return unicodedata.normalize("NFC", _BLANKS.sub(" ", text).strip(" "))
