"""Which class, and which part of a split, each image in a folder belongs to."""

import os
from pathlib import Path

from core.datasets.sources.annotations.sidecars import find_sidecars
from core.datasets.sources.choices import AS_FOUND, Choices
from core.datasets.sources.folders.class_folders import NO_LABEL, by_folders, has_class_folders
from core.datasets.sources.folders.file_names import by_names
from core.datasets.sources.found import Layout, warn_of_alike
from core.datasets.sources.listing import files, image_paths, is_image, is_text, subfolders
from core.datasets.sources.tables.beside import find_table
from core.errors import WorkbenchError


def find_images(folder: Path, called: str = "", choices: Choices = AS_FOUND) -> Layout:
    """Find the labelled images below `folder`.

    The label is told from the first of these that gives at least two classes:

    * class folders, or folders named train, validation and test (or val, seg_test, images_dev, …) that hold class
      folders; a folder such as ``additional_Type_1_v2`` or ``additional/Type_1`` beside them holds more images of the
      class ``Type_1`` to train on;
    * a table beside the images, such as ``labels.csv``: see `core.datasets.sources.tables.reading.read_table`;
    * file names such as ``cat.0.jpg``: see `core.datasets.sources.folders.file_names.labels_in_names`;
    * a small file beside each image, such as ``000.cls``: see `core.datasets.sources.annotations.sidecars`.

    Folders that only wrap another are passed through.

    Parameters
    ----------
    folder
        Where to look.
    called
        What messages call the folder, where its path would mean nothing to the user.
    choices
        What a person said of how they are meant.

    Raises
    ------
    Undecided
        If several readings are sensible, and nobody said which is meant.
    WorkbenchError
        If there is no folder, no image, no label, or only one class.
    """
    if not folder.exists():
        raise WorkbenchError(f"There is no folder {folder}. Check the spelling.")
    if not folder.is_dir():
        raise WorkbenchError(f"{folder} is a file. Give a folder of class folders, or a zip of one.")
    root = _pass_wrappers(folder)
    if not is_text(str(root)):
        shown = os.fsencode(root).decode("utf-8", "replace")
        raise WorkbenchError(f"The name of the folder {shown} is not valid text (UTF-8). Rename it and import again.")
    paths = image_paths(root)
    layout, unused_tables = by_folders(root, paths, choices), []
    if paths and not has_class_folders(layout):
        by_table, unused_tables = find_table(folder, root)
        layout = by_table or by_names(root, paths) or find_sidecars(root, paths, choices) or layout
    _check(layout, called or str(folder), unused_tables)
    warn_of_alike(layout)
    return layout


def _pass_wrappers(folder: Path) -> Path:
    """Go down while a folder holds nothing but one folder, as unpacked archives often do."""
    while True:
        inner = subfolders(folder)
        if len(inner) != 1 or any(is_image(name) for name in files(folder)) or not subfolders(folder / inner[0]):
            return folder
        folder = folder / inner[0]


def _check(layout: Layout, called: str, unused_tables: list[str]) -> None:
    names = layout.class_names
    hint = "".join(f" {reason}" for reason in unused_tables)
    if not layout.images and not layout.left_out:
        raise WorkbenchError(
            f"{called} holds no images. Expected files such as .jpg or .png in one folder for each class."
        )
    if not layout.images and any(NO_LABEL not in reason for _, reason in layout.left_out):
        examples = "; ".join(f"{path} {reason}" for path, reason in layout.left_out[:3])
        raise WorkbenchError(f"{called} holds {len(layout.left_out):,} images, but none can be used: {examples}.{hint}")
    if not layout.images:
        raise WorkbenchError(
            f"{called} holds {len(layout.left_out):,} images but no class folders. Put the images of each class in a "
            f"folder named after the class, for example photos/cats/ and photos/dogs/.{hint}"
        )
    if len(names) < 2:
        raise WorkbenchError(
            f"{called} holds one class only, “{names[0]}”. A classifier needs at least two: put the images of each "
            f"class in a folder of its own.{hint}"
        )
