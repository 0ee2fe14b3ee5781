"""Archives of every kind, packed as their usual programs do, and as somebody does who means harm."""

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest
from PIL import Image

from core.datasets.sources.archives.rules import BadArchive
from core.datasets.sources.archives.unpacking import unpack

KINDS = ("zip", "tar", "tar.gz", "tar.bz2", "tar.xz", "tar.zst", "7z")

_TAR_TYPES = {
    stat.S_IFLNK: tarfile.SYMTYPE,
    stat.S_IFIFO: tarfile.FIFOTYPE,
    stat.S_IFCHR: tarfile.CHRTYPE,
    0: tarfile.REGTYPE,
}


def refusal(source, folder, **options) -> str:
    """The words by which an archive is refused, once it is certain that nothing was left behind."""
    before = sorted(folder.rglob("*"))
    with pytest.raises(BadArchive) as caught:
        unpack(source, folder / "new", **options)
    assert sorted(folder.rglob("*")) == before
    return str(caught.value)


def picture(colour="red") -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(encoded, "PNG")
    return encoded.getvalue()


def pack(kind, folder, files, modes=None) -> Path:
    """An archive of names and contents, given as a mapping or as pairs. Names that end in "/" are folders.

    `modes` says for some names that they are no files, as in `stat.S_IFLNK`; their content is where a link leads.
    """
    path = folder / f"archive.{kind}"
    pairs = list(files.items() if isinstance(files, dict) else files)
    {"zip": _zip, "7z": _seven_zip}.get(kind, _tar)(path, pairs, modes or {})
    return path


def _zip(path, files, modes):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name in modes:
                info.create_system, info.external_attr = 3, (modes[name] | 0o777) << 16
            archive.writestr(info, content, compresslevel=1)


def _tar(path, files, modes):
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, content in files:
            info = tarfile.TarInfo(name.rstrip("/") if name.endswith("/") else name)
            info.type = tarfile.DIRTYPE if name.endswith("/") else _TAR_TYPES[modes.get(name, 0)]
            if info.type == tarfile.SYMTYPE:
                info.linkname = content.decode()
            elif info.type == tarfile.REGTYPE:
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    path.write_bytes(compressed(written.getvalue(), path.name.removeprefix("archive.tar").removeprefix(".")))


def compressed(content, how):
    """Bytes as they are, or by gzip ("gz"), bzip2 ("bz2"), xz ("xz") or Zstandard ("zst")."""
    if how == "zst":
        return pa.compress(content, "zstd", asbytes=True)
    quickest = {"gz": partial(gzip.compress, compresslevel=1), "xz": partial(lzma.compress, preset=0)}
    return ({"": bytes, "bz2": bz2.compress} | quickest)[how](content)


# 7z ------------------------------------------------------------------------------------------------------------------

COPY, LZMA2 = b"\1\0", b"\x21\x21\1\x16"
"""How a stream is packed: a byte that says what follows, the number of the method, and its settings (length first)."""


def number(value) -> bytes:
    """As the list of a 7z archive holds it, in the longest of its forms."""
    return b"\xff" + struct.pack("<Q", value)


def _seven_zip(path, files, modes):
    """All files in one stream of LZMA2, as 7-Zip packs them ("solid"), the list itself not packed."""
    together = b"".join(content for _, content in files)
    settings = [{"id": lzma.FILTER_LZMA2, "preset": 0}]
    stream = lzma.compress(together, lzma.FORMAT_RAW, filters=settings) if together else b""
    path.write_bytes(seven_zip_of(stream, len(together), files, modes))


def seven_zip_of(stream, unpacked_bytes, files, modes=None, coder=LZMA2) -> bytes:
    """A 7z archive of one stream that is packed already, in which the files lie one after the other."""
    modes = modes or {}
    holding = [(name, content) for name, content in files if content]
    head = b"\1"
    if holding:
        head += b"\4" + b"\6" + number(0) + number(1) + b"\x09" + number(len(stream)) + b"\0"
        head += b"\7\x0b" + number(1) + b"\0" + number(1) + coder + b"\x0c" + number(unpacked_bytes) + b"\0"
        head += b"\x08\x0d" + number(len(holding))
        if len(holding) > 1:
            head += b"\x09" + b"".join(number(len(content)) for _, content in holding[:-1])
        head += b"\x0a\1" + b"".join(struct.pack("<I", zlib.crc32(content)) for _, content in holding) + b"\0\0"
    head += b"\5" + number(len(files))
    empty = [not content for _, content in files]
    head += _property(0x0E, _bits(empty))
    head += _property(0x0F, _bits([not name.endswith("/") for name, content in files if not content]))
    head += _property(0x11, b"\0" + b"".join(name.rstrip("/").encode("utf-16-le") + b"\0\0" for name, _ in files))
    attributes = b"".join(struct.pack("<I", (modes[name] << 16 | 0x8000) if name in modes else 0) for name, _ in files)
    head += _property(0x15, b"\1\0" + attributes) + b"\0\0"
    return with_list(stream, head)


def with_list(stream, head) -> bytes:
    """A 7z archive: its signature, what is packed, and the list."""
    start = struct.pack("<QQI", len(stream), len(head), zlib.crc32(head))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + stream + head


def _property(kind, content):
    return bytes([kind]) + number(len(content)) + content


def _bits(values):
    packed = bytearray(-(-len(values) // 8))
    for index, value in enumerate(values):
        packed[index >> 3] |= value * 0x80 >> (index & 7)
    return bytes(packed)
