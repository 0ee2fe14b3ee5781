"""What names of files say of the part of a split, and which files are shards of one dataset."""

from pathlib import Path

import pytest

from core.datasets.sources.choices import Undecided
from core.datasets.sources.packed.shards import one_set, split_of

ROOT = Path("/data")


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("data/train-00000-of-00002.parquet", "train"),
        ("default/partial-train/0000.parquet", "train"),
        ("imagenet1k-validation-07.tar", "validation"),
        ("test/3.tar", "test"),
        ("data-00000-of-00001.arrow", ""),
        ("train/test-0.tar", "test"),
        ("train-test-0.tar", ""),
    ],
)
def test_the_nearest_name_tells_the_split(name, split):
    assert split_of(ROOT / name, ROOT) == split


def test_parts_and_numbers_tell_no_sets_apart():
    names = [
        "data/train-00000-of-00002.parquet",
        "data/train-00001-of-00002.parquet",
        "data/test-00000-of-00001.parquet",
    ]
    files = [ROOT / name for name in names]
    assert one_set(files, ROOT) == files


def test_configurations_are_asked_for():
    files = [ROOT / "plain/train-0.parquet", ROOT / "cropped/train-0.parquet", ROOT / "cropped/test-0.parquet"]
    with pytest.raises(Undecided, match="several sets of pictures"):
        one_set(files, ROOT)
    assert one_set(files, ROOT, files[2]) == files[1:]
