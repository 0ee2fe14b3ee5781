"""Which class, and which part of a split, each image in a folder belongs to."""

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from core.datasets.sources.file_names import labels_in_names
from core.datasets.sources.found import SPLIT_NAMES, FoundImage, Layout, natural_order, warn_of_alike
from core.datasets.sources.labels_beside import find_table
from core.datasets.sources.listing import files, image_paths, is_image, is_text, subfolders
from core.datasets.sources.split_folders import split_folders
from core.errors import WorkbenchError

__all__ = ["SPLIT_NAMES", "FoundImage", "Layout", "find_images", "natural_order"]

NO_LABEL = "has no label: it lies in no class folder"
_MORE_OF_A_CLASS = re.compile(r"additional[\W_]+(?P<class>.+)", re.IGNORECASE)
_NUMBERED_PART = re.compile(r".*(part|batch|chunk)[\W_]*\d+", re.IGNORECASE)


def find_images(folder: Path, called: str = "") -> Layout:
    """Find the labelled images below `folder`.

    The label is told from the first of these that gives at least two classes:

    * class folders, or folders named train, validation and test (or val, seg_test, images_dev, …) that hold class
      folders; a folder such as ``additional_Type_1_v2`` or ``additional/Type_1`` beside them holds more images of the
      class ``Type_1`` to train on;
    * a table beside the images, such as ``labels.csv``: see `core.datasets.sources.tables.read_table`;
    * file names such as ``cat.0.jpg``: see `core.datasets.sources.file_names.labels_in_names`.

    Folders that only wrap another are passed through.

    Parameters
    ----------
    folder
        Where to look.
    called
        What messages call the folder, where its path would mean nothing to the user.

    Raises
    ------
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
    layout, unused_tables = _by_folders(root, paths), []
    if paths and not _has_class_folders(layout):
        by_table, unused_tables = find_table(folder, root)
        layout = by_table or _by_names(root, paths) or layout
    _check(layout, called or str(folder), unused_tables)
    warn_of_alike(layout)
    return layout


# Folders -------------------------------------------------------------------------------------------------------------


def _pass_wrappers(folder: Path) -> Path:
    """Go down while a folder holds nothing but one folder, as unpacked archives often do."""
    while True:
        inner = subfolders(folder)
        if len(inner) != 1 or any(is_image(name) for name in files(folder)) or not subfolders(folder / inner[0]):
            return folder
        folder = folder / inner[0]


def _by_folders(root: Path, paths: list[str]) -> Layout:
    layout, parts = Layout(root), split_folders(root)
    beside: dict[str, list[str]] = {}
    for path in _text_only(paths, layout):
        folders = path.split("/")[:-1]
        first = folders[0] if folders else ""
        split, wrappers = parts.get(first, ("", 0))
        within = folders[1 + wrappers :] if split else folders
        if parts and not split:
            beside.setdefault("/".join(folders), []).append(path)
        elif not within:
            layout.left_out.append((path, NO_LABEL))
        else:
            layout.images.append(FoundImage(path, unicodedata.normalize("NFC", within[0]), split))
    class_names = layout.class_names
    for place, inside in beside.items():
        _add_beside(layout, place, inside, class_names, parts)
    return layout


def _add_beside(layout: Layout, place: str, paths: list[str], class_names: list[str], parts: Iterable[str]) -> None:
    """Add the images of a folder that lies beside the parts of a split."""
    label = _class_it_adds_to(place, class_names)
    if not label:
        layout.left_out += [(path, f"is not in one of the folders {', '.join(sorted(parts))}") for path in paths]
        return
    layout.images += [FoundImage(path, label, "train") for path in paths]
    layout.warnings.append(
        f"The images in the folder {place} ({len(paths):,}) are taken as more of the class “{label}”."
    )


def _class_it_adds_to(place: str, class_names: list[str]) -> str:
    """The class that a folder such as ``additional_Type_1_v2`` holds more images of, "" where there is none."""
    match = _MORE_OF_A_CLASS.fullmatch(unicodedata.normalize("NFC", place))
    rest = match["class"].casefold() if match else ""
    # Not within a longer word or number: additional_Type_10 adds nothing to Type_1.
    fitting = [label for label in class_names if re.match(re.escape(label.casefold()) + r"(?![^\W_])", rest)]
    return max(fitting, key=len, default="")


def _has_class_folders(layout: Layout) -> bool:
    """False where the folders give no two classes, or are only the volumes that a large set came in."""
    names = layout.class_names
    return len(names) > 1 and not all(_NUMBERED_PART.fullmatch(name) for name in names)


# File names ----------------------------------------------------------------------------------------------------------


def _by_names(root: Path, paths: list[str]) -> Layout | None:
    layout = Layout(root)
    usable = _text_only(paths, layout)
    labels, parts = labels_in_names(usable), split_folders(root)
    if not labels:
        return None
    for path in usable:
        if path in labels:
            split, _ = parts.get(path.split("/", 1)[0], ("", 0))
            layout.images.append(FoundImage(path, labels[path], split))
        else:
            layout.left_out.append((path, "has no label: it lies in no class folder, and its name holds none"))
    example, names = layout.images[0], layout.class_names
    listed = ", ".join(f"“{name}”" for name in names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    layout.warnings.append(
        f"There are no class folders, so the labels were read from the names of the files: "
        f"{example.path.rpartition('/')[2]} gives “{example.label}”. The classes are {listed}."
    )
    return layout


# Judging -------------------------------------------------------------------------------------------------------------


def _text_only(paths: list[str], layout: Layout) -> list[str]:
    """The paths that can be shown and saved; the others are left out."""
    for path in paths:
        if not is_text(path):
            layout.left_out.append((path.encode("utf-8", "replace").decode(), "has a name that is not valid text"))
    return [path for path in paths if is_text(path)] if layout.left_out else paths


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
