"""What lies beside images to say a part of a split, or a group, of each, and no label: lists of names, and tables."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.datasets.sources.agreement import explains_another
from core.datasets.sources.choices import Choices, Undecided
from core.datasets.sources.found import Layout
from core.datasets.sources.listing import is_inside
from core.datasets.sources.split_names import split_in_name, split_in_names
from core.datasets.sources.tables.beside import bases_of, moved, read_below
from core.datasets.sources.tables.column_names import part_of_flag
from core.datasets.sources.tables.contents import ONES, ZEROS, columns_in_words
from core.datasets.sources.tables.families import part_of_table
from core.datasets.sources.tables.files import open_table
from core.datasets.sources.tables.parts import NUMBERED
from core.datasets.sources.tables.paths import NamedFiles, NotUsable
from core.datasets.sources.tables.table_folders import TableFolder
from core.datasets.sources.words import in_a_row
from core.errors import UsageError

_LISTS = frozenset({".txt", ".lst", ".csv"})
_MOST_BYTES, _LONGEST_NAME, _LINES_TO_TRY = 50 * 2**20, 1_000, 50
_SHARE_THAT_MUST_FIT = 0.9
# What columns are called, without spaces and underscores.
_SPLIT_COLUMNS = frozenset({"split", "splits", "set", "subset", "partition", "phase", "usage", "part"})
_GROUP_COLUMNS = frozenset(
    {"patient", "patientid", "subject", "subjectid", "participant", "participantid", "lesionid", "group", "groupid"}
)


@dataclass
class Additions:
    """What is told of images besides their labels.

    Parameters
    ----------
    parts, groups
        By the images' paths.
    split_from, groups_from
        What they were told from, in words; "" where they weren't.
    used
        The tables, relative to the folder that was brought.
    warnings
        What is to be known of them, in words.
    """

    parts: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    split_from: str = ""
    groups_from: str = ""
    used: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add_to(self, layout: Layout) -> Layout:
        """The same images with a split and groups where they have none."""
        split, grouped = bool(layout.split_from), bool(layout.groups_from)
        if not split and self.parts:
            layout = replace(layout, split_from=self.split_from)
            layout.images = [replace(one, split=self.parts.get(one.path, "")) for one in layout.images]
        if not grouped and self.groups:
            layout = replace(layout, groups_from=self.groups_from)
            layout.images = [replace(one, group=self.groups.get(one.path, "")) for one in layout.images]
        return layout


def find_additions(
    folder: Path, root: Path, paths: Sequence[str], places: Sequence[TableFolder], without_labels: Iterable[str]
) -> Additions:
    """Find lists such as ``train.txt`` and ``test.txt``, and tables with a column of parts or of groups.

    Parameters
    ----------
    folder, root, paths, places
        As for `core.datasets.sources.tables.beside.find_tables`.
    without_labels
        The tables that give no labels, relative to `folder`.
    """
    found, known = Additions(), frozenset(paths)
    for name in without_labels:
        _add_columns(found, folder, root, name, known)
    if not found.parts:
        _add_lists(found, folder, root, places, known)
    return found


# Columns -------------------------------------------------------------------------------------------------------------


def _add_columns(found: Additions, folder: Path, root: Path, name: str, known: Collection[str]) -> None:
    """Add what the columns of a table say that are named after parts or groups."""
    try:
        table = open_table(folder / name)
    except UsageError:
        return
    for index, column in enumerate(table.names):
        simple = re.sub(r"[\W_]+", "", column).casefold()
        if simple in _SPLIT_COLUMNS and not found.parts:
            layout = _by_column(folder, root, name, column, known)
            parts = {image.path: split_in_name(image.label) for image in layout.images} if layout else {}
            if layout and simple in ("split", "partition") and set(layout.class_names) == set(NUMBERED):
                parts = {image.path: NUMBERED[image.label] for image in layout.images}
                found.warnings.append(
                    f"In the column “{column}” of {name} 0 was taken for train, 1 for validation and 2 for test."
                )
            if parts and all(parts.values()):
                found.parts, found.split_from = parts, columns_in_words(table, [index], name)
                found.used.append(name)
        elif (part := part_of_flag(column)) and not found.parts:
            layout = _by_column(folder, root, name, column, known)
            if layout and set(map(str.casefold, layout.class_names)) <= ONES | ZEROS and len(layout.class_names) > 1:
                other = "test" if part == "train" else "train"
                found.parts = {image.path: part if image.label.casefold() in ONES else other for image in layout.images}
                found.split_from = columns_in_words(table, [index], name)
                found.used.append(name)
        elif simple in _GROUP_COLUMNS and not found.groups:
            layout = _by_column(folder, root, name, column, known)
            if layout and len(layout.images) > len(layout.class_names) > 1:
                found.groups = {image.path: image.label for image in layout.images}
                found.groups_from = columns_in_words(table, [index], name)
                found.used.append(name)


def _by_column(folder: Path, root: Path, name: str, column: str, known: Collection[str]) -> Layout | None:
    """What a table says in one column of most of the images; None where it can't be read so."""
    try:
        layout = moved(read_below(folder / name, Choices(label_columns=(column,)), folder, root), root, known)
    except (Undecided, UsageError):
        return None
    return layout if 2 * len(layout.images) >= len(known) else None


# Lists ---------------------------------------------------------------------------------------------------------------


def _add_lists(
    found: Additions, folder: Path, root: Path, places: Sequence[TableFolder], known: Collection[str]
) -> None:
    """Add what lists say that are named after parts and lie in one folder, where no two speak of one image."""
    for place in places:
        inside = [name for name in place.names if is_inside(place.folder / name, folder)]
        lists = {name: part for name in inside if (part := _part_of_list(name))}
        if {"images.txt", "train_test_split.txt"} <= set(inside):
            _add_numbered(found, folder, root, place, known)
        for name in inside:
            if not found.parts and name.endswith(".json"):
                _add_lists_in_json(found, place.folder / name, folder, root, known)
        if found.parts:
            return
        images = {name: _images_of(place.folder / name, folder, root, known) for name in lists}
        images = {name: listed for name, listed in images.items() if listed}
        parts = {path: lists[name] for name, listed in images.items() for path in listed}
        within = "" if place.folder == folder else place.folder.relative_to(folder).as_posix() + "/"
        called = in_a_row(within + name for name in images) if images else ""
        if len(parts) < sum(map(len, images.values())):
            found.warnings.append(
                f"The lists {called} name some images more than once, and were not used: which split is meant cannot "
                "be told. Keep one list for each part, and import again."
            )
        elif {"validation", "test"} & set(parts.values()):
            found.parts, found.split_from = parts, f"the list{'s' * (len(images) > 1)} {called}"
            return


def _add_numbered(found: Additions, folder: Path, root: Path, place: TableFolder, known: Collection[str]) -> None:
    """Add what CUB-200-2011 says: images have numbers, and another file says by 1 which of these are to train on.

    See the README of https://www.vision.caltech.edu/datasets/cub_200_2011.
    """
    try:
        numbers, flags = (
            dict(line.split(maxsplit=1) for line in _lines(place.folder / name))
            for name in ("images.txt", "train_test_split.txt")
        )
    except (OSError, ValueError):
        return
    files = NamedFiles(root, folder)
    for part, flag in (("train", "1"), ("test", "0")):
        names = [numbers[number] for number, value in flags.items() if value == flag and number in numbers]
        found.parts |= dict.fromkeys(_found(files, names, _start(root), known), part)
    name = (place.folder / "train_test_split.txt").relative_to(folder).as_posix()
    found.split_from = f"the list {name}"


def _add_lists_in_json(found: Additions, path: Path, folder: Path, root: Path, known: Collection[str]) -> None:
    """Add ``{"train": ["cats/1.jpg", …], "test": […]}``; an entry may be a list that begins with the path."""
    try:
        content = json.loads(path.read_bytes()) if path.stat().st_size <= _MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        return
    content = content if isinstance(content, dict) else {}
    lists = {name: value for name, value in content.items() if isinstance(value, list)}
    parts = split_in_names(lists)
    named = {
        name: [entry[0] if isinstance(entry, list) and entry else entry for entry in lists[name]] for name in parts
    }
    for base in bases_of(path, folder, root):
        files = NamedFiles(base, folder)
        images = {
            name: _found(files, [one for one in entries if isinstance(one, str) and one.strip()], _start(root), known)
            for name, entries in named.items()
        }
        told = {image: parts[name] for name, listed in images.items() for image in listed}
        if len(told) == sum(map(len, images.values())) and {"validation", "test"} & set(told.values()):
            found.parts, found.split_from = told, f"the lists in {path.relative_to(folder).as_posix()}"
            return


def _start(root: Path) -> str:
    return str(root.absolute()) + "/"


def _part_of_list(name: str) -> str:
    path = Path(name)
    return part_of_table(path.stem) if path.suffix.lower() in _LISTS else ""


def _images_of(path: Path, folder: Path, root: Path, known: Collection[str]) -> list[str]:
    """The images that a list names, relative to `root`; none where it is no list of images."""
    try:
        lines = list(_lines(path))
    except (OSError, UnicodeDecodeError):
        return []
    for base in bases_of(path, folder, root):
        files, start = NamedFiles(base, folder), _start(root)
        if len(_found(files, lines[:_LINES_TO_TRY], start, known)) >= _SHARE_THAT_MUST_FIT * len(lines[:_LINES_TO_TRY]):
            found = _found(files, lines, start, known)
            if found and len(found) >= _SHARE_THAT_MUST_FIT * len(lines):
                return found
    return []


def _lines(path: Path) -> Iterator[str]:
    if path.stat().st_size > _MOST_BYTES:
        return
    for line in path.read_bytes().decode("utf-8-sig").splitlines():
        name = line.strip().strip('",;')
        if name:
            yield name[:_LONGEST_NAME]


def _found(files: NamedFiles, lines: Sequence[str], start: str, known: Collection[str]) -> list[str]:
    """The images that lines name; a line that names nothing here is passed over."""
    paths = []
    for line in lines:
        path = _file_of(files, line)
        if path.startswith(start) and path[len(start) :] in known and not explains_another(path[len(start) :]):
            paths.append(path[len(start) :])
    return list(dict.fromkeys(paths))


def _file_of(files: NamedFiles, line: str) -> str:
    """The file that a line names, alone or before numbers of classes, as Oxford-IIIT Pet's do; "" for none."""
    for name in dict.fromkeys((line, line.split(maxsplit=1)[0])):
        try:
            return files.find(name)
        except NotUsable:
            continue
    return ""
