"""Zip archives, as `rules` has them unpacked."""

from __future__ import annotations

import errno
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from core.datasets.sources.archives.rules import BLOCK, BadArchive, Limits, Member, damaged, too_many_files
from core.datasets.sources.words import quoted

_LIST_BYTES_A_FILE = 400  # generous for one line of an archive's list of files


@contextmanager
def open_zip(stream: BinaryIO, packed_bytes: int, limits: Limits) -> Iterator[ZipArchive]:
    """Open a zip archive.

    Raises
    ------
    BadArchive
        If its list of files is missing, damaged, or too long to be held.
    """
    if list_bytes(stream, packed_bytes) > limits.files * _LIST_BYTES_A_FILE + 2**20:
        raise BadArchive(too_many_files(limits))
    try:
        archive = zipfile.ZipFile(stream)
    except Exception as error:  # a damaged list of files can raise nearly anything
        raise BadArchive(
            "The end of this zip archive is missing or damaged. Download it again, or pack the images again."
        ) from error
    with archive:
        yield ZipArchive(archive, stream, packed_bytes)


class ZipArchive:
    """See `core.datasets.sources.archives.rules.Archive`."""

    is_listed = True

    def __init__(self, archive: zipfile.ZipFile, stream: BinaryIO, packed_bytes: int):
        self._archive, self._stream, self.packed_bytes = archive, stream, packed_bytes

    def members(self) -> Iterator[Member]:
        for info in self._archive.infolist():
            name = _name(info)
            is_plain = stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG, stat.S_IFDIR)
            yield Member(name, info.file_size, is_plain, _why_unreadable(info, name), info)

    def blocks(self, member: Member) -> Iterator[bytes]:
        # The checksum is verified by `zipfile` with the last of them.
        try:
            with self._archive.open(member.key) as packed:
                while block := packed.read(BLOCK):
                    yield block
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
            raise damaged(member) from error
        except OSError as error:
            if error.errno == errno.EINVAL:  # a place in front of the file's beginning
                raise damaged(member) from error
            raise

    def position(self) -> int:
        return self._stream.tell()


def _name(info: zipfile.ZipInfo) -> str:
    """Path of an entry as its packer meant it, with forward slashes."""
    name = info.orig_filename  # not `filename`, which is cut silently at a NUL
    if not info.flag_bits & 0x800:
        # macOS packs UTF-8 names without saying so, and zipfile then reads the bytes as code page 437.
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _why_unreadable(info: zipfile.ZipInfo, name: str) -> str:
    if info.flag_bits & 0x1:
        return f"The archive is encrypted ({quoted(name)}). Pack the images without a password."
    # Other methods are rare for images, and Python unpacks them without any bound on memory.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"{quoted(name)} is packed with a method that is not supported. Pack again with the usual one (deflate)."
    return ""


def list_bytes(stream: BinaryIO, packed_bytes: int) -> int:
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
