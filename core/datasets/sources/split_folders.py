"""Which folders are the parts of a split: train and test, and also seg_train, images_val or test1."""

import re
from pathlib import Path

from core.datasets.sources.found import SPLIT_NAMES
from core.datasets.sources.listing import files, is_image, subfolders

# Words that may stand beside "train" in a folder's name; "freight train" and "test tube" stay names of classes.
_SAYING_NOTHING = frozenset(
    {"data", "dataset", "folder", "image", "images", "img", "imgs", "photos", "pictures", "samples", "seg", "set"}
)


def split_in_name(name: str) -> str:
    """The part of a split that a folder or file is named after, "" where it is named after none.

    Examples
    --------
    >>> split_in_name("seg_train"), split_in_name("Test1"), split_in_name("freight train")
    ('train', 'test', '')
    """
    words = [word for word in re.split(r"[\W\d_]+", name.casefold()) if word]
    parts = [SPLIT_NAMES[word] for word in words if word in SPLIT_NAMES]
    others = {word for word in words if word not in SPLIT_NAMES}
    return parts[0] if len(parts) == 1 and others <= _SAYING_NOTHING else ""


def split_folders(root: Path) -> dict[str, tuple[str, int]]:
    """The folders in `root` that are parts of a split; empty where it is not split.

    Returns
    -------
    dict of str to (str, int)
        For each folder's name the part, and how many folders inside it only wrap: 1 for ``seg_train/seg_train/forest``.
    """
    inside = subfolders(root)
    parts = {name: split_in_name(name) for name in inside if split_in_name(name)}
    if len(set(parts.values())) < 2:
        # A name that is more than "train" needs another part beside it, or it may well be a class.
        parts = {name: part for name, part in parts.items() if name.casefold() in SPLIT_NAMES}
    wrappers = {name: _wrappers(root / name) for name in parts}
    hold_classes = any(subfolders(root.joinpath(name, *wrappers[name])) for name in parts)
    # "train" and "test" alone, without folders inside, are a split that lacks its labels and not two classes.
    only_splits = len(set(parts.values())) > 1 and len(parts) == len(inside)
    return {name: (parts[name], len(wrappers[name])) for name in parts} if hold_classes or only_splits else {}


def _wrappers(folder: Path) -> list[str]:
    """Names of the folders that lie alone in one another and are named after no class."""
    passed: list[str] = []
    while True:
        here = folder.joinpath(*passed)
        inner = subfolders(here)
        if len(inner) != 1 or any(is_image(name) for name in files(here)):
            return passed
        (name,) = inner
        words = {word for word in re.split(r"[\W\d_]+", name.casefold()) if word}
        if name != folder.name and not split_in_name(name) and not (words and words <= _SAYING_NOTHING):
            return passed
        passed.append(name)
