"""Lists of images and labels in text: how a line is told apart, and what the numbers are called."""

import pytest

from core.datasets.sources.annotations.opening import NoAnnotations, open_annotations
from core.errors import UsageError


def opened(folder, text, name="train.txt"):
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return open_annotations(path)


def rows(table):
    return list(table.rows(range(len(table.names))))


@pytest.mark.parametrize(
    ("line", "path", "label"),
    [
        ("a.jpg 3", "a.jpg", "3"),
        ("a.jpg\t3", "a.jpg", "3"),
        ("a/b c (1).JPEG 3", "a/b c (1).JPEG", "3"),
        ("a.jpg sea lion", "a.jpg", "sea lion"),
        ('"a b".jpg 3', "a b.jpg", "3"),
        (r'"a \"b\"".jpg 3', 'a "b".jpg', "3"),
        ('"a b.jpg" "sea lion"', "a b.jpg", "sea lion"),
        ("/a/airfield/1.jpg 0", "/a/airfield/1.jpg", "0"),
        ("C:\\data\\1.png cat", "C:\\data\\1.png", "cat"),
        ("a.jpg", "a.jpg", ""),
        ("a.jpg.png 3", "a.jpg.png", "3"),
        ("a.png b.jpg", "a.png", "b.jpg"),  # odd, but the other label is no image
    ],
)
def test_lines(tmp_path, line, path, label):
    assert rows(opened(tmp_path, f"x.jpg dog\n{line}\n\n# a remark\n"))[1] == [path, label]


def test_line_ends_and_a_mark_at_the_start(tmp_path):
    assert rows(opened(tmp_path, b"\xef\xbb\xbfa.jpg 0\r\nb.jpg 1\r\n")) == [["a.jpg", "0"], ["b.jpg", "1"]]


def test_a_line_of_column_names(tmp_path):
    table = opened(tmp_path, "image label\na.jpg cat\nb.jpg dog\n")
    assert rows(table) == [["a.jpg", "cat"], ["b.jpg", "dog"]]
    assert table.warnings == ["The first line of train.txt, “image label”, was not taken for an image."]


def test_a_split_behind_each_label(tmp_path):
    table = opened(tmp_path, "a.jpg cat train\nb.jpg sea lion test\n", "all.txt")
    assert table.columns == {"path": "path", "split": "split", "label": "label"}
    assert rows(table) == [["a.jpg", "train", "cat"], ["b.jpg", "test", "sea lion"]]


def test_several_numbers_are_several_labels_only_where_their_count_varies(tmp_path):
    assert rows(opened(tmp_path, "a.jpg 0 2\nb.jpg 1\n")) == [["a.jpg", "0\x1f2"], ["b.jpg", "1"]]
    table = opened(tmp_path, "a.jpg 0 2\nb.jpg 1 3\n")
    assert table.names == ["path", "number 1", "number 2"]
    assert "label" not in table.columns


@pytest.mark.parametrize(
    ("names", "numbers", "expected"),
    [
        ("cat\ndog\nowl\n", "0 1", ["cat", "dog"]),
        ("cat\ndog\nowl\n", "1 3", ["cat", "owl"]),
        ("cat\ndog\nowl\n", "1 2", ["1", "2"]),
        ("cat\ndog\nowl\n", "0 3", ["0", "3"]),
        ("cat\ncat\nowl\n", "0 1", ["0", "1"]),
        ("cat\ndog\n", "0 5", ["0", "5"]),
        ("0 cat\n1 sea lion\n", "0 1", ["cat", "sea lion"]),
        ("1 cat\n2 dog\n", "1 2", ["cat", "dog"]),
        ("/a/airfield 0\n/a/alley 1\n", "0 1", ["/a/airfield", "/a/alley"]),
        ("n01 tench, Tinca\nn02 goldfish\n", "0 1", ["n01 tench, Tinca", "n02 goldfish"]),
        ("", "0 1", ["0", "1"]),
    ],
)
def test_names_of_numbers_where_it_is_certain_from_which_they_count(tmp_path, names, numbers, expected):
    (tmp_path / "classes.txt").write_text(names)
    first, second = numbers.split()
    table = opened(tmp_path, f"a.jpg {first}\nb.jpg {second}\n")
    assert [label for _, label in rows(table)] == expected
    assert len(table.warnings) == 1
    assert ("are named by classes.txt" in table.warnings[0]) == (not expected[0].isdigit())


def test_lists_of_the_parts_of_a_split_count_alike(tmp_path):
    (tmp_path / "synsets.txt").write_text("cat\ndog\nowl\n")
    (tmp_path / "train.txt").write_text("a.jpg 0\nb.jpg 1\n")
    assert rows(opened(tmp_path, "c.jpg 1\nd.jpg 2\n", "val.txt")) == [["c.jpg", "dog"], ["d.jpg", "owl"]]


def test_names_without_endings_where_names_of_classes_lie_beside(tmp_path):
    with pytest.raises(NoAnnotations):
        opened(tmp_path, "a 0\nb 1\n")
    (tmp_path / "synsets.txt").write_text("cat\ndog\n")
    assert rows(opened(tmp_path, "a 0\nb 1\n")) == [["a", "cat"], ["b", "dog"]]


def test_a_link_to_names_elsewhere_is_not_followed(tmp_path):
    (tmp_path / "secret").write_text("cat\ndog\n")
    folder = tmp_path / "brought"
    folder.mkdir()
    (folder / "classes.txt").symlink_to(tmp_path / "secret")
    assert rows(opened(folder, "a.jpg 0\nb.jpg 1\n")) == [["a.jpg", "0"], ["b.jpg", "1"]]


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "Photographs of cats.\nSee cats.jpg for more.\n", "cat\ndog\n", "pandas==3.0\nnumpy\n", "# only\n"],
)
def test_other_texts_are_no_lists(tmp_path, text):
    with pytest.raises(NoAnnotations):
        opened(tmp_path, text, "README.txt")


def test_lists_that_say_something_else(tmp_path):
    with pytest.raises(UsageError, match=r"lists images without labels. Expected lines such as “a\.jpg cat”"):
        opened(tmp_path, "a.jpg\nb.jpg\n")
    with pytest.raises(UsageError, match="images and their masks"):
        opened(tmp_path, "a.jpg masks/a.png\nb.jpg masks/b.png\n")
    with pytest.raises(UsageError, match="numbers with fractions"):
        opened(tmp_path, "a.jpg 0.93\nb.jpg -1.5\n")
    with pytest.raises(UsageError, match="pairs of images that show the same"):
        opened(tmp_path, "2\t300\nAda\t1\t4\nAda\t2\tBob\t1\n", "pairs.txt")
    with pytest.raises(UsageError, match=r"Line 60 of train\.txt, “lorem ipsum”"):
        opened(tmp_path, "".join(f"{index}.jpg cat\n" for index in range(59)) + "lorem ipsum\n")


def test_endless_lines(tmp_path):
    with pytest.raises(UsageError):
        opened(tmp_path, "a.jpg " * 1_000_000)
    with pytest.raises(UsageError):
        opened(tmp_path, "a.jpg cat\n" * 60 + '"' * 1_000_000)
