"""Tables of paths and labels: which image has which label, part of a split and group."""

import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from core.datasets.sources.found import SPLIT_NAMES, FoundImage, Layout, natural_order, warn_of_alike
from core.datasets.sources.listing import has_control_characters, is_image
from core.datasets.sources.table_files import TableFile, open_table
from core.datasets.sources.table_paths import NamedFiles, NotUsable
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
_MISSING_VALUES = frozenset({"", "nan", "null", "<na>", "n/a", "#n/a"})  # not "none" and "na": people mean classes
_LONGEST_LABEL = 200
_ROWS_TO_LOOK_AT = 20


@dataclass
class _Named:
    """What all rows that name one file say about it."""

    label: str
    split: str
    group: str
    times: int = 1
    labels: set[str] = field(default_factory=set)
    splits: set[str] = field(default_factory=set)


def read_table(
    path: Path,
    *,
    path_column: str = "",
    label_column: str = "",
    split_column: str = "",
    group_column: str = "",
    inside: Path | None = None,
    classes: Collection[str] | None = None,
) -> Layout:
    """Read which images have which labels from a table: CSV of any delimiter, TSV or Parquet.

    Parameters
    ----------
    path
        The table. Paths in it are absolute or relative to its folder; a name or an id without an ending is enough
        where only one image below that folder has it.
    path_column, label_column, split_column, group_column
        Names of columns. Those not given are guessed by their usual names; split and group may be missing.
    inside
        For tables that come from anyone: files that lie outside this folder, also by links, are left out unread.
    classes
        Labels that are known; images with others are left out.

    Returns
    -------
    Layout
        Its root is the table's folder, or where images lie elsewhere the folder that all of them have in common.
        Rows that cannot be used are left out, each with a reason.

    Raises
    ------
    UsageError
        If the table cannot be read, lacks a column, or names no image that can be used; without `classes` also if
        there is only one label.
    """
    path = Path(path)
    if inside is not None and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(inside)):
        raise UsageError(f"{path.name} lies outside the folder and is not read.")
    table = open_table(path)
    given = {"path": path_column, "label": label_column, "split": split_column, "group": group_column}
    columns = _columns(table, given, path.name)
    layout = Layout(path.parent, warnings=list(table.warnings))
    named = _read_rows(table, columns, NamedFiles(path.parent, inside), classes, layout, path.name)
    _place(layout, _agreeing(named, layout, path.name))
    _check(layout, path.name, needs_two=classes is None)
    warn_of_alike(layout)
    return layout


# Columns -------------------------------------------------------------------------------------------------------------


def _columns(table: TableFile, given: dict[str, str], called: str) -> dict[str, int]:
    """Index of the column for each role; split and group are missing where there is none."""
    listed = ", ".join(f"“{name[:60]}”" for name in table.names[:30])
    if len(table.names) < 2:
        raise UsageError(f"{called} has one column only, {listed}. Expected one of file names and one of labels.")
    columns = {}
    for role, name in given.items():
        if name and table.names.count(name) != 1:
            count = "several columns" if name in table.names else "no column"
            raise UsageError(f"{called} has {count} “{name}”. Its columns are {listed}.")
        if name:
            columns[role] = table.names.index(name)
    for role in _USUAL:
        guess = _guess(table, role, set(columns.values())) if role not in columns else None
        if guess is not None:
            columns[role] = guess
    for role, what in (("path", "file names"), ("label", "labels")):
        if role not in columns:
            raise UsageError(
                f"Which column of {called} holds the {what} cannot be told. Its columns are {listed}. Choose one, or "
                f"name it “{role}” in the first line."
            )
    if len(set(columns.values())) < len(columns):
        raise UsageError(f"A column of {called} is chosen for two purposes. Choose different ones: {listed}.")
    return columns


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


# Rows ----------------------------------------------------------------------------------------------------------------


def _read_rows(
    table: TableFile,
    columns: dict[str, int],
    files: NamedFiles,
    classes: Collection[str] | None,
    layout: Layout,
    called: str,
) -> dict[str, _Named]:
    """What the usable rows say, by the absolute path of the file; the others are left out."""
    named: dict[str, _Named] = {}
    known = None if classes is None else frozenset(classes)
    roles = list(columns)
    ignores_split = "split" in columns and not _has_known_splits(table, columns["split"])
    if ignores_split:
        layout.warnings.append(
            f"The column “{table.names[columns['split']]}” of {called} was ignored: none of its values is train, "
            "validation or test."
        )
    for number, values in enumerate(table.rows(list(columns.values())), start=1):
        if values is None:
            layout.left_out.append((f"row {number}", f"of {called} has more fields than there are columns"))
            continue
        row = dict(zip(roles, values, strict=True))
        try:
            label = _label(row["label"], known)
            split = "" if ignores_split else _split(row.get("split", ""))
            file = files.find(row["path"])
        except NotUsable as reason:
            layout.left_out.append((_shown(row["path"]) or f"row {number}", str(reason)))
            continue
        entry = named.get(file)
        if entry is None:
            named[file] = _Named(label, split, row.get("group", ""))
        else:
            entry.times += 1
            entry.labels |= {entry.label, label}
            entry.splits |= {entry.split, split}
    return named


def _has_known_splits(table: TableFile, column: int) -> bool:
    values = {row[0].casefold() for row in table.rows([column]) if row}
    return values <= _MISSING_VALUES or any(value in SPLIT_NAMES for value in values)


def _label(text: str, known: Collection[str] | None) -> str:
    label = unicodedata.normalize("NFC", " ".join(text.split()))
    if label.casefold() in _MISSING_VALUES:
        raise NotUsable("has no label in the table")
    if len(label) > _LONGEST_LABEL or has_control_characters(label):
        raise NotUsable(f"has a label that is no name: “{_shown(label)}”")
    if known is not None and label not in known:
        raise NotUsable(f"has the label “{_shown(label)}”, which is none of the classes")
    return label


def _split(text: str) -> str:
    if text.casefold() in _MISSING_VALUES:
        return ""
    if text.casefold() not in SPLIT_NAMES:
        raise NotUsable(f"belongs to “{_shown(text)}”, which is none of train, validation and test")
    return SPLIT_NAMES[text.casefold()]


def _agreeing(named: dict[str, _Named], layout: Layout, called: str) -> Iterator[tuple[str, _Named]]:
    """The files about which all rows say the same."""
    repeated = 0
    for file, entry in named.items():
        shown = os.path.relpath(file, layout.root) if len(entry.labels) > 1 or len(entry.splits) > 1 else ""
        if len(entry.labels) > 1:
            labels = " and ".join(f"“{label}”" for label in sorted(entry.labels, key=natural_order)[:3])
            layout.left_out.append((shown, f"is named in the table with different labels, {labels}"))
        elif len(entry.splits) > 1:
            layout.left_out.append((shown, "is named in the table for different parts of the split"))
        else:
            repeated += entry.times > 1
            yield file, entry
    if repeated:
        layout.warnings.append(f"{repeated:,} images are named more than once in {called}, and count once.")


def _place(layout: Layout, agreeing: Iterable[tuple[str, _Named]]) -> None:
    """Fill in the images, relative to the table's folder or, where some lie elsewhere, to what they have in common."""
    entries = list(agreeing)
    start = os.path.join(os.path.abspath(layout.root), "")
    if not all(file.startswith(start) for file, _ in entries):
        common = os.path.commonpath([os.path.dirname(file) for file, _ in entries])
        layout.root, start = Path(common), os.path.join(common, "")
    images = [
        FoundImage(file[len(start) :].replace(os.sep, "/"), entry.label, entry.split, entry.group)
        for file, entry in entries
    ]
    layout.images = sorted(images, key=lambda image: natural_order(image.path))


def _check(layout: Layout, called: str, needs_two: bool) -> None:
    names = layout.class_names
    examples = "; ".join(f"{path} {reason}" for path, reason in layout.left_out[:3])
    if not names and not layout.left_out:
        raise UsageError(f"{called} has column names but no rows. Expected one for each image.")
    if not names:
        raise UsageError(f"None of the {len(layout.left_out):,} rows of {called} can be used: {examples}.")
    if needs_two and len(names) < 2:
        left_out = f" {len(layout.left_out):,} rows were left out: {examples}." if examples else ""
        raise UsageError(
            f"All images that {called} names have the label “{names[0]}”. A classifier needs at least two.{left_out}"
        )


def _shown(text: str) -> str:
    """Text from a table that is safe to show: no invisible letters, and not endless."""
    visible = "".join(letter if letter.isprintable() else "�" for letter in text[:200])
    return visible if len(text) <= 100 else f"{visible[:97]}…"
