"""Predictions: validation, selection, and the file they are kept in."""

import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import WorkbenchError
from core.evaluation.predictions import DamagedPredictions, Predictions, epoch_in

AWKWARD = ("id", "split", "p0", "🐈 “cat”", "a\"b'c\\d", "", " ", "new\nline", "null", "é\u0000", "\udcff", "日本", "1")


def make(n=30, class_names=("cats", "dogs", "owls"), dtype=np.float64):
    generator = np.random.default_rng(n)
    return Predictions(
        ids=np.array([f"cats/été {index} 🐈.jpg" for index in range(n)]),
        splits=generator.choice(["train", "validation", "test"], n),
        true=generator.integers(0, len(class_names), n),
        probabilities=generator.dirichlet(np.ones(len(class_names)), n).astype(dtype),
        class_names=class_names,
    )


def fields(n=3, **changes):
    given = {
        "ids": np.array([str(index) for index in range(n)]),
        "splits": np.array(["test"] * n),
        "true": np.zeros(n, dtype=int),
        "probabilities": np.tile([0.25, 0.75], (n, 1)),
        "class_names": ("a", "b"),
    }
    return given | changes


def assert_same(left, right):
    for name in ("ids", "splits", "true", "probabilities"):
        assert np.array_equal(getattr(left, name), getattr(right, name)), name
    assert left.class_names == right.class_names
    assert left.probabilities.dtype == right.probabilities.dtype


@pytest.mark.parametrize(
    "changes",
    [
        {"ids": np.array(["0", "1"])},
        {"splits": np.array(["test"])},
        {"true": np.array([0, 1])},
        {"true": np.array([0, 1, 2])},
        {"true": np.array([0, -1, 1])},
        {"true": np.array([0.0, 1.0, 1.0])},
        {"probabilities": np.full((3, 3), 1 / 3)},
        {"probabilities": np.full((2, 2), 1 / 2)},
        {"probabilities": np.full(3, 1.0)},
        {"probabilities": np.tile([-0.5, 1.5], (3, 1))},
        {"probabilities": np.tile([0.5, 0.9], (3, 1))},
        {"class_names": ()},
        {"class_names": ("a", 1)},
        {"ids": np.array(["0", "1", None], dtype=object)},
        {"splits": np.array(["test", "test", "tset"])},
    ],
)
def test_what_does_not_fit_is_refused(changes):
    with pytest.raises(ValueError):
        Predictions(**fields(**changes))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_diverged_training_is_explained(value):
    probabilities = np.tile([0.25, 0.75], (3, 1))
    probabilities[1] = value
    with pytest.raises(WorkbenchError, match=r"1 of 3 images \(first: 1\).*not numbers.*lower learning rate"):
        Predictions(**fields(probabilities=probabilities))


def test_half_precision_is_accepted():
    probabilities = np.random.default_rng(0).dirichlet(np.ones(200), 5).astype(np.float16)
    kept = Predictions(**fields(5, probabilities=probabilities, class_names=tuple(map(str, range(200)))))
    assert kept.probabilities.dtype == np.float64


def test_predicted_takes_the_lowest_index_among_equals():
    probabilities = np.array([[0.5, 0.5], [0.0, 1.0], [1.0, 0.0]])
    assert Predictions(**fields(probabilities=probabilities)).predicted.tolist() == [0, 1, 0]


def test_of_keeps_order_and_every_row_once():
    whole = make()
    parts = [whole.of(split) for split in ("train", "validation", "test")]
    assert sum(map(len, parts)) == len(whole)
    for part, split in zip(parts, ("train", "validation", "test"), strict=True):
        rows = [index for index, name in enumerate(whole.splits) if name == split]
        assert part.ids.tolist() == whole.ids[rows].tolist()
        assert np.array_equal(part.probabilities, whole.probabilities[rows])
        assert part.predicted.tolist() == whole.predicted[rows].tolist()
    with pytest.raises(ValueError):
        whole.of("tset")


def test_cell_has_the_surest_first():
    probabilities = np.array([[0.4, 0.6], [0.1, 0.9], [0.4, 0.6], [0.3, 0.7], [0.9, 0.1]])
    rows = Predictions(**fields(5, probabilities=probabilities, true=np.array([0, 0, 0, 1, 0])))
    assert rows.cell(0, 1).ids.tolist() == ["1", "0", "2"]
    assert rows.cell(1, 1).ids.tolist() == ["3"]
    assert rows.cell(0, 0).ids.tolist() == ["4"]
    count = 1000  # enough rows for an unstable sort to show
    alike = Predictions(**fields(count))
    assert alike.cell(0, 1).ids.tolist() == alike.ids.tolist()
    mixed = Predictions(**fields(count, probabilities=np.tile([[0.25, 0.75], [0.125, 0.875]], (count // 2, 1))))
    assert mixed.cell(0, 1).ids.tolist() == [*mixed.ids[1::2], *mixed.ids[::2]]
    empty = rows.cell(1, 0)
    assert len(empty) == 0 and empty.probabilities.shape == (0, 2) and len(empty.predicted) == 0
    for outside in (-1, 2):
        with pytest.raises(ValueError):
            rows.cell(0, outside)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("class_names", [("a",), ("cats", "dogs"), AWKWARD, tuple(map(str, range(200)))])
def test_round_trip(tmp_path, class_names, dtype):
    before = make(class_names=class_names, dtype=dtype)
    folder = tmp_path / "split=test ü"
    folder.mkdir()
    before.save(folder / "predictions.parquet")
    after = Predictions.load(folder / "predictions.parquet")
    assert_same(before, after)
    assert all(type(text) is str for text in [*after.ids, *after.splits, *after.class_names])


def test_the_epoch_is_kept_and_read_without_the_rest(tmp_path):
    path = tmp_path / "predictions.parquet"
    assert epoch_in(path) is None
    made = replace(make(), epoch=7)
    made.save(path)
    assert Predictions.load(path).epoch == made.of("test").epoch == epoch_in(path) == 7
    path.write_bytes(path.read_bytes()[:-9])
    assert epoch_in(path) is None
    with pytest.raises(DamagedPredictions):
        Predictions.load(path)


def test_round_trip_without_rows(tmp_path):
    empty = make().of("test").cell(0, 0)._rows(np.array([], dtype=int))
    empty.save(tmp_path / "p.parquet")
    assert_same(empty, Predictions.load(tmp_path / "p.parquet"))


def test_columns_are_named_by_position(tmp_path):
    make(class_names=AWKWARD[:4]).save(tmp_path / "p.parquet")
    frame = pd.read_parquet(tmp_path / "p.parquet")
    assert list(frame.columns) == ["id", "split", "true", "p0", "p1", "p2", "p3"]


@pytest.mark.parametrize("broken", ["replace", "fsync"])
def test_a_failing_save_leaves_the_old_file(tmp_path, monkeypatch, broken):
    path = tmp_path / "p.parquet"
    old = make(10)
    old.save(path)

    def fail(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, broken, fail)
        with pytest.raises(WorkbenchError, match=r"could not be written to .*p\.parquet: No space left on device\."):
            make(20).save(path)
    assert_same(old, Predictions.load(path))
    assert os.listdir(tmp_path) == ["p.parquet"]


def test_a_fault_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "p.parquet"
    old = make(10)
    old.save(path)

    def fail(*_, **__):
        raise RuntimeError("a fault of the program")

    with monkeypatch.context() as patch:
        patch.setattr(pd.DataFrame, "to_parquet", fail)
        with pytest.raises(RuntimeError):
            make(20).save(path)
    assert_same(old, Predictions.load(path))
    assert os.listdir(tmp_path) == ["p.parquet"]


def test_save_replaces(tmp_path):
    make(10).save(tmp_path / "p.parquet")
    make(20).save(tmp_path / "p.parquet")
    assert_same(make(20), Predictions.load(tmp_path / "p.parquet"))


def test_save_into_a_missing_folder_is_explained(tmp_path):
    with pytest.raises(WorkbenchError, match="could not be written"):
        make().save(tmp_path / "nowhere" / "p.parquet")


def test_a_missing_file_is_explained(tmp_path):
    with pytest.raises(WorkbenchError, match=r"no predictions at .*p\.parquet"):
        Predictions.load(tmp_path / "p.parquet")


def test_damaged_files_are_explained(tmp_path):
    path = tmp_path / "p.parquet"
    make(200).save(path)
    whole = path.read_bytes()
    for content in (b"", b"not a parquet file", whole[: len(whole) // 2], whole[:-1]):
        path.write_bytes(content)
        with pytest.raises(WorkbenchError, match="are damaged"):
            Predictions.load(path)
    with pytest.raises(WorkbenchError, match="are damaged"):
        Predictions.load(tmp_path)


def test_a_flipped_bit_within_the_values_is_noticed(tmp_path):
    """Too small a change to break a sum or a range: only the checksum can tell."""
    path = tmp_path / "p.parquet"
    rows = make(200)
    rows.save(path)
    content = bytearray(path.read_bytes())
    content[content.index(rows.probabilities[100, 0].tobytes())] ^= 1
    path.write_bytes(content)
    with pytest.raises(WorkbenchError, match="are damaged"):
        Predictions.load(path)


def test_a_file_name_that_is_not_unicode_is_explained(tmp_path):
    rows = Predictions(**fields(ids=np.array(["a", "b\udcff.png", "c"], dtype=object)))
    with pytest.raises(WorkbenchError, match=r"b\\udcff\.png' is not valid Unicode") as caught:
        rows.save(tmp_path / "p.parquet")
    str(caught.value).encode()  # the page that shows it must not fail on it
    assert os.listdir(tmp_path) == []


def test_other_parquet_files_are_refused(tmp_path):
    path = tmp_path / "p.parquet"
    good = make()
    good.save(path)
    frame = pd.read_parquet(path)
    without_names = frame.copy()
    without_names.attrs = {}
    for other in (without_names, frame.drop(columns="p1"), frame.drop(columns="id"), frame.assign(true=7)):
        other.to_parquet(path)
        with pytest.raises(WorkbenchError, match="are damaged"):
            Predictions.load(path)
