"""Reads labels from file names such as cat.0.jpg, as some archives hand out their images."""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from core.datasets.sources.folders.places import parted, places_of, unwrap
from core.datasets.sources.folders.split_folders import parts_of_names
from core.datasets.sources.folders.unlabelled import keep, keep_without_label
from core.datasets.sources.found import FoundImage, Layout
from core.datasets.sources.listing import text_only
from core.datasets.sources.words import listed, shown

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
    layout = Layout(root)
    places = keep_without_label(places_of(text_only(paths, layout), layout), layout)
    unwrap(places)
    labels, parts = labels_in_names(path for place in places for path in place.paths), parts_of_names(places)
    if not labels:
        return None
    named, others = parted(places, lambda place: not labels.keys().isdisjoint(place.paths))
    keep(others, layout)
    parts = {place.levels[0]: parts[place.levels[0]] for place in named if place.levels and place.levels[0] in parts}
    has_split = "train" in parts.values() and len(set(parts.values())) > 1
    for place in named:
        split = parts.get(place.levels[0], "") if place.levels and has_split else ""
        for path in place.paths:
            if path in labels:
                layout.images.append(FoundImage(path, labels[path], split))
            else:
                layout.left_out.append((path, "has no label: it lies in no class folder, and its name holds none"))
    if has_split:
        layout.split_from = f"the folders {', '.join(map(shown, sorted(parts)))}"
    example, names = layout.images[0], layout.class_names
    file_name, label = shown(example.path.rpartition("/")[2]), shown(example.label)
    layout.labels_from = f"the names of the files, such as “{label}” from {file_name}"
    layout.warnings.append(
        f"There are no class folders, so the labels were read from the names of the files: {file_name} gives "
        f"“{label}”. The classes are {listed(names)}."
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
