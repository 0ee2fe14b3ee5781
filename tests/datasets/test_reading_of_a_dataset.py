"""One scale for all deep pixels of a dataset: chosen at the import, kept, changed, undone, and known by the version."""

import json

import numpy as np
import pandas as pd
import pytest
import tifffile
from PIL import Image

from core.datasets.creation import create_from_path
from core.datasets.editing import FULL, USED, exclude, set_scale
from core.datasets.importing import import_now, read_by_another_scale, run_import
from core.datasets.index import ADDED
from core.datasets.store import Dataset
from core.errors import UsageError
from core.images.reading import open_rgb
from core.images.reading_settings import AS_USUAL, Reading

SIDE, COUNT = 24, 12
TWELVE_BITS = Reading((("uint16", 0, 4095),))


def grey(label: str, number: int) -> np.ndarray:
    """A picture of 8 bits from black to white, every one another."""
    rng = np.random.default_rng([ord(label[0]), number])
    values = rng.integers(0, 256, (SIDE, SIDE)).astype(np.uint8)
    values[0, :2] = 0, 255
    return values


def write(folder, change=lambda values: values.astype(np.uint16) * 16, count=COUNT, **options):
    for label in ("cats", "dogs"):
        (folder / label).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            values = np.ascontiguousarray(change(grey(label, number)))
            tifffile.imwrite(folder / label / f"{number}.tif", values, **options)
    return folder


@pytest.fixture
def imported_from(workspace):
    """Brings a folder in, under the name of the folder."""
    return lambda folder, name="deep": run_import(create_from_path(workspace, folder, name))


@pytest.fixture
def deep(tmp_path, imported_from):
    """12 bits in files of 16."""
    return imported_from(write(tmp_path / "deep"))


def shown(dataset, path="cats/0.tif"):
    return np.asarray(open_rgb(dataset.path_of(path), dataset.reading))[..., 0].astype(int)


# The import ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values.astype(np.uint16) * 16,
        lambda values: values.astype(np.uint16) * 257,
        lambda values: values.astype(np.int16) * 16 - 1000,
        lambda values: values.astype(np.uint32) * 2**24,
        lambda values: values.astype(np.int32) - 100,
        lambda values: (values.astype(np.int16) - 128).astype(np.int8),
        lambda values: (values / 255).astype(np.float32),
        lambda values: (values / 255 / 16).astype(np.float32),
        lambda values: (values / 127.5 - 1).astype(np.float32),
        lambda values: values * 1000.0,
    ],
    ids=["12 of 16", "16", "int16", "uint32", "int32", "int8", "0 to 1", "0 to 1/16", "-1 to 1", "0 to 255,000"],
)
def test_whatever_type_the_values_have_the_picture_is_that_of_8_bits(tmp_path, imported_from, change):
    dataset = imported_from(write(tmp_path / "deep", change, count=3))
    assert np.abs(shown(dataset) - grey("cats", 0)).max() <= 1
    brightness = dataset.images.set_index("path").loc["cats/0.tif", "brightness"]
    assert brightness == pytest.approx(grey("cats", 0).mean() / 255, abs=0.005)


def test_one_scale_is_for_all_so_that_dark_images_stay_dark(tmp_path, imported_from):
    folder = write(tmp_path / "deep", count=3)
    tifffile.imwrite(folder / "cats" / "dark.tif", grey("cats", 9).astype(np.uint16))  # 8 of the 12 bits
    dataset = imported_from(folder)
    assert dataset.reading == TWELVE_BITS
    assert shown(dataset, "cats/dark.tif").max() == 16


def test_a_hot_pixel_in_every_image_does_not_darken_them(tmp_path, imported_from):
    def hot(values):
        values = np.kron(values, np.ones((4, 4))).astype(np.uint16) * 16
        values[5, 5] = 65535
        return values

    assert imported_from(write(tmp_path / "deep", hot, count=3)).reading == TWELVE_BITS


def test_images_of_8_bits_have_no_scale_and_no_file_of_it(imported):
    dataset = imported("pets", {"cats": 5, "dogs": 5})
    assert dataset.reading == AS_USUAL
    assert not (dataset.folder / "reading.json").exists()
    assert "-" not in dataset.content.version


def test_images_that_come_later_are_read_by_the_scale_there_is(deep, tmp_path):
    version = deep.content.version.partition("-")
    for label in ("cats", "dogs"):
        tifffile.imwrite(tmp_path / "deep" / label / "later.tif", grey(label, 99).astype(np.uint16) * 256)
    import_now(deep)
    assert len(deep.images) == 2 * COUNT + 2
    assert deep.reading == TWELVE_BITS
    assert deep.content.version.partition("-")[2] == version[2]


def test_a_kind_that_comes_later_gets_a_scale_of_its_own(deep, tmp_path):
    for label in ("cats", "dogs"):
        tifffile.imwrite(tmp_path / "deep" / label / "later.tif", grey(label, 99) / 127.5 - 1)
    import_now(deep)
    assert deep.reading == Reading((("float64", -1, 1), ("uint16", 0, 4095)))


def test_read_in_again_nothing_is_read(deep, monkeypatch):
    monkeypatch.setattr("core.datasets.index.describe_many", None)
    assert import_now(deep).reading == TWELVE_BITS


# Changing it ---------------------------------------------------------------------------------------------------------


def test_another_scale_changes_the_version_and_what_is_told_of_the_images_and_nothing_else(deep):
    exclude(deep, ["cats/1.tif"])
    deep.keep_split()
    before = deep.content
    set_scale(deep, {"uint16": [0, 8190]})
    assert deep.is_read_otherwise
    read_by_another_scale(deep)
    after = deep.content
    assert not deep.is_read_otherwise
    assert after.version != before.version
    assert after.version.partition("-")[0] == before.version.partition("-")[0]
    kept = ["path", "pixel_hash", "label", "split", "size_bytes", "modified"]
    pd.testing.assert_frame_equal(after.images[kept], before.images[kept])
    np.testing.assert_allclose(after.images["brightness"], before.images["brightness"] / 2, atol=0.01)
    assert after.table["excluded"].sum() == 1


def test_undone_everything_is_as_it_was(deep):
    before = deep.read_manifest(), deep.content.version
    set_scale(deep, {"uint16": FULL})
    read_by_another_scale(deep)
    assert deep.reading == AS_USUAL
    deep.edits.undo()
    read_by_another_scale(deep)
    assert deep.content.version == before[1]
    pd.testing.assert_frame_equal(deep.read_manifest(), before[0])


def test_the_range_that_images_use_can_be_chosen_again(deep):
    set_scale(deep, {"uint16": [0, 100]})
    read_by_another_scale(deep)
    edit = set_scale(deep, {"uint16": USED})
    assert edit.in_words() == "Pixels shown by another scale, 16-bit values from 0 (black) to 4,095 (white)"
    assert deep.reading == TWELVE_BITS


def test_a_file_that_is_gone_meanwhile_does_not_keep_the_others_from_it(deep):
    deep.path_of("cats/0.tif").unlink()
    set_scale(deep, {"uint16": [0, 8190]})
    read_by_another_scale(deep)
    assert not deep.is_read_otherwise
    assert len(deep.images) == 2 * COUNT


def test_only_deep_images_are_read_anew(deep, tmp_path, monkeypatch):
    for label in ("cats", "dogs"):
        Image.fromarray(grey(label, 50)).save(tmp_path / "deep" / label / "plain.png")
    import_now(deep)
    from core.datasets import index

    asked, describe_many = [], index.describe_many
    monkeypatch.setattr(
        index, "describe_many", lambda root, paths, reading: asked.extend(paths) or describe_many(root, paths, reading)
    )
    set_scale(deep, {"uint16": [0, 8190]})
    read_by_another_scale(deep)
    assert len(asked) == 2 * COUNT
    assert not any(path.endswith(".png") for path in asked)


def test_an_import_that_finds_another_scale_than_images_were_described_by_describes_them_again(deep):
    set_scale(deep, {"uint16": [0, 8190]})  # and whoever set it was killed before anything followed
    import_now(deep)
    assert not deep.is_read_otherwise
    assert deep.images["brightness"].max() < 0.3


@pytest.mark.parametrize(
    ("ranges", "bands", "words"),
    [
        ({"int8": USED}, (), "No image here holds pixels of the kind 'int8'"),
        ({"uint16": [5, 5]}, (), "must be less"),
        ({"uint16": [5, float("nan")]}, (), "must be less"),
        ({}, (1, 2, 3), "more than three bands"),
        ({}, (), "Say which"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(deep, ranges, bands, words):
    with pytest.raises(UsageError, match=words):
        set_scale(deep, ranges, bands)
    assert deep.edits.standing() == []


def test_plain_images_have_no_scale_to_set(imported):
    with pytest.raises(UsageError, match="8 bits"):
        set_scale(imported("pets", {"cats": 5, "dogs": 5}), {"uint16": USED})


# Bands ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def thirteen(tmp_path, imported_from):
    """13 bands of 12 bits, of which the last ones are brighter by far."""

    def bands_of(values):
        return np.stack([values.astype(np.uint16) * (2 + band) for band in range(13)])

    separate = {"photometric": "minisblack", "planarconfig": "separate"}
    return imported_from(write(tmp_path / "deep", bands_of, count=3, **separate))


def test_other_bands_are_shown_by_the_range_that_they_use(thirteen):
    assert thirteen.reading == Reading((("uint16", 0, 1023),))
    hashes = thirteen.images["pixel_hash"].tolist()
    set_scale(thirteen, bands=(13, 12, 11))
    read_by_another_scale(thirteen)
    assert thirteen.reading == Reading((("uint16", 0, 3570),), (13, 12, 11))
    assert thirteen.images["pixel_hash"].tolist() == hashes
    thirteen.edits.undo()
    read_by_another_scale(thirteen)
    assert thirteen.reading == Reading((("uint16", 0, 1023),))


@pytest.mark.parametrize("bands", [(0, 1, 2), (14, 1, 2), (1, 2), (1, 2, 3, 4)])
def test_bands_that_there_are_not_are_refused(thirteen, bands):
    with pytest.raises(UsageError, match="from 1 to 13"):
        set_scale(thirteen, bands=bands)


# What an earlier version left ----------------------------------------------------------------------------------------


def as_of_an_earlier_version(dataset: Dataset) -> Dataset:
    manifest = dataset.read_manifest().drop(columns=ADDED)
    manifest["pixel_hash"] = "of old " + manifest["pixel_hash"].str[:20]
    manifest["brightness"] /= 16
    dataset.save(dataset.info, manifest)
    (dataset.folder / "reading.json").unlink(missing_ok=True)
    return Dataset(dataset.folder)


def test_a_manifest_of_an_earlier_version_opens_as_it_was(deep):
    old = as_of_an_earlier_version(deep)
    assert len(old.images) == 2 * COUNT
    assert old.reading == AS_USUAL
    assert "-" not in old.content.version
    assert not old.is_read_otherwise


def test_read_in_again_it_gets_its_scale_and_keeps_labels_edits_and_split(deep):
    old = as_of_an_earlier_version(deep)
    old.keep_split()
    exclude(old, ["cats/1.tif"])
    before = old.content.images[["path", "pixel_hash", "split"]]
    import_now(old)
    assert old.reading == TWELVE_BITS
    pd.testing.assert_frame_equal(old.content.images[["path", "pixel_hash", "split"]], before)
    assert old.content.table["excluded"].sum() == 1
    assert old.images["brightness"].mean() == pytest.approx(0.5, abs=0.05)


def test_plain_images_of_an_earlier_version_stay_known(imported):
    dataset = imported("pets", {"cats": 5, "dogs": 5})
    version = dataset.content.version
    dataset.save(dataset.info, dataset.read_manifest().drop(columns=ADDED))
    assert Dataset(dataset.folder).content.version == version
    assert import_now(Dataset(dataset.folder)).content.version == version


@pytest.mark.parametrize("content", ["{", "[]", '{"ranges": {"uint16": [9, 3]}}', '{"ranges": {"uint16": "x"}}'])
def test_a_scale_file_that_was_damaged_is_said_in_words(deep, content):
    (deep.folder / "reading.json").write_text(content)
    assert not Dataset(deep.folder).ready
    assert "reading.json" in Dataset(deep.folder).why_not_ready()


def test_the_scale_is_told_as_json(deep):
    assert json.loads(json.dumps(deep.summary()))["reading"] == {"ranges": {"uint16": [0, 4095]}, "bands": []}
