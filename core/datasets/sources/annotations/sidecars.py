"""Labels in a small file beside each image: unpacked WebDataset's ``000.cls``; JSON of labelme, Darwin, Supervisely.

See https://github.com/webdataset/webdataset, https://github.com/wkentaro/labelme/tree/main/examples/classification,
https://docs.v7labs.com/reference/darwin-json and https://docs.supervisely.com.
"""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from core.datasets.sources.annotations.annotated import as_text, part, texts
from core.datasets.sources.annotations.boxes import no_classes
from core.datasets.sources.annotations.class_names import class_names
from core.datasets.sources.annotations.json_file import JsonFile
from core.datasets.sources.choices import AS_FOUND, LEAVE_OUT, Choices, Option, Undecided
from core.datasets.sources.found import FoundImage, Layout
from core.datasets.sources.listing import text_only
from core.datasets.sources.split_names import split_in_name
from core.datasets.sources.tables.encoding import decoded
from core.datasets.sources.words import can_be_label, listed
from core.errors import UsageError

_IMAGES_TO_LOOK_AT = 20
_MOST_BYTES = 20 * 2**20  # labelme writes the image itself into its file
_IMAGES_A_LABEL = 2  # on average: what each image has for itself is a caption, and no class
_FOLDERS = {"img": ("ann",), "images": ("annotations", "labels", "ann"), "JPEGImages": ("Annotations",)}
_KEYS = ("label_name", "class_name", "category_name", "label", "class", "category", "cls")
_YOLO = re.compile(r"(?:\d+(?: -?[\d.]+(?:e-?\d+)?){4,}\s*)+", re.IGNORECASE)


def find_sidecars(root: Path, paths: Sequence[str], choices: Choices = AS_FOUND) -> Layout | None:
    """Label the images below a folder by the files that lie beside them, one for each.

    Parameters
    ----------
    root
        The folder.
    paths
        The images in it, relative to it.
    choices
        Whether images with several labels are to be left out.

    Returns
    -------
    Layout or None
        None where there are no such files, or they give no two classes. Images without one have no label.

    Raises
    ------
    Undecided
        If images have several labels, and nobody said that these are to be left out.
    UsageError
        If the files hold boxes or outlines only, in words that say whose they are; or all of them are damaged.
    """
    real = os.path.realpath(root)
    for ending, read in _READERS.items():
        if any(_sidecar(real, path, ending) for path in paths[:_IMAGES_TO_LOOK_AT]):
            layout = Layout(root, labels_from=f"the {ending} files of the images")
            found = {path: _sidecar(real, path, ending) for path in text_only(list(paths), layout)}
            labels = _labels(found, read, layout)
            if _are_classes(labels):
                _fill(layout, labels, ending, choices)
                return layout
    return None


def _labels(
    sidecars: dict[str, str], read: Callable[[Path], tuple[list[str], str]], layout: Layout
) -> dict[str, list[str]]:
    """The labels of each image; those whose file is damaged are left out."""
    labels: dict[str, list[str]] = {}
    refusals: list[UsageError] = []
    for path, sidecar in sidecars.items():
        try:
            labels[path], other = read(Path(sidecar)) if sidecar else ([], "")
        except UsageError as error:
            refusals.append(error)
            layout.left_out.append((path, f"has a file of labels that cannot be used: {error}"))
            continue
        if other:
            refusals.append(no_classes(os.path.basename(sidecar), other))
    if refusals and not any(labels.values()):
        raise refusals[0]
    return labels


def _are_classes(labels: dict[str, list[str]]) -> bool:
    distinct = {label for given in labels.values() for label in given}
    return len(distinct) > 1 and sum(map(bool, labels.values())) >= _IMAGES_A_LABEL * len(distinct)


def _fill(layout: Layout, labels: dict[str, list[str]], ending: str, choices: Choices) -> None:
    several = {path: given for path, given in labels.items() if len(given) > 1}
    if several and choices.several_labels != LEAVE_OUT:
        path, given = next(iter(several.items()))
        raise Undecided(
            f"One label an image is what can be learned, but {len(several):,} of the {len(labels):,} images have "
            f"several in their {ending} files: {path} has {listed(given)}.",
            [Option(f"leave the {len(several):,} images with several labels out", Choices(several_labels=LEAVE_OUT))],
        )
    distinct = {label for given in labels.values() for label in given}
    names, told = class_names(layout.root, distinct, f"the {ending} files")
    layout.warnings += told
    splits = _splits(labels)
    for path, given in labels.items():
        label = names.get(given[0], given[0]) if given else ""
        if path in several:
            layout.left_out.append((path, f"has several labels, {listed(given)}: one an image is what can be learned"))
        elif not can_be_label(label):
            layout.left_out.append((path, "has a label that is no name"))
        else:
            split = splits.get(path.split("/", 1)[0], "")
            (layout.images if label else layout.unlabelled).append(FoundImage(path, label, split))
    if splits:
        layout.split_from = f"the folders {', '.join(sorted(splits))}"


def _splits(paths: Iterable[str]) -> dict[str, str]:
    """By the outermost folders, the part of the split that they are named after, where there are at least two."""
    folders = {path.split("/", 1)[0] for path in paths if "/" in path}
    splits = {folder: split for folder in folders if (split := split_in_name(folder))}
    return splits if len(set(splits.values())) > 1 else {}


def _sidecar(real_root: str, path: str, ending: str) -> str:
    """The file beside an image that has its name and this ending, "" where there is none below the root."""
    folder, name = os.path.split(os.path.join(real_root, path))
    outer, last = os.path.split(folder)
    for place in (folder, *(os.path.join(outer, other) for other in _FOLDERS.get(last, ()))):
        for named in (os.path.splitext(name)[0] + ending, name + ending):
            sidecar = os.path.join(place, named)
            if os.path.isfile(sidecar):
                return sidecar if os.path.realpath(sidecar).startswith(os.path.join(real_root, "")) else ""
    return ""


# What the files hold -------------------------------------------------------------------------------------------------


# Each gives the labels, and what the file is where it holds something else.


def _in_text(path: Path) -> tuple[list[str], str]:
    if path.stat().st_size > _MOST_BYTES:
        return [], ""
    text = " ".join(decoded(path.read_bytes(), path.name)[0].split())
    return ([], "a file of YOLO, a class and a box a line") if _YOLO.fullmatch(text) else (texts(text), "")


def _in_json(path: Path) -> tuple[list[str], str]:
    if path.stat().st_size > _MOST_BYTES:
        raise UsageError(f"{path.name} is larger than {_MOST_BYTES >> 20} MB, which no file of one image's labels is.")
    held = JsonFile(path).whole()
    if not isinstance(held, dict):
        return [], ""
    if "shapes" in held:
        flags = [as_text(name) for name, on in part(held, "flags", dict).items() if on is True]
        return flags, "a file of labelme" if part(held, "shapes", list) else ""
    if isinstance(held.get("item", held.get("image")), dict) and "annotations" in held:  # "image" before version 2
        annotations = [one for one in part(held, "annotations", list) if isinstance(one, dict)]
        tags = texts([one.get("name") for one in annotations if "tag" in one])
        return tags, "a file of V7 Darwin" if annotations else ""
    if "objects" in held and "tags" in held:
        tags = [one for one in part(held, "tags", list) if isinstance(one, dict) and "name" in one]
        values = texts([one["name"] if one.get("value") is None else one["value"] for one in tags])
        return values, "a file of Supervisely" if part(held, "objects", list) else ""
    return next((texts(held[key]) for key in _KEYS if key in held), []), ""


def _in_xml(path: Path) -> tuple[list[str], str]:
    with path.open("rb") as file:
        head = file.read(2**16)
    return [], "a file of Pascal VOC" if b"<annotation" in head and b"<bndbox" in head else ""


_READERS = {".cls": _in_text, ".json": _in_json, ".xml": _in_xml, ".txt": _in_text}
