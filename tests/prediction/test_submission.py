"""Submissions have the columns and ids of a template, as competitions ask for them."""

import csv

import numpy as np
import pytest

from core.errors import UsageError
from core.prediction.answers import Answers
from core.prediction.submission import read_template, write_submission

NAMES = ("test/10.jpg", "test/2.jpg", "test/3.jpg")
CLASSES = ("Type 1", "Type 2", "Type 3")
ROWS = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]])


@pytest.fixture
def submit(tmp_path):
    """Writes a submission by a template of this text; its rows, and what is said of it."""

    def write(template: str, names=NAMES):
        (tmp_path / "sample.csv").write_text(template, encoding="utf-8")
        nothing = np.full(len(names), np.nan)
        answers = Answers(tuple(names), ROWS[: len(names)], CLASSES, 1.0, nothing, np.zeros(len(names), dtype=bool))
        said = write_submission(read_template(tmp_path / "sample.csv"), [answers], tmp_path / "submission.csv")
        with (tmp_path / "submission.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file)), said

    return write


@pytest.mark.parametrize(
    "ids", [("2.jpg", "10.jpg", "3.jpg"), ("2", "10", "3"), ("test/2.jpg", "test/10.jpg", "test/3.jpg")]
)
def test_a_column_a_class_in_its_order_and_the_ids_as_they_stand_there(submit, ids):
    rows, said = submit("image_name,Type_3,Type_1,Type_2\n" + "".join(f"{name},0.3,0.3,0.4\n" for name in ids))
    assert rows[0] == ["image_name", "Type_3", "Type_1", "Type_2"]
    assert rows[1:] == [[ids[0], "0.1", "0.1", "0.8"], [ids[1], "0.1", "0.7", "0.2"], [ids[2], "0.6", "0.2", "0.2"]]
    assert said == []


def test_one_column_gets_the_answer_itself(submit):
    rows, _ = submit("id,label\n3,Type 1\n10,Type 1\n2,Type 1\n")
    assert rows == [["id", "label"], ["3", "Type 3"], ["10", "Type 1"], ["2", "Type 2"]]


def test_a_header_alone_wants_all_images_in_their_order(submit):
    rows, _ = submit("image,Type 1,Type 2,Type 3\n")
    assert [row[0] for row in rows[1:]] == list(NAMES)


def test_what_is_lacking_counts_as_undecided_and_is_said(submit):
    rows, said = submit("image,Type 1,Type 2,Type 3\n2,0,0,1\n77,0,0,1\n")
    assert rows[2] == ["77", "0.333333", "0.333333", "0.333333"]
    assert said[0].startswith("For 1 of the template's ids there is no image (77)")
    assert "2 images are not in the template" in said[1]


@pytest.mark.parametrize(
    ("template", "names", "words"),
    [
        ("id,dogs,cats\n", NAMES, "columns that are no classes: dogs, cats"),
        ("id,label\n2,0.5\n", NAMES, "holds '0.5', which is no class"),
        ("id,Type 1,Type 2,Type 3\n1,0,0,1\n", ("a/1.jpg", "b/1.jpg"), "stands for several images"),
        ("id\n", NAMES, "is no template"),
        ("", NAMES, "is no template"),
    ],
)
def test_a_template_that_does_not_fit_is_refused_in_words(submit, template, names, words):
    with pytest.raises(UsageError, match=words):
        submit(template, names)


def test_a_template_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no template"):
        read_template(tmp_path / "nowhere.csv")
