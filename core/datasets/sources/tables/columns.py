"""Which columns of a table hold the paths, the labels, the parts of a split and the groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from core.datasets.sources.choices import NO_COLUMN, Choices, Option, Undecided
from core.datasets.sources.split_names import split_of_value
from core.datasets.sources.tables.column_names import GROUPS, SPLITS, part_of_flag
from core.datasets.sources.tables.contents import Column, TableContents, columns_of, names_of
from core.datasets.sources.tables.files import TableFile
from core.datasets.sources.tables.label_columns import label_columns
from core.datasets.sources.tables.one_hot import exclude_each_other
from core.datasets.sources.tables.parts import NUMBERED
from core.datasets.sources.tables.path_column import path_column
from core.datasets.sources.tables.paths import NamedFiles
from core.datasets.sources.words import listed, quoted
from core.errors import UsageError

_MOST_COLUMNS, _MOST_OPTIONS = 10_000, 12


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
            f"{called} has one {table.column_word} only, {names_of(table.names)}. Expected one of file names and one "
            "of labels."
        )
    if len(table.names) > _MOST_COLUMNS:
        raise UsageError(f"{called} has {len(table.names):,} {table.column_word}s. Keep only those that are needed.")
    given = _given(table, choices, called)
    if {"path", "label"} <= table.columns.keys():
        return _as_given(given), []
    contents = TableContents(table, columns_of(table), files, called)
    if contents.columns and not contents.columns[0].cells:
        raise UsageError(f"{called} has column names but no rows. Expected one for each image.")
    return _found(contents, given, choices)


def _found(contents: TableContents, given: Mapping[str, Sequence[int]], choices: Choices) -> tuple[Columns, list[str]]:
    """The columns that were given, and those found for the other roles among the rest."""
    found = {role: list(indices) for role, indices in given.items()}

    def free() -> list[Column]:
        taken = {index for indices in found.values() for index in indices}
        return [column for column in contents.columns if column.index not in taken]

    if "path" not in found:
        found["path"] = [path_column(contents, free()).index]
    for role, look in (("split", _split), ("group", _group)):
        if role not in found and (columns := look(free(), contents.called)):
            found[role] = [columns[0].index]
    notes: list[str] = []
    if "label" not in found:
        columns, note = label_columns(contents, free(), found["path"][0], choices.several_labels)
        found["label"] = [column.index for column in columns]
        notes += filter(None, [note])
    return _as_given(found), notes + _ignored_splits(free(), contents.called)


def _given(table: TableFile, choices: Choices, called: str) -> dict[str, list[int]]:
    """The columns that a person chose, or that the format fixes, by their roles."""
    chosen = {
        "path": [choices.path_column],
        "label": list(choices.label_columns),
        "split": [choices.split_column],
        "group": [choices.group_column],
    }
    given, word = {}, table.column_word
    for role, names in chosen.items():
        if names == [NO_COLUMN]:
            given[role] = []
            continue
        for name in filter(None, names if any(names) else [table.columns.get(role, "")]):
            if table.names.count(name) != 1:
                count = f"several {word}s" if name in table.names else f"no {word}"
                raise UsageError(f"{called} has {count} {quoted(name)}. Its {word}s are {names_of(table.names)}.")
            given.setdefault(role, []).append(table.names.index(name))
            if not table.holds_text(given[role][-1]):
                raise UsageError(f"The {word} {quoted(name)} of {called} holds no text. Choose another {word}.")
    used = [index for indices in given.values() for index in indices]
    if len(set(used)) < len(used):
        raise UsageError(
            f"A {word} of {called} is chosen for two purposes. Choose different ones: {names_of(table.names)}."
        )
    return given


def _as_given(given: Mapping[str, Sequence[int]]) -> Columns:
    split, group = (given[role][0] if given.get(role) else None for role in ("split", "group"))
    return Columns(given["path"][0], tuple(given["label"]), split, group)


def _split(free: Sequence[Column], called: str) -> list[Column]:
    """The column that holds parts of a split, if there is one."""
    by_values = [column for column in free if column.is_split]
    named = [
        column
        for column in _named(SPLITS, free)
        if any(map(split_of_value, column.different)) or set(column.different) == set(NUMBERED)
    ]
    binary = [column for column in free if column.is_binary]
    # Among other columns of 0 and 1, "train" is a class beside "bus".
    flags = [column for column in binary if part_of_flag(column.name) and ("is" in column.words or len(binary) < 2)]
    best = [column for column in named if column in by_values]
    if not best and (len(by_values) > 1 or _one_for_each_part(binary)):
        _ask_for_split(by_values or _one_for_each_part(binary), called)
    return [*best, *by_values, *flags, *named][:1]


def _one_for_each_part(binary: Sequence[Column]) -> list[Column]:
    """The columns of 0 and 1 that are a part of a split each, training among them; empty where there are none."""
    parts = {column.name: part for column in binary if (part := part_of_flag(column.name)) and "is" not in column.words}
    columns = [column for column in binary if column.name in parts]
    are_parts = len(columns) > 1 and "train" in parts.values() and len(set(parts.values())) == len(columns)
    return columns if are_parts and exclude_each_other(columns) else []


def _ask_for_split(columns: Sequence[Column], called: str) -> NoReturn:
    """Ask which of several columns divides the images, the ones that hold back the test images first."""
    columns = sorted(columns, key=lambda column: part_of_flag(column.name) != "test")
    raise Undecided(
        f"{len(columns)} columns of {called} say in which part of a split the images are: "
        f"{listed(column.name for column in columns)}. Choose one, or put the parts train, validation and test in one "
        "column called “split”.",
        [
            *(Option(column.shown(), Choices(split_column=column.name)) for column in columns[:_MOST_OPTIONS]),
            Option("none: the images are divided anew", Choices(split_column=NO_COLUMN)),
        ],
        called,
    )


def _group(free: Sequence[Column], called: str) -> list[Column]:
    """The column that holds groups, if there is one."""
    return _named(GROUPS, free)[:1]


def _named(usual: Sequence[str], free: Sequence[Column]) -> list[Column]:
    fitting = [column for column in free if column.simple in usual]
    return sorted(fitting, key=lambda column: usual.index(column.simple))


def _ignored_splits(free: Sequence[Column], called: str) -> list[str]:
    """What is said of columns that are called as splits are and hold none."""
    ignored = [column for column in _named(SPLITS, free) if column.values and column.simple != "dataset"]
    return [
        f"The {column.called()} of {called} was ignored: none of its values is train, validation or test."
        for column in ignored  # "dataset" says more often which of several an image is from
    ]
