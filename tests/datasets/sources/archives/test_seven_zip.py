"""What only 7z archives have: files packed as one, a list that is packed too, and many methods."""

import lzma
import struct
import zlib
from pathlib import Path

import pytest

from core.datasets.sources.archives.rules import BadArchive, Limits
from core.datasets.sources.archives.unpacking import unpack
from tests.datasets.sources.archives.packing import COPY, number, pack, picture, refusal, seven_zip_of, with_list

SAMPLES = Path(__file__).parent / "samples"
"""The same two pictures and a note, by 7-Zip 26.02 and py7zr 1.1.4, with the options that their names say."""

LZMA2_OF_A_MILLION_MB = b"\x21\x21\1\x28"
READ = ["7zip_usual", "7zip_stored", "7zip_lzma", "7zip_one_by_one", "7zip_plain_list", "py7zr_usual"]
REFUSED = {
    "7zip_ppmd": "method that is not supported",
    "7zip_bzip2": "method that is not supported",
    "py7zr_zstandard": "method that is not supported",
    "7zip_password": "encrypted",
    "7zip_password_and_names": "encrypted",
}


@pytest.fixture
def written(tmp_path):
    def write(content):
        (tmp_path / "x.7z").write_bytes(content)
        return tmp_path / "x.7z"

    return write


@pytest.mark.parametrize("name", READ)
def test_as_other_programs_pack(tmp_path, name):
    assert unpack(SAMPLES / f"{name}.7z", tmp_path / "new").files == 3
    for colour in ("red", "blue"):
        assert (tmp_path / "new" / "größe" / f"{colour}.png").read_bytes() == picture(colour)
    assert (tmp_path / "new" / "größe" / "empty.png").read_bytes() == b""


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_unpacked(tmp_path, name):
    assert REFUSED[name] in refusal(SAMPLES / f"{name}.7z", tmp_path)


@pytest.mark.parametrize("name", READ)
def test_a_sample_that_is_cut_off_anywhere(tmp_path, written, name):
    whole = (SAMPLES / f"{name}.7z").read_bytes()
    for length in range(6, len(whole)):
        refusal(written(whole[:length]), tmp_path)


@pytest.mark.parametrize("name", READ)
def test_a_sample_with_any_byte_spoiled(tmp_path, written, name):
    """Everything in it is under a checksum, but for the two bytes of the version."""
    whole = (SAMPLES / f"{name}.7z").read_bytes()
    for place in range(6, len(whole)):
        spoiled = bytearray(whole)
        spoiled[place] ^= 0x55
        try:
            unpack(written(spoiled), tmp_path / f"new{place}")
        except BadArchive:
            continue
        assert (tmp_path / f"new{place}" / "größe" / "red.png").read_bytes() == picture("red")
        assert (tmp_path / f"new{place}" / "größe" / "blue.png").read_bytes() == picture("blue")


def test_a_list_with_any_byte_changed(tmp_path, written):
    """With the checksums made right again, as somebody does who means harm: refused in words, or read within bounds."""
    files = [("a/1.png", picture()), ("a/2.png", picture("blue")), ("a/empty.png", b""), ("b/", b"")]
    whole = seven_zip_of(b"".join(content for _, content in files), 2 * len(picture()), files, coder=COPY)
    size = int.from_bytes(whole[20:28], "little")
    stream, head = whole[32:-size], whole[-size:]
    for place in range(size):
        for value in (0, 1, 0x7F, 0xFF):
            changed = bytearray(head)
            changed[place] = value
            folder = tmp_path / "new"
            try:
                unpack(written(with_list(stream, bytes(changed))), folder, limits=Limits(unpacked_bytes=10**6))
            except BadArchive:
                assert not folder.exists()
            else:
                folder.rename(tmp_path / f"read{place}_{value}")


def test_claims_of_a_thousand_million(tmp_path, written):
    huge = number(10**9)
    lists = [
        b"\1\5" + huge + b"\0",
        b"\1\4\6" + number(0) + huge + b"\x09",
        b"\1\4\7\x0b" + huge + b"\0",
        b"\1\4\7\x0b" + number(1) + b"\0" + huge,
        b"\1\4\7\x0b" + number(1) + b"\0" + number(1) + b"\x21\x21" + huge,
        b"\1\5" + number(1) + b"\x11" + huge,
        b"\1\2\1" + huge,
    ]
    for head in lists:
        refusal(written(with_list(b"", head)), tmp_path)


def test_a_list_of_too_many_files(tmp_path, written):
    assert "files allowed" in refusal(written(with_list(b"", b"\1\5" + number(10**7) + bytes(100))), tmp_path)
    head = bytes(3_000_000)
    assert "files allowed" in refusal(written(with_list(b"", head)), tmp_path, limits=Limits(files=100))


def test_a_packed_list_that_unpacks_to_very_much(tmp_path, written):
    for coder, words in ((b"\x24\4\xf7\x11\1" + number(5) + bytes(5), "method"), (b"\x21\x21\1\x16", "files allowed")):
        packed = lzma.compress(bytes(10**6), lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0}])
        head = b"\x17\6" + number(0) + number(1) + b"\x09" + number(len(packed)) + b"\0"
        head += b"\7\x0b" + number(1) + b"\0" + number(1) + coder + b"\x0c" + number(10**9) + b"\0\0"
        assert words in refusal(written(with_list(packed, head)), tmp_path)


def test_a_list_that_is_packed_many_times_over(tmp_path, written):
    heads = []
    for place in range(5):  # each is the content of the next one, as it is
        head = b"\x17\6" + number(max(0, place - 1) * 96) + number(1) + b"\x09" + number(96) + b"\0"
        head += b"\7\x0b" + number(1) + b"\0" + number(1) + COPY + b"\x0c" + number(96) + b"\0\0"
        heads.append(head.ljust(96, b"\0") if place else b"\1\0".ljust(96, b"\0"))
    assert "damaged" in refusal(written(with_list(b"".join(heads[:-1]), heads[-1])), tmp_path)


def test_a_dictionary_of_gigabytes(tmp_path, written):
    files = [("1.png", picture())]
    stream = lzma.compress(picture(), lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0}])
    # No more than the whole is ever remembered, so that a small archive needs little whatever it says.
    assert unpack(
        written(seven_zip_of(stream, len(picture()), files, coder=LZMA2_OF_A_MILLION_MB)), tmp_path / "a"
    ).files
    words = refusal(written(seven_zip_of(stream, 10**10, files, coder=LZMA2_OF_A_MILLION_MB)), tmp_path)
    assert "needs more than 256 MB of memory" in words


def test_sizes_that_do_not_add_up(tmp_path, written):
    files = [("1.png", picture()), ("2.png", picture())]
    stream = picture() * 2
    assert "damaged" in refusal(written(seven_zip_of(stream, 10, files, coder=COPY)), tmp_path)
    assert "damaged" in refusal(written(seven_zip_of(stream[:50], len(stream), files, coder=COPY)), tmp_path)


def test_a_wrong_checksum_of_a_file(tmp_path, written):
    content = seven_zip_of(picture(), len(picture()), [("1.png", picture("blue"))], coder=COPY)
    assert "“1.png” in the archive is damaged" in refusal(written(content), tmp_path)


def test_a_list_that_lies_outside_the_file(tmp_path, written):
    start = struct.pack("<QQI", 10**12, 10**12, 0)
    content = b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start
    assert "missing or damaged" in refusal(written(content), tmp_path)


def test_a_link_of_windows(tmp_path, written):
    content = seven_zip_of(picture(), len(picture()), [("1.png", picture())], coder=COPY)
    size = int.from_bytes(content[20:28], "little")
    head = content[-size:-6] + struct.pack("<I", 0x400) + b"\0\0"
    assert "symbolic link" in refusal(written(with_list(picture(), head)), tmp_path)


def test_names_in_half_a_letter(tmp_path, written):
    """A surrogate without its other half, which no disk keeps, becomes a sign that stands for it."""
    content = seven_zip_of(picture(), len(picture()), [("a\ue000.png", picture())], coder=COPY)
    size = int.from_bytes(content[20:28], "little")
    head = content[-size:].replace("\ue000".encode("utf-16-le"), b"\x00\xd8")
    assert unpack(written(with_list(picture(), head)), tmp_path / "new").files == 1


def test_files_that_are_wanted_among_many_that_are_not(tmp_path):
    files = {f"{number}.md": b"x" * 5000 for number in range(50)} | {"1.png": picture()} | {"z.md": b"y" * 9000}
    assert unpack(pack("7z", tmp_path, files), tmp_path / "new").files == 1
    assert (tmp_path / "new" / "1.png").read_bytes() == picture()
