"""Tables of paths and labels: which image has which label, part of a split and group."""

import os
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.datasets.sources.choices import AS_FOUND, Choices
from core.datasets.sources.found import FoundImage, Layout, natural_order, warn_of_alike
from core.datasets.sources.listing import has_control_characters
from core.datasets.sources.split_names import SPLIT_NAMES
from core.datasets.sources.tables.columns import find_columns
from core.datasets.sources.tables.files import TableFile, open_table
from core.datasets.sources.tables.paths import NamedFiles, NotUsable
from core.errors import UsageError

_MISSING_VALUES = frozenset({"", "nan", "null", "<na>", "n/a", "#n/a"})  # not "none" and "na": people mean classes
_LONGEST_LABEL = 200


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
    choices: Choices = AS_FOUND,
    inside: Path | None = None,
    classes: Collection[str] | None = None,
) -> Layout:
    """Read which images have which labels from a table: CSV of any delimiter, TSV or Parquet.

    Parameters
    ----------
    path
        The table. Paths in it are absolute or relative to its folder; a name or an id without an ending is enough
        where only one image below that folder has it.
    choices
        Which columns are meant, as far as a person said: see `core.datasets.sources.tables.columns.find_columns`.
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
    columns = find_columns(table, choices, path.name)
    layout = Layout(path.parent, warnings=list(table.warnings))
    names = {role: f"the column “{table.names[column]}” of {path.name}" for role, column in columns.items()}
    layout.labels_from, layout.groups_from = names["label"], names.get("group", "")
    named = _read_rows(table, columns, NamedFiles(path.parent, inside), classes, layout, path.name)
    _place(layout, _agreeing(named, layout, path.name))
    _check(layout, path.name, needs_two=classes is None)
    if any(image.split for image in layout.images):
        layout.split_from = names["split"]
    warn_of_alike(layout)
    return layout


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
        return ""
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
    images.sort(key=lambda image: natural_order(image.path))
    layout.images = [image for image in images if image.label]
    layout.unlabelled = [image for image in images if not image.label]


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
