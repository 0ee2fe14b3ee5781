"""Which folders are the parts of a split: train and test, and also seg_train, images_val or test1."""

from pathlib import Path

from core.datasets.sources.listing import files, is_image, subfolders
from core.datasets.sources.split_names import SAYING_NOTHING, SPLIT_NAMES, split_in_name, words_of


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
        words = set(words_of(name))
        if name != folder.name and not split_in_name(name) and not (words and words <= SAYING_NOTHING):
            return passed
        passed.append(name)
