"""Unpacks the images of a zip archive that may come from anyone, and the tables that label them."""

from __future__ import annotations

import os
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.datasets.sources.listing import has_control_characters, is_hidden, is_image
from core.datasets.sources.new_folder import appearing_at_the_end, exists_already
from core.datasets.sources.packed.idx import is_idx
from core.datasets.sources.tables.files import TABLE_SUFFIXES
from core.errors import WorkbenchError
from core.images.formats import SUFFIXES

_RATIO_MATTERS_ABOVE = 100 * 2**20  # bytes; a small archive of very even pictures is no attack
_BLOCK = 2**20
_LONGEST_PART = 255  # bytes of one file or folder name that common file systems can keep
_DIRECTORY_BYTES_A_FILE = 400  # generous for one line of an archive's list of files


@dataclass(frozen=True)
class Limits:
    """What an archive may cost at most.

    Attributes
    ----------
    unpacked_bytes : int
        Bytes of all files together once unpacked.
    files : int
        Number of files.
    ratio : int
        Unpacked bytes for each byte of the archive; checked only once more than 100 MB are unpacked.
    """

    unpacked_bytes: int = 20 * 2**30
    files: int = 200_000
    ratio: int = 200


DEFAULT_LIMITS = Limits()


class BadArchive(WorkbenchError):
    """An archive that is not unpacked. The message says why and what to do."""


@dataclass(frozen=True)
class _Entry:
    """A file inside the archive and where it goes, as folder and file names below the new folder."""

    info: zipfile.ZipInfo
    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        return _shown("/".join(self.parts))


def unpack_zip(
    source: Path | BinaryIO,
    folder: Path,
    *,
    limits: Limits = DEFAULT_LIMITS,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Unpack the images of a zip archive into a new folder, completely or not at all.

    Tables (.csv, .tsv, .parquet) and IDX files, which hold images or their labels, are unpacked too. All other files
    by their ending, hidden files and ``__MACOSX`` are left out; archives inside the archive stay packed. The files are
    written next to `folder` under a hidden name first; that is removed again on any error
    and on interruption.

    Parameters
    ----------
    source : Path or binary file
        The archive. A binary file must be seekable and stays open.
    folder : Path
        The folder to create. It must not exist; missing parents are created.
    limits : Limits
        What the archive may cost.
    progress : callable, optional
        Called after every file with the number written and the number in all. May raise to stop.

    Returns
    -------
    int
        Number of files written, 1 or more.

    Raises
    ------
    BadArchive
        When the archive is damaged, encrypted, hostile, over the limits or without images, when `folder` exists, and
        when the disk has no room or refuses.
    """
    folder = Path(folder)
    if os.path.lexists(folder):
        raise BadArchive(exists_already(folder))
    with _opened(source, limits) as (archive, packed_bytes):
        entries = _wanted(archive, limits)
        claimed_bytes = sum(entry.info.file_size for entry in entries)
        _refuse_bomb(claimed_bytes, packed_bytes, limits)
        _refuse_full_disk(claimed_bytes, folder)
        with appearing_at_the_end(folder, BadArchive) as temporary:
            _write(archive, entries, temporary, packed_bytes, limits, progress)
    return len(entries)


# Opening -------------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(source: Path | BinaryIO, limits: Limits) -> Iterator[tuple[zipfile.ZipFile, int]]:
    """The archive and its true length in bytes."""
    if isinstance(source, str | os.PathLike):
        try:
            stream = open(source, "rb")  # noqa: SIM115 - only the opening itself belongs inside the try
        except OSError as error:
            raise BadArchive(f"The archive {source} cannot be opened: {error.strerror}.") from error
        with stream, _opened(stream, limits) as opened:
            yield opened
        return
    packed_bytes = source.seek(0, os.SEEK_END)
    if packed_bytes == 0:
        raise BadArchive("The archive is empty (0 bytes). Download or pack it again.")
    if _directory_bytes(source, packed_bytes) > limits.files * _DIRECTORY_BYTES_A_FILE + 2**20:
        raise BadArchive(_too_many_files(limits))
    try:
        archive = zipfile.ZipFile(source)
    except Exception as error:  # a damaged list of files can raise nearly anything
        message = "This is not a zip archive, or its end is missing. Pack the images as .zip and try again."
        raise BadArchive(message) from error
    with archive:
        yield archive, packed_bytes


def _directory_bytes(stream: BinaryIO, packed_bytes: int) -> int:
    """Length of the archive's list of files, 0 if there is none.

    Looked up before `zipfile.ZipFile` builds an object for every line of it: millions of lines would fill the memory.
    The record is searched for in the same places as `zipfile` does.
    """
    stream.seek(max(0, packed_bytes - 2**16 - 100))
    tail = stream.read()
    ends_without_comment = tail[-22:-18] == b"PK\5\6" and tail[-2:] == b"\0\0"
    start = len(tail) - 22 if ends_without_comment else tail.rfind(b"PK\5\6")
    if start < 0:
        return 0
    if start >= 76 and tail[start - 20 : start - 16] == b"PK\6\7" and tail[start - 76 : start - 72] == b"PK\6\6":
        return int.from_bytes(tail[start - 36 : start - 28], "little")
    return int.from_bytes(tail[start + 12 : start + 16], "little")


# Judging the entries before anything is written ----------------------------------------------------------------------


def _wanted(archive: zipfile.ZipFile, limits: Limits) -> list[_Entry]:
    entries: dict[tuple[str, ...], _Entry] = {}
    for info in archive.infolist():
        name = _name(info)
        parts = _safe_parts(name, info)
        if name.endswith("/") or not _is_wanted(parts):
            continue
        entry = _Entry(info, parts)
        _refuse_unreadable(entry)
        if parts in entries:
            raise BadArchive(f"The archive holds {entry.name} twice. Rename or remove one of them and pack it again.")
        entries[parts] = entry
        if len(entries) > limits.files:
            raise BadArchive(_too_many_files(limits))
    if not any(_holds_images(parts[-1]) for parts in entries):
        kinds = ", ".join(sorted(SUFFIXES))
        raise BadArchive(f"The archive holds no image. Pack files that end in {kinds}.")
    return list(entries.values())


def _name(info: zipfile.ZipInfo) -> str:
    """Path of an entry as its packer meant it, with forward slashes."""
    name = info.orig_filename  # not `filename`, which is cut silently at a NUL
    if not info.flag_bits & 0x800:
        # macOS packs UTF-8 names without saying so, and zipfile then reads the bytes as code page 437.
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _safe_parts(name: str, info: zipfile.ZipInfo) -> tuple[str, ...]:
    """Folder and file names of an entry, once it is certain that they stay inside the new folder."""
    if has_control_characters(name):
        raise BadArchive(f"The name {_shown(name)} in the archive holds control characters. Rename it and pack again.")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or ".." in parts or re.match("[A-Za-z]:", name):
        raise BadArchive(
            f"The archive wants to write outside its folder ({_shown(name)}) and is not unpacked. "
            "Do not trust it, or pack the images again with plain relative names."
        )
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadArchive(
            f"The archive holds a symbolic link or special file ({_shown(name)}) and is not unpacked. "
            "Pack the images themselves instead of links to them."
        )
    return parts


def _is_wanted(parts: tuple[str, ...]) -> bool:
    if not parts or any(map(is_hidden, parts)):
        return False
    return _holds_images(parts[-1]) or os.path.splitext(parts[-1])[1].lower() in TABLE_SUFFIXES


def _holds_images(name: str) -> bool:
    return is_image(name) or is_idx(name)


def _refuse_unreadable(entry: _Entry) -> None:
    if entry.info.flag_bits & 0x1:
        raise BadArchive(f"The archive is encrypted ({entry.name}). Pack the images without a password.")
    # Other methods are rare for images, and Python unpacks them without any bound on memory.
    if entry.info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadArchive(
            f"{entry.name} is packed with a method that is not supported. Pack again with the usual one (deflate)."
        )
    if any(len(part.encode()) > _LONGEST_PART for part in entry.parts):
        raise BadArchive(
            f"The name {entry.name} is too long: a file or folder name can have {_LONGEST_PART} bytes. "
            "Shorten it and pack again."
        )


def _refuse_bomb(unpacked_bytes: int, packed_bytes: int, limits: Limits) -> None:
    if unpacked_bytes > limits.unpacked_bytes:
        raise BadArchive(
            f"The archive unpacks to more than the {_size(limits.unpacked_bytes)} allowed. "
            "Split it, or make the images smaller."
        )
    if unpacked_bytes > _RATIO_MATTERS_ABOVE and unpacked_bytes > limits.ratio * packed_bytes:
        raise BadArchive(
            f"The archive unpacks to more than {limits.ratio} times its own size, as zip bombs do. It is not unpacked. "
            "Real photographs hardly shrink when packed."
        )


def _refuse_full_disk(needed_bytes: int, folder: Path) -> None:
    existing = next((parent for parent in folder.absolute().parents if parent.is_dir()), None)
    if existing is None:
        return
    free_bytes = shutil.disk_usage(existing).free
    if needed_bytes > free_bytes:
        raise BadArchive(
            f"The disk that holds {existing} has {_size(free_bytes)} free, but the archive needs "
            f"{_size(needed_bytes)}. Make room and try again."
        )


# Writing -------------------------------------------------------------------------------------------------------------


def _write(
    archive: zipfile.ZipFile,
    entries: list[_Entry],
    folder: Path,
    packed_bytes: int,
    limits: Limits,
    progress: Callable[[int, int], None] | None,
) -> None:
    unpacked_bytes, made = 0, set()
    for number, entry in enumerate(entries, start=1):
        with _created(folder, entry, made) as written:
            for block in _blocks(archive, entry):
                unpacked_bytes += len(block)
                _refuse_bomb(unpacked_bytes, packed_bytes, limits)
                written.write(block)
        if progress is not None:
            progress(number, len(entries))


def _created(folder: Path, entry: _Entry, made: set[tuple[str, ...]]) -> BinaryIO:
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


def _blocks(archive: zipfile.ZipFile, entry: _Entry) -> Iterator[bytes]:
    """The bytes of an entry. The checksum is verified by `zipfile` with the last of them."""
    try:
        with archive.open(entry.info) as packed:
            while block := packed.read(_BLOCK):
                yield block
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        message = f"{entry.name} in the archive is damaged. Download the archive or pack the images again."
        raise BadArchive(message) from error


# Words ---------------------------------------------------------------------------------------------------------------


def _too_many_files(limits: Limits) -> str:
    return f"The archive holds more than the {limits.files:,} files allowed. Split it into smaller ones."


def _size(count: int) -> str:
    """A number of bytes for people, such as "1.5 GB"."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"


def _shown(name: str) -> str:
    """A name that is safe to show: no invisible letters, and not endless."""
    visible = "".join(letter if letter.isprintable() else "�" for letter in name)
    return f"“{visible}”" if len(visible) <= 80 else f"“{visible[:60]}…{visible[-15:]}”"
