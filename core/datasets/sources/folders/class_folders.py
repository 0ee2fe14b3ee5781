"""Class folders, alone or within the folders of a split."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from core.datasets.sources.choices import AS_FOUND, Choices
from core.datasets.sources.folders.split_folders import split_folders
from core.datasets.sources.found import FoundImage, Layout
from core.datasets.sources.listing import text_only

NO_LABEL = "has no label: it lies in no class folder"
_MORE_OF_A_CLASS = re.compile(r"additional[\W_]+(?P<class>.+)", re.IGNORECASE)
_NUMBERED_PART = re.compile(r".*(part|batch|chunk)[\W_]*\d+", re.IGNORECASE)


def by_folders(root: Path, paths: list[str], choices: Choices = AS_FOUND) -> Layout:
    """The images below a folder, labelled by the folders that they lie in.

    Folders named train, validation and test (or val, seg_test, images_dev, …) hold class folders; a folder such as
    ``additional_Type_1_v2`` or ``additional/Type_1`` beside them holds more images of the class ``Type_1`` to train on.

    Parameters
    ----------
    root
        The folder.
    paths
        The images in it: see `core.datasets.sources.listing.list_images`.
    choices
        How nested folders are meant, as far as a person said.

    Returns
    -------
    Layout
        Images that lie in no class folder are left out. There may be no class, or only one.
    """
    layout, parts = Layout(root, labels_from="the names of the folders"), split_folders(root)
    beside: dict[str, list[str]] = {}
    for path in text_only(paths, layout):
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
    if named := sorted(name for name, (split, _) in parts.items() if split):
        layout.split_from = f"the folders {', '.join(named)}"
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


def has_class_folders(layout: Layout) -> bool:
    """False where the folders give no two classes, or are only the volumes that a large set came in."""
    names = layout.class_names
    return len(names) > 1 and not all(_NUMBERED_PART.fullmatch(name) for name in names)
