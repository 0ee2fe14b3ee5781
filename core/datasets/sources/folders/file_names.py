"""Reads labels from file names such as cat.0.jpg, as some archives hand out their images."""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from core.datasets.sources.folders.split_folders import split_folders
from core.datasets.sources.found import FoundImage, Layout
from core.datasets.sources.listing import text_only

_LABEL_AND_NUMBER = re.compile(r"(?P<label>.+?)[ ._-]+\(?\d+\)?")
_SHARE_THAT_MUST_FIT = 0.95
_IMAGES_A_LABEL = 2  # a name that nothing else begins with is a name, not a label
# How cameras and programs begin the names that they give: IMG_0001.jpg is no image of the class "IMG".
_NO_LABELS = frozenset(
    {"capture", "crop", "dsc", "dscf", "dscn", "file", "foto", "frame", "gopr", "image", "img", "mvi", "p", "page"}
    | {"photo", "pic", "picture", "pxl", "scan", "screenshot", "slide", "snap", "untitled", "vid", "wa"}
)


def by_names(root: Path, paths: list[str]) -> Layout | None:
    """The images below a folder, labelled by their file names; None where these give no two classes."""
    layout = Layout(root, labels_from="the names of the files")
    usable = text_only(paths, layout)
    labels, parts = labels_in_names(usable), split_folders(root)
    if not labels:
        return None
    for path in usable:
        if path in labels:
            split, _ = parts.get(path.split("/", 1)[0], ("", 0))
            layout.images.append(FoundImage(path, labels[path], split))
        else:
            layout.left_out.append((path, "has no label: it lies in no class folder, and its name holds none"))
    if named := sorted(name for name in parts if any(image.split for image in layout.images)):
        layout.split_from = f"the folders {', '.join(named)}"
    example, names = layout.images[0], layout.class_names
    listed = ", ".join(f"“{name}”" for name in names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    layout.warnings.append(
        f"There are no class folders, so the labels were read from the names of the files: "
        f"{example.path.rpartition('/')[2]} gives “{example.label}”. The classes are {listed}."
    )
    return layout


def labels_in_names(paths: Iterable[str]) -> dict[str, str]:
    """Labels of images whose file names are "label, separator, number", such as ``cat.0.jpg`` or ``red-fox_12.png``.

    Parameters
    ----------
    paths
        Paths of images with forward slashes. Each folder is judged by itself: at least 95 % of its names must fit.

    Returns
    -------
    dict of str to str
        The label for each path that has one. Empty unless at least two labels come out, each of at least two images.
    """
    by_folder: dict[str, list[str]] = {}
    for path in paths:
        by_folder.setdefault(path.rpartition("/")[0], []).append(path)
    labels = {}
    for inside in by_folder.values():
        fitting = {path: label for path in inside if (label := _label(path))}
        if len(fitting) >= _SHARE_THAT_MUST_FIT * len(inside):
            labels |= fitting
    counts = Counter(labels.values())
    labels = {path: label for path, label in labels.items() if counts[label] >= _IMAGES_A_LABEL}
    return labels if len(set(labels.values())) > 1 else {}


def _label(path: str) -> str:
    """The label in the name of one file, "" where it is named otherwise."""
    stem = os.path.splitext(path.rpartition("/")[2])[0]
    match = _LABEL_AND_NUMBER.fullmatch(stem)
    label = match["label"] if match else ""
    first_word = re.split(r"[\W\d_]+", label, maxsplit=1)[0]
    is_name = any(letter.isalpha() for letter in label) and first_word.casefold() not in _NO_LABELS
    return unicodedata.normalize("NFC", label) if is_name else ""
