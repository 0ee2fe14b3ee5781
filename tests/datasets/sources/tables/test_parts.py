"""Parts of a split by the folders in paths."""

import pytest

from core.datasets.sources.tables.parts import parts_by_folders
from core.datasets.sources.tables.reading import read_table


@pytest.mark.parametrize(
    ("folders", "parts"),
    [
        ([["train", "a"], ["test", "a"]], ["train", "test"]),
        ([["home", "test", "set", "train"], ["home", "test", "set", "val"]], ["train", "validation"]),
        ([["a", "train"], ["b", "test"], ["extra"]], ["train", "test", ""]),
        ([["train"], ["train"]], []),
        ([["val"], ["test"]], []),
        ([["a"], ["b"]], []),
        ([[], []], []),
        ([], []),
    ],
)
def test_parts_by_folders(folders, parts):
    assert parts_by_folders(folders)[0] == parts


def layout_of(tmp_path, folders, line):
    rows = ["path,label"]
    for number in range(12):
        path = tmp_path / folders[number % len(folders)] / f"{number}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.touch()
        rows.append(line(number, f"{path.parent.name}/{path.name}"))
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    return read_table(tmp_path / "labels.csv")


def test_folders_of_the_files_count_where_the_table_names_none(tmp_path):
    layout = layout_of(tmp_path, ["train", "test"], lambda n, path: f"{n}.jpg,{'abc'[n % 3]}")
    assert {image.path.split("/")[0]: image.split for image in layout.images} == {"train": "train", "test": "test"}
    assert layout.split_from == "the folders test and train in the paths that labels.csv names"


def test_a_train_among_vehicles_is_no_part(tmp_path):
    layout = layout_of(tmp_path, ["train", "bus", "test"], lambda n, path: f"{path},{path.split('/')[0]}")
    assert ([image.split for image in layout.images], layout.split_from) == ([""] * 12, "")


def test_a_column_of_the_split_comes_first(tmp_path):
    layout = layout_of(tmp_path, ["train", "test"], lambda n, path: f"{path},{'ab'[n % 2]}")
    assert layout.split_from.startswith("the folders")
    text = (tmp_path / "labels.csv").read_text().replace("path,label", "path,label,split").replace(",a", ",a,test")
    (tmp_path / "labels.csv").write_text(text.replace(",b", ",b,train"))
    layout = read_table(tmp_path / "labels.csv")
    assert layout.split_from == "the column “split” of labels.csv"
    assert {image.path.split("/")[0]: image.split for image in layout.images} == {"train": "test", "test": "train"}
