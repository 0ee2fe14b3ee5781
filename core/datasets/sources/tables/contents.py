"""What the columns of a table hold, as far as a look at some of their rows tells."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.datasets.sources.listing import is_image
from core.datasets.sources.split_names import split_of_value
from core.datasets.sources.tables.files import TableFile
from core.datasets.sources.tables.paths import NamedFiles, file_name
from core.datasets.sources.tables.several_labels import SEVERAL
from core.datasets.sources.words import LONGEST_LABEL, listed, quoted, shown

MISSING_VALUES = frozenset({"", "nan", "null", "<na>", "n/a", "#n/a"})  # not "none" and "na": people mean classes
ONES, ZEROS = frozenset({"1", "1.0", "true"}), frozenset({"0", "0.0", "false"})

_MOST_NAMES = 30
_ROWS = 2_000
_CELLS = 400_000
_LOOKED_UP = 20
_NUMBER = re.compile(r"[-+]?\d*\.?\d+(?:e[-+]?\d+)?", re.IGNORECASE)
_WHOLE = re.compile(r"[-+]?\d+(?:\.0+)?")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Column:
    """A column of a table, and what it holds in the rows that were looked at, spread over the whole table.

    Parameters
    ----------
    index
        Where it stands.
    name
        What it is called.
    cells
        As text, in the order of the rows; "" where one is missing.
    word
        What messages call it: see `core.datasets.sources.tables.files.TableFile.column_word`.
    """

    index: int
    name: str
    cells: Sequence[str]
    word: str = "column"

    @cached_property
    def simple(self) -> str:
        """Its name without spaces, punctuation and capital letters."""
        return re.sub(r"[\W_]+", "", self.name).casefold()

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of its name: "ClassId" and "class_id" have the same."""
        return frozenset(re.split(r"[\W_]+", _HUMP.sub(" ", self.name).casefold())) - {""}

    @cached_property
    def values(self) -> list[str]:
        """The cells that hold something."""
        return [cell for cell in self.cells if cell]

    @cached_property
    def different(self) -> list[str]:
        """The different values, those of the first rows first."""
        return list(dict.fromkeys(self.values))

    @cached_property
    def holds_images(self) -> bool:
        """Whether nearly all values are names of image files."""
        found = sum(is_image(file_name(value)) for value in self.values)
        return found > 0.8 * len(self.values) if self.values else False

    @cached_property
    def is_numbers(self) -> bool:
        return bool(self.values) and all(_NUMBER.fullmatch(value) for value in self.different)

    @cached_property
    def is_numbered(self) -> bool:
        """Whether the numbers are written with leading zeros, as names of files are."""
        return any(value.startswith("0") and value.isdigit() and value != "0" for value in self.different)

    @cached_property
    def is_measured(self) -> bool:
        """Whether there are numbers that are not whole among nothing but numbers, such as probabilities."""
        return self.is_numbers and not all(_WHOLE.fullmatch(value) for value in self.different)

    @cached_property
    def is_binary(self) -> bool:
        """Whether there is nothing but 0 and 1, or false and true, in every row."""
        return bool(self.values) and {cell.casefold() for cell in self.cells} <= ONES | ZEROS

    @cached_property
    def is_split(self) -> bool:
        """Whether the values are parts of a split, at least two of them, and nothing else."""
        if len(self.different) > 20:
            return False
        parts = {split_of_value(value) for value in self.different}
        return None not in parts and len(parts - {""}) > 1

    @cached_property
    def is_repeated(self) -> bool:
        """Whether the values are those of classes: several, that come again and again, and short."""
        most = max(len(self.values) // 2, 2)
        return 2 <= len(self.different) <= most and all(len(value) <= LONGEST_LABEL for value in self.different)

    @cached_property
    def could_be_label(self) -> bool:
        """Whether labels may stand in it, by what it holds."""
        return self.is_repeated and not (self.holds_images or self.is_measured or self.is_split)

    def shown(self) -> str:
        """The column with some of its values, for people."""
        values = [shown(value.replace(SEVERAL, " and "), 40) for value in self.different[:3]]
        return f"{self.called()}: {', '.join(values)}{', …' if len(self.different) > 3 else ''}"

    def called(self) -> str:
        return f"{self.word} {quoted(self.name)}"


@dataclass(frozen=True)
class TableContents:
    """What a look at a table tells of it, to find its columns by.

    Parameters
    ----------
    table
        The table.
    columns
        Those of its columns that hold text.
    files
        The files that it may name.
    called
        What messages call the table.
    """

    table: TableFile
    columns: Sequence[Column]
    files: NamedFiles
    called: str

    @property
    def word(self) -> str:
        """What messages call its columns."""
        return self.table.column_word

    @property
    def listed(self) -> str:
        """The names of all columns."""
        return names_of(self.table.names)

    def names_images(self, column: Column, share: float = 0.0) -> bool:
        """Whether more than this share of some values of a column mean images that are here."""
        values = column.different[:: max(1, len(column.different) // _LOOKED_UP)][:_LOOKED_UP]
        return sum(map(self.files.has, values)) > share * len(values)


def columns_of(table: TableFile) -> list[Column]:
    """The columns that hold text, with what stands in rows that are spread over the whole table."""
    indices = [index for index in range(len(table.names)) if table.holds_text(index)]
    rows = _spread(table.rows(indices), max(20, min(_ROWS, _CELLS // max(len(indices), 1)))) if indices else []
    cells = [
        ["" if cell.casefold() in MISSING_VALUES else cell for cell in column] for column in zip(*rows, strict=True)
    ]
    cells = cells or [[] for _ in indices]
    return [
        Column(index, table.names[index], column, table.column_word)
        for index, column in zip(indices, cells, strict=True)
    ]


def say_the_same(one: Column, other: Column) -> bool:
    """Whether each value of one column stands beside one value of the other, as names do beside numbers of classes."""
    pairs = {(a, b) for a, b in zip(one.cells, other.cells, strict=True) if a and b}
    return len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}) > 0


def names_of(columns: Iterable[str | Column]) -> str:
    """Names of columns for people, not too many of them."""
    return listed((column if isinstance(column, str) else column.name for column in columns), _MOST_NAMES)


def columns_in_words(table: TableFile, columns: Sequence[int], called: str) -> str:
    """What was read from where, such as "the column “dx” of HAM10000_metadata.csv"."""
    names = [table.names[column] for column in columns]
    if len(names) == 1:
        return f"the {table.column_word} {quoted(names[0])} of {called}"
    return f"the {table.column_word}s {listed(names)} of {called} (1 for the class)"


def _spread(rows: Iterator[list[str] | None], most: int) -> list[list[str]]:
    """At most so many of the rows, at equal distances, whatever their number is."""
    kept, step = [], 1
    for number, row in enumerate(filter(None, rows)):
        if number % step:
            continue
        kept.append(row)
        if len(kept) == 2 * most:
            kept, step = kept[::2], 2 * step
    return kept
