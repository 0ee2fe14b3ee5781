"""Which class, and which part of a split, each image in a folder belongs to."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from core.datasets.sources.choices import AS_FOUND, Choices
from core.datasets.sources.evidence import labels_of
from core.datasets.sources.found import Layout, natural_order, warn_of_alike
from core.datasets.sources.listing import (
    files,
    images_by_folder,
    is_archive,
    is_image,
    is_text,
    list_images,
    subfolders,
)
from core.datasets.sources.words import first_of
from core.errors import WorkbenchError

_FEW, _MOST_NAMES, _MOST_REASONS = 3, 8, 3  # of what a refusal names


def find_images(folder: Path, called: str = "", choices: Choices = AS_FOUND) -> Layout:
    """Find the labelled images below `folder`.

    The label is told from class folders, alone or within folders named train, validation and test, from tables such as
    ``labels.csv`` beside them, or from file names such as ``cat.0.jpg``: see `core.datasets.sources.evidence.labels_of`
    for which of these it is.

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
        raise WorkbenchError(
            f"{folder} is a file, and no pictures were found in it. Give a folder of class folders, or a zip of one."
        )
    root = _pass_wrappers(folder)
    if not is_text(str(root)):
        shown = os.fsencode(root).decode("utf-8", "replace")
        raise WorkbenchError(f"The name of the folder {shown} is not valid text (UTF-8). Rename it and import again.")
    listing = list_images(root)
    archives = listing.archives + [
        name for above in _between(folder, root) for name in files(above) if is_archive(name)
    ]
    place, paths = _pass_the_only_one_with_images(root, listing.images)
    layout, unused_tables = labels_of(folder, place, paths, choices)
    if len(layout.class_names) < 2:
        beside = _beside(folder, place, unused_tables) + _said_of_archives(archives)
        _refuse(layout, called or str(folder), beside, listing.unread)
    _leave_out(layout, root, listing.unread)
    warn_of_alike(layout)
    layout.warnings += filter(None, [_said_of_archives(archives).strip()])
    return layout


def _said_of_archives(archives: Sequence[str]) -> str:
    """That archives among the images were not unpacked, as a sentence that goes on; "" where there are none."""
    if not archives:
        return ""
    return (
        f" There is another archive, {first_of(archives)}, which stayed packed: what is in there is not among the "
        "images. Unpack it and import the folder if it belongs to them."
    )


def _leave_out(layout: Layout, root: Path, unread: list[tuple[str, str]]) -> None:
    """Add the pictures that aren't read, by paths relative to where the layout's are."""
    known = {path for path, _ in layout.left_out}
    place = os.path.relpath(root, layout.root).replace(os.sep, "/")
    prefix = "" if place == "." else place + "/"
    layout.left_out += [(prefix + path, reason) for path, reason in unread if prefix + path not in known]


def _between(folder: Path, root: Path) -> list[Path]:
    """The folders that only wrap: what was brought, down to the one above `root`."""
    return [place for place in root.parents if place.is_relative_to(folder)]


def _pass_wrappers(folder: Path) -> Path:
    """Go down while a folder holds nothing but one folder, as unpacked archives often do."""
    while True:
        inner = subfolders(folder)
        if len(inner) != 1 or any(is_image(name) for name in files(folder)) or not subfolders(folder / inner[0]):
            return folder
        folder = folder / inner[0]


def _pass_the_only_one_with_images(root: Path, paths: list[str]) -> tuple[Path, list[str]]:
    """Go down where all images lie in folders of one folder, as beside Food-101's ``meta``."""
    while True:
        first, _, rest = paths[0].partition("/") if paths else ("", "", "")
        if "/" not in rest or not all(path.startswith(first + "/") and path.count("/") > 1 for path in paths):
            return root, paths
        root, paths = root / first, [path[len(first) + 1 :] for path in paths]


def _refuse(layout: Layout, called: str, beside: str, unread: list[tuple[str, str]]) -> None:
    names = layout.class_names
    if unread:
        beside = f" {len(unread):,} more can't be read: {_examples(unread)}.{beside}"
    if not layout.images and not layout.left_out and not layout.unlabelled and unread:
        raise WorkbenchError(f"{called} holds no images that can be read: {_examples(unread)}.")
    if not layout.images and not layout.left_out and not layout.unlabelled:
        raise WorkbenchError(
            f"{called} holds no images. Expected files such as .jpg or .png in one folder for each class.{beside}"
        )
    unusable = [(path, reason) for path, reason in layout.left_out if not reason.startswith("has no label")]
    examples = _examples(unusable)
    if not layout.images and unusable and not layout.unlabelled:
        count = len(layout.left_out) + len(layout.unlabelled)
        raise WorkbenchError(f"{called} holds {count:,} images, but none can be used: {examples}.{beside}")
    if not layout.images:
        count = len(layout.left_out) - len(unusable) + len(layout.unlabelled)
        others = f" Beside these, {len(unusable):,} can't be used: {examples}." if unusable else ""
        raise WorkbenchError(
            f"{called} holds {count:,} images but no class folders.{others} Put the images of each class in a folder "
            "named after the class, for example photos/cats/ and photos/dogs/, or give a table of their names and "
            f"labels.{beside}"
        )
    raise WorkbenchError(
        f"{called} holds one class only, “{names[0]}”. A classifier needs at least two: put the images of each class "
        f"in a folder of its own, or give a table of their names and labels.{beside}"
    )


def _beside(folder: Path, root: Path, unused_tables: list[str]) -> str:
    """What else is there that may hold labels or images, and why it was not read, as sentences that go on."""
    places = [place for place in (root, *root.parents) if place.is_relative_to(folder)]
    others = [name for place in places for name in files(place) if not is_image(name) and is_text(name)]
    kinds = Counter(os.path.splitext(name)[1].lower() for name in others)
    few = [name for name in others if kinds[os.path.splitext(name)[1].lower()] <= _FEW]
    many = [f"{count:,} files {ending}" for ending, count in kinds.items() if count > _FEW and ending]
    found = [*sorted(few, key=natural_order)[:_MOST_NAMES], *many]
    words = [f" {reason}" for reason in unused_tables[:_MOST_REASONS]]
    inner = [place / name for place in places for name in subfolders(place) if is_text(name)]
    without = [path.name for path in inner if not any(names for _, names in images_by_folder(path))]
    found += [f"a folder {name}" for name in sorted(without, key=natural_order)[:_MOST_NAMES]]
    if found:
        words.append(f" What else is there: {', '.join(found)}.")
    return "".join(words)


def _examples(left_out: list[tuple[str, str]]) -> str:
    """A file of each of the first few reasons."""
    first: dict[str, str] = {}
    for path, reason in left_out:
        first.setdefault(reason, path)
    return "; ".join(f"{path} {reason}" for reason, path in list(first.items())[:_MOST_REASONS])
