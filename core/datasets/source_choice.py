"""What a person can choose of how images are read in: the tables that are there, and what each choice would find."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from core.datasets.creation import brought_to
from core.datasets.fetching import PICTURES
from core.datasets.importing import layout_of
from core.datasets.sources.choices import FILE_NAMES, FOLDERS, Choices, Undecided
from core.datasets.sources.found import FoundImage, Layout, natural_order, origin_in_words
from core.datasets.sources.kinds import PACKED, TABLE
from core.datasets.sources.listing import files, subfolders
from core.datasets.sources.packed.finding import find_packed, is_packed_name
from core.datasets.sources.tables.files import TABLE_SUFFIXES, open_table
from core.datasets.sources.tables.table_folders import MOST_OF_A_KIND
from core.datasets.store import Dataset
from core.errors import UsageError, WorkbenchError

EXAMPLES, REASONS = 8, 3
HEAD_ROWS, HEAD_COLUMNS = 5, 50
_DEPTH, _MOST_FOLDERS, _MOST_TABLES = 3, 200, 20
_PLAIN_TABLES = (".csv", ".tsv", ".parquet", ".xlsx")


@dataclass(frozen=True)
class Look:
    """What would be read in by some choices.

    Parameters
    ----------
    origin
        What labels, split and groups are told from, in words; "" where nothing can be read.
    counts
        By class, in natural order, how many images have it.
    unlabelled
        How many images are kept without a label.
    left_out
        How many files or rows can't be used.
    reasons
        Of the first of these, which and why.
    warnings
        What a user should know, in words.
    examples
        The path and label of some images, of as many classes as there are.
    depth
        How many folders lie in one another at most, on the way to an image.
    packed
        The names of the files that pictures would be taken out of; then labels are counted only as they are read in.
    problem
        Why nothing can be read, in words.
    question
        What has to be chosen as well: see `core.datasets.sources.choices.Undecided.to_dict`.
    """

    origin: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    unlabelled: int = 0
    left_out: int = 0
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()
    depth: int = 0
    packed: tuple[str, ...] = ()
    problem: str = ""
    question: Mapping[str, Any] | None = None


def look(dataset: Dataset, choices: Choices) -> Look:
    """What these choices would find; no image is opened, and nothing is changed."""
    try:
        place = brought_to(dataset)
        packed = find_packed(place, choices) if dataset.info.kind != TABLE else None
        if packed is not None:
            origin = origin_in_words(packed.labels_from, packed.split_from, packed.groups_from)
            return Look(origin=origin, packed=tuple(path.name for path in packed.files))
        layout = layout_of(dataset, choices, place)
    except Undecided as question:
        return Look(problem=question.question, question=question.to_dict())
    except (WorkbenchError, OSError) as error:
        return Look(problem=str(error))
    counts = Counter(image.label for image in layout.images)
    return Look(
        origin=origin_in_words(layout.labels_from, layout.split_from, layout.groups_from),
        counts={label: counts[label] for label in layout.class_names},
        unlabelled=len(layout.unlabelled),
        left_out=len(layout.left_out),
        reasons=tuple(f"{path} {reason}" for path, reason in layout.left_out[:REASONS]),
        warnings=tuple(layout.warnings),
        examples=tuple((os.path.join(layout.root, image.path), image.label) for image in _of_all_classes(layout)),
        depth=max((image.path.count("/") for image in layout.images), default=0),
    )


def _of_all_classes(layout: Layout) -> list[FoundImage]:
    """The first image of each class, then the second of each, and so on."""
    seen: Counter[str] = Counter()
    turns = []
    for image in layout.images:
        seen[image.label] += 1
        if seen[image.label] <= EXAMPLES:
            turns.append((seen[image.label], image))
    turns.sort(key=lambda turn: turn[0])
    return [image for _, image in turns[:EXAMPLES]]


def is_told_otherwise(dataset: Dataset) -> bool:
    """Whether it can be chosen how the images are read: those drawn, downloaded or from a project are what they are."""
    return dataset.info.kind not in ("sample", "download", "project")


def can_be_looked_at(dataset: Dataset) -> bool:
    """Whether what was brought lies there unpacked, so that `look` can tell something."""
    place = brought_to(dataset)
    return place.is_file() if dataset.info.kind in (TABLE, PACKED) else place.is_dir()


def is_taken_out(dataset: Dataset) -> bool:
    """Whether the images are pictures that were taken out of files."""
    return (dataset.folder / PICTURES).exists()


def question_of_packed(dataset: Dataset) -> Mapping[str, Any]:
    """What can be chosen of pictures that were taken out of files: see `Undecided.to_dict`.

    Raises
    ------
    WorkbenchError
        If nothing can be, in words that say why.
    """
    place = brought_to(dataset)
    if not place.exists():
        raise UsageError(
            "The pictures were taken out of a file that is no longer there: an upload is not kept. "
            "Bring it again under another name to read it otherwise."
        )
    try:
        packed = find_packed(place)
    except Undecided as question:
        return question.to_dict()
    tables = [] if packed is None else [path for path in packed.files if path.suffix.lower() == ".parquet"]
    if not tables:
        raise UsageError(
            "The pictures were taken out of a file that can be read in one way only: nothing can be chosen."
        )
    table = tables[0].name if place.is_file() else tables[0].relative_to(place).as_posix()
    return Undecided(f"Which column of {tables[0].name} holds the labels?", table=table).to_dict()


def tables_of(dataset: Dataset) -> list[str]:
    """The tables that may label the images: paths relative to the folder that was brought, with forward slashes."""
    place = brought_to(dataset)
    if dataset.info.kind == TABLE:
        return [place.name]
    found = (f"{prefix}{name}" for prefix, names in _folders(place) for name in _that_may_label(names))
    return list(islice((table for table in found if _is_table(place / table)), _MOST_TABLES))


def _folders(root: Path) -> Iterator[tuple[str, list[str]]]:
    """The first folders below a folder, the outer ones first, each with the names of its files."""
    waiting, passed = [("", 0)], 0
    while waiting and passed < _MOST_FOLDERS:
        prefix, depth = waiting.pop(0)
        passed += 1
        try:
            yield prefix, sorted(files(root / prefix), key=natural_order)
            inner = sorted(subfolders(root / prefix), key=natural_order) if depth < _DEPTH else []
        except OSError:
            continue
        waiting += [(f"{prefix}{name}/", depth + 1) for name in inner]


def _that_may_label(names: Sequence[str]) -> list[str]:
    """Those of the files of a folder that are tables by their ending."""
    kinds = Counter(Path(name).suffix.lower() for name in names)
    usual = {kind for kind, count in kinds.items() if kind in TABLE_SUFFIXES and count <= MOST_OF_A_KIND}
    return [name for name in names if Path(name).suffix.lower() in usual and "submission" not in name.casefold()]


def _is_table(path: Path) -> bool:
    """False for a text that only has an ending which tables have too, such as README.txt."""
    if path.suffix.lower() in _PLAIN_TABLES:
        return True
    try:
        return open_table(path) is not None
    except WorkbenchError:
        return False


def table_path(dataset: Dataset, table: str) -> Path:
    """Where a table lies of which `tables_of` or a question gives the name."""
    place = brought_to(dataset)
    return place if dataset.info.kind in (TABLE, PACKED) else place / table


def holds_pictures(path: Path) -> bool:
    """Whether a file that labels are told from holds the pictures too, in a way that leaves no columns to choose."""
    return path.suffix.lower() not in TABLE_SUFFIXES and is_packed_name(path.name)


def head_of(path: Path) -> pd.DataFrame:
    """The first rows of a table as text, with all columns that hold text.

    Raises
    ------
    WorkbenchError
        If the table can't be read.
    """
    table = open_table(path)
    columns = [column for column in range(len(table.names)) if table.holds_text(column)][:HEAD_COLUMNS]
    rows = [row for row in islice(table.rows(columns), HEAD_ROWS) if row]
    return pd.DataFrame(rows, columns=[table.names[column] for column in columns], dtype="str")


def is_fixed(path: Path) -> bool:
    """Whether the format of a table or annotation file says itself what its columns are."""
    return bool(open_table(path).columns)


def told_from(dataset: Dataset, tables: list[str]) -> str:
    """What the labels were told from: `FOLDERS`, `FILE_NAMES`, one of the tables, or "" where that is none of them."""
    chosen = (dataset.info.choices or {}).get("labels_from", "")
    words = dataset.info.labels_from
    if chosen or not words:
        return chosen
    if words.startswith("the names of the"):
        return FOLDERS if words.startswith("the names of the folders") else FILE_NAMES
    fitting = [table for table in tables if Path(table).name in words]
    return max(fitting, key=len, default="")
