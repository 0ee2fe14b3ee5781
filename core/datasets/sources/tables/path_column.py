"""Which column of a table names the images."""

import os
from collections.abc import Sequence

from core.datasets.sources.choices import Choices, Option, Undecided
from core.datasets.sources.tables.column_names import PATHS
from core.datasets.sources.tables.contents import Column, TableContents, names_of
from core.datasets.sources.tables.paths import file_name
from core.datasets.sources.words import quoted
from core.errors import UsageError

_LOOKED_UP, _MOST_OPTIONS = 20, 12


def path_column(contents: TableContents, free: Sequence[Column]) -> Column:
    """The column whose cells are paths, names or ids of images.

    Parameters
    ----------
    contents
        What is known of the table.
    free
        The columns that nothing else was chosen for.

    Raises
    ------
    Undecided
        If several name images that are here.
    UsageError
        If none does.
    """
    free = sorted(free, key=_rank_as_path)
    fitting = [column for column in free if column.holds_images]
    ids = [column for column in free if not column.holds_images and column.simple in PATHS]
    if not fitting or any(_rank_as_path(column) < _rank_as_path(fitting[0]) for column in ids):
        fitting = sorted(fitting + [column for column in ids if contents.names_images(column)], key=_rank_as_path)
    fitting = _different_files(contents, fitting)
    if len(fitting) > 1:
        fitting = [column for column in fitting if contents.names_images(column)] or fitting
    if len(fitting) > 1:
        options = [Option(column.shown(), Choices(path_column=column.name)) for column in fitting[:_MOST_OPTIONS]]
        raise Undecided(
            f"{len(fitting)} {contents.word}s of {contents.called} name images: {names_of(fitting)}. Which of "
            "them holds the images that the labels belong to?",
            options,
            contents.called,
        )
    if not fitting:
        fitting = [column for column in ids if len(ids) > 1 and contents.names_images(column)] or ids
        # Counts that happen to be names of files are none.
        others = [column for column in free if not column.is_numbers or column.is_numbered or "id" in column.words]
        fitting = fitting or [column for column in others if contents.names_images(column, 0.5)]
    if fitting:
        _refuse_names_of_images(contents, fitting[0])
        return fitting[0]
    word = contents.word
    for index, name in enumerate(contents.table.names):
        if not contents.table.holds_text(index) and Column(index, name, ()).simple in PATHS:
            raise UsageError(
                f"The {word} {quoted(name)} of {contents.called} holds no text. Choose another: {contents.listed}."
            )
    raise UsageError(
        f"Which {word} of {contents.called} holds the file names cannot be told: none of them names an image. Its "
        f"{word}s are {contents.listed}. Choose one, or name it “path” in the first line."
    )


def _refuse_names_of_images(contents: TableContents, column: Column) -> None:
    """An id of an image as the name of a column is the first row of a table without column names."""
    if column.simple not in PATHS and contents.files.has(column.name):
        raise UsageError(
            f"The first line of {contents.called} names an image, {quoted(column.name)}, and no columns. Write "
            "a line of column names above it, such as path,label."
        )


def _different_files(contents: TableContents, columns: Sequence[Column]) -> list[Column]:
    """The columns without those that name the same files as an earlier one, as a path and an address may."""
    kept: list[Column] = []
    for column in sorted(columns, key=lambda column: any("://" in value for value in column.values[:_LOOKED_UP])):
        if not any(_are_same_files(contents, column, other) for other in kept):
            kept.append(column)
    return kept


def _are_same_files(contents: TableContents, one: Column, other: Column) -> bool:
    if any(_stem(a) != _stem(b) for a, b in zip(one.cells, other.cells, strict=True)):
        return False
    pairs = list(zip(one.cells, other.cells, strict=True))[:_LOOKED_UP]
    # A mask may be called as its image is, and lie in another folder.
    return not any(
        contents.files.has(a) and contents.files.has(b) and not contents.files.are_one(a, b) for a, b in pairs
    )


def _stem(path: str) -> str:
    return os.path.splitext(file_name(path))[0]


def _rank_as_path(column: Column) -> int:
    return PATHS.index(column.simple) if column.simple in PATHS else len(PATHS)
