"""The store of features: nothing is computed twice, and nothing that was computed is lost."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.errors import UsageError, WorkbenchError
from core.features.store import (
    BATCH_SIZE,
    IMAGES_PER_SHARD,
    FeatureStore,
    Usage,
    clear,
    extract,
    keep_within_quota,
    quota_bytes,
    usage,
)
from core.images.description import describe
from core.images.reading import read_square

PROJECT = Path(__file__).resolve().parents[2]
RECIPE = {"architecture": "mobilenet_075", "image_size": 8, "weights": "abc", "precision": "float32"}
SIDE = 8


def colours(pixels):
    """Features that are quick to compute and tell images apart: the mean of each colour."""
    return pixels.mean(axis=(1, 2)).astype(np.float32)


def silent(done, total):
    pass


class Counting:
    """Computes features and keeps count of the images."""

    def __init__(self):
        self.images = 0

    def __call__(self, pixels):
        self.images += len(pixels)
        return colours(pixels)


class Enough(Exception):
    """What a report raises to end the extraction."""


@pytest.fixture(scope="module")
def images(tmp_path_factory, draw_folder):
    """300 images, more than one shard, with what they are known by."""
    paths = draw_folder(tmp_path_factory.mktemp("images") / "all", count=150, side=10)
    return [describe(path).pixel_hash for path in paths], paths


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "features"


def some(names, width=3):
    """Features that can be told from each other, one row a name."""
    return np.array([[hash_of(name) + column for column in range(width)] for name in names], np.float32)


def hash_of(name):
    return sum(ord(letter) * 7**place for place, letter in enumerate(name)) % 10_000


def shards(store):
    return sorted(store.folder.glob("*.npy"))


def test_features_come_back_in_the_order_asked_for(folder):
    store, names = FeatureStore(folder, RECIPE), [f"image{index}" for index in range(20)]
    store.add(names[:12], some(names[:12]))
    store.add(names[12:], some(names[12:]))
    order = [*names[::-3], names[4], names[4]]
    for opened in (store, FeatureStore(folder, RECIPE)):
        gathered = opened.gather(order)
        assert gathered.dtype == np.float32
        np.testing.assert_array_equal(gathered, some(order))


def test_nothing_asked_for_is_nothing_and_no_fault(folder):
    assert len(FeatureStore(folder, RECIPE).gather([])) == 0


def test_what_is_in_the_store_survives_it(folder):
    store = FeatureStore(folder, RECIPE)
    assert "a" not in store
    store.add(["a"], some(["a"]))
    assert "a" in store
    assert "a" in FeatureStore(folder, RECIPE)
    assert "b" not in FeatureStore(folder, RECIPE)


@pytest.mark.parametrize(
    "change", [{"image_size": 9}, {"weights": "untrained, seed 0"}, {"view": 1}, {"architecture": "vgg16"}]
)
def test_features_made_from_something_else_are_another_store(folder, change):
    FeatureStore(folder, RECIPE).add(["a"], some(["a"]))
    assert "a" not in FeatureStore(folder, RECIPE | change)
    assert "a" in FeatureStore(folder, dict(reversed(RECIPE.items())))


def test_the_folder_says_what_it_holds(folder):
    assert FeatureStore(folder, RECIPE).folder.name.startswith("mobilenet_075-8-")


# A kill and other damage ---------------------------------------------------------------------------------------------


def test_a_process_that_is_killed_while_it_writes_leaves_the_store_whole(folder):
    """A real process, which dies by signal 9 with a half-written shard under its temporary name."""
    script = f"""
import os, signal, numpy as np
from pathlib import Path
from core.features import store as module
store = module.FeatureStore(Path({str(folder)!r}), {RECIPE!r})
store.add(["kept"], np.full((1, 3), 5, np.float32))
def half(file, array):
    file.write(b"\\x93NUMPY" + bytes(500))
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
module.np.save = half
store.add(["lost"], np.zeros((1, 3), np.float32))
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, timeout=120, check=False)
    assert ended.returncode == -9
    store = FeatureStore(folder, RECIPE)
    (whole,) = shards(store)
    left = set(store.folder.iterdir()) - {whole, whole.with_suffix(".json")}
    assert len(left) == 1  # the temporary file
    assert "kept" in store
    assert "lost" not in store
    store.add(["lost"], some(["lost"]))
    np.testing.assert_array_equal(FeatureStore(folder, RECIPE).gather(["lost", "kept"]), [*some(["lost"]), [5, 5, 5]])


def cut(good, share):
    return good[: int(len(good) * share)]


DAMAGES = {
    "empty": lambda good: b"",
    "one byte": lambda good: b"P",
    "cut early": lambda good: cut(good, 0.1),
    "cut in the middle": lambda good: cut(good, 0.5),
    "one byte short": lambda good: good[:-1],
    "zeros": lambda good: bytes(len(good)),
    "text": lambda good: b"not a shard " * 50,
    "altered numbers": lambda good: good[:-700] + bytes(byte ^ 255 for byte in good[-700:-600]) + good[-600:],
    "other numbers and fewer": lambda good: good.replace(b"(64, 3)", b"(32, 3)"),
    "numbers of another kind": lambda good: good.replace(b"<f4", b"<i4"),
    "Python objects": lambda good: good.replace(b"<f4", b"|O "),
}
SIDECAR_DAMAGES = ("empty", "cut in the middle", "one byte short", "zeros", "text")


@pytest.mark.parametrize(
    ("suffix", "damage"),
    [(".npy", damage) for damage in DAMAGES.values()] + [(".json", DAMAGES[name]) for name in SIDECAR_DAMAGES],
    ids=[*DAMAGES, *(f"sidecar {name}" for name in SIDECAR_DAMAGES)],
)
def test_a_damaged_shard_is_computed_again_and_the_others_are_kept(folder, suffix, damage):
    store, names = FeatureStore(folder, RECIPE), [f"image{index}" for index in range(64)]
    store.add(names, some(names))
    (shard,) = shards(store)
    shard = shard.with_suffix(suffix)
    good = shard.read_bytes()
    damaged = damage(good)
    assert damaged != good
    store.add(["other"], some(["other"]))
    shard.write_bytes(damaged)
    opened = FeatureStore(folder, RECIPE)
    assert "other" in opened
    assert not any(name in opened for name in names)
    opened.add(names, some(names))
    np.testing.assert_array_equal(FeatureStore(folder, RECIPE).gather(names), some(names))


def test_no_altered_byte_of_a_shard_keeps_the_store_from_opening(folder):
    store = FeatureStore(folder, RECIPE)
    store.add(["a", "b"], some(["a", "b"]))
    (shard,) = shards(store)
    sidecar, draw = shard.with_suffix(".json"), np.random.default_rng(0)
    whole = {path: path.read_bytes() for path in (shard, sidecar)}
    for path, good in whole.items():
        for position in range(len(good)):
            altered = bytearray(good)
            altered[position] ^= int(draw.integers(1, 256))
            for other, content in whole.items():
                other.write_bytes(bytes(altered) if other == path else content)
            opened = FeatureStore(folder, RECIPE)
            if "a" in opened:
                opened.gather(["a"])


# Several at once -----------------------------------------------------------------------------------------------------


def test_two_processes_that_write_at_once_lose_nothing(folder):
    script = f"""
import sys, numpy as np
from pathlib import Path
from core.features.store import FeatureStore
store = FeatureStore(Path({str(folder)!r}), {RECIPE!r})
print("ready", flush=True)
sys.stdin.readline()
for index in range(40):
    name = sys.argv[1] + str(index)
    store.add([name, "both" + str(index)], np.full((2, 3), index, np.float32))
"""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, name], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in ("left", "right")
    ]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    for writer in writers:
        writer.stdin.close()
        writer.stdout.close()
    store = FeatureStore(folder, RECIPE)
    for name in ("left", "right", "both"):
        gathered = store.gather([f"{name}{index}" for index in range(40)])
        np.testing.assert_array_equal(gathered, np.repeat(np.arange(40), 3).reshape(40, 3))
    assert sorted(store.folder.iterdir()) == sorted(
        path for shard in shards(store) for path in (shard, shard.with_suffix(".json"))
    )


def test_a_reader_meets_whole_shards_while_another_writes(folder):
    writer, names = FeatureStore(folder, RECIPE), []
    for index in range(30):
        writer.add([f"image{index}"], some([f"image{index}"]))
        names.append(f"image{index}")
        np.testing.assert_array_equal(FeatureStore(folder, RECIPE).gather(names), some(names))


# Extraction ----------------------------------------------------------------------------------------------------------


def test_extraction_fills_the_store_with_the_features_of_each_image(folder, images):
    names, paths = images
    compute, heard, store = Counting(), [], FeatureStore(folder, RECIPE)
    assert extract(store, names, paths, SIDE, compute, lambda *progress: heard.append(progress)) == []
    assert compute.images == len(names)
    assert heard[-1] == (len(names), len(names))
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    expected = colours(np.stack([read_square(path, SIDE) for path in paths]))
    np.testing.assert_array_equal(FeatureStore(folder, RECIPE).gather(names), expected)
    assert len(shards(store)) == -(-len(names) // IMAGES_PER_SHARD)


def test_only_what_is_lacking_is_computed(folder, images):
    names, paths = images
    first = Counting()
    extract(FeatureStore(folder, RECIPE), names[40:90], paths[40:90], SIDE, first, silent)
    second, heard, store = Counting(), [], FeatureStore(folder, RECIPE)
    extract(store, names, paths, SIDE, second, lambda *progress: heard.append(progress))
    assert (first.images, second.images) == (50, len(names) - 50)
    assert heard[-1] == (len(names) - 50, len(names) - 50)
    third, before = Counting(), [(path, path.read_bytes()) for path in shards(store)]
    extract(FeatureStore(folder, RECIPE), names, paths, SIDE, third, silent)
    assert third.images == 0
    assert [(path, path.read_bytes()) for path in shards(store)] == before


def test_images_with_the_same_pixels_are_computed_once(folder, images):
    names, paths = images
    compute, store = Counting(), FeatureStore(folder, RECIPE)
    extract(store, names[:5] * 3, paths[:5] * 3, SIDE, compute, silent)
    assert compute.images == 5
    assert len(store.gather(names[:5] * 3)) == 15


@pytest.mark.parametrize("batches", [1, 3, 9])
def test_a_report_that_raises_keeps_what_was_computed(folder, images, batches):
    names, paths = images

    def stop(done, total):
        if done >= batches * BATCH_SIZE:
            raise Enough

    with pytest.raises(Enough):
        extract(FeatureStore(folder, RECIPE), names, paths, SIDE, colours, stop)
    kept = FeatureStore(folder, RECIPE)
    assert [name in kept for name in names] == [index < batches * BATCH_SIZE for index in range(len(names))]
    rest = Counting()
    extract(kept, names, paths, SIDE, rest, silent)
    assert rest.images == len(names) - batches * BATCH_SIZE


def test_a_computation_that_fails_keeps_what_went_before(folder, images):
    names, paths = images
    calls = []

    def fails(pixels):
        calls.append(len(pixels))
        if len(calls) == 3:
            raise MemoryError
        return colours(pixels)

    with pytest.raises(MemoryError):
        extract(FeatureStore(folder, RECIPE), names, paths, SIDE, fails, silent)
    kept = FeatureStore(folder, RECIPE)
    assert sum(name in kept for name in names) == 2 * BATCH_SIZE
    expected = colours(np.stack([read_square(path, SIDE) for path in paths[: 2 * BATCH_SIZE]]))
    np.testing.assert_array_equal(kept.gather(names[: 2 * BATCH_SIZE]), expected)


def test_images_that_are_gone_are_named_and_the_others_keep_their_features(folder, images):
    names, paths = images
    missing = [paths[0].with_name("gone_1.png"), paths[0].with_name("gone_2.png")]
    mixed_names = [*names[:10], "gone1", *names[10:40], "gone2"]
    mixed_paths = [*paths[:10], missing[0], *paths[10:40], missing[1]]
    store, heard = FeatureStore(folder, RECIPE), []
    problems = extract(store, mixed_names, mixed_paths, SIDE, colours, lambda *progress: heard.append(progress))
    assert [problem.split(" ")[0] for problem in problems] == ["gone_1.png", "gone_2.png"]
    assert heard[-1] == (42, 42)
    assert "gone1" not in store
    expected = colours(np.stack([read_square(path, SIDE) for path in paths[:40]]))
    np.testing.assert_array_equal(store.gather(names[:40]), expected)


def test_when_all_images_are_gone_nothing_is_written(folder, tmp_path):
    store, compute = FeatureStore(folder, RECIPE), Counting()
    problems = extract(store, ["a", "b"], [tmp_path / "a.png", tmp_path / "b.png"], SIDE, compute, silent)
    assert len(problems) == 2
    assert compute.images == 0
    assert shards(store) == []


# How much there is, and how much there may be -------------------------------------------------------------------------


def write_elsewhere(folder, *names, width=3):
    """Another process adds a shard for each name, one after the other; they were used a day ago, the first earliest."""
    script = f"""
import numpy as np
from pathlib import Path
from core.features.store import FeatureStore
store = FeatureStore(Path({str(folder)!r}), {RECIPE!r})
for name in {names!r}:
    store.add([name], np.zeros((1, {width}), np.float32))
"""
    subprocess.run([sys.executable, "-c", script], cwd=PROJECT, timeout=120, check=True)
    age_of = {name: 86_400 - place for place, name in enumerate(names)}
    for sidecar in folder.glob("*/*.json"):
        (name,) = json.loads(sidecar.read_text())["identities"]
        if name in age_of:
            when = time.time() - age_of[name]
            os.utime(sidecar, (when, when))


KILOBYTE = 1 / 2**20  # in gigabytes


def test_the_longest_unused_go_first_when_there_is_too_much(folder, monkeypatch):
    write_elsewhere(folder, "oldest", "older", "used again", "newest", width=1000)  # four kilobytes each
    assert "used again" in FeatureStore(folder, RECIPE)
    assert "oldest" in FeatureStore(folder, RECIPE)
    monkeypatch.setenv("WORKBENCH_FEATURES_GB", str(13 * KILOBYTE))
    keep_within_quota(folder)
    kept = FeatureStore(folder, RECIPE)
    assert [name in kept for name in ("oldest", "older", "used again", "newest")] == [True, False, True, True]


def test_what_this_process_uses_stays_however_much_it_is(folder, images, monkeypatch):
    names, paths = images
    write_elsewhere(folder, "another's")
    monkeypatch.setenv("WORKBENCH_FEATURES_GB", "0")
    store = FeatureStore(folder, RECIPE)
    extract(store, names[:20], paths[:20], SIDE, colours, silent)
    assert len(store.gather(names[:20])) == 20
    for sidecar in folder.glob("*/*.json"):
        os.utime(sidecar, (0, 0))
    keep_within_quota(folder)
    kept = FeatureStore(folder, RECIPE)
    assert all(name in kept for name in names[:20])
    assert "another's" not in kept


def test_what_kills_and_earlier_versions_left_behind_is_removed(folder, monkeypatch):
    store = FeatureStore(folder, RECIPE)
    store.add(["a"], some(["a"]))
    old, unfinished, recent = (store.folder / name for name in ("0.npz", ".1.npy.tmp", ".2.npy.tmp"))
    for path in (old, unfinished, recent):
        path.write_bytes(b"something")
    os.utime(unfinished, (0, 0))
    keep_within_quota(folder)
    assert [path.exists() for path in (old, unfinished, recent)] == [False, False, True]
    assert "a" in FeatureStore(folder, RECIPE)


def test_usage_counts_what_was_found_and_what_was_computed(folder, images):
    names, paths = images
    assert usage(folder) == Usage(0, quota_bytes(), 0, 0, 0)
    assert usage(folder).hit_rate is None
    extract(FeatureStore(folder, RECIPE), names[:10], paths[:10], SIDE, colours, silent)
    extract(FeatureStore(folder, RECIPE), names[:30], paths[:30], SIDE, colours, silent)
    found = usage(folder)
    assert (found.shards, found.hits, found.misses, found.hit_rate) == (2, 10, 30, 0.25)
    assert found.size_bytes == sum(path.stat().st_size for path in folder.glob("*/*"))


def test_clearing_removes_all_and_a_store_can_be_filled_again(folder, images):
    names, paths = images
    assert clear(folder) == 0
    store = FeatureStore(folder, RECIPE)
    extract(store, names[:10], paths[:10], SIDE, colours, silent)
    size = usage(folder).size_bytes
    assert clear(folder) == size > 0
    assert usage(folder) == Usage(0, quota_bytes(), 0, 0, 0)
    with pytest.raises(WorkbenchError, match="removed meanwhile"):
        store.gather(names[:1])
    refilled = FeatureStore(folder, RECIPE)
    extract(refilled, names[:10], paths[:10], SIDE, colours, silent)
    assert len(refilled.gather(names[:10])) == 10


@pytest.mark.parametrize("text", ["much", "-1", "nan", "inf"])
def test_a_quota_that_is_no_number_is_refused_in_words(monkeypatch, text):
    monkeypatch.setenv("WORKBENCH_FEATURES_GB", text)
    with pytest.raises(UsageError, match=f"WORKBENCH_FEATURES_GB must be a number from 0. Got '{text}'"):
        quota_bytes()
