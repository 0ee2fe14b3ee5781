"""Which class, and which part of a split, an image belongs to: told from the folders it lies in."""

import os
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import WorkbenchError
from core.images.reading import SUFFIXES

SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
NO_LABEL = "has no label: it lies in no class folder"


@dataclass(frozen=True)
class FoundImage:
    """An image file that has a label. `path` is relative to the dataset's root; `split` is "" where none is given."""

    path: str
    label: str
    split: str = ""


@dataclass
class Layout:
    """What a folder holds.

    Parameters
    ----------
    root
        The folder that holds the class folders, or the folders ``train``, ``test`` and so on.
    images
        The labelled images, in a fixed order.
    left_out
        ``(path, reason)`` of the files that look like images but have no label.
    warnings
        What a user should know about the folders, in words.
    """

    root: Path
    images: list[FoundImage] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def class_names(self) -> list[str]:
        return sorted({image.label for image in self.images}, key=natural_order)


def natural_order(text: str) -> list:
    """A sort key by which "Type 2" comes before "Type 10"."""
    parts = re.split(r"(\d+)", text)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts] + [(2, 0, text)]


def find_images(folder: Path, called: str = "") -> Layout:
    """Find the labelled images below `folder`.

    Two layouts are understood: a folder of class folders, and folders named train, validation and test (or val, valid,
    dev, …) that each hold class folders. Folders that only wrap another are passed through.

    Parameters
    ----------
    folder
        Where to look.
    called
        What messages call the folder, where its path would mean nothing to the user.

    Raises
    ------
    WorkbenchError
        If there is no folder, no image, no class folder, or only one class.
    """
    if not folder.exists():
        raise WorkbenchError(f"There is no folder {folder}. Check the spelling.")
    if not folder.is_dir():
        raise WorkbenchError(f"{folder} is a file. Give a folder of class folders, or a zip of one.")
    root = _pass_wrappers(folder)
    if not _is_text(str(root)):
        shown = os.fsencode(root).decode("utf-8", "replace")
        raise WorkbenchError(f"The name of the folder {shown} is not valid text (UTF-8). Rename it and import again.")
    layout = Layout(root)
    split_folders = {name: SPLIT_NAMES[name.casefold()] for name in _subfolders(root) if name.casefold() in SPLIT_NAMES}
    # "train" and "test" alone, without folders inside, are a split that lacks its labels and not two classes.
    only_splits = len(split_folders) > 1 and len(split_folders) == len(_subfolders(root))
    already_split = only_splits or any(_subfolders(root / name) for name in split_folders)
    for path in _image_paths(root):
        parts = path.split("/")
        split = split_folders.get(parts[0], "") if already_split else ""
        within = parts[1:] if split else parts
        if not _is_text(path):
            layout.left_out.append((path.encode("utf-8", "replace").decode(), "has a name that is not valid text"))
        elif already_split and not split:
            layout.left_out.append((path, f"is not in one of the folders {', '.join(sorted(split_folders))}"))
        elif len(within) < 2:
            layout.left_out.append((path, NO_LABEL))
        else:
            layout.images.append(FoundImage(path, unicodedata.normalize("NFC", within[0]), split))
    _check(layout, called or str(folder))
    return layout


def _check(layout: Layout, called: str) -> None:
    names = layout.class_names
    if not layout.images and not layout.left_out:
        raise WorkbenchError(
            f"{called} holds no images. Expected files such as .jpg or .png in one folder for each class."
        )
    if not layout.images and any(NO_LABEL not in reason for _, reason in layout.left_out):
        examples = "; ".join(f"{path} {reason}" for path, reason in layout.left_out[:3])
        raise WorkbenchError(f"{called} holds {len(layout.left_out):,} images, but none can be used: {examples}.")
    if not layout.images:
        raise WorkbenchError(
            f"{called} holds {len(layout.left_out):,} images but no class folders. Put the images of each class in a "
            "folder named after the class, for example photos/cats/ and photos/dogs/."
        )
    if len(names) < 2:
        raise WorkbenchError(
            f"{called} holds one class only, “{names[0]}”. A classifier needs at least two: put the images of each "
            "class in a folder of its own."
        )
    by_folded: dict[str, list[str]] = {}
    for name in names:
        by_folded.setdefault(name.casefold(), []).append(name)
    for alike in by_folded.values():
        if len(alike) > 1:
            listed = " and ".join(f"“{name}”" for name in alike)
            layout.warnings.append(
                f"The class folders {listed} differ only in upper and lower case and are taken as different classes. "
                "If they mean the same, move their images into one folder and import again."
            )


def _pass_wrappers(folder: Path) -> Path:
    """Go down while a folder holds nothing but one folder, as unpacked archives often do."""
    while True:
        inner = _subfolders(folder)
        if len(inner) != 1 or any(_is_image(name) for name in _files(folder)) or not _subfolders(folder / inner[0]):
            return folder
        folder = folder / inner[0]


def _image_paths(root: Path) -> list[str]:
    """Paths of files that look like images, relative to `root` with forward slashes, in natural order."""
    paths, visited = [], set()
    for folder, subfolders, files in os.walk(root, followlinks=True):
        place = os.path.realpath(folder)
        if place in visited:  # a link back to where we have been
            subfolders.clear()
            continue
        visited.add(place)
        subfolders[:] = [name for name in subfolders if not _is_hidden(name)]
        relative = os.path.relpath(folder, root)
        prefix = "" if relative == "." else relative.replace(os.sep, "/") + "/"
        paths += [prefix + name for name in files if _is_image(name)]
    return sorted(paths, key=natural_order)


def _subfolders(folder: Path) -> list[str]:
    return [entry.name for entry in os.scandir(folder) if entry.is_dir() and not _is_hidden(entry.name)]


def _files(folder: Path) -> list[str]:
    return [entry.name for entry in os.scandir(folder) if entry.is_file()]


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _is_image(name: str) -> bool:
    return not _is_hidden(name) and os.path.splitext(name)[1].lower() in SUFFIXES


def _is_text(path: str) -> bool:
    """False for names whose bytes are not UTF-8, which no table or page can show."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
