"""Finds files that hold pictures within them, alone or in a folder."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.datasets.sources.choices import AS_FOUND, FILE_NAMES, FOLDERS, Choices, Option, Undecided
from core.datasets.sources.listing import is_hidden, is_image
from core.datasets.sources.packed.array_files import find_arrays, is_array_file
from core.datasets.sources.packed.cifar import find_cifar, is_cifar
from core.datasets.sources.packed.hugging_face import find_picture_table, is_table_of_pictures
from core.datasets.sources.packed.idx import find_idx, is_idx
from core.datasets.sources.packed.npz import is_npz
from core.datasets.sources.packed.packed import Packed
from core.datasets.sources.packed.pixel_tables import find_pixel_tables
from core.datasets.sources.packed.refused import refusal
from core.datasets.sources.packed.webdataset import find_webdataset, is_tar
from core.datasets.sources.words import in_a_row
from core.errors import UsageError, WorkbenchError

_STRAY = 0.02  # image files for each packed picture; fewer are a preview that somebody put beside


@dataclass(frozen=True)
class _Format:
    """A kind of files: which they are by name, and how they are read.

    `find` is given files, the folder that was brought, choices, and the file that is meant, if a person said so.
    """

    is_one: Callable[[str], bool]
    find: Callable[[Sequence[Path], Path, Choices, Path | None], Packed | None]


_FORMATS = (
    _Format(is_idx, lambda files, root, choices, wanted: find_idx(files, root)),
    _Format(is_cifar, lambda files, root, choices, wanted: find_cifar(files, root, choices)),
    _Format(is_array_file, find_arrays),
    _Format(is_table_of_pictures, find_picture_table),
    _Format(is_tar, find_webdataset),
)


def is_packed_name(name: str) -> bool:
    """Whether a file may hold pictures within it, by its name."""
    return not is_hidden(name) and any(one.is_one(name) for one in _FORMATS)


def find_packed(source: Path, choices: Choices = AS_FOUND, class_names: Sequence[str] | None = None) -> Packed | None:
    """The pictures that lie within a file, or within files of a folder; None where there are none.

    Parameters
    ----------
    source
        A file or a folder.
    choices
        How they are meant, as far as a person said. Where "labels from" names a file, its pictures are meant.
    class_names
        Names of the classes by number, from 0, where the dataset is known; for IDX files.

    Raises
    ------
    Undecided
        If several readings are sensible, and nobody said which is meant.
    WorkbenchError
        If the files are damaged, or of a kind that isn't read.
    """
    if source.is_file():
        return _in_file(source, choices)
    if not source.is_dir() or choices.labels_from in (FOLDERS, FILE_NAMES):
        return None
    files, images, others = _listed(source)
    if not images and not files:
        # Beside other pictures, a table of pixels is the same once more: HAM10000 has four.
        tables = [path for path in others if path.suffix.lower() == ".csv"]
        pixels = find_pixel_tables(tables, source, next(iter(_named(tables, source, choices)), None))
        if pixels is not None:
            return pixels
    wanted = next(iter(_named(files, source, choices)), None)
    if choices.labels_from and wanted is None:
        return None
    if not files:
        _refuse(others if not images else [])
        return None
    idx = [path for path in files if is_idx(path.name)]
    found = find_idx(idx, source, class_names) if idx and class_names is not None else None
    found = found or _found(files, source, choices, wanted, bool(images))
    if found is None:
        _refuse(others if not images else [])
    elif images and wanted is None:
        _check_images_beside(found, images, source)
    return found


def _named(files: Sequence[Path], root: Path, choices: Choices) -> list[Path]:
    """The file that a person named as that of the labels, in a list; [] where it is none of these."""
    return [path for path in files if path.relative_to(root).as_posix() == choices.labels_from]


def _in_file(source: Path, choices: Choices) -> Packed | None:
    _refuse([source])
    for one in _FORMATS:
        if one.is_one(source.name):
            return one.find([source], source.parent, choices, source)
    if source.suffix.lower() == ".csv":
        return find_pixel_tables([source], source.parent)
    return find_arrays([source], source.parent, choices) if is_npz(source) else None


def _listed(folder: Path) -> tuple[list[Path], int, list[Path]]:
    """Files that may hold pictures, in a fixed order; the number of image files; and other files."""
    files, images, others = [], 0, []
    for place, folder_names, names in os.walk(folder):
        folder_names[:] = sorted(name for name in folder_names if not is_hidden(name))
        for name in names:
            if is_image(name):
                images += 1
            elif is_packed_name(name):
                files.append(Path(place, name))
            else:
                others.append(Path(place, name))
    return sorted(files), images, others


def _found(files: list[Path], root: Path, choices: Choices, wanted: Path | None, has_images: bool) -> Packed | None:
    """What the files of one format hold."""
    found, problems = {}, []
    for one in _FORMATS:
        own = [path for path in files if one.is_one(path.name)]
        if not own or (wanted is not None and wanted not in own):
            continue
        try:
            packed = one.find(own, root, choices, wanted)
        except Undecided as question:
            if not has_images or wanted is not None:
                raise
            raise _asked_beside(root, own[0]) from question
        except WorkbenchError as problem:
            problems.append(problem)
            continue
        if packed is not None:
            found[own[0]] = packed
    if len(found) > 1:
        names = [path.relative_to(root).as_posix() for path in found]
        options = [Option(f"the pictures in {name}", Choices(labels_from=name)) for name in names]
        raise Undecided(f"There are pictures of several kinds, in {in_a_row(names, 2)}. Which are meant?", options)
    if problems and not found and not has_images:
        raise problems[0]
    return next(iter(found.values()), None)


def _check_images_beside(found: Packed, images: int, root: Path) -> None:
    """Where there are image files as well, a few are passed over, and more are asked about."""
    if found.count == 0 or images > _STRAY * found.count:
        raise _asked_beside(root, found.files[0])
    found.warnings.append(f"{images:,} image files that lie beside {found.files[0].name} were not read.")


def _asked_beside(root: Path, path: Path) -> Undecided:
    name = path.relative_to(root).as_posix()
    options = [
        Option("the image files, by their folders", Choices(labels_from=FOLDERS)),
        Option(f"the pictures in {name}", Choices(labels_from=name)),
    ]
    return Undecided(f"There are image files, and {name} holds pictures too. Which are meant?", options)


def _refuse(files: Sequence[Path]) -> None:
    """Say what files are that hold pictures in a way that isn't read, where nothing else is there."""
    for path in files:
        if words := refusal(path.as_posix()):
            raise UsageError(words)
