"""Masks: pictures that say where something is in an image, and are none of a class."""

import posixpath
import re
from collections.abc import Collection, Iterable

from core.datasets.sources.split_names import SAYING_NOTHING, SPLIT_NAMES, said_besides, words_of

# Without blanks. Those called so beside folders of images hold masks; elsewhere they may well be classes.
_BESIDE_IMAGES = frozenset({"mask", "masks", "gt", "label", "labels", "segmentation", "segmentations"})
_ANYWHERE = frozenset({"annotation", "annotations", "groundtruth", "trimap", "trimaps"})
_FILE = re.compile(r"[ _-](masks?|segmentation|superpixels|groundtruth)([ _-]?\d+)?\.\w+$", re.IGNORECASE)


def is_called_masks(name: str) -> bool:
    """Whether a folder is called as those are that hold masks; it may hold a class all the same."""
    return said_besides(name) in _BESIDE_IMAGES | _ANYWHERE


def holds_masks(name: str, inside: Collection[str], images_beside: bool) -> bool:
    """Whether a folder holds masks, by its name and what lies beside it.

    Parameters
    ----------
    inside
        Names of all the folders where it lies.
    images_beside
        Whether images lie there too.
    """
    if not is_called_masks(name):
        return False
    others = (set(words_of(other)).difference(SPLIT_NAMES) for other in inside if other != name)
    return said_besides(name) in _ANYWHERE or images_beside or any(words <= SAYING_NOTHING for words in others)


def mask_files(paths: Iterable[str]) -> set[str]:
    """The images of a folder that are masks of others in it by their names, such as ``lesion (1)_mask.png``."""
    named_so = [path for path in paths if _FILE.search(path)]
    if not named_so:
        return set()
    stems = {posixpath.splitext(path)[0] for path in paths}
    return {path for path in named_so if _FILE.sub("", path) in stems}
