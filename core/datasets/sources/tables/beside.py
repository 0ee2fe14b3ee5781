"""Finds the table that labels the images of a folder, such as labels.csv beside them."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from core.datasets.sources.annotations.opening import NoAnnotations
from core.datasets.sources.found import Layout, natural_order
from core.datasets.sources.listing import files, images_by_folder
from core.datasets.sources.split_names import split_in_name
from core.datasets.sources.tables.files import TABLE_SUFFIXES
from core.datasets.sources.tables.reading import read_table
from core.errors import UsageError


def find_table(folder: Path, root: Path) -> tuple[Layout | None, list[str]]:
    """Label the images of a folder by the table, or by the tables named after the parts of a split, beside them.

    Parameters
    ----------
    folder
        What the user gave.
    root
        `folder`, or the folder in it that is reached through folders that only wrap.

    Returns
    -------
    Layout or None
        Only images below the table's folder are in it. None where no table labels images of two classes.
    list of str
        Why the tables that are there cannot be used, in words.
    """
    reasons: list[str] = []
    place = root
    while True:
        usable = {}
        for name in sorted(filter(_may_label, files(place)), key=natural_order):
            try:
                usable[name] = read_table(place / name, inside=place)
            except NoAnnotations:
                continue
            except UsageError as error:
                reasons.append(str(error))
        if usable:
            return _joined(place, usable), []
        if place == folder:
            return None, reasons
        place = place.parent


def _may_label(name: str) -> bool:
    # A sample submission names the unlabelled test images, with made-up labels.
    return Path(name).suffix.lower() in TABLE_SUFFIXES and "submission" not in name.casefold()


def _joined(place: Path, usable: dict[str, Layout]) -> Layout:
    """One layout of several tables that are the parts of a split, or of the largest where they are not."""
    parts = {name: split_in_name(Path(name).stem) for name in usable}
    are_parts = len(usable) > 1 and all(parts.values()) and len(set(parts.values())) == len(usable)
    largest = max(usable, key=lambda name: len(usable[name].images))
    used = list(usable) if are_parts else [largest]
    joined = Layout(place)
    for name in used:
        split = parts[name] if are_parts else ""
        joined.images += [replace(image, split=image.split or split) for image in usable[name].images]
        joined.left_out += usable[name].left_out
        joined.warnings += usable[name].warnings
    joined.warnings.append(f"There are no class folders, so the labels were read from {' and '.join(used)}.")
    if unused := [name for name in usable if name not in used]:
        joined.warnings.append(f"{' and '.join(unused)} could give labels too, but were not used.")
    _leave_out_what_is_named_twice(joined)
    _leave_out_what_is_not_named(joined, " or ".join(used))
    return joined


def _leave_out_what_is_named_twice(layout: Layout) -> None:
    """An image that is both trained on and tested on would make any result too good."""
    counts = Counter(image.path for image in layout.images)
    twice = [path for path, count in counts.items() if count > 1]
    layout.images = [image for image in layout.images if counts[image.path] == 1]
    layout.left_out += [(path, "is named in more than one table") for path in twice]


def _leave_out_what_is_not_named(layout: Layout, tables: str) -> None:
    named = {image.path for image in layout.images} | {path for path, _ in layout.left_out}
    paths = (prefix + name for prefix, names in images_by_folder(layout.root) for name in names)
    for path in sorted((path for path in paths if path not in named), key=natural_order):
        shown = path.encode("utf-8", "replace").decode()
        layout.left_out.append((shown, f"has no label: it is not named in {tables}"))
