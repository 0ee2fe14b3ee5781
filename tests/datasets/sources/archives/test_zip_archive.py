"""Archives that people and attackers bring, judged by the files that appear or by the words of the refusal."""

import io
import os
import stat
import struct
import subprocess
import zipfile

import pytest
from PIL import Image

from core.datasets.sources.archives.zip_archive import BadArchive, Limits, unpack_zip
from core.errors import WorkbenchError


def picture(colour="red"):
    encoded = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(encoded, "PNG")
    return encoded.getvalue()


def packed(folder, files, method=zipfile.ZIP_DEFLATED):
    """A zip archive of the given names and contents; a name may be a ZipInfo."""
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, content)
    return path


def unpacked(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def refusal(source, folder, **options):
    """The words of the refusal, once it is certain that nothing was left behind."""
    before = sorted(folder.rglob("*"))
    with pytest.raises(BadArchive) as caught:
        unpack_zip(source, folder / "new", **options)
    assert sorted(folder.rglob("*")) == before
    return str(caught.value)


# What is unpacked ----------------------------------------------------------------------------------------------------


def test_images_keep_their_folders_and_their_bytes(tmp_path):
    files = {"cats/1.png": picture("red"), "cats/2.JPG": picture("lime"), "dogs/deep/er/3.webp": picture("blue")}
    folder = tmp_path / "made" / "on" / "the way"
    assert unpack_zip(packed(tmp_path, files), folder) == 3
    assert {name: (folder / name).read_bytes() for name in unpacked(folder)} == files
    assert [path.name for path in folder.parent.iterdir()] == ["the way"], "no temporary folder may stay"
    assert os.access(folder, os.R_OK | os.X_OK)


def test_everything_else_is_left_out(tmp_path):
    files = {
        "cats/": b"",
        "cats/1.png": picture(),
        "cats/.hidden.png": picture(),
        ".git/2.png": picture(),
        "__MACOSX/cats/._1.png": b"x",
        "cats/__MACOSX/3.png": picture(),
        "cats/Thumbs.db": b"x",
        "notes.txt": b"x",
        "run.sh": b"x",
        "png": b"x",
        "inner.zip": packed(tmp_path, {"4.png": picture()}).read_bytes(),
    }
    assert unpack_zip(packed(tmp_path, files), tmp_path / "new") == 1
    assert unpacked(tmp_path / "new") == ["cats/1.png"]


def test_tables_and_idx_files_are_unpacked_too(tmp_path):
    files = {
        "train/1.png": picture(),
        "train.csv": b"id,label",
        "more/t.TSV": b"x",
        "t.parquet": b"x",
        "train-images-idx3-ubyte.gz": b"x",
        "mnist/t10k-labels.idx1-ubyte": b"x",
        "other.gz": b"x",
        ".hidden.csv": b"x",
    }
    assert unpack_zip(packed(tmp_path, files), tmp_path / "new") == 6
    assert unpacked(tmp_path / "new") == sorted(name for name in files if name not in ("other.gz", ".hidden.csv"))


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "data/train-00000-of-00001.parquet", "a/mnist.npz"])
def test_files_that_may_hold_pictures_are_enough(tmp_path, name):
    assert unpack_zip(packed(tmp_path, {name: b"x"}), tmp_path / "new") == 1


def test_tables_alone_are_refused(tmp_path):
    assert "holds no image" in refusal(packed(tmp_path, {"labels.csv": b"x", "labels.tsv": b"x"}), tmp_path)


def test_tables_count_for_the_limits(tmp_path):
    path = packed(tmp_path, {"1.png": bytes(600), "labels.csv": bytes(600)})
    assert "allowed" in refusal(path, tmp_path, limits=Limits(unpacked_bytes=1199))
    assert "more than the 1 files allowed" in refusal(path, tmp_path, limits=Limits(files=1))


def test_an_uploaded_file_is_unpacked_and_stays_open(tmp_path):
    upload = io.BytesIO(packed(tmp_path, {"1.png": picture()}).read_bytes())
    upload.seek(5)
    assert unpack_zip(upload, tmp_path / "new") == 1
    assert not upload.closed


def test_a_stored_archive_and_one_with_a_comment(tmp_path):
    path = packed(tmp_path, {"1.png": picture()}, zipfile.ZIP_STORED)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"made by hand"
    assert unpack_zip(path, tmp_path / "new") == 1


@pytest.mark.parametrize(
    "name",
    [
        "two words/a b.png",
        'it\'s/“quoted” "twice".png',
        "🐈/🐕‍🦺.png",
        "قطط/صورة.png",
        "größe/ñandú.png",
        "猫/写真.png",
        "semi;colon & dollar$ %20 #1.png",
        "-rf/*.png",
        "..hidden not/a..b.png",
        "x" * 251 + ".png",
    ],
)
def test_unusual_names_survive(tmp_path, name):
    if name.startswith(".."):
        name = name.lstrip(".")  # a leading dot would hide it; dots inside a name climb nowhere
    assert unpack_zip(packed(tmp_path, {name: picture()}), tmp_path / "new") == 1
    assert unpacked(tmp_path / "new") == [name]


def test_names_that_macos_packs_without_saying_that_they_are_utf8(tmp_path):
    path = packed(tmp_path, {"größe.png": picture()})
    content = bytearray(path.read_bytes())
    local, central = content.index(b"PK\3\4"), content.index(b"PK\1\2")
    content[local + 7] &= ~8
    content[central + 9] &= ~8
    path.write_bytes(content)
    unpack_zip(path, tmp_path / "new")
    assert unpacked(tmp_path / "new") == ["größe.png"]


def test_names_of_old_windows_programs(tmp_path):
    path = packed(tmp_path, {"cats?1.png": picture(), "dogs?": b""})
    path.write_bytes(path.read_bytes().replace(b"cats?1", b"cats\\1").replace(b"dogs?", b"dogs\\"))
    assert unpack_zip(path, tmp_path / "new") == 1
    assert unpacked(tmp_path / "new") == ["cats/1.png"]


def test_names_that_differ_only_by_case(tmp_path):
    (tmp_path / "probe").touch()
    if (tmp_path / "PROBE").exists():
        pytest.skip("this file system does not tell upper from lower case")
    assert unpack_zip(packed(tmp_path, {"a.png": picture(), "A.png": picture()}), tmp_path / "new") == 2
    assert unpacked(tmp_path / "new") == ["A.png", "a.png"]


def test_progress_is_told(tmp_path):
    told = []
    source = packed(tmp_path, {f"{number}.png": picture() for number in range(3)} | {"notes.txt": b"x"})
    unpack_zip(source, tmp_path / "new", progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_an_interruption_leaves_nothing(tmp_path, interruption):
    source = packed(tmp_path, {"1.png": picture(), "2.png": picture()})

    def interrupt(done, of):
        assert any(tmp_path.rglob("1.png")), "the interruption is meant to come while files are there"
        raise interruption

    with pytest.raises(interruption):
        unpack_zip(source, tmp_path / "new", progress=interrupt)
    assert list(tmp_path.iterdir()) == [source]


# What is refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../evil.png",
        "cats/../../evil.png",
        "cats/../evil.png",
        "/etc/evil.png",
        "//server/share/evil.png",
        "C:/evil.png",
        "c:evil.png",
        "..\\evil.png",
        "cats\\..\\..\\evil.png",
        "\\evil.png",
        "\\\\server\\evil.png",
        "C:\\evil.png",
        "../notes.txt",
        "__MACOSX/../../evil.png",
        "../",
    ],
)
def test_names_that_climb_out(tmp_path, name):
    words = refusal(packed(tmp_path, [("good.png", picture()), (name, picture())]), tmp_path)
    assert "wants to write outside its folder" in words
    assert not (tmp_path.parent / "evil.png").exists()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_symbolic_links_and_special_files(tmp_path, kind):
    link = zipfile.ZipInfo("link.png")
    link.create_system = 3
    link.external_attr = (kind | 0o777) << 16
    words = refusal(packed(tmp_path, [("good.png", picture()), (link, "/etc/passwd")]), tmp_path)
    assert "symbolic link" in words
    assert "link.png" in words


@pytest.mark.parametrize("letter", ["\0", "\n", "\x1b", "\x7f"])
def test_control_characters_in_names(tmp_path, letter):
    path = packed(tmp_path, {"a?b.png": picture()})
    path.write_bytes(path.read_bytes().replace(b"a?b.png", f"a{letter}b.png".encode()))
    words = refusal(path, tmp_path)
    assert "“a�b.png”" in words
    assert "control characters" in words


@pytest.mark.parametrize("name", ["ü" * 126 + ".png", "x" * 256 + "/1.png"])
def test_names_that_are_too_long(tmp_path, name):
    words = refusal(packed(tmp_path, {name: picture()}), tmp_path)
    assert "255 bytes" in words
    assert len(words) < 250


def test_a_path_that_is_too_long_in_all(tmp_path):
    words = refusal(packed(tmp_path, {f"{'x' * 200}/" * 25 + "1.png": picture()}), tmp_path)
    assert "too long" in words


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


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["cats/1.png", "cats//1.png", "./cats/1.png", "cats\\1.png"])
def test_duplicates(tmp_path, second):
    words = refusal(packed(tmp_path, [("cats/1.png", picture()), (second, picture("blue"))]), tmp_path)
    assert "“cats/1.png” twice" in words


@pytest.mark.parametrize("names", [("a.png", "a.png/b.png"), ("a.png/b.png", "a.png")])
def test_a_file_and_a_folder_of_the_same_name(tmp_path, names):
    assert "Rename one of them" in refusal(packed(tmp_path, [(name, picture()) for name in names]), tmp_path)


@pytest.mark.parametrize("content", [b"", b"no zip at all", picture(), b"Rar!\x1a\7\0"])
def test_no_zip(tmp_path, content):
    path = tmp_path / "archive.zip"
    path.write_bytes(content)
    words = refusal(path, tmp_path)
    assert ("is empty" if not content else "not a zip archive") in words


def test_a_zip_without_its_end(tmp_path):
    path = packed(tmp_path, {"1.png": picture()})
    path.write_bytes(path.read_bytes()[:-30])
    assert "its end is missing" in refusal(path, tmp_path)


def test_no_archive_there(tmp_path):
    assert "No such file" in refusal(tmp_path / "gone.zip", tmp_path)


def test_no_image_inside(tmp_path):
    words = refusal(packed(tmp_path, {"notes.txt": b"x", "inner.zip": b"x", ".hidden.png": picture()}), tmp_path)
    assert "holds no image" in words
    assert ".png" in words
    assert "holds no image" in refusal(packed(tmp_path, {}), tmp_path)


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


@pytest.mark.parametrize("inside", [[], ["mine.txt"]])
def test_a_folder_that_exists_is_not_touched(tmp_path, inside):
    folder = tmp_path / "new"
    folder.mkdir()
    for name in inside:
        (folder / name).write_text("keep me")
    assert "exists already" in refusal(packed(tmp_path, {"1.png": picture()}), tmp_path)
    assert unpacked(folder) == inside


def test_a_folder_that_appears_meanwhile_is_not_touched(tmp_path):
    folder = tmp_path / "new"

    def somebody_else(done, of):
        folder.mkdir()
        (folder / "theirs.txt").write_text("keep me")

    source = packed(tmp_path, {"1.png": picture()})
    with pytest.raises(BadArchive, match="exists already"):
        unpack_zip(source, folder, progress=somebody_else)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["archive.zip", "new", "theirs.txt"]


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    source = packed(tmp_path, {"1.png": picture()})
    with pytest.raises(BadArchive, match="cannot be unpacked to"):
        unpack_zip(source, tmp_path / "file" / "new")


def test_the_refusal_is_meant_for_people():
    assert issubclass(BadArchive, WorkbenchError)


# Bombs and full disks ------------------------------------------------------------------------------------------------


def test_too_many_bytes(tmp_path):
    path = packed(tmp_path, {"1.png": bytes(600), "2.png": bytes(600)})
    words = refusal(path, tmp_path, limits=Limits(unpacked_bytes=1199))
    assert "more than the 1.2 kB allowed" in words
    assert unpack_zip(path, tmp_path / "new", limits=Limits(unpacked_bytes=1200)) == 2


def test_too_many_files(tmp_path):
    path = packed(tmp_path, {f"{number}.png": b"x" for number in range(4)} | {"notes.txt": b"x"})
    assert "more than the 3 files allowed" in refusal(path, tmp_path, limits=Limits(files=3))
    assert unpack_zip(path, tmp_path / "new", limits=Limits(files=4)) == 4


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


def test_a_bomb_of_even_bytes(tmp_path):
    path = tmp_path / "archive.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("1.png", "w") as entry,
    ):
        for _ in range(101):
            entry.write(bytes(2**20))
    assert "as zip bombs do" in refusal(path, tmp_path)
    assert unpack_zip(path, tmp_path / "new", limits=Limits(ratio=100_000)) == 1


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


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 200 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        command = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)]
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be made here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_becomes_full_while_unpacking(tmp_path, small_disk):
    """Many tiny files: by their bytes there is room, but each of them takes a whole block."""
    source = packed(tmp_path, {f"{number}.png": b"x" for number in range(100)})
    words = refusal(source, small_disk)
    assert "became full while unpacking" in words
    assert "Make room" in words
