"""Which columns of a table hold the paths, the labels, the parts of a split and the groups."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.datasets.sources.choices import LEAVE_OUT, Choices, Option, Undecided
from core.datasets.sources.split_names import split_of_value
from core.datasets.sources.tables.column_names import (
    GROUPS,
    LABELS,
    OFTEN_LABELS,
    PATHS,
    SPLITS,
    is_clear,
    may_be_label,
    part_of_flag,
)
from core.datasets.sources.tables.contents import ONES, Column, columns_of, printable, say_the_same
from core.datasets.sources.tables.files import TableFile
from core.datasets.sources.tables.one_hot import (
    exclude_each_other,
    one_hot_columns,
    share_of_several,
)
from core.datasets.sources.tables.paths import NamedFiles, file_name, shown
from core.errors import UsageError

_LOOKED_UP = 20
_MOST_COLUMNS = 10_000
_MOST_OPTIONS = 12


@dataclass(frozen=True)
class Columns:
    """The columns that a table is read by, as their indices.

    Parameters
    ----------
    path
        The file names.
    label
        The labels; several where each column is a class and holds 1 for its images.
    split, group
        None where there is none.
    """

    path: int
    label: tuple[int, ...]
    split: int | None = None
    group: int | None = None


def find_columns(table: TableFile, choices: Choices, called: str, files: NamedFiles) -> tuple[Columns, list[str]]:
    """Which column holds the paths, which the labels, the parts of the split and the groups.

    What a person chose and what the table's format fixes is taken. Else columns are told from their names and from what
    they hold; where two would do as well, it is asked.

    Parameters
    ----------
    table
        The table.
    choices
        Columns that a person named.
    called
        What messages call the table.
    files
        The files that it may name.

    Returns
    -------
    Columns
        What was found.
    list of str
        What was guessed, in words.

    Raises
    ------
    Undecided
        If several columns may hold the labels, or the file names, or none clearly does.
    UsageError
        If a column that was named is not there, or no column holds file names, or labels.
    """
    if len(table.names) < 2:
        raise UsageError(
            f"{called} has one column only, {_listed(table.names)}. Expected one of file names and one of labels."
        )
    if len(table.names) > _MOST_COLUMNS:
        raise UsageError(f"{called} has {len(table.names):,} columns. Keep only those that are needed.")
    given = _given(table, choices, called)
    if {"path", "label"} <= getattr(table, "columns", {}).keys():
        return _as_given(given), []
    columns = columns_of(table)
    if columns and not columns[0].cells:
        raise UsageError(f"{called} has column names but no rows. Expected one for each image.")
    return _Search(columns, table, called, files).find(given, choices)


def _given(table: TableFile, choices: Choices, called: str) -> dict[str, list[int]]:
    """The columns that a person chose, or that the format fixes, by their roles."""
    fixed: Mapping[str, str] = getattr(table, "columns", {})
    chosen = {
        "path": [choices.path_column],
        "label": list(choices.label_columns),
        "split": [choices.split_column],
        "group": [choices.group_column],
    }
    given = {}
    for role, names in chosen.items():
        for name in filter(None, names if any(names) else [fixed.get(role, "")]):
            if table.names.count(name) != 1:
                count = "several columns" if name in table.names else "no column"
                raise UsageError(f"{called} has {count} “{name}”. Its columns are {_listed(table.names)}.")
            given.setdefault(role, []).append(table.names.index(name))
            if not table.holds_text(given[role][-1]):
                raise UsageError(f"The column “{name}” of {called} holds no text. Choose another column.")
    used = [index for indices in given.values() for index in indices]
    if len(set(used)) < len(used):
        raise UsageError(
            f"A column of {called} is chosen for two purposes. Choose different ones: {_listed(table.names)}."
        )
    return given


def _as_given(given: Mapping[str, Sequence[int]]) -> Columns:
    split, group = (given[role][0] if role in given else None for role in ("split", "group"))
    return Columns(given["path"][0], tuple(given["label"]), split, group)


class _Search:
    """Looks for the columns of one table; what is taken for one role is not looked at for the next."""

    def __init__(self, columns: Sequence[Column], table: TableFile, called: str, files: NamedFiles):
        self._columns, self._table, self._called, self._files = columns, table, called, files
        self._taken: set[int] = set()
        self._notes: list[str] = []

    def find(self, given: Mapping[str, Sequence[int]], choices: Choices) -> tuple[Columns, list[str]]:
        self._taken.update(index for indices in given.values() for index in indices)
        found = dict(given)
        for role, look in (("path", self._path), ("split", self._split), ("group", self._group)):
            if role not in given:
                found[role] = [column.index for column in look()]
                self._taken.update(found[role])
        if "label" not in given:
            found["label"] = [column.index for column in self._labels(found["path"][0], choices)]
            self._note_what_is_no_split(found["label"])
        return _as_given({role: indices for role, indices in found.items() if indices}), self._notes

    def _free(self) -> list[Column]:
        return [column for column in self._columns if column.index not in self._taken]

    def _named(self, usual: Sequence[str]) -> list[Column]:
        fitting = [column for column in self._free() if column.simple in usual]
        return sorted(fitting, key=lambda column: usual.index(column.simple))

    # Paths

    def _path(self) -> list[Column]:
        free = sorted(self._free(), key=_rank_as_path)
        fitting = [column for column in free if column.holds_images]
        ids = [column for column in free if not column.holds_images and column.simple in PATHS]
        if not fitting or any(_rank_as_path(column) < _rank_as_path(fitting[0]) for column in ids):
            fitting = sorted(fitting + [column for column in ids if self._finds(column)], key=_rank_as_path)
        fitting = self._different_files(fitting)
        if len(fitting) > 1:
            fitting = [column for column in fitting if self._finds(column)] or fitting
        if len(fitting) > 1:
            options = [Option(column.shown(), Choices(path_column=column.name)) for column in fitting[:_MOST_OPTIONS]]
            raise Undecided(
                f"{len(fitting)} columns of {self._called} name images: {_listed(c.name for c in fitting)}. Which of "
                "them holds the images that the labels belong to?",
                options,
                self._called,
            )
        if not fitting:
            fitting = [column for column in ids if len(ids) > 1 and self._finds(column)] or ids
            # Counts that happen to be names of files are none.
            others = [column for column in free if not column.is_numbers or column.is_numbered or "id" in column.words]
            fitting = fitting or [column for column in others if self._finds(column, 0.5)]
        if fitting:
            self._refuse_names_of_images(fitting[0])
            return fitting[:1]
        named = [name for index, name in enumerate(self._table.names) if not self._table.holds_text(index)]
        if len(named) and any("".join(filter(str.isalnum, name)).casefold() in PATHS for name in named):
            raise UsageError(
                f"The column “{named[0]}” of {self._called} holds no text. Choose another column."
                f" Its columns are {_listed(self._table.names)}."
            )
        raise UsageError(
            f"Which column of {self._called} holds the file names cannot be told: none of them names an image. Its "
            f"columns are {_listed(self._table.names)}. Choose one, or name it “path” in the first line."
        )

    def _refuse_names_of_images(self, column: Column) -> None:
        """An id of an image as the name of a column is the first row of a table without column names."""
        if column.simple not in PATHS and self._files.has(column.name):
            raise UsageError(
                f"The first line of {self._called} names an image, “{shown(column.name)}”, and no columns. Write "
                "a line of column names above it, such as path,label."
            )

    def _different_files(self, columns: Sequence[Column]) -> list[Column]:
        """The columns without those that name the same files as an earlier one, as a path and an address may."""
        kept: list[Column] = []
        for column in sorted(columns, key=lambda column: any("://" in value for value in column.values[:_LOOKED_UP])):
            if not any(self._are_same_files(column, other) for other in kept):
                kept.append(column)
        return kept

    def _are_same_files(self, one: Column, other: Column) -> bool:
        if any(_stem(a) != _stem(b) for a, b in zip(one.cells, other.cells, strict=True)):
            return False
        pairs = list(zip(one.cells, other.cells, strict=True))[:_LOOKED_UP]
        # A mask may be called as its image is, and lie in another folder.
        return not any(self._files.has(a) and self._files.has(b) and not self._files.are_one(a, b) for a, b in pairs)

    def _finds(self, column: Column, share: float = 0.0) -> bool:
        """Whether more than this share of some of the values mean images that are here."""
        values = column.different[:: max(1, len(column.different) // _LOOKED_UP)][:_LOOKED_UP]
        return sum(map(self._files.has, values)) > share * len(values)

    # Parts of a split

    def _split(self) -> list[Column]:
        free = self._free()
        by_values = [column for column in free if column.is_split]
        named = [column for column in self._named(SPLITS) if any(map(split_of_value, column.different))]
        binary = [column for column in free if column.is_binary]
        # Among other columns of 0 and 1, "train" is a class beside "bus".
        flags = [column for column in binary if part_of_flag(column.name) and ("is" in column.words or len(binary) < 2)]
        best = [column for column in named if column in by_values]
        return [*best, *by_values, *flags, *named][:1]

    def _note_what_is_no_split(self, labels: Sequence[int]) -> None:
        for column in self._named(SPLITS[:-1]):  # "dataset" says more often which of several an image is from
            if column.index not in labels and column.values:
                self._notes.append(
                    f"The {column.called()} of {self._called} was ignored: none of its values is train, validation or "
                    "test."
                )

    def _group(self) -> list[Column]:
        return self._named(GROUPS)[:1]

    # Labels

    def _labels(self, path: int, choices: Choices) -> list[Column]:
        free = [column for column in self._free() if column.values]
        clear = [column for column in free if is_clear(column)]
        fitting = _different_meanings([column for column in clear if column.could_be_label])
        if len(fitting) == 1:
            return fitting
        if fitting:
            self._ask(path, fitting, free)
        one_hot = self._one_hot(free)
        guesses = [column for column in free if column not in one_hot and may_be_label(column, free)]
        fitting = _different_meanings([column for column in guesses if column.could_be_label and _is_words(column)])
        if one_hot and fitting and all(say_the_same(_names_of_ones(one_hot), column) for column in fitting):
            return fitting[:1]
        if one_hot and not fitting:
            return self._by_one_hot(one_hot, path, choices)
        if not fitting:
            fitting = clear or [column for column in guesses if column.simple in OFTEN_LABELS or len(free) == 1]
            fitting = [column for column in fitting if column.is_repeated or not column.is_measured]
        elif clear:
            fitting = clear + [column for column in fitting if column not in clear]
        if len(fitting) == 1 and not one_hot:
            self._note_a_guess(fitting[0], free)
            return fitting
        self._ask(path, fitting, free, one_hot)

    def _note_a_guess(self, column: Column, free: Sequence[Column]) -> None:
        if len(free) > 1 and column.simple not in OFTEN_LABELS and not is_clear(column):
            self._notes.append(
                f"The labels were read from the {column.called()} of {self._called}, the only one that may hold them. "
                "If they stand in another, choose it."
            )

    def _one_hot(self, free: Sequence[Column]) -> list[Column]:
        """The columns that are a class each: all of 0 and 1 that exclude each other, whatever they are called."""
        every = one_hot_columns([column for column in free if not column.words & {"unnamed", "index", "idx"}])
        if every and exclude_each_other(every):
            return every
        return one_hot_columns(
            [column for column in every if may_be_label(column, free) and column.simple not in OFTEN_LABELS]
        )

    def _by_one_hot(self, columns: list[Column], path: int, choices: Choices) -> list[Column]:
        if exclude_each_other(columns) or choices.several_labels == LEAVE_OUT:
            return columns
        self._refuse_other_images(path)
        used = [column for column in columns if len(column.different) > 1]
        each = [Option(column.shown(), Choices(label_columns=(column.name,))) for column in used]
        raise Undecided(
            f"{len(columns)} columns of {self._called} hold 0 and 1: {_listed(column.name for column in columns)}. "
            f"{share_of_several(columns):.0%} of the rows have several 1s, but one label an image is what can be "
            "learned.",
            [
                Option("each column is a class; images with several are left out", Choices(several_labels=LEAVE_OUT)),
                *each[:_MOST_OPTIONS],
            ],
            self._called,
        )

    def _ask(self, path: int, fitting: list[Column], free: list[Column], one_hot: Sequence[Column] = ()) -> None:
        self._refuse_other_images(path)
        possible = [column for column in free if column not in fitting and len(column.different) > 1]
        possible = [column for column in possible if not (column.is_measured or column.is_split)]
        if not fitting + possible:  # what was taken for a split or for groups
            possible = [column for column in self._columns if column.index != path and len(column.different) > 1]
            possible = [column for column in possible if not column.is_measured]
        possible.sort(key=lambda column: (not column.could_be_label, not may_be_label(column, free)))
        shown = fitting if len(fitting) > 1 or (fitting and one_hot) else fitting + possible
        options = [Option(column.shown(), Choices(label_columns=(column.name,))) for column in shown[:_MOST_OPTIONS]]
        if one_hot:
            names = tuple(column.name for column in one_hot)
            options.append(Option(f"columns {_listed(names)}: 1 for the class", Choices(label_columns=names)))
        if not options:
            raise UsageError(
                f"Which column of {self._called} holds the labels cannot be told: none holds the names of classes. Its "
                f"columns are {_listed(self._table.names)}. Choose one, or put the names of classes in one called "
                "“label”."
            )
        if len(options) > 1 and fitting:
            question = f"Several columns of {self._called} may hold the labels."
        else:
            question = (
                f"Which column of {self._called} holds the labels cannot be told. Its columns are "
                f"{_listed(self._table.names)}."
            )
        raise Undecided(f"{question} Which of them is to be learned?", options, self._called)

    def _refuse_other_images(self, path: int) -> None:
        """Nothing is asked of a table that names no image here."""
        column = next((column for column in self._columns if column.index == path), None)
        if column is None or not self._finds(column):
            example = column.different[0] if column and column.values else ""
            raise UsageError(f"{self._called} names no image that is here.{self._files.hint(example)}")


def _stem(path: str) -> str:
    return os.path.splitext(file_name(path))[0]


def _rank_as_path(column: Column) -> int:
    return PATHS.index(column.simple) if column.simple in PATHS else len(PATHS)


def _different_meanings(columns: Sequence[Column]) -> list[Column]:
    """The columns without those that say the same as another: names stay rather than numbers, then the clearest."""

    def clarity(column: Column) -> tuple[bool, int]:
        usual = LABELS + OFTEN_LABELS
        return column.is_numbers, usual.index(column.simple) if column.simple in usual else len(usual)

    kept: list[Column] = []
    for column in sorted(columns, key=clarity):
        if not any(say_the_same(column, other) for other in kept):
            kept.append(column)
    return kept


def _names_of_ones(columns: Sequence[Column]) -> Column:
    """The columns of classes as the one column of labels that they mean."""
    rows = zip(*(column.cells for column in columns), strict=True)
    names = [column.name for column in columns]
    cells = [" ".join(name for name, cell in zip(names, row, strict=True) if cell.casefold() in ONES) for row in rows]
    return Column(-1, "", cells)


def _is_words(column: Column) -> bool:
    """Numbers are labels only where the column's name says so."""
    return column.simple in OFTEN_LABELS or not (column.is_numbers or column.is_binary)


def _listed(names: Iterable[str]) -> str:
    names = [f"“{printable(name[:60])}”" for name in names]
    return ", ".join(names[:30]) + (f" and {len(names) - 30} more" if len(names) > 30 else "")
