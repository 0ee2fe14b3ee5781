"""Names of image files in new folders: their own, as far as every disk can keep them and no other has them."""

import os
import re


class FileNames:
    """Gives each image a path of its own, also where a disk takes "a.png" and "A.png" for the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, folder: str, path: str) -> str:
        """The path, with forward slashes, of an image in a folder; with a number where another one has its name."""
        stem, suffix = os.path.splitext(re.sub(r'[<>:"\\|?*]', "_", path.rpartition("/")[2]))
        number, target = 1, f"{folder}/{stem}{suffix}"
        while target.casefold() in self._taken:
            number += 1
            target = f"{folder}/{stem}_{number}{suffix}"
        self._taken.add(target.casefold())
        return target
