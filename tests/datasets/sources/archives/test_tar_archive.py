"""What only tar archives have: headers one after the other, which say what follows, in several dialects."""

import io
import lzma
import os
import subprocess
import tarfile
import zlib

import pytest

from core.datasets.sources.archives.rules import Limits
from core.datasets.sources.archives.unpacking import unpack
from tests.datasets.sources.archives.packing import compressed, picture, refusal


def tar(path, *members, format=tarfile.PAX_FORMAT, end=True):
    """A tar of pairs of `TarInfo` (or a name) and content; its size is set where it isn't."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=format):
        for info, content in members:
            if isinstance(info, str):
                info = tarfile.TarInfo(info)
            info.size = info.size or len(content)
            written.write(info.tobuf(format) + content + bytes(-len(content) % 512))
    path.write_bytes(written.getvalue() if end else written.getvalue().rstrip(b"\0"))
    return path


def special(kind, name="x", size=0, **values):
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    for key, value in values.items():
        setattr(info, key, value)
    return info


LONG = f"{'long/' * 60}{'x' * 120}.png"


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names_of_both_dialects(tmp_path, format):
    assert unpack(tar(tmp_path / "x.tar", (LONG, picture()), format=format), tmp_path / "new").files == 1
    assert (tmp_path / "new" / LONG).read_bytes() == picture()


def test_a_long_name_that_is_divided_as_ustar_does(tmp_path):
    name = f"{'folder/' * 18}{'y' * 80}.png"
    assert unpack(tar(tmp_path / "x.tar", (name, picture()), format=tarfile.USTAR_FORMAT), tmp_path / "new").files == 1
    assert (tmp_path / "new" / name).is_file()


def test_as_gnu_tar_packs_a_folder(tmp_path):
    (tmp_path / "photos" / "größe").mkdir(parents=True)
    (tmp_path / "photos" / "größe" / "1.png").write_bytes(picture())
    subprocess.run(["tar", "czf", "x.tgz", "-C", "photos", "."], cwd=tmp_path, check=True)
    assert unpack(tmp_path / "x.tgz", tmp_path / "new").files == 1
    assert (tmp_path / "new" / "größe" / "1.png").is_file()


def test_a_size_in_base_256(tmp_path):
    path = tar(tmp_path / "x.tar", ("1.png", picture()), ("2.png", picture("blue")))
    content = bytearray(path.read_bytes())
    content[124:136] = b"\x80" + len(picture()).to_bytes(11, "big")
    content[148:156] = b"%06o\0 " % (sum(content[:148]) + 8 * 32 + sum(content[156:512]))
    path.write_bytes(content)
    assert unpack(path, tmp_path / "new").files == 2


def test_names_that_are_not_utf8_are_kept_as_they_are(tmp_path):
    path = tar(tmp_path / "x.tar", ("caf\udce9.png", picture()), format=tarfile.GNU_FORMAT)
    assert unpack(path, tmp_path / "new").files == 1
    assert os.listdir(os.fsencode(tmp_path / "new")) == [b"caf\xe9.png"]


def test_a_file_that_several_names_share(tmp_path):
    path = tar(tmp_path / "x.tar", ("1.png", picture()), (special(tarfile.LNKTYPE, "2.png", linkname="1.png"), b""))
    assert "“2.png”" in refusal(path, tmp_path)


@pytest.mark.parametrize("how", ["", "gz"])
def test_without_the_zeros_that_end_it(tmp_path, how):
    """Cut off between two files: what follows would be missing without a word."""
    path = tar(tmp_path / "x.tar", ("1.png", picture()), ("2.png", picture()))
    path.write_bytes(compressed(path.read_bytes()[: 2 * 512 + 512], how))
    assert "cut off" in refusal(path, tmp_path)


def test_a_wrong_checksum_of_a_compression(tmp_path):
    path = tar(tmp_path / "x.tar", ("1.png", picture()))
    content = bytearray(compressed(path.read_bytes(), "gz"))
    content[-8] ^= 0xFF
    path.write_bytes(content)
    assert "damaged" in refusal(path, tmp_path)


def test_several_compressed_pieces_after_one_another(tmp_path):
    path = tar(tmp_path / "x.tar", ("1.png", picture()), ("2.png", os.urandom(900)))
    content = path.read_bytes()
    for how in ("gz", "bz2", "xz", "zst"):
        path.write_bytes(compressed(content[:700], how) + compressed(content[700:], how))
        assert unpack(path, tmp_path / how).files == 2


@pytest.mark.parametrize("kind", [b"L", b"x", b"g", b"K"])
def test_a_name_of_a_thousand_megabytes(tmp_path, kind):
    path = tar(tmp_path / "x.tar", ("0.png", picture()), (special(kind, size=10**9), b"x" * 5000))
    assert "damaged" in refusal(path, tmp_path)


@pytest.mark.parametrize(
    "records", [b"9" * 400, b"30 path=x", b"0 path=x\n", b"18 path=", b"6 path\n", b"\xff\xfe", b" =\n", b"99 size=9\n"]
)
def test_records_that_are_no_pax(tmp_path, records):
    path = tar(tmp_path / "x.tar", ("0.png", picture()), (special(b"x"), records), ("1.png", picture()))
    assert "damaged" in refusal(path, tmp_path)


@pytest.mark.parametrize("size", [10**6, 10**9, 10**15])
@pytest.mark.parametrize("how", ["", "gz"])
@pytest.mark.parametrize("name", ["1.png", "unwanted.md"])
def test_a_file_that_claims_to_be_large(tmp_path, size, how, name):
    records = b"%d size=%d\n" % (len(b" size=\n") + len(str(size)) + 2, size)
    path = tar(tmp_path / "x.tar", ("0.png", picture()), (special(b"x"), records), (name, picture()))
    path.write_bytes(compressed(path.read_bytes(), how))
    assert "cut off" in refusal(path, tmp_path)


def test_a_file_with_gaps(tmp_path):
    path = tar(tmp_path / "x.tar", ("0.png", picture()), (special(tarfile.GNUTYPE_SPARSE, "1.png"), b""))
    assert "sparse" in refusal(path, tmp_path)
    records = b"22 GNU.sparse.major=1\n"
    path = tar(tmp_path / "x.tar", (special(b"x"), records), ("1.png", picture()))
    assert "sparse" in refusal(path, tmp_path)


@pytest.mark.parametrize("kind", [b"3", b"4", b"M", b"Z"])
def test_other_types_of_members(tmp_path, kind):
    assert "special file" in refusal(tar(tmp_path / "x.tar", ("0.png", picture()), (special(kind), b"")), tmp_path)


def test_an_end_that_goes_on_for_ever(tmp_path):
    path = tar(tmp_path / "x.tar", ("0.png", picture()))
    path.write_bytes(compressed(path.read_bytes() + bytes(5_000_000), "gz"))
    assert "allowed" in refusal(path, tmp_path, limits=Limits(unpacked_bytes=1_000_000))


def test_xz_that_wants_much_memory(tmp_path):
    path = tar(tmp_path / "x.tar", ("0.png", picture()))
    content = bytearray(lzma.compress(path.read_bytes(), check=lzma.CHECK_CRC32))
    # The size of the dictionary stands in the settings of LZMA2 (0x21, one byte), under a checksum of its block.
    place = content.index(b"\x21\x01") + 2
    content[place] = 39
    header = slice(12, 12 + (content[12] + 1) * 4 - 4)
    content[header.stop : header.stop + 4] = zlib.crc32(content[header]).to_bytes(4, "little")
    path.write_bytes(content)
    assert "needs more than 256 MB of memory" in refusal(path, tmp_path)
