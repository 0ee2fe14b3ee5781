"""7z archives, as `rules` has them unpacked: those packed by LZMA or LZMA2, as 7-Zip does unless told otherwise.

Python's library for them, py7zr 1.1.4, is not used: it puts no bound on the memory that the list of files takes, and
takes it before anything can be checked.
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from core.datasets.sources.archives.compression import MOST_MEMORY
from core.datasets.sources.archives.rules import (
    BLOCK,
    BadArchive,
    Limits,
    Member,
    damaged,
    refuse_bomb,
    too_many_files,
)
from core.datasets.sources.archives.seven_zip_lists import DamagedList, Listed, Piece, Stream, TooManyMembers, read_list

_SIGNATURE = 32  # bytes, in front of everything
_LIST_BYTES_A_FILE = 400  # generous for a name in UTF-16 and three times
_COPY, _LZMA, _LZMA2, _AES = b"\0", b"\3\1\1", b"\x21", b"\6\xf1\7\1"
_X86 = b"\3\3\1\3"  # a filter for programs, which py7zr puts in front of LZMA2 whatever it packs
_READ = ([_COPY], [_LZMA], [_LZMA2], sorted([_LZMA2, _X86]))


@contextmanager
def open_seven_zip(stream: BinaryIO, packed_bytes: int, limits: Limits) -> Iterator[SevenZipArchive]:
    """Open a 7z archive.

    Raises
    ------
    BadArchive
        If its list of files is missing, damaged, encrypted, or too long to be held.
    """
    try:
        streams, listed = _list(stream, packed_bytes, limits)
        archive = SevenZipArchive(stream, packed_bytes, limits, streams, listed)
    except (DamagedList, lzma.LZMAError, EOFError) as error:
        raise BadArchive(
            "The list of files at the end of this 7z archive is missing or damaged. Download or pack it again."
        ) from error
    except TooManyMembers as error:
        raise BadArchive(too_many_files(limits)) from error
    yield archive


def _list(stream: BinaryIO, packed_bytes: int, limits: Limits) -> tuple[list[Stream], list[Listed]]:
    stream.seek(0)
    signature = stream.read(_SIGNATURE)
    offset, size = int.from_bytes(signature[12:20], "little"), int.from_bytes(signature[20:28], "little")
    if len(signature) < _SIGNATURE or zlib.crc32(signature[12:]) != int.from_bytes(signature[8:12], "little"):
        raise DamagedList
    if _SIGNATURE + offset + size > packed_bytes:
        raise DamagedList
    _refuse_long_list(size, limits)
    stream.seek(_SIGNATURE + offset)
    content, checksum = stream.read(size), int.from_bytes(signature[28:32], "little")
    for _ in range(4):  # packed, as a rule once
        if zlib.crc32(content) != checksum:
            raise DamagedList
        found = read_list(content)
        if not isinstance(found, Stream):
            return found
        if reason := _why_unreadable(found):
            raise BadArchive(reason)
        _refuse_long_list(found.unpacked_bytes, limits)
        content = _Unpacking(stream, packed_bytes, found).read(found.unpacked_bytes)
        checksum = found.checksum if found.checksum is not None else zlib.crc32(content)
    raise DamagedList


def _refuse_long_list(size: int, limits: Limits) -> None:
    if size > limits.files * _LIST_BYTES_A_FILE + 2**20:
        raise BadArchive(too_many_files(limits))


def _why_unreadable(stream: Stream) -> str:
    """Why the bytes of a stream can't be had, as a sentence for people; "" where they can."""
    methods = sorted(coder.method for coder in stream.coders)
    if _AES in methods:
        return "The archive is encrypted. Pack the images without a password."
    if methods not in _READ or stream.pack_streams > 1:
        return (
            "The archive is packed with a method that is not supported. "
            "Pack again with the usual one (LZMA2), or as .zip."
        )
    if methods != [_COPY] and min(_dictionary(stream), stream.unpacked_bytes) > MOST_MEMORY:
        return (
            f"The archive needs more than {MOST_MEMORY >> 20} MB of memory to be unpacked. "
            "Pack it again with a smaller dictionary, or as .zip."
        )
    return ""


class SevenZipArchive:
    """See `core.datasets.sources.archives.rules.Archive`."""

    is_listed = True

    def __init__(self, file: BinaryIO, packed_bytes: int, limits: Limits, streams: list[Stream], listed: list[Listed]):
        self.packed_bytes = packed_bytes
        self._file, self._limits, self._streams, self._listed = file, limits, streams, listed
        self._unreadable = [_why_unreadable(each) for each in streams]
        self._unpacking: _Unpacking | None = None
        self._stream, self._offset = -1, 0
        self._unpacked_bytes = 0

    def members(self) -> Iterator[Member]:
        for listed in self._listed:
            piece = listed.piece
            unreadable = self._unreadable[piece.stream] if piece else ""
            name = listed.name + "/" if listed.is_folder else listed.name
            yield Member(name, piece.size if piece else 0, listed.is_plain, unreadable, piece)

    def blocks(self, member: Member) -> Iterator[bytes]:
        if member.key is None:
            return
        piece: Piece = member.key
        try:
            unpacking = self._unpacked_up_to(piece)
            left, checksum = piece.size, 0
            while left:
                block = self._take(unpacking, min(left, BLOCK))
                left -= len(block)
                checksum = zlib.crc32(block, checksum)
                yield block
        except (lzma.LZMAError, EOFError, DamagedList) as error:
            raise damaged(member) from error
        if piece.checksum is not None and checksum != piece.checksum:
            raise damaged(member)

    def position(self) -> int:
        return self._file.tell()

    def _unpacked_up_to(self, piece: Piece) -> _Unpacking:
        """Unpack what lies in front of a file: what is packed as one can only be had from its beginning."""
        if self._unpacking is None or piece.stream != self._stream or piece.offset < self._offset:
            self._unpacking = _Unpacking(self._file, self.packed_bytes, self._streams[piece.stream])
            self._stream, self._offset = piece.stream, 0
        while self._offset < piece.offset:
            self._take(self._unpacking, min(piece.offset - self._offset, BLOCK))
        return self._unpacking

    def _take(self, unpacking: _Unpacking, count: int) -> bytes:
        block = unpacking.read(count)
        self._offset += len(block)
        self._unpacked_bytes += len(block)
        refuse_bomb(self._unpacked_bytes, self.packed_bytes, self._limits)  # what is passed over costs time too
        return block


class _Unpacking:
    """The content of a stream, from its beginning.

    Raises
    ------
    DamagedList
        If it lies outside the file, or its method has impossible settings.
    """

    def __init__(self, file: BinaryIO, file_bytes: int, stream: Stream):
        self._file, self._at, self._left = file, _SIGNATURE + stream.start, stream.packed_bytes
        if self._at + self._left > file_bytes:
            raise DamagedList
        self._decoder = _decoder(stream)

    def read(self, count: int) -> bytes:
        """Exactly so many bytes; `EOFError` where it ends before."""
        pieces = []
        while count:
            piece = self._decoder.decompress(self._packed(), count) if self._decoder else self._packed(count)
            if not piece and not self._left and (self._decoder is None or self._decoder.needs_input):
                raise EOFError
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)

    def _packed(self, most: int = 2**16) -> bytes:
        if self._decoder is not None and (self._decoder.eof or not self._decoder.needs_input):
            return b""
        self._file.seek(self._at)
        packed = self._file.read(min(most, self._left, BLOCK))
        if not packed and self._left:  # it became shorter meanwhile
            raise EOFError
        self._at += len(packed)
        self._left -= len(packed)
        return packed


def _decoder(stream: Stream) -> lzma.LZMADecompressor | None:
    """What unpacks a stream; None where its bytes are stored as they are."""
    packing = {coder.method: coder.settings for coder in stream.coders}
    if _COPY in packing:
        return None
    # No more than the whole has to be remembered, whatever the packer was ready to.
    settings = {"dict_size": max(4096, min(_dictionary(stream), stream.unpacked_bytes))}
    if _LZMA in packing:
        bits = packing[_LZMA][0]
        settings |= {"id": lzma.FILTER_LZMA1, "lc": bits % 9, "lp": bits // 9 % 5, "pb": bits // 45}
        if settings["pb"] > 4 or settings["lc"] + settings["lp"] > 4:
            raise DamagedList
    else:
        settings["id"] = lzma.FILTER_LZMA2
    filters = [{"id": lzma.FILTER_X86}] if _X86 in packing else []
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[*filters, settings])


def _dictionary(stream: Stream) -> int:
    """How many bytes back a stream refers at most."""
    packing = {coder.method: coder.settings for coder in stream.coders}
    if len(settings := packing.get(_LZMA, b"")) == 5:
        return int.from_bytes(settings[1:], "little")
    if len(settings := packing.get(_LZMA2, b"")) == 1 and settings[0] <= 40:
        return min((2 | settings[0] & 1) << settings[0] // 2 + 11, 2**32 - 1)
    raise DamagedList
