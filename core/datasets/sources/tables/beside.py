"""Reads the tables that label the images of a folder, and puts those together that are the parts of a split."""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from core.datasets.sources.agreement import explains_another
from core.datasets.sources.annotations.opening import NoAnnotations
from core.datasets.sources.choices import AS_FOUND, Choices, Undecided
from core.datasets.sources.found import FoundImage, Layout
from core.datasets.sources.listing import subfolders
from core.datasets.sources.split_names import split_in_name
from core.datasets.sources.tables.column_names import speaks_of_labels
from core.datasets.sources.tables.families import (
    TableLabels,
    families,
    joined,
    largest_of_each_part,
    part_of_table,
    what_is_lacking,
    with_those_that_go_on,
)
from core.datasets.sources.tables.files import open_table
from core.datasets.sources.tables.paths import file_name
from core.datasets.sources.tables.reading import read_table
from core.datasets.sources.tables.table_folders import TableFolder, candidates
from core.errors import UsageError

_PASSED_OVER = "is a link to what is here under another path, or lies in a folder that is passed over"
_ROWS_TO_LOOK_AT = 10_000


@dataclass
class TablesBeside:
    """The tables that lie beside the images.

    Parameters
    ----------
    labels
        What those say that can be used, the most images first.
    questions
        By the table's path, what has to be chosen before it can be used.
    unusable
        By the table's path, why it cannot be used, in words.
    unknown
        Those of the unusable that are no table, and nothing that a known tool writes.
    """

    labels: list[TableLabels] = field(default_factory=list)
    questions: dict[str, Undecided] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)


def find_tables(
    folder: Path, root: Path, paths: Sequence[str], places: Sequence[TableFolder], choices: Choices = AS_FOUND
) -> TablesBeside:
    """Read every table that may label the images below a folder.

    Parameters
    ----------
    folder
        What the user gave.
    root
        `folder`, or the folder in it that is reached through folders that only wrap.
    paths
        The images below `root`.
    places
        Where tables may lie: see `look_around`.
    choices
        What a person said of the columns, and the table that they chose, which may lie anywhere below `folder`.
    """
    found, read, known = TablesBeside(), {}, frozenset(paths)
    for table in candidates(folder, places, choices.labels_from):
        name = os.path.relpath(table, folder).replace(os.sep, "/")
        try:
            read[name] = moved(read_below(table, choices, folder, root), root, known)
        except Undecided as question:
            found.questions[name] = _asked_of(question, name)
        except UsageError as error:
            found.unusable[name] = str(error)
            if isinstance(error, NoAnnotations):
                found.unknown.add(name)
    for family in families([*read, *found.questions, *found.unusable]):
        parts = {name: part for name, part in family.items() if name in read}
        problem = what_is_lacking(folder, family, parts, found.questions, found.unusable)
        while parts:
            used = largest_of_each_part(parts, read)
            found.labels.append(joined(root, {name: read[name] for name in used}, used))
            found.labels[-1].problem, problem = problem, None
            parts = {name: part for name, part in parts.items() if name not in used}
    found.labels = with_those_that_go_on(folder, root, found.labels, read)
    found.labels.sort(key=lambda one: -len(one.layout.images))
    return found


def labels_images(table: Path, paths: Iterable[str]) -> bool:
    """Whether most values of a column are names of images, with or without ending, and another is called after labels.

    Such a table is meant for the images, though it may not say which file of a name it means.
    """
    columns = _values_by_column(table)
    stems = {os.path.splitext(path.rpartition("/")[2])[0] for path in paths} if len(columns) > 1 else set()
    naming = {
        name
        for name, values in columns.items()
        if 2 * sum(os.path.splitext(file_name(value))[0] in stems for value in values) > len(values)
    }
    labels = [name for name, values in columns.items() if speaks_of_labels(name) and len(values) > 1]
    return bool(naming) and not naming.issuperset(labels)


def labels_folders(table: Path, names: Collection[str]) -> bool:
    """Whether a table names the folders and, in a column called after labels, has few values for many folders."""
    columns = _values_by_column(table)
    speaks_of_them = any(2 * len(values & set(names)) >= len(names) for values in columns.values())
    labels = [values for name, values in columns.items() if speaks_of_labels(name)]
    return speaks_of_them and any(1 < len(values) <= len(names) / 2 for values in labels)


def _values_by_column(table: Path) -> dict[str, set[str]]:
    """The different values in the first rows; none where the table can't be read."""
    try:
        opened = open_table(table)
        readable = [column for column in range(len(opened.names)) if opened.holds_text(column)]
        rows = [row for row in islice(opened.rows(readable), _ROWS_TO_LOOK_AT) if row is not None]
    except UsageError:
        return {}
    named = [opened.names[column] for column in readable]
    return dict(zip(named, map(set, zip(*rows, strict=True)), strict=True)) if rows else {}


# One table -----------------------------------------------------------------------------------------------------------


def read_below(table: Path, choices: Choices, folder: Path, root: Path) -> Layout:
    """What a table says, its paths told from that folder by which it names the most images."""
    best, most, refusals = None, 0, []
    for base in bases_of(table, folder, root):
        try:
            layout = read_table(table, choices=choices, base=base, inside=folder, needs_two=False)
        except Undecided:
            raise
        except UsageError as error:
            refusals.append(error)
            continue
        # A mask may be called as its image is, and lie nearer to the table.
        fitting = sum(not explains_another(path) for path in _paths_from(root, layout))
        if best is None or fitting > most:
            best, most = layout, fitting
        if not layout.left_out and fitting == layout.count:
            break
    if best is None:
        raise refusals[0]
    return best


def _paths_from(root: Path, layout: Layout) -> Iterator[str]:
    start, place = os.path.join(os.path.abspath(root), ""), os.path.join(os.path.abspath(layout.root), "")
    return ((place + image.path).removeprefix(start) for image in (*layout.images, *layout.unlabelled))


def bases_of(table: Path, folder: Path, root: Path) -> list[Path]:
    """The folders that a table's paths may be told from, the likeliest first."""
    own, part = table.parent, split_in_name(table.parent.name) or part_of_table(table.stem)
    bases = [own, *([own.parent] if own != folder and own.is_relative_to(folder) else []), root]
    # Names such as 0001.jpg come again in each part.
    beside = [base / name for base in bases for name in subfolders(base) if part and split_in_name(name) == part]
    return list(dict.fromkeys([*bases, *sorted(beside)]))


def _asked_of(question: Undecided, table: str) -> Undecided:
    """The same question, of a table that lies in the folder that was brought."""
    options = [replace(one, choices=replace(one.choices, labels_from=table)) for one in question.options]
    return Undecided(question.question, options, table)


def moved(layout: Layout, root: Path, known: Collection[str]) -> Layout:
    """The same with paths told from `root`; what is none of the images that were found there is left out."""
    before, after = (os.path.join(os.path.abspath(place), "") for place in (layout.root, root))

    def told(path: str) -> str:
        full = before + path
        return full[len(after) :] if full.startswith(after) else ""

    def here(images: list[FoundImage]) -> list[FoundImage]:
        places = [(image, told(image.path)) for image in images]
        left_out.extend((image.path, _PASSED_OVER) for image, path in places if path not in known)
        return [replace(image, path=path) for image, path in places if path in known]

    left_out = [(there if (there := told(path)) in known else path, reason) for path, reason in layout.left_out]
    images, unlabelled = here(layout.images), here(layout.unlabelled)
    return replace(layout, root=root, images=images, unlabelled=unlabelled, left_out=left_out)
