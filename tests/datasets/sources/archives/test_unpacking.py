"""Archives that people and attackers bring, judged by the files that appear or by the words of the refusal."""

import os
import stat

import pytest

from core.datasets.sources.archives.rules import BadArchive, Limits
from core.datasets.sources.archives.unpacking import unpack
from core.errors import WorkbenchError
from tests.datasets.sources.archives.packing import KINDS, pack, picture, refusal


@pytest.fixture(params=KINDS)
def packed(request, tmp_path):
    """Packs names and contents, as an archive of each kind in turn."""
    return lambda files, modes=None: pack(request.param, tmp_path, files, modes)


def unpacked(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# What is unpacked ----------------------------------------------------------------------------------------------------


def test_images_keep_their_folders_and_their_bytes(packed, tmp_path):
    files = {"cats/1.png": picture("red"), "cats/2.JPG": picture("lime"), "dogs/deep/er/3.webp": picture("blue")}
    folder = tmp_path / "made" / "on" / "the way"
    assert unpack(packed(files), folder).files == 3
    assert {name: (folder / name).read_bytes() for name in unpacked(folder)} == files
    assert [path.name for path in folder.parent.iterdir()] == ["the way"], "no temporary folder may stay"
    assert os.access(folder, os.R_OK | os.X_OK)


def test_everything_else_is_left_out(packed, tmp_path):
    files = {
        "cats/": b"",
        "cats/1.png": picture(),
        "cats/empty.png": b"",
        "cats/.hidden.png": picture(),
        ".git/2.png": picture(),
        "__MACOSX/cats/._1.png": b"x",
        "cats/__MACOSX/3.png": picture(),
        "cats/Thumbs.db": b"x",
        "notes.md": b"x" * 1000,
        "run.sh": b"x",
        "png": b"x",
        "cats/4.png": picture("blue"),
    }
    assert unpack(packed(files), tmp_path / "new").files == 3
    assert unpacked(tmp_path / "new") == ["cats/1.png", "cats/4.png", "cats/empty.png"]
    assert (tmp_path / "new" / "cats" / "4.png").read_bytes() == picture("blue")


def test_what_labels_images_is_unpacked_too_and_what_holds_their_pixels(packed, tmp_path):
    files = {
        "train/1.png": picture(),
        "train.csv": b"id,label",
        "more/t.TSV": b"x",
        "t.parquet": b"x",
        "labels.json": b"{}",
        "train/metadata.jsonl": b"{}",
        "synsets.txt": b"x",
        "000.cls": b"x",
        "train-images-idx3-ubyte.gz": b"x",
        "mnist/t10k-labels.idx1-ubyte": b"x",
        "data_batch_1.bin": b"x",
        "shard-0.tar": b"x",
        "photo.heic": b"x",
        "other.gz": b"x",
        ".hidden.csv": b"x",
    }
    unpack(packed(files), tmp_path / "new")
    assert unpacked(tmp_path / "new") == sorted(name for name in files if name not in ("other.gz", ".hidden.csv"))


def test_an_archive_inside_stays_packed_and_is_named(packed, tmp_path):
    files = {"1.png": picture(), "more/inner.zip": b"PK", "x.7z": b"x"}
    assert unpack(packed(files), tmp_path / "new").nested == ["more/inner.zip", "x.7z"]
    assert unpacked(tmp_path / "new") == ["1.png"]


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "pathmnist.npz", "train_32x32.mat", "x.h5", "train.bin"])
def test_packed_pixels_alone_are_enough(tmp_path, name):
    assert unpack(pack("zip", tmp_path, {name: b"x"}), tmp_path / "new").files == 1


def test_tables_alone_are_refused(packed, tmp_path):
    assert "holds no image" in refusal(packed({"labels.csv": b"x", "labels.json": b"x"}), tmp_path)


def test_tables_count_for_the_limits(packed, tmp_path):
    path = packed({"1.png": bytes(600), "labels.csv": bytes(600), "more.csv": b"x"})
    assert "allowed" in refusal(path, tmp_path, limits=Limits(unpacked_bytes=1199))
    assert "more than the 1 files allowed" in refusal(path, tmp_path, limits=Limits(files=1))


def test_as_many_annotations_as_images_are_no_reason_to_refuse(packed, tmp_path):
    files = {f"{number}.{ending}": b"x" for number in range(4) for ending in ("png", "txt")}
    assert unpack(packed(files), tmp_path / "new", limits=Limits(files=4)).files == 8


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
        "hidden not/a..b.png",
        "x" * 251 + ".png",
        f"{'long/' * 60}1.png",
    ],
)
def test_unusual_names_survive(packed, tmp_path, name):
    assert unpack(packed({name: picture()}), tmp_path / "new").files == 1
    assert unpacked(tmp_path / "new") == [name]


def test_names_of_old_windows_programs(packed, tmp_path):
    assert unpack(packed({"cats\\1.png": picture(), "./cats/2.png": picture()}), tmp_path / "new").files == 2
    assert unpacked(tmp_path / "new") == ["cats/1.png", "cats/2.png"]


def test_names_that_differ_only_by_case(packed, tmp_path):
    (tmp_path / "probe").touch()
    if (tmp_path / "PROBE").exists():
        pytest.skip("this file system does not tell upper from lower case")
    assert unpack(packed({"a.png": picture(), "A.png": picture()}), tmp_path / "new").files == 2
    assert unpacked(tmp_path / "new") == ["A.png", "a.png"]


@pytest.mark.parametrize("kind", KINDS)
def test_progress_is_told(tmp_path, kind):
    told = []
    source = pack(kind, tmp_path, {f"{number}.png": picture() for number in range(3)} | {"notes.md": b"x"})
    unpack(source, tmp_path / "new", progress=lambda done, of: told.append((done, of)))
    # A tar says only at its end how many files it holds: megabytes of it are told.
    assert told == ([(0, 0)] * 3 if "tar" in kind else [(1, 3), (2, 3), (3, 3)])


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_an_interruption_leaves_nothing(packed, tmp_path, interruption):
    source = packed({"1.png": picture(), "2.png": picture()})

    def interrupt(done, of):
        assert any(tmp_path.rglob("1.png")), "the interruption is meant to come while files are there"
        raise interruption

    with pytest.raises(interruption):
        unpack(source, tmp_path / "new", progress=interrupt)
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
        "../notes.md",
        "__MACOSX/../../evil.png",
        "../",
    ],
)
def test_names_that_climb_out(packed, tmp_path, name):
    words = refusal(packed([("good.png", picture()), (name, picture() if name != "../" else b"")]), tmp_path)
    assert "wants to write outside its folder" in words
    assert not (tmp_path.parent / "evil.png").exists()


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
@pytest.mark.parametrize("name", ["link.png", "link.md"])
def test_symbolic_links_and_special_files(packed, tmp_path, mode, name):
    words = refusal(packed([("good.png", picture()), (name, b"/etc/passwd")], {name: mode}), tmp_path)
    assert "symbolic link" in words
    assert name in words


@pytest.mark.parametrize("letter", ["\n", "\x1b", "\x7f"])
def test_control_characters_in_names(packed, tmp_path, letter):
    words = refusal(packed({f"a{letter}b.png": picture()}), tmp_path)
    assert "“a�b.png”" in words
    assert "control characters" in words


@pytest.mark.parametrize("name", ["ü" * 126 + ".png", "x" * 256 + "/1.png"])
def test_names_that_are_too_long(packed, tmp_path, name):
    words = refusal(packed({name: picture()}), tmp_path)
    assert "255 bytes" in words
    assert len(words) < 250


def test_a_path_that_is_too_long_in_all(packed, tmp_path):
    assert "too long" in refusal(packed({f"{'x' * 200}/" * 25 + "1.png": picture()}), tmp_path)
    assert "too long" in refusal(packed({"d/" * 1200 + "1.png": picture()}), tmp_path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["cats/1.png", "cats//1.png", "./cats/1.png", "cats\\1.png"])
def test_duplicates(packed, tmp_path, second):
    words = refusal(packed([("cats/1.png", picture()), (second, picture("blue"))]), tmp_path)
    assert "“cats/1.png” twice" in words


@pytest.mark.parametrize("names", [("a.png", "a.png/b.png"), ("a.png/b.png", "a.png")])
def test_a_file_and_a_folder_of_the_same_name(packed, tmp_path, names):
    assert "Rename one of them" in refusal(packed([(name, picture()) for name in names]), tmp_path)


def test_no_archive_there(tmp_path):
    assert "No such file" in refusal(tmp_path / "gone.zip", tmp_path)


@pytest.mark.parametrize("content", [b"", b"no archive at all", picture(), b"Rar!\x1a\7\0"])
def test_no_archive(tmp_path, content):
    path = tmp_path / "archive.zip"
    path.write_bytes(content)
    assert refusal(path, tmp_path).startswith("archive.zip is ")


def test_no_image_inside(packed, tmp_path):
    words = refusal(packed({"notes.md": b"x", ".hidden.png": picture()}), tmp_path)
    assert "holds no image. It holds files such as “notes.md”. Pack files that end in" in words
    assert ".png" in words


def test_nothing_inside(packed, tmp_path):
    assert "holds no image" in refusal(packed({"cats/": b""}), tmp_path)


def test_nothing_but_another_archive_inside(packed, tmp_path):
    words = refusal(packed({"notes.md": b"x", "photos.zip": b"x"}), tmp_path)
    assert "another archive (“photos.zip”)" in words
    assert "Unpack it" in words


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("cifar-10-batches-py/data_batch_1", "Get cifar-10-binary.tar.gz instead"),
        ("cifar-100-python/train", "Get cifar-100-binary.tar.gz instead"),
        ("x/images.pkl", "Write its images out"),
        ("x/train.pt", "Write its images out"),
        ("x/train-00000-of-00002.tfrecord", "Write its images out"),
    ],
)
def test_pickles_and_the_like_are_named(packed, tmp_path, name, advice):
    words = refusal(packed({name: b"\x80\x02.", "readme.md": b"x"}), tmp_path)
    assert advice in words


def test_an_archive_that_is_cut_off_anywhere(packed, tmp_path):
    whole = packed({f"{number}.png": os.urandom(700) for number in range(6)}).read_bytes()
    (cut := tmp_path / "cut").touch()
    for length in [1, 20, 100, 511, 512, 513, *range(700, len(whole) - 1100, 331), len(whole) - 1030]:
        if length < len(whole) - 1024:  # a tar ends in two records of zeros, of which the first is enough
            cut.write_bytes(whole[:length])
            refusal(cut, tmp_path)


def test_an_archive_with_any_damage_is_refused_or_read_right(packed, tmp_path):
    """Bytes that count are under a checksum; those of a plain tar are under none, nor those that pyarrow packs."""
    files = {f"{number}.png": bytes(range(256)) * 8 for number in range(3)}
    source = packed(files)
    whole, has_none = source.read_bytes(), source.suffix in (".tar", ".zst")
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        spoiled = bytearray(whole)
        spoiled[place] ^= 0xFF
        source.write_bytes(spoiled)
        folder = tmp_path / f"new{place}"
        try:
            unpack(source, folder)
        except BadArchive as refused:
            assert len(str(refused)) < 400
            assert not folder.exists()
        else:
            lengths = {(folder / name).stat().st_size for name in unpacked(folder)}
            assert has_none or all((folder / name).read_bytes() in files.values() for name in unpacked(folder))
            assert lengths == {2048}


@pytest.mark.parametrize("inside", [[], ["mine.txt"]])
def test_a_folder_that_exists_is_not_touched(packed, tmp_path, inside):
    folder = tmp_path / "new"
    folder.mkdir()
    for name in inside:
        (folder / name).write_text("keep me")
    assert "exists already" in refusal(packed({"1.png": picture()}), tmp_path)
    assert unpacked(folder) == inside


def test_a_folder_that_appears_meanwhile_is_not_touched(packed, tmp_path):
    folder = tmp_path / "new"

    def somebody_else(done, of):
        folder.mkdir()
        (folder / "theirs.txt").write_text("keep me")

    source = packed({"1.png": picture()})
    with pytest.raises(BadArchive, match="exists already"):
        unpack(source, folder, progress=somebody_else)
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted([source.name, "new", "theirs.txt"])


def test_a_place_that_cannot_be_written(packed, tmp_path):
    (tmp_path / "file").write_text("x")
    source = packed({"1.png": picture()})
    with pytest.raises(BadArchive, match="cannot be written to"):
        unpack(source, tmp_path / "file" / "new")


def test_the_refusal_is_meant_for_people():
    assert issubclass(BadArchive, WorkbenchError)


# Bombs and full disks ------------------------------------------------------------------------------------------------


def test_too_many_bytes(packed, tmp_path):
    path = packed({"1.png": bytes(60_000), "2.png": bytes(60_000)})
    words = refusal(path, tmp_path, limits=Limits(unpacked_bytes=119_999))
    assert "more than the 120 kB allowed" in words
    assert unpack(path, tmp_path / "new", limits=Limits(unpacked_bytes=140_000)).files == 2


def test_too_many_files(packed, tmp_path):
    path = packed({f"{number}.png": b"x" for number in range(4)} | {"notes.md": b"x"})
    assert "more than the 3 files allowed" in refusal(path, tmp_path, limits=Limits(files=3))
    assert unpack(path, tmp_path / "new", limits=Limits(files=4)).files == 4


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.xz", "7z"])
@pytest.mark.parametrize("name", ["1.png", "unwanted.md"])
def test_a_bomb_of_even_bytes(tmp_path, kind, name):
    """Also where the bytes are not wanted: those of a tar or 7z have to be unpacked to reach what follows."""
    path = pack(kind, tmp_path, {name: bytes(101 * 2**20), "2.png": b"x"})
    if kind == "zip" and name == "unwanted.md":
        assert unpack(path, tmp_path / "new").files == 1
        return
    assert "as zip bombs do" in refusal(path, tmp_path)
    assert unpack(path, tmp_path / "new", limits=Limits(ratio=1_000_000)).files == 1 + (name == "1.png")


def test_a_disk_that_becomes_full_while_unpacking(packed, small_disk):
    """Many tiny files: by their bytes there is room, but each of them takes a whole block."""
    source = packed({f"{number}.png": b"x" for number in range(100)})
    words = refusal(source, small_disk)
    assert "became full" in words
    assert "Make room" in words
