"""Lists of the parts of a split, and columns of parts and groups in tables without labels."""

import pytest

from core.datasets.sources.layout import find_images

PATHS = tuple(f"{label}/{number}.jpg" for label in ("cats", "dogs") for number in range(4))


def holding(folder, **files):
    """Class folders of empty images, and files of text by their names, with "__" for a dot."""
    for path in PATHS:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    for name, lines in files.items():
        (folder / name.replace("__", ".")).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def splits(layout):
    return [image.split for image in layout.images]


def test_images_in_no_list_are_in_no_part(tmp_path):
    layout = find_images(holding(tmp_path, testing_list__txt=PATHS[:2]))
    assert splits(layout) == ["test", "test", *[""] * 6]
    assert layout.split_from == "the list testing_list.txt"


def test_a_list_names_images_that_are_here(tmp_path):
    layout = find_images(holding(tmp_path, train__txt=PATHS[1:], test__txt=PATHS[:1]))
    assert splits(layout) == ["test", *["train"] * 7]
    layout = find_images(holding(tmp_path, train__txt=PATHS[1:], test__txt=[PATHS[0], "gone/1.jpg", "gone/2.jpg"]))
    assert splits(layout) == [""] * 8, "a list that names other images is no list of these"


@pytest.mark.parametrize("lines", [(), ("cats", "dogs"), ("../" * 9 + "etc/passwd",), ("1", "2"), ("x" * 10**6,)])
def test_lists_of_something_else(tmp_path, lines):
    layout = find_images(holding(tmp_path, train__txt=PATHS[:4], test__txt=lines))
    assert splits(layout) == [""] * 8


def test_lists_that_overlap_are_not_used(tmp_path):
    layout = find_images(holding(tmp_path, train__txt=PATHS[:6], test__txt=PATHS[5:]))
    assert splits(layout) == [""] * 8
    assert "name some images more than once" in layout.warnings[-1]


def test_a_list_that_is_no_text(tmp_path):
    holding(tmp_path)
    (tmp_path / "test.txt").write_bytes(b"\xff\xfe\x00\xe9")
    assert splits(find_images(tmp_path)) == [""] * 8


def test_numbers_that_name_nothing(tmp_path):
    folder = holding(tmp_path, images__txt=["1 cats/0.jpg", "2 cats/1.jpg", "3"], train_test_split__txt=["1 0", "2 1"])
    assert splits(find_images(folder)) == [""] * 8


def test_a_column_of_groups_that_are_all_different_says_nothing(tmp_path):
    rows = [f"{path},{number}" for number, path in enumerate(PATHS)]
    layout = find_images(holding(tmp_path, people__csv=["file,subject", *rows]))
    assert layout.groups_from == ""
