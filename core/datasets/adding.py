"""Adding labelled images to a dataset: copies in its own folder, whose labels are edits that can be undone."""

import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.datasets.added import ADDED
from core.datasets.edits import RELABEL, Edit, check_label
from core.datasets.store import Dataset
from core.errors import UsageError
from core.files import replacing, safe_file_name
from core.images.description import describe
from core.images.reading import UnreadableImage


@dataclass(frozen=True)
class Addition:
    """What came of adding images.

    Parameters
    ----------
    edits
        That gave the labels, one a class.
    count
        How many images were labelled.
    left_out
        By file, why it was not added, in words that go on after its name.
    """

    edits: tuple[Edit, ...]
    count: int
    left_out: Mapping[Path, str]


def add_images(dataset: Dataset, labels: Mapping[Path, str], why: str = "") -> Addition:
    """Copy image files into the dataset and say of which class each is.

    They take part once the dataset is imported again, by `core.datasets.importing.start_import`; no image that was
    there moves to another part of the split. An undo takes the labels back: the images then wait without one.

    A picture that is there already is not added again: where it waits for a label, it gets this one, and where it has
    one, it is left out.

    Parameters
    ----------
    labels
        By file, the name of its class, which may be a new one.

    Raises
    ------
    UsageError
        If a label can't be used, or the images of the dataset are being read in just now.
    OSError
        If a file can't be copied. Then nothing is added.
    """
    if dataset.job.status().active:
        raise UsageError(f"The images of {dataset.name!r} are being read in just now. Wait for that, or stop it.")
    checked = {file: check_label(label) for file, label in labels.items()}
    known = _labels_by_picture(dataset)
    named: dict[str, dict[str, str]] = {}
    left_out: dict[Path, str] = {}
    copies: dict[Path, str] = {}
    for file, label in checked.items():
        try:
            picture = describe(file).pixel_hash
        except UnreadableImage as error:
            left_out[file] = str(error)
            continue
        path, label_before = known.get(picture, ("", ""))
        if label_before:
            left_out[file] = f"is there already, as {path} of the class “{label_before}”"
            continue
        if not path:
            copies[file] = path = _free_path(file.name, dataset.folder, taken=copies.values())
        known[picture] = path, label
        named.setdefault(label, {})[path] = picture
    _copy({file: dataset.folder / path for file, path in copies.items()})
    edits = [dataset.edits.add(RELABEL, images=images, label=label, why=why) for label, images in named.items()]
    return Addition(tuple(edits), sum(map(len, named.values())), left_out)


def _labels_by_picture(dataset: Dataset) -> dict[str, tuple[str, str]]:
    """By the hash of the pixels, path and label of an image of the dataset, "" for one without a label."""
    content = dataset.content
    waiting, labelled = (table[["pixel_hash", "path", "label"]] for table in (content.unlabelled, content.table))
    rows = [row for table in (waiting, labelled) for row in table.itertuples(index=False)]
    return {row.pixel_hash: (row.path, row.label) for row in rows}


def _free_path(name: str, folder: Path, taken: Collection[str]) -> str:
    """A path, as in the manifest, that no other image has."""
    stem, suffix = os.path.splitext(safe_file_name(name))
    number, path = 1, f"{ADDED}/{stem}{suffix}"
    while path in taken or (folder / path).exists():
        number += 1
        path = f"{ADDED}/{stem}-{number}{suffix}"
    return path


def _copy(copies: Mapping[Path, Path]) -> None:
    """Copy all of these files, or none."""
    made = []
    try:
        for file, copy in copies.items():
            with replacing(copy) as temporary:
                shutil.copyfile(file, temporary)
            made.append(copy)
    except OSError:
        for copy in made:
            copy.unlink(missing_ok=True)
        raise
