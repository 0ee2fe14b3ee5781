"""What only zip archives have: their list at the end, names in old code pages, encryption, and other methods."""

import os
import struct
import zipfile

import pytest

from core.datasets.sources.archives.rules import Limits
from core.datasets.sources.archives.unpacking import unpack
from tests.datasets.sources.archives.packing import picture, refusal


def packed(folder, files, method=zipfile.ZIP_DEFLATED):
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_a_stored_archive_and_one_with_a_comment(tmp_path):
    path = packed(tmp_path, {"1.png": picture()}, zipfile.ZIP_STORED)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"made by hand"
    assert unpack(path, tmp_path / "new").files == 1


def test_names_that_macos_packs_without_saying_that_they_are_utf8(tmp_path):
    path = packed(tmp_path, {"größe.png": picture()})
    content = bytearray(path.read_bytes())
    local, central = content.index(b"PK\3\4"), content.index(b"PK\1\2")
    content[local + 7] &= ~8
    content[central + 9] &= ~8
    path.write_bytes(content)
    unpack(path, tmp_path / "new")
    assert os.listdir(tmp_path / "new") == ["größe.png"]


def test_a_name_that_holds_a_nul(tmp_path):
    path = packed(tmp_path, {"a?b.png": picture()})
    path.write_bytes(path.read_bytes().replace(b"a?b.png", b"a\0b.png"))
    assert "control characters" in refusal(path, tmp_path)


def test_encrypted(tmp_path):
    path = packed(tmp_path, {"1.png": picture()})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\3\4") + 6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    words = refusal(path, tmp_path)
    assert "encrypted" in words
    assert "without a password" in words


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_without_a_bound_on_memory(tmp_path, method):
    assert "Pack again with the usual one" in refusal(packed(tmp_path, {"1.png": picture()}, method), tmp_path)


def test_without_its_end(tmp_path):
    path = packed(tmp_path, {"1.png": picture()})
    path.write_bytes(path.read_bytes()[:-30])
    assert "is the beginning of a zip archive, whose end is missing" in refusal(path, tmp_path)


def test_without_its_beginning(tmp_path):
    path = packed(tmp_path, {"1.png": picture(), "2.png": picture()})
    path.write_bytes(b"PK\3\4" + path.read_bytes()[100:])
    assert "damaged" in refusal(path, tmp_path)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_entry(tmp_path, method):
    noise = os.urandom(5000)
    path = packed(tmp_path, {"good.png": picture(), "bad.png": noise}, method)
    content = bytearray(path.read_bytes())
    middle = content.index(b"bad.png") + 2500
    content[middle : middle + 20] = bytes(20)
    path.write_bytes(content)
    words = refusal(path, tmp_path)
    assert "“bad.png” in the archive is damaged" in words


def test_a_wrong_checksum(tmp_path):
    path = packed(tmp_path, {"1.png": picture()})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 16] ^= 0xFF
    path.write_bytes(content)
    assert "is damaged" in refusal(path, tmp_path)


def test_a_list_of_files_that_would_fill_the_memory(tmp_path):
    """Millions of entries that all point to the same data: refused before the list is read."""
    content = packed(tmp_path, {"1.png": picture()}).read_bytes()
    start, end = content.index(b"PK\1\2"), content.index(b"PK\5\6")
    count = 50_000
    lines = content[start:end] * count
    for tail in (
        struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(lines), start, 0),
        struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(lines), start)
        + struct.pack("<4sIQI", b"PK\6\7", 0, start + len(lines), 1)
        + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 65535, 65535, 0, 0, 0),
    ):
        (tmp_path / "archive.zip").write_bytes(content[:start] + lines + tail)
        assert "more than the 100 files allowed" in refusal(
            tmp_path / "archive.zip", tmp_path, limits=Limits(files=100)
        )


def claiming(path, size):
    """Change what the list of files says about the unpacked size of its first entry."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.infolist()[0].file_size = size
        archive.comment = b"so that the list is written again"
    return path


def test_a_bomb_that_claims_to_be_small(tmp_path):
    path = claiming(packed(tmp_path, {"1.png": bytes(5_000_000)}), 100)
    assert "is damaged" in refusal(path, tmp_path, limits=Limits(unpacked_bytes=1000))


def test_more_than_the_disk_has_free(tmp_path):
    path = claiming(packed(tmp_path, {"1.png": picture()}), 10**16)
    words = refusal(path, tmp_path, limits=Limits(unpacked_bytes=10**18, ratio=10**18))
    assert "10,000.0 TB" in words
    assert "free" in words
    assert "Make room" in words
