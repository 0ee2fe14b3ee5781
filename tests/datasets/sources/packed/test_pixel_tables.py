"""Tables of pixels, whole and damaged, and other tables that are none."""

import pytest

from core.datasets.sources.packed.finding import find_packed
from core.datasets.sources.packed.writing import write_out
from core.errors import WorkbenchError
from tests.datasets.layouts import packed_pixels as layouts
from tests.datasets.layouts.case import picture, text

NAMES = ",".join(f"pixel{number}" for number in range(64))
ROW = ",".join(["7"] * 64)


def refusal(path, tmp_path):
    with pytest.raises(WorkbenchError) as caught:
        write_out(find_packed(path), tmp_path / "new")
    assert not (tmp_path / "new").exists()
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"label,{NAMES}\n1,{ROW}\n1,{ROW[:-10]}", "has 60 cells instead of 65: it is damaged or cut off"),
        (f"label,{NAMES}\n1,{ROW}\n1,{ROW},7\n", "has 66 cells instead of 65"),
        (f"label,{NAMES}\n1,{ROW[:-1]}256\n", "no whole numbers from 0 to 255"),
        (f"label,{NAMES}\n1,{ROW[:-1]}-1\n", "no whole numbers from 0 to 255"),
        (f"label,{NAMES}\n1,{ROW[:-1]}0.5\n", "no whole numbers from 0 to 255"),
        (f"label,{NAMES}\n1,{ROW[:-1]}x\n", "holds a cell that is no number"),
        (f"label,{NAMES}\n1,{ROW[:-1]}nan\n", "no whole numbers from 0 to 255"),
        (f"label,{NAMES}\n", "holds no picture"),
        (f"{NAMES}\n{ROW}\n", "no column of labels"),
        (f"species,age,{NAMES}\na,1,{ROW}\n", "can't be told: “species” and “age”"),
        (f"emotion,pixels\n0,{' '.join(['7'] * 64)}\n0,{' '.join(['7'] * 63)}\n", "holds 63 values instead of 64"),
    ],
)
def test_what_is_refused(content, words, tmp_path):
    assert words in refusal(text(tmp_path / "set.csv", content), tmp_path)


def test_a_line_without_an_end(tmp_path):
    path = text(tmp_path / "set.csv", f"label,{NAMES}\n1,{ROW}\n" + "7," * (9 * 2**20))
    assert "a line that is too long" in refusal(path, tmp_path)


@pytest.mark.parametrize("content", ["path,label\na.jpg,cat\n", "", "a\n", "\0" * 100, f"label,{NAMES[:-20]}\n1,{ROW}"])
def test_other_tables_are_none(content, tmp_path):
    assert find_packed(text(tmp_path / "in" / "set.csv", content)) is None
    assert find_packed(tmp_path / "in") is None


def test_beside_image_files_they_say_nothing_new(tmp_path):
    layouts.colours_in_columns(tmp_path)
    picture(tmp_path / "HAM10000_images_part_1" / "ISIC_0000001.jpg", "circle")
    assert find_packed(tmp_path) is None
