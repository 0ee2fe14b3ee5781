"""Tables of paths and labels: which image has which label, part of a split and group."""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.datasets.sources.choices import AS_FOUND, LEAVE_OUT, Choices, Option, Undecided
from core.datasets.sources.found import FoundImage, Layout, natural_order, warn_of_alike
from core.datasets.sources.listing import is_inside
from core.datasets.sources.tables.columns import Columns, find_columns
from core.datasets.sources.tables.contents import columns_in_words
from core.datasets.sources.tables.files import TableFile, open_table
from core.datasets.sources.tables.labels import RowLabels, whole_numbers
from core.datasets.sources.tables.parts import RowParts, parts_by_folders
from core.datasets.sources.tables.paths import NamedFiles, NotUsable, folders_in
from core.datasets.sources.words import in_a_row, listed, quoted, sentence, shown
from core.errors import UsageError


@dataclass(slots=True)
class _Named:
    """What all rows that name one file say about it."""

    labels: tuple[str, ...]
    split: str
    group: str
    named: str
    times: int = 1
    others: set[tuple[str, ...]] = field(default_factory=set)
    splits: set[str] = field(default_factory=set)


def read_table(
    path: Path,
    *,
    choices: Choices = AS_FOUND,
    base: Path | None = None,
    inside: Path | None = None,
    classes: Collection[str] | None = None,
    needs_two: bool = True,
) -> Layout:
    """Read which images have which labels from a table: CSV of any delimiter, TSV, Excel or Parquet.

    Parameters
    ----------
    path
        The table. Paths in it are absolute or relative to `base`; a name or an id without an ending is enough where
        only one image below that folder has it. So is the end of a path of another machine, or of an address.
    choices
        Which columns are meant, as far as a person said: see `core.datasets.sources.tables.columns.find_columns`.
    base
        The folder that paths in it are relative to; the table's own where none is given.
    inside
        For tables that come from anyone: files that lie outside this folder, also by links, are left out unread.
    classes
        Labels that are known; images with others are left out.
    needs_two
        Whether a table that gives all images one label is refused.

    Returns
    -------
    Layout
        Its root is `base`, or where images lie elsewhere the folder that all of them have in common.
        Rows that cannot be used are left out, each with a reason; images of rows without a label are unlabelled.

    Raises
    ------
    Undecided
        If several columns would do as well as one another, or images have several labels, and nobody chose.
    UsageError
        If the table cannot be read, lacks a column, or names no image that can be used; without `classes` also if
        there is only one label, unless it may be so.
    """
    path = Path(path)
    if inside is not None and not is_inside(path, inside):
        raise UsageError(f"{path.name} lies outside the folder and is not read.")
    base = path.parent if base is None else base
    table, files = open_table(path), NamedFiles(base, inside)
    columns, notes = find_columns(table, choices, path.name, files)
    layout = Layout(base, warnings=[*table.warnings, *notes])
    layout.labels_from = columns_in_words(table, columns.label, path.name)
    named = _read_rows(table, columns, files, classes, layout, path.name)
    layout.left_out += [(copy, f"is a copy of {first}, which counts once") for copy, first in files.copies.items()]
    entries = dict(_agreeing(named, layout, path.name))
    entries = _with_one_label(entries, layout, path.name, choices)
    if columns.group is not None:
        _take_groups(entries, layout, columns_in_words(table, [columns.group], path.name))
    _take_split(entries, layout, table, columns, path.name)
    _place(layout, entries)
    _check(layout, path.name, files, needs_two=needs_two and classes is None)
    _say_how_paths_were_matched(layout, files, path.name)
    warn_of_alike(layout)
    return layout


# Rows ----------------------------------------------------------------------------------------------------------------


def _read_rows(
    table: TableFile,
    columns: Columns,
    files: NamedFiles,
    classes: Collection[str] | None,
    layout: Layout,
    called: str,
) -> dict[str, _Named]:
    """What the usable rows say, by the absolute path of the file; the others are left out."""
    named: dict[str, _Named] = {}
    known = None if classes is None else frozenset(classes)
    labels, parts = _survey(table, columns)
    if parts is not None and columns.split is not None:
        layout.warnings += _how_parts_were_read(parts, table, columns.split, called)
    others = [column for column in (columns.split, columns.group) if column is not None]
    for number, values in enumerate(table.rows([columns.path, *columns.label, *others]), start=1):
        if values is None:
            layout.left_out.append((f"row {number}", f"of {called} has more fields than there are columns"))
            continue
        path, *cells = values
        group = cells.pop() if columns.group is not None else ""
        try:
            split = parts.of(cells.pop()) if parts is not None else ""
            found = labels.of(cells)
            _check_known(found, known)
            file = files.find(path)
        except NotUsable as reason:
            layout.left_out.append((shown(path) or f"row {number}", str(reason)))
            continue
        entry = named.get(file)
        if entry is None:
            named[file] = _Named(found, split, group, path)
        else:
            entry.times += 1
            entry.others |= {entry.labels, found} - {()}  # a row without a label says nothing against another
            entry.labels = entry.labels or found
            entry.splits |= {entry.split, split}
    return named


def _how_parts_were_read(parts: RowParts, table: TableFile, column: int, called: str) -> Iterator[str]:
    if parts.is_ignored:
        yield (
            f"{sentence(columns_in_words(table, [column], called))} was ignored: none of its values is train, "
            "validation or test."
        )
    if parts.is_numbered:
        yield (
            f"In the column “{table.names[column]}” of {called} 0 was taken for train, 1 for validation and 2 for "
            "test. If that is not meant, choose --split-column=-."
        )


def _survey(table: TableFile, columns: Columns) -> tuple[RowLabels, RowParts | None]:
    """What the labels and the parts of the split mean, by all that stands in their columns."""
    looked_at = [*columns.label[: len(columns.label) == 1], *([columns.split] if columns.split is not None else [])]
    cells: list[set[str]] = [set() for _ in looked_at]
    for row in filter(None, table.rows(looked_at)) if looked_at else ():
        for found, cell in zip(cells, row, strict=True):
            found.add(cell)
    parts = None if columns.split is None else RowParts(table.names[columns.split], cells.pop())
    return RowLabels([table.names[column] for column in columns.label], cells[0] if cells else ()), parts


def _check_known(labels: Sequence[str], known: Collection[str] | None) -> None:
    lacking = [label for label in labels if known is not None and label not in known]
    if lacking:
        raise NotUsable(f"has the label {quoted(lacking[0])}, which is none of the classes")


def _agreeing(named: dict[str, _Named], layout: Layout, called: str) -> Iterator[tuple[str, _Named]]:
    """The files about which all rows say the same."""
    repeated = 0
    for file, entry in named.items():
        if len(entry.others) > 1:
            labels = sorted({label for labels in entry.others for label in labels}, key=natural_order)
            reason = f"is named in the table with different labels, {listed(labels)}"
        elif len(entry.splits) > 1:
            reason = "is named in the table for different parts of the split"
        else:
            repeated += entry.times > 1
            yield file, entry
            continue
        layout.left_out.append((os.path.relpath(file, layout.root), reason))
    if repeated:
        layout.warnings.append(f"{repeated:,} images are named more than once in {called}, and count once.")


def _with_one_label(entries: dict[str, _Named], layout: Layout, called: str, choices: Choices) -> dict[str, _Named]:
    """The images without those that have several labels, which are left out where a person chose that."""
    several = {file: entry for file, entry in entries.items() if len(entry.labels) > 1}
    if several and choices.several_labels != LEAVE_OUT:
        example = next(iter(several.values()))
        raise Undecided(
            f"One label an image is what can be learned, but {len(several):,} of the {len(entries):,} images that "
            f"{called} names have several: {shown(example.named)} has {listed(example.labels, 5)}.",
            [Option(f"leave the {len(several):,} images with several labels out", Choices(several_labels=LEAVE_OUT))],
            called,
        )
    for file, entry in several.items():
        reason = f"has several labels, {listed(entry.labels)}: one an image is what can be learned"
        layout.left_out.append((os.path.relpath(file, layout.root), reason))
    return {file: entry for file, entry in entries.items() if file not in several}


def _take_groups(entries: dict[str, _Named], layout: Layout, column: str) -> None:
    whole = whole_numbers({entry.group for entry in entries.values()})
    for entry in entries.values():
        entry.group = whole.get(entry.group, entry.group)
    layout.groups_from = column if any(entry.group for entry in entries.values()) else ""


def _take_split(entries: dict[str, _Named], layout: Layout, table: TableFile, columns: Columns, called: str) -> None:
    """Say where the parts of the split come from, and where no column gives them take them from the paths."""
    if columns.split is not None and any(entry.split for entry in entries.values()):
        layout.split_from = columns_in_words(table, [columns.split], called)
        return
    start = os.path.join(os.path.abspath(layout.root), "")
    by_table = [folders_in(entry.named) for entry in entries.values()]
    by_place = [os.path.dirname(file.removeprefix(start)).split(os.sep) for file in entries]
    for folders in (by_table, by_place):
        parts, names = parts_by_folders(folders)
        # Where the folder says the label, "train" is a class beside "bus".
        if parts and not {label for entry in entries.values() for label in entry.labels} & set(names):
            for entry, part in zip(entries.values(), parts, strict=True):
                entry.split = part
            layout.split_from = f"the folders {in_a_row(names)} in the paths that {called} names"
            return


def _place(layout: Layout, entries: dict[str, _Named]) -> None:
    """Fill in the images, relative to the table's folder or, where some lie elsewhere, to what they have in common."""
    start = os.path.join(os.path.abspath(layout.root), "")
    if not all(file.startswith(start) for file in entries):
        common = os.path.commonpath([os.path.dirname(file) for file in entries])
        layout.root, start = Path(common), os.path.join(common, "")
    images = [
        FoundImage(file[len(start) :].replace(os.sep, "/"), "".join(entry.labels), entry.split, entry.group)
        for file, entry in entries.items()
    ]
    images.sort(key=lambda image: natural_order(image.path))
    layout.images = [image for image in images if image.label]
    layout.unlabelled = [image for image in images if not image.label]


def _check(layout: Layout, called: str, files: NamedFiles, needs_two: bool) -> None:
    names = layout.class_names
    examples = "; ".join(f"{path} {reason}" for path, reason in layout.left_out[:3])
    if not names and not layout.left_out and not layout.unlabelled:
        raise UsageError(f"{called} has column names but no rows. Expected one for each image.")
    if not names and layout.unlabelled:
        raise UsageError(f"{sentence(layout.labels_from)} gives no image a label.")
    if not names:
        rows = f"None of the {len(layout.left_out):,} rows of {called} can be used: {examples}."
        raise UsageError(rows + files.hint(layout.left_out[0][0]))
    if needs_two and len(names) < 2:
        left_out = f" {len(layout.left_out):,} rows were left out: {examples}." if examples else ""
        raise UsageError(
            f"All images that {called} names have the label “{names[0]}”. A classifier needs at least two.{left_out}"
        )


def _say_how_paths_were_matched(layout: Layout, files: NamedFiles, called: str) -> None:
    if files.matched_by_end:
        named, match = files.matched_by_end
        layout.warnings.append(
            f"Paths in {called} are those of another machine, and were matched by their ends: {shown(named)} is "
            f"{shown(match)}."
        )
