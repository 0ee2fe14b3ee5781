"""Which file a table means: paths, names and ids in a table turned into files that are there."""

import os
import stat
from functools import cached_property, lru_cache
from pathlib import Path

from core.datasets.sources.agreement import without_explaining
from core.datasets.sources.listing import has_control_characters, images_by_folder, is_image, is_text


class NotUsable(Exception):
    """A file that is named in a table but cannot be used. The message is the plain reason alone."""


class NamedFiles:
    """The files that the rows of one table mean.

    Parameters
    ----------
    base
        The folder that paths in the table are relative to.
    inside
        Where given, files must lie in this folder, also after every link is followed. Nothing outside is opened, and
        whether anything is there is not told.
    """

    def __init__(self, base: Path, inside: Path | None = None):
        self._base = os.path.abspath(base)
        self._inside = os.path.realpath(inside) if inside is not None else ""
        self._real_folder = lru_cache(maxsize=10_000)(os.path.realpath)

    def find(self, named: str) -> str:
        """The absolute path of the image that a table means.

        Parameters
        ----------
        named
            A path, absolute or relative to `base`; or a file's name or an id without ending, where only one image
            below `base` has it.

        Raises
        ------
        NotUsable
            With the reason.
        """
        if not named:
            raise NotUsable("is a row without a file name")
        if has_control_characters(named):
            raise NotUsable("has a name with control characters")
        if "://" in named:
            raise NotUsable("is an address on the web: download the image and name the file")
        path = os.path.join(self._base, named.replace("\\", "/"))
        if is_image(os.path.basename(path)) and self._is_file(path):
            return self._plain(path)
        return os.path.join(self._base, self._only_match(named.replace("\\", "/").removeprefix("./")))

    def _is_file(self, path: str) -> bool:
        folder, name = os.path.split(path)
        try:
            real = os.path.join(self._real_folder(folder), name)
            self._refuse_outside(real)
            mode = os.lstat(real).st_mode
            if stat.S_ISLNK(mode):
                self._refuse_outside(os.path.realpath(real))
                mode = os.stat(real).st_mode
        except OSError:
            return False
        return stat.S_ISREG(mode)

    def _refuse_outside(self, real: str) -> None:
        if self._inside and not real.startswith(self._inside.rstrip(os.sep) + os.sep):
            raise NotUsable("lies outside the folder and is not read")

    def _plain(self, path: str) -> str:
        """The path without detours; with ".." only the true folder is certain, since links may lie on the way."""
        folder, name = os.path.split(path)
        return os.path.join(self._real_folder(folder), name) if ".." in folder.split("/") else os.path.normpath(path)

    def _only_match(self, named: str) -> str:
        matches = self._by_name.get(named, [])
        if len(matches) > 1:
            raise NotUsable(f"fits several files ({', '.join(matches[:3])})")
        if not matches:
            is_other = not is_image(named) and os.path.splitext(named)[1][1:].isalpha()
            raise NotUsable("is named in the table but is no image" if is_other else _MISSING)
        if not self._is_file(os.path.join(self._base, matches[0])):
            raise NotUsable(_MISSING)
        return matches[0]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """Images below `base` by their name, and by name and path without ending."""
        found: dict[str, list[str]] = {}
        for prefix, names in images_by_folder(Path(self._base)):
            for name in filter(is_text, names if is_text(prefix) else []):
                stem = os.path.splitext(name)[0]
                for key in {name, stem, prefix + stem}:
                    found.setdefault(key, []).append(prefix + name)
        return {name: without_explaining(paths) if len(paths) > 1 else paths for name, paths in found.items()}


_MISSING = "is named in the table but does not exist"
