"""Images that were added to a dataset here: they lie in its own folder, and their labels are edits.

What was brought is never changed, so that images that come later can't be put beside it. Their paths begin with a name
that no folder of images has, which tells where their files are.
"""

import os
from pathlib import Path

from core.datasets.sources.found import FoundImage, Layout, natural_order

ADDED = "(added here)"
"""The folder in a dataset's own that holds them, and the beginning of their paths."""


def is_added(image_path: str) -> bool:
    """Whether an image was added here, by its path."""
    return image_path.startswith(f"{ADDED}/")


def file_of(image_path: str, root: str, folder: str) -> str:
    """The file of an image.

    Parameters
    ----------
    image_path
        As in the manifest.
    root
        Where the images are that were brought.
    folder
        The dataset's own folder.
    """
    return os.path.join(folder if is_added(image_path) else root, image_path)


def added_images(folder: Path) -> Layout:
    """The images that were added to the dataset in this folder, without labels, which are edits."""
    place = folder / ADDED
    names = sorted((path.name for path in place.iterdir()), key=natural_order) if place.is_dir() else []
    # A hidden one is still being written.
    images = [FoundImage(f"{ADDED}/{name}", "") for name in names if not name.startswith(".")]
    return Layout(folder, unlabelled=images)
