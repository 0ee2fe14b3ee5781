"""Which columns of a table hold the paths, the labels, the parts of a split and the groups."""

import re
from itertools import islice

from core.datasets.sources.choices import NO_COLUMN, Choices, Option, Undecided
from core.datasets.sources.listing import is_image
from core.datasets.sources.tables.files import TableFile
from core.errors import UsageError

# What columns are usually called, without spaces and underscores, the clearest first.
_USUAL = {
    "path": "path filepath imagepath file filename filenames imagefile imagefilename imagename image images img "
    "imageid imgid idcode id name",
    "label": "labelname classname categoryname label labels class classlabel classes category target y species breed "
    "diagnosis dx type",
    "split": "split set subset partition phase usage",
    "group": "group groupid patient patientid subject subjectid participant participantid case caseid lesionid",
}
_ROWS_TO_LOOK_AT = 20


def find_columns(table: TableFile, choices: Choices, called: str) -> dict[str, int]:
    """Which column holds the paths, which the labels, the parts of the split and the groups.

    Parameters
    ----------
    table
        The table.
    choices
        Columns that a person named; the others are guessed by their usual names.
    called
        What messages call the table.

    Returns
    -------
    dict of str to int
        Index of the column for each role; "split" and "group" are missing where there is none.

    Raises
    ------
    UsageError
        If a column that was named is not there, or no column holds file names, or labels.
    """
    given = {
        "path": choices.path_column,
        "label": "".join(choices.label_columns[:1]),
        "split": choices.split_column,
        "group": choices.group_column,
    }
    listed = ", ".join(f"“{name[:60]}”" for name in table.names[:30])
    if len(table.names) < 2:
        raise UsageError(f"{called} has one column only, {listed}. Expected one of file names and one of labels.")
    columns = {}
    for role, name in given.items():
        if name == NO_COLUMN:
            continue
        if name and table.names.count(name) != 1:
            count = "several columns" if name in table.names else "no column"
            raise UsageError(f"{called} has {count} “{name}”. Its columns are {listed}.")
        if name:
            columns[role] = table.names.index(name)
    for role in _USUAL:
        wanted = role not in columns and given[role] != NO_COLUMN
        guess = _guess(table, role, set(columns.values())) if wanted else None
        if guess is not None:
            columns[role] = guess
    for role, what in (("path", "file names"), ("label", "labels")):
        if role not in columns:
            words = (
                f"Which column of {called} holds the {what} cannot be told. Its columns are {listed}. Choose one, or "
                f"name it “{role}” in the first line."
            )
            raise Undecided(words, _label_options(table, columns) if role == "label" else (), called)
    if len(set(columns.values())) < len(columns):
        raise UsageError(f"A column of {called} is chosen for two purposes. Choose different ones: {listed}.")
    return columns


def _label_options(table: TableFile, columns: dict[str, int]) -> list[Option]:
    """The columns that may hold the labels, with some of their values."""
    free = [column for column in range(len(table.names)) if column not in columns.values() and table.holds_text(column)]
    first = [row for row in islice(table.rows(free), _ROWS_TO_LOOK_AT) if row]
    options = []
    for index, column in enumerate(free):
        values = ", ".join(list(dict.fromkeys(row[index] for row in first))[:3])
        name = table.names[column]
        options.append(Option(f"the column “{name}”: {values}", Choices(label_columns=(name,))))
    return options


def _guess(table: TableFile, role: str, taken: set[int]) -> int | None:
    simple = [re.sub(r"[\W_]+", "", name).casefold() for name in table.names]
    for usual in _USUAL[role].split():
        if usual in simple and simple.index(usual) not in taken:
            return simple.index(usual)
    if role == "path":
        free = [column for column in range(len(table.names)) if column not in taken and table.holds_text(column)]
        first = [row for row in islice(table.rows(free), _ROWS_TO_LOOK_AT) if row]
        for index, column in enumerate(free):
            if first and all(is_image(row[index]) for row in first):
                return column
    return None
