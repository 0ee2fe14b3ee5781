"""Answers as a table, joined and averaged."""

import numpy as np
import pytest

from core.errors import UsageError
from core.prediction.answers import Answers, averaged, joined, no_answers

NAN = float("nan")


def answers(names=("a.png", "b.png"), rows=((0.7, 0.2, 0.1), (0.1, 0.3, 0.6)), classes=("cat", "dog", "file"), **more):
    facts = {"temperature": 1.5, "farther_than": np.array([0.2, NAN]), "unlike": np.array([False, False])} | more
    return Answers(tuple(names), np.array(rows), tuple(classes), **facts)


def test_the_table_has_the_likeliest_classes_and_every_probability():
    table = answers().table(3)
    assert list(table) == [
        *("file", "answer", "confidence", "second", "second_confidence", "third", "third_confidence", "unlike"),
        *("probability_cat", "probability_dog", "probability_file"),
    ]
    assert table["file"].tolist() == ["a.png", "b.png"]
    assert table["answer"].tolist() == ["cat", "file"]
    assert table["second"].tolist() == ["dog", "dog"]
    assert table["second_confidence"].tolist() == [0.2, 0.3]
    assert table["probability_file"].tolist() == [0.1, 0.6]
    assert table["unlike"].isna().tolist() == [False, True], "what is not known is not said to be usual"


def test_no_more_classes_are_listed_than_there_are_and_none_is_refused():
    assert "fourth" not in answers().table(10)
    assert "second" not in answers().table(1)
    for top in (0, 11):
        with pytest.raises(UsageError, match="From 1 to 10"):
            answers().table(top)


def test_the_table_of_nothing_has_the_same_columns_of_the_same_types():
    empty = no_answers(("cat", "dog", "file")).table()
    assert empty.dtypes.to_dict() == answers().table().dtypes.to_dict()
    assert len(empty) == 0


def test_parts_are_joined_in_order_with_their_problems():
    parts = [answers(problems={"c": "is empty"}), answers(("d", "e"), problems={"f": "is a film"})]
    whole = joined(parts)
    assert whole.names == ("a.png", "b.png", "d", "e")
    assert whole.problems == {"c": "is empty", "f": "is a film"}
    assert whole.probabilities.shape == (4, 3)
    assert whole.predicted == ("cat", "file") * 2


def test_the_mean_of_runs_goes_by_names_of_images_and_classes():
    other = answers(("b.png", "x.png", "a.png"), ((0, 0.5, 0.5), (1, 0, 0), (0.4, 0.1, 0.5)), ("dog", "file", "cat"))
    other = Answers(other.names, other.probabilities, other.class_names, 1.0, np.array([1.0, 1, 1]), np.ones(3, bool))
    mean = averaged([answers(), other])
    assert mean.names == ("a.png", "b.png")
    np.testing.assert_allclose(mean.probabilities, [[0.6, 0.3, 0.1], [0.3, 0.15, 0.55]])
    assert mean.unlike.tolist() == [False, True], "one of two is not most; where the other can't tell, one is"
    np.testing.assert_allclose(mean.farther_than, [0.6, 1])
    with pytest.raises(UsageError, match="differ in bird, file"):
        averaged([answers(), answers(classes=("cat", "dog", "bird"))])
