"""The folders in which tables may lie that label images, and which files in them may be such tables."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.datasets.sources.choices import FILE_NAMES, FOLDERS
from core.datasets.sources.found import natural_order
from core.datasets.sources.listing import files, is_inside, is_text, subfolders
from core.datasets.sources.split_names import split_in_name, words_of
from core.datasets.sources.tables.files import TABLE_SUFFIXES

PLAIN_TABLES = frozenset({".csv", ".tsv", ".parquet", ".xlsx", ".jsonl"})
"""Endings of files that are tables and seldom anything else."""

# What folders are called that hold tables and no images, in whole words.
_FOR_TABLES = frozenset(
    {"annotation", "annotations", "csv", "gt", "groundtruth", "ground", "truth", "label", "labels", "list", "lists"}
    | {"info", "meta", "metadata", "split", "splits", "table", "tables"}
)
MOST_OF_A_KIND = 20
"""More files of one ending in a folder are one for each image, as YOLO writes them, and no tables."""
_MOST_FOLDERS = 200
_LOOKED_AT = TABLE_SUFFIXES | {".txt", ".lst"}


@dataclass(frozen=True)
class TableFolder:
    """A folder in which tables may lie.

    Parameters
    ----------
    folder
        Where it is.
    names
        The files in it that may be tables or lists, in natural order.
    is_class
        Whether it may well be the folder of a class, among whose images notes of many kinds lie.
    """

    folder: Path
    names: tuple[str, ...]
    is_class: bool


def look_around(folder: Path, root: Path, paths: Sequence[str]) -> list[TableFolder]:
    """The folders in which tables may lie, each once.

    These are the folder of the images and those above it that were brought with it, and in each the folders that hold
    no images, or are named after tables (``annotations``, ``GroundTruth``) or a part of a split (``train``), or are
    those of the classes.
    """
    with_images = {path.split("/", 1)[0] for path in paths if "/" in path}
    is_alone, place, found = len(with_images) == 1, root, []

    def look_into(inner: Path, is_class: bool = False) -> None:
        names = [name for name in files(inner) if os.path.splitext(name)[1].lower() in _LOOKED_AT and is_text(name)]
        found.append(TableFolder(inner, tuple(sorted(names, key=natural_order)), is_class))

    while True:
        look_into(place)
        inside = [name for name in _readable(place) if place == root or name not in with_images]
        for name in sorted(inside, key=lambda name: (not _is_told_by_name(name), natural_order(name)))[:_MOST_FOLDERS]:
            look_into(place / name, name in with_images and not is_alone and not _is_told_by_name(name))
            if _is_told_by_name(name):
                for inner in sorted(filter(_is_told_by_name, _readable(place / name)), key=natural_order):
                    look_into(place / name / inner)
        if place == folder:
            return found
        with_images, place = {place.name}, place.parent


def candidates(folder: Path, places: Sequence[TableFolder], chosen: str) -> Iterator[Path]:
    """The files that may be tables of labels, and the one that a person chose."""
    seen = set()
    for place in places:
        # In the folder of a class only what is a table for certain is one.
        endings = TABLE_SUFFIXES & PLAIN_TABLES if place.is_class else TABLE_SUFFIXES
        names = [name for name in place.names if not _holds_predictions(name) and not name.startswith(("~$", "._"))]
        kinds = Counter(Path(name).suffix.lower() for name in names)
        for name in names:
            if Path(name).suffix.lower() in endings and kinds[Path(name).suffix.lower()] <= MOST_OF_A_KIND:
                seen.add(place.folder / name)
                yield place.folder / name
    is_table = chosen not in ("", FOLDERS, FILE_NAMES) and folder / chosen not in seen
    # Of what lies outside not even that it is there is told.
    if is_table and is_inside(folder / chosen, folder) and (folder / chosen).is_file():
        yield folder / chosen


def _holds_predictions(name: str) -> bool:
    """Whether a table is called after labels that nobody knows to be right, such as Kaggle's sample submission."""
    return "submission" in name.casefold() or bool({"pred", "preds", "prediction", "predictions"} & set(words_of(name)))


def _is_told_by_name(name: str) -> bool:
    """Whether a folder is named after tables or a part of a split."""
    words = set(words_of(name))
    return bool(split_in_name(name)) or (bool(words) and words <= _FOR_TABLES)


def _readable(folder: Path) -> list[str]:
    """The folders in a folder that may be looked into and whose names can be shown."""
    return [name for name in subfolders(folder) if is_text(name) and os.access(folder / name, os.R_OK | os.X_OK)]
