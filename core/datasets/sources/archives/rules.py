"""The rules by which archives of every kind are unpacked, whoever made them: what is wanted, and what is refused."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from core.datasets.sources.listing import is_hidden, is_image, is_unread
from core.datasets.sources.packed.finding import is_packed_name
from core.datasets.sources.packed.refused import refusal
from core.datasets.sources.tables.files import TABLE_SUFFIXES
from core.datasets.sources.words import has_control_characters, in_bytes, quoted
from core.errors import WorkbenchError
from core.images.formats import SUFFIXES

BLOCK = 2**20
"""Bytes that are read and written at once."""

_RATIO_MATTERS_ABOVE = 100 * 2**20  # bytes; a small archive of very even pictures is no attack
_MOST_NAMED = 1000  # of files that are told of
_LONGEST_PART = 255  # bytes of one file or folder name that common file systems can keep
_DEEPEST, _LONGEST_PATH = 100, 3000  # folders within one another, bytes; Linux takes 4,096 bytes with what is before

_SIDECAR_SUFFIXES = frozenset({".cls"})
_ARCHIVE_SUFFIXES = frozenset({".zip", ".7z", ".rar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".zst"})


@dataclass(frozen=True)
class Limits:
    """What an archive may cost at most.

    Attributes
    ----------
    unpacked_bytes : int
        Bytes of all files together once unpacked.
    files : int
        Number of images; and as many tables, annotations and files of packed pixels beside them.
    ratio : int
        Unpacked bytes for each byte of the archive; checked only once more than 100 MB are unpacked.
    """

    unpacked_bytes: int = 20 * 2**30
    files: int = 200_000
    ratio: int = 200


DEFAULT_LIMITS = Limits()


class BadArchive(WorkbenchError):
    """An archive that is not unpacked. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file or folder in an archive, as its reader found it.

    Attributes
    ----------
    name : str
        Its path as the packer meant it, with forward slashes; that of a folder ends in one.
    size : int
        Bytes once unpacked, by the archive's own account.
    is_plain : bool
        False for links, devices and whatever else is neither a file nor a folder.
    unreadable : str
        Why its bytes can't be had, as a sentence for people; "" where they can.
    key : Any
        By what the reader finds its bytes.
    """

    name: str
    size: int
    is_plain: bool = True
    unreadable: str = ""
    key: Any = None


class Archive(Protocol):
    """An open archive of one kind.

    Attributes
    ----------
    packed_bytes : int
        The true length of its file.
    is_listed : bool
        Whether all members are known before the bytes of any are read. Otherwise those of a member have to be taken
        before the next one is asked for.
    """

    packed_bytes: int
    is_listed: bool

    def members(self) -> Iterable[Member]:
        """What it holds, in its own order."""
        ...

    def blocks(self, member: Member) -> Iterator[bytes]:
        """The bytes of a member, checked against what the archive says of them. Members are asked for in order."""
        ...

    def position(self) -> int:
        """How many bytes of the file are read."""
        ...


@dataclass(frozen=True)
class Entry:
    """A member that is unpacked, and where it goes, as folder and file names below the new folder."""

    member: Member
    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        return quoted("/".join(self.parts))


# Judging members before anything is written of them ------------------------------------------------------------------


@dataclass
class Judge:
    """Tells the members that are wanted, and keeps account of what an archive holds."""

    limits: Limits
    pictures: int = 0
    others: int = 0
    holds_pixels: bool = False
    nested: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    _seen: set[tuple[str, ...]] = field(default_factory=set)

    def wanted(self, members: Iterable[Member]) -> Iterator[Entry]:
        """The members that are unpacked.

        Raises
        ------
        BadArchive
            At the first member that shows the archive to be hostile, unreadable or over the limits.
        """
        for member in members:
            parts = safe_parts(member)
            if not parts or member.name.endswith("/") or any(map(is_hidden, parts)):
                continue
            if not self._is_wanted(parts[-1]):
                self._pass_over(parts)
                continue
            entry = Entry(member, parts)
            refuse_unreadable(entry)
            if parts in self._seen:
                raise BadArchive(f"The archive holds {entry.name} twice. Rename or remove one of them and pack again.")
            self._seen.add(parts)
            if max(self.pictures, self.others) > self.limits.files:
                raise BadArchive(too_many_files(self.limits))
            yield entry

    def refuse_without_pixels(self) -> None:
        """Refuse an archive of which all members were seen, and none can hold an image."""
        if self.holds_pixels:
            return
        if self.nested:
            raise BadArchive(
                f"The archive holds no image, but another archive ({quoted(self.nested[0])}), which stays packed. "
                "Unpack it, and import what comes out."
            )
        if words := next(filter(None, map(refusal, self.passed_over)), ""):
            raise BadArchive(f"The archive holds no image that is read: {words}")
        example = f" It holds files such as {quoted(self.passed_over[0])}." if self.passed_over else ""
        kinds = ", ".join(sorted(SUFFIXES))
        raise BadArchive(f"The archive holds no image.{example} Pack files that end in {kinds}.")

    def left_packed(self) -> list[str]:
        """An example from each folder of which nothing was wanted; a class may hide there."""
        unpacked = {parts[:depth] for parts in self._seen for depth in range(1, len(parts))}
        folders: dict[str, str] = {}
        for path in self.passed_over:
            folder = path.rpartition("/")[0]
            if folder and tuple(folder.split("/")) not in unpacked:
                folders.setdefault(folder, path)
        return list(folders.values())

    def _is_wanted(self, name: str) -> bool:
        suffix = os.path.splitext(name)[1].lower()
        # Pictures that are not read are unpacked all the same, so that they are listed with the reason.
        if is_image(name) or is_unread(name):
            self.pictures += 1
            self.holds_pixels = True
            return True
        is_packed = is_packed_name(name)
        if is_packed or suffix in TABLE_SUFFIXES or suffix in _SIDECAR_SUFFIXES:
            self.others += 1
            self.holds_pixels |= is_packed
            return True
        return False

    def _pass_over(self, parts: tuple[str, ...]) -> None:
        kept = self.nested if os.path.splitext(parts[-1])[1].lower() in _ARCHIVE_SUFFIXES else self.passed_over
        if len(kept) < _MOST_NAMED:
            kept.append("/".join(parts))


def safe_parts(member: Member) -> tuple[str, ...]:
    """Folder and file names of a member, once it is certain that they stay inside the new folder."""
    name = member.name
    if has_control_characters(name):
        raise BadArchive(f"The name {quoted(name)} in the archive holds control characters. Rename it and pack again.")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or ".." in parts or re.match("[A-Za-z]:", name):
        raise BadArchive(
            f"The archive wants to write outside its folder ({quoted(name)}) and is not unpacked. "
            "Do not trust it, or pack the images again with plain relative names."
        )
    if not member.is_plain:
        raise BadArchive(
            f"The archive holds a symbolic link or special file ({quoted(name)}) and is not unpacked. "
            "Pack the images themselves instead of links to them."
        )
    return parts


def refuse_unreadable(entry: Entry) -> None:
    if entry.member.unreadable:
        raise BadArchive(entry.member.unreadable)
    if any(len(os.fsencode(part)) > _LONGEST_PART for part in entry.parts):
        raise BadArchive(
            f"The name {entry.name} is too long: a file or folder name can have {_LONGEST_PART} bytes. "
            "Shorten it and pack again."
        )
    if len(entry.parts) > _DEEPEST or len(os.fsencode("/".join(entry.parts))) > _LONGEST_PATH:
        raise BadArchive(
            f"The path {entry.name} is too long: at most {_DEEPEST} folders within one another can be unpacked, with "
            f"{_LONGEST_PATH:,} bytes of names. Pack the images again with shorter paths."
        )


def refuse_bomb(unpacked_bytes: int, packed_bytes: int, limits: Limits) -> None:
    """Refuse an archive that unpacks, or claims to unpack, to more than is allowed."""
    if unpacked_bytes > limits.unpacked_bytes:
        raise BadArchive(
            f"The archive unpacks to more than the {in_bytes(limits.unpacked_bytes)} allowed. "
            "Split it, or make the images smaller."
        )
    if unpacked_bytes > _RATIO_MATTERS_ABOVE and unpacked_bytes > limits.ratio * packed_bytes:
        raise BadArchive(
            f"The archive unpacks to more than {limits.ratio} times its own size, as zip bombs do. It is not unpacked. "
            "Real photographs hardly shrink when packed."
        )


# Writing -------------------------------------------------------------------------------------------------------------


def write(
    archive: Archive, entries: Iterable[Entry], folder: Path, limits: Limits, written: Callable[[int], None]
) -> int:
    """Write entries into a folder and return how many there were. `written` is told after each."""
    unpacked_bytes, number, made = 0, 0, set()
    for number, entry in enumerate(entries, start=1):
        with _created(folder, entry, made) as file:
            for block in archive.blocks(entry.member):
                unpacked_bytes += len(block)
                refuse_bomb(unpacked_bytes, archive.packed_bytes, limits)
                file.write(block)
        written(number)
    return number


def _created(folder: Path, entry: Entry, made: set[tuple[str, ...]]) -> BinaryIO:
    """A new file for an entry. `made` remembers the folders that are there already: asking the disk takes longer."""
    *inside, name = entry.parts
    parent = os.path.join(folder, *inside)
    try:
        if tuple(inside) not in made:
            os.makedirs(parent, exist_ok=True)
            made.add(tuple(inside))
        return open(os.path.join(parent, name), "xb")
    except (FileExistsError, NotADirectoryError) as error:
        message = f"This disk cannot keep {entry.name} beside another entry of the same name. Rename one of them."
        raise BadArchive(message) from error


# Words ---------------------------------------------------------------------------------------------------------------


def damaged(member: Member) -> BadArchive:
    """The refusal of an archive whose list is sound, but not the bytes of a member."""
    return BadArchive(f"{quoted(member.name)} in the archive is damaged. Download it or pack the images again.")


def too_many_files(limits: Limits) -> str:
    return f"The archive holds more than the {limits.files:,} files allowed. Split it into smaller ones."
