"""Files that hold pictures, from anyone: cut off, of other kinds, announcing what they do not hold."""

import gzip
import io
import json
import tarfile
import zipfile
from itertools import count

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.io

from core.datasets.sources.archives.rules import Limits
from core.datasets.sources.choices import AS_FOUND, Choices, Undecided
from core.datasets.sources.packed.finding import find_packed
from core.datasets.sources.packed.packed import MOST_IMAGES
from core.datasets.sources.packed.writing import TABLE, read_written, write_out
from core.errors import WorkbenchError
from tests.datasets.layouts import packed_pixels as layouts
from tests.datasets.layouts.case import encoded

FORMATS = {
    "npz": layouts.medmnist,
    "npy": layouts.npy_files,
    "idx": layouts.idx,
    "cifar": layouts.cifar_10,
    "stl": layouts.stl_10,
    "mat": layouts.svhn,
    "mat, not compressed": layouts.svhn_without_packing,
    "h5": layouts.patch_camelyon,
    "parquet": layouts.copied("hugging_face"),
    "arrow": layouts.copied("hugging_face_saved"),
    "tar": layouts.copied("webdataset"),
}


def written(source, target, choices=AS_FOUND, **options):
    """How many pictures came out."""
    return write_out(find_packed(source, choices), target, **options)


def refusal(source, tmp_path, **options):
    """The words of the refusal, once it is certain that nothing was left behind."""
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(WorkbenchError) as caught:
        written(source, tmp_path / "new", **options)
    assert sorted(tmp_path.rglob("*")) == before
    return str(caught.value)


@pytest.mark.parametrize("kind", FORMATS)
def test_cut_off_at_many_lengths_nothing_goes_missing_in_silence(kind, tmp_path):
    (tmp_path / "in").mkdir()
    source = FORMATS[kind](tmp_path / "in")
    whole = written(source, tmp_path / "whole")
    names = sorted(path for path in (tmp_path / "in").rglob("*") if path.is_file() and path.suffix != ".json")
    path = next(path for path in names if "train" in path.name or "batch_1" in path.name or path.suffix != ".txt")
    content, numbers = path.read_bytes(), count()
    for length in range(0, len(content), max(1, len(content) // 40)):
        if kind in ("cifar", "stl") and length % (1 + 3 * 32**2) == 0:
            continue  # these formats don't say how many there are
        path.write_bytes(content[:length])
        target = tmp_path / f"cut {next(numbers)}"
        try:
            assert written(source, target) == whole, f"{length} of {len(content)} bytes"
        except WorkbenchError:
            assert not target.exists()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\3\4" + bytes(100), b"\x89HDF\r\n\x1a\n" + bytes(100)])
def test_files_of_another_kind(kind, content, tmp_path):
    (tmp_path / "in").mkdir()
    source = FORMATS[kind](tmp_path / "in")
    for path in (tmp_path / "in").rglob("*"):
        if path.is_file() and path.suffix not in (".txt", ".json"):
            path.write_bytes(content)
    try:
        assert find_packed(source) is None, "taken"
    except WorkbenchError as refused:
        assert len(str(refused)) > 20


# What is announced ---------------------------------------------------------------------------------------------------


def npz(path, **members):
    """An archive of arrays of which each may be given as the bytes of its file."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            if not isinstance(content, bytes):
                stream = io.BytesIO()
                np.save(stream, content)
                content = stream.getvalue()
            archive.writestr(f"{name}.npy", content)
    return path


def npy_header(shape, descr="|u1"):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": descr, "fortran_order": False, "shape": shape})
    return stream.getvalue()


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((10**9, 28, 28), "more than is unpacked here"),
        ((4, 10**9, 10**9), "of a size that can't be read"),
        ((4, 28, 28), "cut off"),
        ((-4, 28, 28), "below zero"),
        ((4, 784), "how high and wide the pictures are is not said"),
        ((4, 0, 28), "of a size that can't be read"),
        ((5, 28, 28), "as many as there are labels"),
        ((2, 2, 2, 2, 2), "no array of pictures"),
    ],
)
def test_arrays_that_announce_what_is_not_there(shape, words, tmp_path):
    labels = np.arange(10**9 if shape[0] == 10**9 else 4, dtype=np.uint8) if shape[0] != 10**9 else None
    contents = npy_header((10**9,)) if labels is None else labels
    path = npz(tmp_path / "set.npz", images=npy_header(shape) + bytes(100), labels=contents)
    said = refusal(path, tmp_path)
    assert words in said or (labels is None and "too large to be read at once" in said), said


def test_labels_of_many_more_than_there_are_pictures(tmp_path):
    path = npz(tmp_path / "set.npz", images=np.zeros((4, 8, 8), np.uint8), labels=npy_header((2**40,)))
    assert "too large to be read at once" in refusal(path, tmp_path)


@pytest.mark.parametrize("values", [[[0.5], [1.5]], [["a"], ["b"]], [[3, 4], [0, 1]]])
def test_labels_that_are_none_are_refused_or_names(values, tmp_path):
    path = npz(tmp_path / "set.npz", images=np.zeros((2, 8, 8), np.uint8), labels=np.array(values))
    if isinstance(values[0][0], str):
        assert written(path, tmp_path / "new") == 2
        assert read_written(tmp_path / "new").class_names == ["a", "b"]
    else:
        assert "labels" in refusal(path, tmp_path) or "not all 0 or 1" in refusal(path, tmp_path)


@pytest.mark.parametrize("value", [-1.0, 300.0, 2.5])
def test_values_that_are_no_pixels(value, tmp_path):
    images = np.full((2, 8, 8), value)
    assert f"values from {value:g} to {value:g}" in refusal(
        npz(tmp_path / "set.npz", images=images, labels=np.array([0, 1])), tmp_path
    )


def test_two_arrays_of_one_name_and_pickles(tmp_path):
    with zipfile.ZipFile(tmp_path / "two.npz", "w") as archive, pytest.warns(UserWarning):
        for _ in range(2):
            archive.writestr("images.npy", npy_header((1, 8, 8)) + bytes(64))
    assert "two arrays of the same name" in refusal(tmp_path / "two.npz", tmp_path)
    stream = io.BytesIO()
    np.save(stream, np.array([{}], dtype=object), allow_pickle=True)
    path = npz(tmp_path / "objects.npz", images=np.zeros((1, 8, 8), np.uint8), labels=stream.getvalue())
    assert "never loaded" in refusal(path, tmp_path)


def test_a_bomb_of_even_pictures_is_stopped_by_the_limit(tmp_path):
    images = np.zeros((3000, 8, 8), np.uint8)
    np.savez_compressed(tmp_path / "set.npz", images=images, labels=np.arange(3000) % 2)
    words = refusal(tmp_path / "set.npz", tmp_path, limits=Limits(unpacked_bytes=2000 * 4096))
    assert "take more than the 8.19 MB allowed" in words


def test_matlab_arrays_that_announce_what_is_not_there(tmp_path):
    scipy.io.savemat(tmp_path / "set.mat", {"X": np.zeros((8, 8, 3, 4), np.uint8), "y": np.ones((4, 1))})
    content = bytearray((tmp_path / "set.mat").read_bytes())
    place = content.index((8).to_bytes(4, "little") * 2 + (3).to_bytes(4, "little"))
    content[place : place + 4] = (2**31 - 1).to_bytes(4, "little")
    (tmp_path / "set.mat").write_bytes(content)
    assert "damaged" in refusal(tmp_path / "set.mat", tmp_path)


def test_matlab_files_of_version_4(tmp_path):
    scipy.io.savemat(tmp_path / "set.mat", {"X": np.zeros((8, 8)), "y": np.ones((4, 1))}, format="4")
    assert "no file of MATLAB 5 or newer" in refusal(tmp_path / "set.mat", tmp_path)


def test_matlab_of_version_7_3_is_read_as_hdf5(tmp_path):
    images, labels = layouts.arrays("", 6)
    with h5py.File(tmp_path / "set.mat", "w", userblock_size=512) as file:
        file["X"], file["y"] = images.transpose(0, 3, 2, 1), labels[None, :].astype(float)
    with open(tmp_path / "set.mat", "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\0\2IM")
    assert written(tmp_path / "set.mat", tmp_path / "new") == 6
    assert read_written(tmp_path / "new").class_names == ["0", "1"]


# Files that name other files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["external link", "soft link", "external storage", "virtual"])
def test_hdf5_never_opens_another_file(way, tmp_path):
    images, labels = layouts.arrays("", 6)
    with h5py.File(tmp_path / "other.hdf5", "w") as file:
        file["labels"] = labels
    (tmp_path / "raw").write_bytes(labels.tobytes())
    with h5py.File(tmp_path / "set.h5", "w") as file:
        file["images"] = images
        if way == "external link":
            file["labels"] = h5py.ExternalLink(str(tmp_path / "other.hdf5"), "labels")
        elif way == "soft link":
            file["labels"] = h5py.SoftLink("/elsewhere")
        elif way == "external storage":
            file.create_dataset("labels", (6,), np.uint8, external=[(str(tmp_path / "raw"), 0, 6)])
        else:
            layout = h5py.VirtualLayout((6,), np.uint8)
            layout[:] = h5py.VirtualSource(str(tmp_path / "other.hdf5"), "labels", (6,))
            file.create_virtual_dataset("labels", layout)
    assert "no array of labels was found" in refusal(tmp_path / "set.h5", tmp_path)


@pytest.mark.parametrize("shape", [(10**9, 28, 28), (1000, 2**20, 2**20)])
def test_hdf5_that_announces_more_than_it_holds(shape, tmp_path):
    with h5py.File(tmp_path / "set.h5", "w") as file:
        file.create_dataset("images", shape, np.uint8, chunks=(1, 28, 28))
        file.create_dataset("labels", (shape[0],), np.uint8, chunks=(1000,))
    assert refusal(tmp_path / "set.h5", tmp_path)


def test_hdf5_packed_in_huge_pieces(tmp_path):
    with h5py.File(tmp_path / "set.h5", "w") as file:
        pieces = {"chunks": (1000, 1000, 1000), "compression": "gzip", "maxshape": (None, 1000, 1000)}
        file.create_dataset("images", (4, 1000, 1000), np.uint8, **pieces)
        file["labels"] = [0, 1, 0, 1]
    assert "pieces that are too large" in refusal(tmp_path / "set.h5", tmp_path)


# Tables of pictures --------------------------------------------------------------------------------------------------


def parquet(path, cells, labels, features=None):
    table = pa.table({"image": cells, "label": labels})
    if features is not None:
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, path)
    return path


def test_cells_that_hold_no_picture_are_left_out_and_named(tmp_path):
    good = [{"bytes": encoded(f"{n}.png", "circle"), "path": None} for n in range(4)]
    bad = [{"bytes": None, "path": "../../etc/passwd"}, {"bytes": b"<html>", "path": "x"}, {"bytes": b"", "path": "y"}]
    path = parquet(tmp_path / "set.parquet", good + bad, ["a", "b", "a", "b", "a", "b", "a"])
    assert written(path, tmp_path / "new") == 4
    assert read_written(tmp_path / "new").left_out == [
        ("set.parquet row 4", "holds no picture, only its path"),
        ("set.parquet row 6", "holds no picture, only its path"),
        ("set.parquet row 5", "is no image of a kind that is read here"),
    ]


@pytest.mark.parametrize("features", [{"label": {"_type": "ClassLabel", "names": ["a"]}}, {"label": 3}, [], "x"])
def test_names_of_classes_that_are_too_few_or_none(features, tmp_path):
    cells = [{"bytes": encoded(f"{n}.png", "circle")} for n in range(4)]
    path = parquet(tmp_path / "set.parquet", cells, [0, 1, 0, 1], features)
    if isinstance(features, dict) and isinstance(features["label"], dict):
        assert "holds 1, but there are only 1 names of classes" in refusal(path, tmp_path)
    else:
        assert written(path, tmp_path / "new") == 4


def test_one_large_value_that_many_rows_mean_stays_within_memory(tmp_path):
    large = pa.array([encoded("0.png", "circle") + bytes(3_000_000)])
    cells = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000), large)
    table = pa.table({"image": cells, "label": [0, 1] * 10_000})
    pq.write_table(table, tmp_path / "set.parquet", compression="none", store_schema=False)
    assert (tmp_path / "set.parquet").stat().st_size < 5_000_000, "the value stands there once"
    words = refusal(tmp_path / "set.parquet", tmp_path, limits=Limits(unpacked_bytes=100_000_000))
    assert "more than the 100 MB allowed" in words


def test_a_table_without_pictures_is_no_packed_file(tmp_path):
    pq.write_table(pa.table({"path": ["a.jpg"], "label": ["a"]}), tmp_path / "labels.parquet")
    assert find_packed(tmp_path / "labels.parquet") is None
    assert find_packed(tmp_path) is None


def test_pictures_without_labels(tmp_path):
    pq.write_table(pa.table({"image": [encoded("0.png", "circle")]}), tmp_path / "set.parquet")
    assert "no column of labels: “image”" in refusal(tmp_path / "set.parquet", tmp_path)


def test_a_column_that_is_not_called_label_is_asked_for(tmp_path):
    cells = [encoded(f"{n}.png", "circle") for n in range(2)]
    pq.write_table(pa.table({"image": cells, "kind": ["a", "b"]}), tmp_path / "set.parquet")
    with pytest.raises(Undecided) as asked:
        find_packed(tmp_path / "set.parquet")
    (option,) = asked.value.options
    assert written(tmp_path / "set.parquet", tmp_path / "new", option.choices) == 2


# Tar files -----------------------------------------------------------------------------------------------------------


def shard(path, members):
    with tarfile.open(path, "w") as tar:
        for name, content in members:
            member = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            member.size = 0 if member is content else len(content)
            tar.addfile(member, None if member is content else io.BytesIO(content))
    return path


def samples(numbers, prefix=""):
    return [
        (f"{prefix}{number:04}.{part}", encoded(f"{number}.png", "circle") if part == "png" else b"%d" % (number % 2))
        for number in numbers
        for part in ("png", "cls")
    ]


def test_names_that_climb_out_and_links_write_nothing_outside(tmp_path):
    link = tarfile.TarInfo("0009.png")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    (tmp_path / "in").mkdir()
    climbing = samples(range(2), "../../up/") + samples(range(2, 4), "/abs/")
    path = shard(tmp_path / "in" / "set.tar", [*samples(range(4, 6)), *climbing, ("", link)])
    assert written(path, tmp_path / "in" / "new") == 6
    assert sorted(place.name for place in tmp_path.iterdir()) == ["in"]
    names = sorted(place.relative_to(tmp_path / "in/new").as_posix() for place in (tmp_path / "in/new").rglob("*.png"))
    assert names == [f"{number % 2}/{number:05}.png" for number in (0, 2, 4, 1, 3, 5)]


def test_two_pictures_and_two_labels_for_one_key_are_left_out_and_named(tmp_path):
    picture = encoded("x.png", "circle")
    odd = [("0008.a.png", picture), ("0008.b.png", picture), ("0008.cls", b"1"), *samples([9]), ("0009.cls", b"0")]
    path = shard(tmp_path / "set.tar", samples(range(4)) + odd)
    assert written(path, tmp_path / "new") == 4
    assert read_written(tmp_path / "new").left_out == [
        ("set.tar: 0008", "has several pictures for one label"),
        ("set.tar: 0009", "holds .cls twice"),
    ]


def test_a_header_that_announces_a_huge_name(tmp_path):
    path = shard(tmp_path / "set.tar", samples(range(4)))
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 2**33 - 1
    path.write_bytes(header.tobuf() + path.read_bytes())
    assert "damaged" in refusal(path, tmp_path)


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_header_that_announces_more_than_any_disk_holds(tmp_path, mode):
    path = tmp_path / ("set.tar" if mode == "w" else "set.tar.gz")
    header = tarfile.TarInfo("big.png")
    header.size = 2**60
    plain = shard(tmp_path / "plain.tar", samples(range(4))).read_bytes().rstrip(b"\0")
    content = plain + bytes(-len(plain) % 512) + header.tobuf(tarfile.GNU_FORMAT) + bytes(1024)
    path.write_bytes(gzip.compress(content) if mode == "w:gz" else content)
    (tmp_path / "plain.tar").unlink()
    assert ("damaged or cut off" if mode == "w" else "times its own size") in refusal(path, tmp_path)


def test_a_damaged_header_in_the_middle_is_not_the_end(tmp_path):
    path = shard(tmp_path / "set.tar", samples(range(6)))
    content = bytearray(path.read_bytes())
    content[4 * 1024 + 20] ^= 0xFF
    path.write_bytes(content)
    assert "damaged or cut off" in refusal(path, tmp_path)


def test_other_tars_are_not_webdataset(tmp_path):
    path = shard(tmp_path / "set.tar", [(name, content) for name, content in samples(range(4)) if "png" in name])
    assert find_packed(path) is None
    nested = shard(tmp_path / "nested.tar", [("inner.tar", path.read_bytes()), ("inner.zip", b"PK")])
    assert find_packed(nested) is None
    with zipfile.ZipFile(tmp_path / "zip.tar", "w") as archive:  # whose content says what it is
        archive.writestr("circle/0.png", b"")
    assert find_packed(tmp_path / "zip.tar") is None


# Writing -------------------------------------------------------------------------------------------------------------


class Given:
    """Pictures that a test made up."""

    def __init__(self, path, pictures, count=0):
        path.touch()
        self.files, self.count, self._pictures = [path], count, pictures
        self.labels_from, self.split_from, self.groups_from = "a test", "", ""
        self.warnings, self.left_out = [], []

    def pictures(self):
        yield from self._pictures


def test_more_pictures_than_allowed_are_refused_before_any_is_read(tmp_path):
    with pytest.raises(WorkbenchError, match=f"more than the {MOST_IMAGES:,} pictures"):
        write_out(Given(tmp_path / "set", None, MOST_IMAGES + 1), tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set"]


def test_names_of_classes_cannot_choose_where_files_are_written(tmp_path):
    names = ["../up", "/abs", "..", "a/b", "CON\0", "x" * 500, "a\nb", ".hidden", "a_b"]
    path = npz(tmp_path / "set.npz", images=np.zeros((len(names), 8, 8), np.uint8), labels=np.array(names))
    written(path, tmp_path / "in" / "new")
    assert sorted(place.name for place in tmp_path.iterdir()) == ["in", "set.npz"]
    layout = read_written(tmp_path / "in" / "new")
    assert set(layout.class_names) == {"../up", "/abs", "..", "a/b", "CON", "a b", ".hidden", "a_b"}
    assert len({image.path.split("/")[0].casefold() for image in layout.images}) == len(layout.class_names)
    assert [reason for _, reason in layout.left_out] == [f"has a label that is no name: “{'x' * 44}…{'x' * 15}”"]


def test_a_damaged_table_of_labels_is_told(tmp_path):
    written(layouts.keras_npz(tmp_path), tmp_path / "new")
    (tmp_path / "new" / TABLE).write_bytes(b"x")
    with pytest.raises(WorkbenchError, match="is damaged"):
        read_written(tmp_path / "new")


def test_choices_pass_a_question_on(tmp_path):
    for name in ("one", "two"):
        (tmp_path / "in" / name).mkdir(parents=True)
        layouts.keras_npz(tmp_path / "in" / name)
    with pytest.raises(Undecided) as asked:
        find_packed(tmp_path / "in")
    assert [option.choices.labels_from for option in asked.value.options] == ["one/mnist.npz", "two/mnist.npz"]
    assert written(tmp_path / "in", tmp_path / "new", Choices(labels_from="two/mnist.npz")) == 10
