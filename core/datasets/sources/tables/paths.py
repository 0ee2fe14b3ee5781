"""Which file a table means: paths, names and ids in a table turned into files that are there."""

import filecmp
import os
import re
import stat
import unicodedata
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import parse_qs, unquote

from core.datasets.sources.agreement import without_explaining
from core.datasets.sources.listing import images_by_folder, is_image, is_text
from core.datasets.sources.words import has_control_characters, quoted, shown


class NotUsable(Exception):
    """A file that is named in a table but cannot be used. The message is the plain reason alone."""


class NamedFiles:
    """The files that the rows of one table mean.

    A path of another machine, or an address, means the one image here that has the longest end in common with it.

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
        self.matched_by_end: tuple[str, str] | None = None
        """The first path that was matched by its end alone, and the file that it means, relative to `base`."""
        self.copies: dict[str, str] = {}
        """The files, relative to `base`, that are copies of one that a name means, and that one."""

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
        try:
            return self._as_written(named)
        except NotUsable:
            match = self._by_end(named)
            if not match:
                raise
        self.matched_by_end = self.matched_by_end or (named, match)
        return os.path.join(self._base, match)

    def has(self, named: str) -> bool:
        """Whether a path, a name or an id means an image that is here."""
        return bool(self._looked_up(named))

    def are_one(self, one: str, other: str) -> bool:
        """Whether two paths mean the same image."""
        return self._looked_up(one) == self._looked_up(other) != ""

    def _looked_up(self, named: str) -> str:
        """What `find` gives, "" for nothing, without keeping how it was matched."""
        before = self.matched_by_end
        try:
            return self.find(named)
        except NotUsable:
            return ""
        finally:
            self.matched_by_end = before

    def hint(self, named: str) -> str:
        """How a table calls an image and how those here are called, in a sentence; "" where there is none."""
        folders = images_by_folder(Path(self._base))
        here = next((prefix + min(names) for prefix, names in folders if names), "")
        if not here:
            return " No image lies in its folder or below: put the table beside the images."
        return f" It calls one {quoted(named)}; here lies {shown(here)}, for example." if named else ""

    def _as_written(self, named: str) -> str:
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
        if not matches and _WHOLE.fullmatch(named):
            matches = self._by_name.get(named.removesuffix(".0"), [])
        if len(matches) > 1:
            return self._one_of_copies(sorted(matches))
        if not matches:
            is_other = not is_image(file_name(named)) and os.path.splitext(named)[1][1:].isalpha()
            raise NotUsable("is named in the table but is no image" if is_other else _MISSING)
        if not self._is_file(os.path.join(self._base, matches[0])):
            raise NotUsable(_MISSING)
        return matches[0]

    def _one_of_copies(self, matches: list[str]) -> str:
        """The first of several files of one name where all hold the same, as in an archive that holds images twice."""
        first, *others = (os.path.join(self._base, match) for match in matches)
        is_copied = all(map(self._is_file, (first, *others))) and all(
            filecmp.cmp(first, other, shallow=False) for other in others
        )
        if not is_copied:
            raise NotUsable(f"fits several files ({', '.join(matches[:3])})")
        self.copies |= dict.fromkeys(matches[1:], matches[0])
        return matches[0]

    def _by_end(self, named: str) -> str:
        """The image, relative to `base`, that has the longest end in common with a path; "" where none is certain."""
        parts = _parts(named)
        if not parts or ".." in parts:
            return ""
        is_foreign = len(parts) == 1 or bool(_FROM_A_ROOT.match(named))
        matches = self._by_name.get(parts[-1]) or self._by_folded_name.get(_folded(parts[-1]), [])
        if not matches and (upload := _UPLOADED.fullmatch(parts[-1])):
            is_foreign, matches = True, self._by_name.get(upload["name"], [])
        if not matches:
            return ""
        in_common = {match: _in_common(parts, match.split("/")) for match in matches}
        most = max(in_common.values())
        longest = [match for match in matches if in_common[match] == most]
        if len(longest) > 1:
            raise NotUsable(f"fits several files ({', '.join(sorted(longest)[:3])})")
        (match,) = longest
        # The name alone says little where a folder of that name is here, without the image, or the path is relative.
        is_elsewhere = (parts[-2:-1] and parts[-2] in self._folder_names) or ("/" in match and not is_foreign)
        if (most == 1 and is_elsewhere) or not self._is_file(os.path.join(self._base, match)):
            return ""
        return match

    @cached_property
    def _by_folded_name(self) -> dict[str, list[str]]:
        """The same where upper and lower case, and how accents are put together, count for nothing."""
        found: dict[str, list[str]] = {}
        for name, paths in self._by_name.items():
            if "/" not in name:
                found.setdefault(_folded(name), []).extend(paths)
        return found

    @cached_property
    def _folder_names(self) -> frozenset[str]:
        return frozenset(name for match in self._by_name.values() for path in match for name in path.split("/")[:-1])

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
_WHOLE = re.compile(r"\d+\.0")  # how programs write whole numbers where some are missing
_FROM_A_ROOT = re.compile(r"/|[A-Za-z]:[\\/]|\\\\|[A-Za-z][\w+.-]*://")
# Label Studio puts eight digits before the name of a file that is uploaded.
_UPLOADED = re.compile(r"[0-9a-f]{8}-(?P<name>.+)")


def file_name(path: str) -> str:
    """The last part of a path of any machine or of an address, without what follows a question mark in that."""
    return re.split(r"[/\\]", path.partition("?")[0] if "://" in path else path)[-1]


def folders_in(named: str) -> list[str]:
    """The folders in a path of any machine, or in an address."""
    return _parts(named)[:-1]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _parts(named: str) -> list[str]:
    path = named
    if "://" in named:
        scheme, _, path = named.partition("://")
        path = unquote(path.partition("?")[0]) if scheme.casefold() in ("http", "https") else path
    elif named.startswith("/data/local-files/?d="):  # Label Studio's own address of a file on its disk
        path = parse_qs(named.partition("?")[2]).get("d", [""])[0]
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]


def _in_common(one: list[str], other: list[str]) -> int:
    """How many parts, from the last, two paths have in common; their names are known to be the same."""
    count = 1
    while count < min(len(one), len(other)) and one[-1 - count] == other[-1 - count]:
        count += 1
    return count
