"""The confusion matrix as a figure."""

import numpy as np
import pytest

from core.evaluation.evaluation import evaluate
from core.evaluation.predictions import Predictions
from core.figures.colours import RIGHT, WRONG
from core.figures.confusion_matrix import MOST_WITH_TEXT, confusion_matrix_figure

NAMES = ("cats", "<b>dogs")


@pytest.fixture(scope="module")
def evaluation():
    """Of ten test images, of which 7 cats are right, one is taken for a dog, and both dogs for cats."""
    true, given = np.repeat([0, 0, 0, 1], [1, 7, 1, 2]), np.repeat([0, 0, 1, 0], [1, 7, 1, 2])
    splits = np.array(["train"] + ["test"] * 10)
    return evaluate(Predictions(np.arange(11).astype(str), splits, true, np.eye(2)[given], NAMES), resamples=0)


def texts(figure):
    right, wrong = figure.data
    assert (np.asarray(right.text) == np.asarray(wrong.text)).all()
    return np.asarray(right.text).tolist()


def test_cells_tell_counts_or_shares(evaluation):
    assert texts(evaluation.figure()) == [["7", "1"], ["2", ""]]
    assert texts(evaluation.figure("true")) == [["88%", "12%"], ["100%", ""]]
    assert texts(evaluation.figure("pred")) == [["78%", "100%"], ["22%", ""]]
    with pytest.raises(ValueError, match="normalize must be one of"):
        evaluation.figure("rows")


def test_mistakes_are_of_another_colour_and_empty_cells_of_none(evaluation):
    right, wrong = evaluation.figure().data
    assert (right.colorscale[1][1], wrong.colorscale[1][1]) == (RIGHT, WRONG)
    assert np.isnan(np.asarray(right.z, dtype=float)).tolist() == [[False, True], [True, True]]
    assert np.isnan(np.asarray(wrong.z, dtype=float)).tolist() == [[True, False], [False, True]]


def test_rows_are_the_truth_from_the_top_and_names_are_shown_as_they_are(evaluation):
    figure = evaluation.figure()
    assert (figure.layout.yaxis.title.text, figure.layout.yaxis.autorange) == ("true class", "reversed")
    assert list(figure.data[0].y) == ["cats", "&lt;b&gt;dogs"]


def test_many_classes_are_drawn_without_numbers():
    counts = np.eye(MOST_WITH_TEXT + 1, dtype=int)
    figure = confusion_matrix_figure(counts, counts.astype(float), [f"class {index}" for index in range(len(counts))])
    assert figure.data[0].texttemplate is None
    assert figure.layout.width <= 1100
