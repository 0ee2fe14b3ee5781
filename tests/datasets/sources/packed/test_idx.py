"""IDX files, whole and damaged, judged by the PNG files that appear or by the words of the refusal."""

import gzip

import numpy as np
import pytest
from PIL import Image

from core.datasets.sources.packed.finding import find_packed
from core.datasets.sources.packed.idx import is_idx
from core.datasets.sources.packed.writing import TABLE, read_written, write_out
from core.errors import WorkbenchError

NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TEST_NAMES = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def pixels(count, seed=0):
    """Pictures of 5 × 4 pixels."""
    return np.random.default_rng(seed).integers(0, 256, (count, 5, 4), dtype=np.uint8)


def header(*sizes):
    return bytes([0, 0, 8, len(sizes)]) + b"".join(size.to_bytes(4, "big") for size in sizes)


def write_idx(folder, labels, names=NAMES, seed=0):
    """The two files of one part; names that end in .gz are packed."""
    folder.mkdir(parents=True, exist_ok=True)
    images = pixels(len(labels), seed)
    for name, content in zip(
        names, (header(*images.shape) + images.tobytes(), header(len(labels)) + bytes(labels)), strict=True
    ):
        (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return folder


def unpack_idx(source, target, class_names=None, progress=None):
    return write_out(find_packed(source, class_names=class_names), target, progress=progress)


def unpacked(folder):
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return sorted(name for name in files if name != TABLE)


def refusal(folder, **options):
    """The words of the refusal, once it is certain that nothing was left behind."""
    before = sorted(folder.parent.rglob("*"))
    with pytest.raises(WorkbenchError) as caught:
        unpack_idx(folder, folder.parent / "new", **options)
    assert sorted(folder.parent.rglob("*")) == before
    return str(caught.value)


@pytest.fixture
def mnist(tmp_path):
    """Three images to train on and two to test on."""
    write_idx(tmp_path / "mnist", [7, 0, 7])
    return write_idx(tmp_path / "mnist", [0, 7], TEST_NAMES, seed=1)


# What is unpacked ----------------------------------------------------------------------------------------------------


def test_images_become_class_folders(mnist, tmp_path):
    assert unpack_idx(mnist, tmp_path / "new") == 5
    assert unpacked(tmp_path / "new") == [
        "test/0/00000.png",
        "test/7/00001.png",
        "train/0/00001.png",
        "train/7/00000.png",
        "train/7/00002.png",
    ]
    for split, seed, count in (("train", 0, 3), ("test", 1, 2)):
        for path in (tmp_path / "new" / split).rglob("*.png"):
            assert np.array_equal(np.array(Image.open(path)), pixels(count, seed)[int(path.stem)])


def test_the_folders_are_understood_as_a_split(mnist, tmp_path):
    unpack_idx(mnist, tmp_path / "new", ["boot", *"123456", "bag"])
    layout = read_written(tmp_path / "new")
    assert layout.class_names == ["bag", "boot"]
    assert sorted(image.split for image in layout.images) == ["test", "test", "train", "train", "train"]


@pytest.mark.parametrize(
    "names",
    [
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
        ("TRAIN-images.idx3-ubyte.gz", "train-labels-idx1-ubyte"),
        ("emnist-letters-train-images-idx3-ubyte", "emnist-letters-train-labels-idx1-ubyte"),
    ],
)
def test_usual_names(tmp_path, names):
    unpack_idx(write_idx(tmp_path / "idx", [0, 1], names), tmp_path / "new")
    assert unpacked(tmp_path / "new") == ["train/0/00000.png", "train/1/00001.png"]


def test_the_same_files_again_packed_or_in_folders_of_their_names(tmp_path):
    raw = tmp_path / "idx" / "MNIST" / "raw"
    write_idx(raw, [0, 1], [f"{name}.gz" for name in NAMES])
    write_idx(raw, [0, 1], ["train-images.idx3-ubyte", "train-labels.idx1-ubyte"])
    for name in NAMES:
        (raw / name).mkdir()
        (raw / name / name).write_bytes(b"never read: the files above it come first")
    assert unpack_idx(tmp_path / "idx", tmp_path / "new") == 2


def test_progress_is_told_and_may_stop(mnist, tmp_path):
    told = []
    unpack_idx(mnist, tmp_path / "new", progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]

    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpack_idx(mnist, tmp_path / "second", progress=interrupt)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mnist", "new"]


@pytest.mark.parametrize(
    "name", ["train.csv", "images.png", "train-images", ".train-images-idx3-ubyte", "train-images-idx3-ubyte.zip"]
)
def test_other_files_are_not_idx(tmp_path, name):
    (tmp_path / name).touch()
    assert not is_idx(name)
    assert find_packed(tmp_path) is None


# What is refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "missing"), [(TEST_NAMES[1], "labels"), (TEST_NAMES[0], "images")])
def test_one_of_a_pair_is_missing(mnist, name, missing):
    (mnist / name).unlink()
    assert f"the file of the {missing} that belongs to it is missing" in refusal(mnist)


def test_counts_that_differ(mnist):
    (mnist / NAMES[1]).write_bytes(header(2) + bytes(2))
    assert "holds 3 images, but train-labels-idx1-ubyte holds 2 labels" in refusal(mnist)


@pytest.mark.parametrize("content", [b"<html>", b"\0\0\x0d\3" + bytes(40), header(3) + bytes(3)])
def test_files_of_another_kind(mnist, content):
    (mnist / NAMES[0]).write_bytes(content)
    assert "no IDX file of images" in refusal(mnist)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("name", "kept"), [(NAMES[0], 2), (NAMES[0], 10), (NAMES[0], -1), (NAMES[1], -1)])
def test_files_that_are_cut_off(mnist, name, kept, packed):
    content = (mnist / name).read_bytes()
    if packed:
        (mnist / name).unlink()
        (mnist / f"{name}.gz").write_bytes(gzip.compress(content)[:kept])
    else:
        (mnist / name).write_bytes(content[:kept])
    assert "cut off" in refusal(mnist)


def test_a_packed_file_with_a_wrong_checksum(mnist):
    content = bytearray(gzip.compress((mnist / NAMES[0]).read_bytes()))
    content[-8] ^= 0xFF
    (mnist / NAMES[0]).unlink()
    (mnist / f"{NAMES[0]}.gz").write_bytes(content)
    assert "damaged" in refusal(mnist)


def test_something_that_only_pretends_to_be_packed(mnist):
    (mnist / NAMES[0]).rename(mnist / f"{NAMES[0]}.gz")
    assert "damaged" in refusal(mnist)


@pytest.mark.parametrize("name", NAMES)
def test_more_than_announced(mnist, name):
    content = (mnist / name).read_bytes()
    (mnist / name).unlink()
    (mnist / f"{name}.gz").write_bytes(gzip.compress(content + bytes(50_000_000)))
    assert "more follows" in refusal(mnist)


@pytest.mark.parametrize("sizes", [(2**32 - 1, 1, 1), (1, 2**31, 2**31), (1_000_000, 1000, 1000), (1, 1, 200_000_000)])
def test_sizes_that_would_fill_the_memory_or_the_disk(mnist, sizes):
    (mnist / NAMES[0]).write_bytes(header(*sizes))
    assert "more than is unpacked here" in refusal(mnist)


def test_no_images_inside(mnist):
    (mnist / NAMES[0]).write_bytes(header(0, 28, 28))
    assert "holds no images" in refusal(mnist)


def test_a_label_without_a_class(mnist):
    words = refusal(mnist, class_names=["zero", "one"])
    assert "train-labels-idx1-ubyte holds the label 7, but there are only 2 classes" in words


def test_two_classes_of_one_name(mnist):
    assert "Two classes have the same name" in refusal(mnist, class_names=["a", "a"])


def test_names_that_cannot_be_folders_stay_names_of_classes(mnist, tmp_path):
    unpack_idx(mnist, tmp_path / "new", ["T-shirt/top", *"123456", "t-shirt_TOP"])
    layout = read_written(tmp_path / "new")
    assert layout.class_names == ["T-shirt/top", "t-shirt_TOP"]
    assert {image.path.split("/")[1] for image in layout.images} == {"T-shirt_top 2", "t-shirt_TOP"}


def test_several_sets(tmp_path):
    write_idx(tmp_path / "idx" / "MNIST", [0, 1])
    write_idx(tmp_path / "idx" / "FashionMNIST", [0, 1])
    assert "several sets" in refusal(tmp_path / "idx")


def test_a_folder_that_exists_is_not_touched(mnist, tmp_path):
    (tmp_path / "new").mkdir()
    assert "exists already" in refusal(mnist)
