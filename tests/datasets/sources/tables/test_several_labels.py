"""Cells with several labels, and columns of classes, judged by what is asked and what comes out."""

from itertools import combinations

import pandas as pd
import pytest

from core.datasets.sources.choices import LEAVE_OUT, Choices
from core.datasets.sources.tables.reading import read_table
from core.datasets.sources.tables.several_labels import SEVERAL, labels_in, separator_in
from tests.datasets.sources.tables.conftest import labels, question, refusal

LEFT_OUT = Choices(several_labels=LEAVE_OUT)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("cat", ["cat"]),
        ("", []),
        (f"cat{SEVERAL}dog", ["cat", "dog"]),
        ('{"choices": ["cat", "dog"]}', ["cat", "dog"]),
        ('{"choices": "cat"}', ["cat"]),
        ('["cat"]', ["cat"]),
        ("[]", []),
        ("['cat', 'dog']", ["cat", "dog"]),
        ("[1, 2]", ["1", "2"]),
        ("[1 2]", ["1", "2"]),
        ('{"x": 3}', []),
        ("[unknown]", ["[unknown]"]),
        ("[" * 9000 + "]" * 900, None),
        ("[" * 90_000 + "]", None),
        ("cat, cat", ["cat, cat"]),
    ],
)
def test_labels_in_a_cell(cell, expected):
    assert labels_in(cell) == (expected if expected is not None else [cell])


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        ({"cat", "dog", "cat|dog"}, "|"),
        ({"cat|dog", "dog|owl"}, "|"),
        ({"cat", "cat;owl"}, ";"),
        ({"cat", "dog", "cat, dog"}, ","),
        ({"cat", "dog", "cat + dog"}, "+"),
        ({"scab", "healthy", "rust", "scab healthy", "rust scab"}, " "),
        (
            {
                " ".join(tags)
                for count in (2, 3, 4)
                for tags in combinations(["clear", "haze", "road", "water", "crop"], count)
            },
            " ",
        ),
        ({f"{colour} {shape}" for colour in ("red", "blue", "grey") for shape in ("circle", "square", "star")}, ""),
        ({"rock|paper", "scissors"}, ""),
        ({"Smith, J.", "Smith, K.", "Jones, J."}, ""),
        ({"cat", "cat, black", "dog, black"}, ""),
        ({"red fox", "arctic fox", "fox"}, ""),
        ({"AC/DC", "Queen"}, ""),
        ({'["a|b"]', "a"}, ""),
        (set(), ""),
    ],
)
def test_a_separator_needs_evidence(cells, separator):
    assert separator_in(cells) == separator


def cells(number, path, kind):
    return f"{path},{'cat|dog' if number < 2 else kind}"


def test_images_with_several_labels_are_asked_of(written):
    asked = question(written("file,label", cells))
    assert asked.question == (
        "One label an image is what can be learned, but 2 of the 12 images that labels.csv names have several: "
        "img/00.jpg has “cat” and “dog”."
    )
    assert [option.choices for option in asked.options] == [LEFT_OUT]


def test_images_with_several_labels_are_left_out_where_that_is_chosen(written):
    layout = read_table(written("file,label", cells), choices=LEFT_OUT)
    assert layout.left_out == [
        (f"img/0{number}.jpg", "has several labels, “cat” and “dog”: one an image is what can be learned")
        for number in (0, 1)
    ]
    assert layout.class_names == ["cat", "dog", "owl"]


def test_where_all_have_several_none_is_left(written):
    path = written("file,label", lambda n, path, kind: f"{path},{kind}|x")
    assert "None of the 12" in refusal(path, choices=LEFT_OUT)


def test_only_images_that_are_here_count_as_having_several(written):
    """A row of an image that isn't here is no reason to ask."""
    path = written("file,label", lambda n, path, kind: f"{path if n else 'gone.jpg'},{kind if n else 'cat|dog'}")
    assert len(read_table(path).images) == 11


# A column for each class ---------------------------------------------------------------------------------------------


def ones(number, *columns):
    return ",".join(str(int(number % 3 in values)) for values in columns)


def test_a_column_for_each_class(written):
    path = written("file,cat,dog,owl", lambda n, path, kind: f"{path},{ones(n, [0], [1], [2])}")
    layout = read_table(path)
    assert layout.labels_from == "the columns “cat”, “dog” and “owl” of labels.csv (1 for the class)"
    assert [image.label for image in layout.images] == ["cat", "dog", "owl"] * 4


def test_names_of_many_columns_are_not_all_told(written):
    names = [f"kind {number}" for number in range(12)]
    path = written(
        "file," + ",".join(names), lambda n, path, kind: f"{path}," + ",".join(str(int(n == i)) for i in range(12))
    )
    assert read_table(path).labels_from == (
        "the columns “kind 0”, “kind 1”, “kind 2” and 9 more of labels.csv (1 for the class)"
    )


def test_a_column_of_names_beside_the_same_classes_is_taken(written):
    path = written("file,is_a,is_b,kind", lambda n, path, kind: f"{path},{ones(n, [0], [1, 2])},{'abb'[n % 3]}")
    assert read_table(path).labels_from == "the column “kind” of labels.csv"


def test_a_column_of_other_labels_beside_classes_is_asked_of(written):
    path = written("file,a,b,kind", lambda n, path, kind: f"{path},{ones(n, [0], [1, 2])},{'xy'[n // 6]}")
    asked = question(path)
    assert [option.choices.label_columns for option in asked.options] == [("kind",), ("a", "b")]
    assert read_table(path, choices=asked.options[1].choices).class_names == ["a", "b"]


def test_rows_with_several_ones_are_asked_of_or_left_out(written):
    path = written("file,cat,dog,owl", lambda n, path, kind: f"{path},{ones(n, [0, 1], [1], [2])}")
    asked = question(path)
    assert "33% of the rows have several 1s" in asked.question
    layout = read_table(path, choices=asked.options[0].choices)
    assert [image.label for image in layout.images] == ["cat", "owl"] * 4
    assert next(reason for _, reason in layout.left_out).startswith("has several labels, “cat” and “dog”")


def test_a_few_rows_with_several_ones_are_asked_of(written):

    def line(n, path, kind):
        return f"{path},{'1,1' if n == 30 else ones(n, [0, 1], [2])}"

    asked = question(written("file,cat,dog", line, count=40))
    assert "1 of the 40 images" in asked.question


def test_rows_without_a_one_are_unlabelled(written):
    path = written("file,cat,dog,unlabeled", lambda n, path, kind: f"{path},{ones(n, [0], [1], [2])}")
    layout = read_table(path)
    assert (len(layout.images), len(layout.unlabelled)) == (8, 4)
    assert layout.class_names == ["cat", "dog"]


def test_other_numbers_in_chosen_columns_are_left_out(written):
    path = written("file,cat,dog", lambda n, path, kind: f"{path},{n % 2},{1 - n % 2 if n else 7}")
    layout = read_table(path, choices=Choices(label_columns=("cat", "dog")))
    assert layout.left_out == [("img/00.jpg", "has “7” in the column “dog”, which is neither 0 nor 1")]


# Whole numbers -------------------------------------------------------------------------------------------------------


def test_floats_are_the_same_in_parquet_and_csv(written, tmp_path):
    path = written("file,label", lambda n, path, kind: f"{path},{('1.0', '2.5', '')[n % 3]}")
    frame = pd.read_csv(path)
    frame.to_parquet(tmp_path / "labels.parquet")
    assert labels(read_table(path)) == labels(read_table(tmp_path / "labels.parquet"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["1.0", "2.0"], ["1", "2"]),
        (["1.0", "2", ""], ["1", "2"]),
        (["1.0", "2.5"], ["1.0", "2.5"]),
        (["007", "7"], ["007", "7"]),
        (["v1.0", "v2.0"], ["v1.0", "v2.0"]),
        (["1.0", "none"], ["1", "none"]),
    ],
)
def test_floats_that_are_whole_numbers(written, given, expected):
    layout = read_table(written("file,label", lambda n, path, kind: f"{path},{given[n % len(given)]}"))
    assert [image.label for image in layout.images[:2]] == expected
