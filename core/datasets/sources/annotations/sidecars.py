"""Labels in a small file beside each image: unpacked WebDataset's ``000.cls``; JSON of labelme, Darwin, Supervisely.

See https://github.com/webdataset/webdataset, https://github.com/wkentaro/labelme/tree/main/examples/classification,
https://docs.v7labs.com/reference/darwin-json and https://docs.supervisely.com.
"""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from core.datasets.sources.annotations.annotated import as_text, part, texts
from core.datasets.sources.annotations.boxes import no_classes
from core.datasets.sources.annotations.class_names import class_names
from core.datasets.sources.annotations.json_file import JsonFile
from core.datasets.sources.found import FoundImage, Layout
from core.datasets.sources.listing import has_control_characters, text_only
from core.datasets.sources.split_names import split_in_name
from core.datasets.sources.tables.encoding import decoded
from core.errors import UsageError

_IMAGES_TO_LOOK_AT = 20
_MOST_BYTES = 20 * 2**20  # labelme writes the image itself into its file
_LONGEST_LABEL = 200
_IMAGES_A_LABEL = 2  # on average: what each image has for itself is a caption, and no class
_FOLDERS = {"img": ("ann",), "images": ("annotations", "labels", "ann"), "JPEGImages": ("Annotations",)}
_KEYS = ("label_name", "class_name", "category_name", "label", "class", "category", "cls")
_YOLO = re.compile(r"(?:\d+(?: -?[\d.]+(?:e-?\d+)?){4,}\s*)+", re.IGNORECASE)


def find_sidecars(root: Path, paths: Sequence[str]) -> Layout | None:
    """Label the images below a folder by the files that lie beside them, one for each.

    Parameters
    ----------
    root
        The folder.
    paths
        The images in it, relative to it.

    Returns
    -------
    Layout or None
        None where there are no such files, or they give no two classes. Images without one have no label.

    Raises
    ------
    UsageError
        If the files hold boxes or outlines, in words that say whose they are; or one of them is damaged.
    """
    real = os.path.realpath(root)
    for ending, read in _READERS.items():
        if any(_sidecar(real, path, ending) for path in paths[:_IMAGES_TO_LOOK_AT]):
            layout = _layout(root, paths, ending, read)
            if layout is not None:
                return layout
    return None


def _layout(root: Path, paths: Sequence[str], ending: str, read: Callable[[Path], list[str]]) -> Layout | None:
    layout = Layout(root, labels_from=f"the {ending} files of the images")
    real = os.path.realpath(root)
    found = {path: _sidecar(real, path, ending) for path in text_only(list(paths), layout)}
    labels = {path: read(Path(sidecar)) if sidecar else [] for path, sidecar in found.items()}
    distinct = {label for given in labels.values() for label in given}
    if len(distinct) < 2 or sum(map(bool, labels.values())) < _IMAGES_A_LABEL * len(distinct):
        return None
    names, told = class_names(root, distinct, f"the {ending} files")
    layout.warnings += told
    splits = _splits(paths)
    for path, given in labels.items():
        split = splits.get(path.split("/", 1)[0], "")
        label = names.get(given[0], given[0]) if given else ""
        if len(given) > 1:
            several = " and ".join(f"“{one[:50]}”" for one in given[:3])
            layout.left_out.append((path, f"has several labels, {several}; one label an image is what can be learned"))
        elif len(label) > _LONGEST_LABEL or has_control_characters(label):
            layout.left_out.append((path, "has a label that is no name"))
        else:
            (layout.images if label else layout.unlabelled).append(FoundImage(path, label, split))
    if splits:
        layout.split_from = f"the folders {', '.join(sorted(splits))}"
    return layout


def _splits(paths: Sequence[str]) -> dict[str, str]:
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


def _in_text(path: Path) -> list[str]:
    if path.stat().st_size > _MOST_BYTES:
        return []
    text = " ".join(decoded(path.read_bytes(), path.name)[0].split())
    if _YOLO.fullmatch(text):
        raise no_classes(path.name, "a file of YOLO, a class and a box a line")
    return texts(text)


def _in_json(path: Path) -> list[str]:
    if path.stat().st_size > _MOST_BYTES:
        raise UsageError(f"{path.name} is larger than {_MOST_BYTES >> 20} MB, which no file of one image's labels is.")
    sample = JsonFile(path).whole()
    if not isinstance(sample, dict):
        return []
    if "shapes" in sample:
        flags = [as_text(name) for name, on in part(sample, "flags", dict).items() if on is True]
        if part(sample, "shapes", list) and not flags:
            raise no_classes(path.name, "a file of labelme")
        return flags
    if isinstance(sample.get("item"), dict):
        annotations = part(sample, "annotations", list)
        tags = [one for one in annotations if isinstance(one, dict) and "tag" in one]
        if annotations and not tags:
            raise no_classes(path.name, "a file of V7 Darwin")
        return texts([one.get("name") for one in tags])
    if "objects" in sample and "tags" in sample:
        tags = [one for one in part(sample, "tags", list) if isinstance(one, dict)]
        if part(sample, "objects", list) and not tags:
            raise no_classes(path.name, "a file of Supervisely")
        return texts([one["name"] if one.get("value") is None else one["value"] for one in tags if "name" in one])
    return next((texts(sample[key]) for key in _KEYS if key in sample), [])


def _in_xml(path: Path) -> list[str]:
    with path.open("rb") as file:
        head = file.read(2**16)
    if b"<annotation" in head and b"<bndbox" in head:
        raise no_classes(path.name, "a file of Pascal VOC")
    return []


_READERS = {".cls": _in_text, ".json": _in_json, ".xml": _in_xml, ".txt": _in_text}
