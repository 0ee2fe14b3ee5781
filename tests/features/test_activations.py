"""Activations on disk: read like an array, kept in half the bits where these hold them, refused where too large."""

import shutil
from collections import namedtuple

import numpy as np
import pytest

from core.errors import WorkbenchError
from core.features.activations import HALF, StoredRows, TooLargeForHalf, check_room, in_half
from core.features.store import BYTES_PER_SHARD, FeatureStore, extract
from core.training.batches import Batches
from core.training.selection import Selection

RECIPE = {"architecture": "mobilenet_075", "image_size": 8, "weights": "abc", "precision": "float32", "cut": "relu"}
SHAPE = (2, 3, 4)
NAMES = [f"image{index}" for index in range(30)]
SHAPES = {1: (7, 7, 768), 2: (14, 14, 384), 3: (14, 14, 384)}


@pytest.fixture
def values():
    return np.random.default_rng(0).normal(size=(30, *SHAPE)).astype(np.float16)


@pytest.fixture
def stored(tmp_path, values):
    store = FeatureStore(tmp_path, RECIPE, HALF)
    for start in range(0, 30, 10):
        store.add(NAMES[start : start + 10], values[start : start + 10])
    return StoredRows(FeatureStore(tmp_path, RECIPE, HALF), NAMES, SHAPE)


def test_rows_are_what_was_kept_to_the_last_bit(stored, values):
    assert (len(stored), stored.shape, stored.dtype) == (30, (30, *SHAPE), np.float32)
    np.testing.assert_array_equal(np.asarray(stored), values)


@pytest.mark.parametrize("rows", [slice(5, 25), np.array([20, 3, 3, 11]), np.arange(30) % 3 == 1, slice(0, 0)])
def test_selected_rows_are_those_of_an_array(stored, values, rows):
    assert stored[rows].shape == values[rows].shape
    np.testing.assert_array_equal(np.asarray(stored[rows]), values[rows])
    np.testing.assert_array_equal(np.asarray(stored[rows][::-1]), values[rows][::-1])


def test_rows_of_several_stores_follow_each_other(tmp_path, stored, values):
    other = FeatureStore(tmp_path, RECIPE | {"orientation": 4}, HALF)
    other.add(NAMES[:5], -values[:5])
    joined = Selection([(stored, np.arange(30)), (StoredRows(other, NAMES[:5], SHAPE), np.arange(5))])
    rows = np.array([31, 0, 34, 30])
    np.testing.assert_array_equal(joined[rows], np.concatenate([values, -values[:5]])[rows])


def test_batches_read_them_as_they_are_needed(stored, values):
    on_disk = Selection([(stored, np.arange(30))])
    stores, arrays = Batches(on_disk, np.arange(30), 8, seed=3), Batches(values, np.arange(30), 8, seed=3)
    for batches in (stores, arrays):
        batches.begin(2)
    for index in range(len(stores)):
        for ours, theirs in zip(stores[index], arrays[index], strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_half_and_whole_are_kept_apart(tmp_path, stored):
    assert NAMES[0] not in FeatureStore(tmp_path, RECIPE)


def test_a_shard_of_large_activations_ends_before_it_fills_the_memory(tmp_path, draw_folder):
    paths = draw_folder(tmp_path / "images", count=10, side=8)
    store = FeatureStore(tmp_path / "features", RECIPE, HALF)
    large = np.zeros((4, BYTES_PER_SHARD // 8), np.float16)  # a shard is full after 4 of them
    names = [path.name for path in paths]
    extract(store, names, paths, 8, lambda pixels: large[: len(pixels)], lambda done, total: None, batch_size=4)
    assert len(list(store.folder.glob("*.npy"))) == 5


def test_what_half_the_bits_do_not_hold_is_noticed():
    np.testing.assert_array_equal(in_half(np.array([65504.0, -1.0])), [65504, -1])
    with pytest.raises(TooLargeForHalf):
        in_half(np.array([1.0, 70_000.0]))


def test_activations_for_which_there_is_room_are_let_through(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_FEATURES_GB", "1")
    check_room(tmp_path / "not yet there", SHAPES, 3, 1000, 1000)


def test_too_many_for_the_quota_are_refused_with_what_fits(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_FEATURES_GB", "1")
    with pytest.raises(WorkbenchError) as refusal:
        check_room(tmp_path, SHAPES, 3, 10_000, 10_000)
    assert str(refusal.value) == (
        "To fine-tune the last 3 blocks, 10,000 images (every view counts) are kept as 14 × 14 × 384 numbers each: "
        "1.4 GB, but 1 GB may be kept (WORKBENCH_FEATURES_GB). Unfreeze 1 or fewer, or choose fewer views or a smaller "
        "input size."
    )


def test_too_many_for_the_disk_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_FEATURES_GB", "1000")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(0, 0, 2**29))
    with pytest.raises(WorkbenchError, match=r"there is room for 0.45 GB on the disk. Leave the backbone frozen, or"):
        check_room(tmp_path, SHAPES, 3, 10_000, 10_000)


def test_what_is_on_the_disk_already_needs_no_room_on_it(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_FEATURES_GB", "1000")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(0, 0, 2**29))
    check_room(tmp_path, SHAPES, 3, 10_000, lacking=100)
