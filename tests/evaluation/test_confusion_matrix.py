"""The confusion matrix, in counts, in shares and in words."""

import numpy as np
import pytest
from sklearn import metrics as reference

from core.evaluation.confusion_matrix import (
    classes_with_mistakes,
    confusion_matrix,
    in_words,
    most_confused,
    normalised,
    worst_cell,
)

MATRIX = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
NAMES = ("cats", "dogs", "birds")


def test_the_pair_that_is_mixed_up_most_comes_first():
    matrix = np.array([[8, 1, 1], [3, 7, 0], [0, 0, 10]])
    first, second = most_confused(matrix)
    assert (first.first, first.second, first.there, first.back) == (1, 0, 3, 1)
    assert in_words(first, NAMES) == "“dogs” taken for “cats” 3 times of 10, the other way round once of 10"
    assert in_words(second, NAMES) == "“cats” taken for “birds” once of 10"


def test_so_many_pairs_and_no_more():
    assert len(most_confused(np.ones((5, 5), int), 3)) == 3
    assert most_confused(np.eye(3, dtype=int)) == []
    assert most_confused(np.zeros((0, 0), int)) == []


def test_large_numbers_are_readable():
    (pair,) = most_confused(np.array([[0, 1200], [2, 2000]]))
    assert in_words(pair, NAMES) == "“cats” taken for “dogs” 1,200 times of 1,200, the other way round twice of 2,002"


def test_shares_of_the_true_class_and_of_the_predicted_one():
    assert normalised(MATRIX, "true").tolist() == [[0.8, 0.2, 0], [0.1, 0.9, 0], [0, 0, 0]]
    assert normalised(MATRIX, "pred")[:, 0] == pytest.approx([8 / 9, 1 / 9, 0])
    assert normalised(MATRIX, "all")[0].tolist() == [0.4, 0.1, 0]
    with pytest.raises(ValueError, match="normalize must be one of 'true', 'pred', 'all'"):
        normalised(MATRIX, "rows")


@pytest.mark.parametrize("normalize", ["true", "pred", "all"])
def test_shares_are_scikit_learns(normalize):
    true, answered = np.random.default_rng(0).integers(0, 4, (2, 50))
    expected = reference.confusion_matrix(true, answered, normalize=normalize)
    assert normalised(confusion_matrix(true, answered, 4), normalize) == pytest.approx(expected)


def test_classes_with_mistakes_are_those_on_either_side():
    assert classes_with_mistakes(MATRIX) == [0, 1]
    assert classes_with_mistakes(np.array([[1, 0, 1], [0, 1, 0], [0, 0, 1]])) == [0, 2]
    assert classes_with_mistakes(np.eye(3)) == []


def test_the_worst_cell_is_a_mistake_where_there_is_one():
    assert worst_cell(MATRIX) == (0, 1)
    assert worst_cell(np.diag([1, 5, 2])) == (1, 1)


def test_small_integers_do_not_overflow():
    true = np.full(3, 199, dtype=np.uint8)
    assert confusion_matrix(true, true, 200)[199, 199] == 3


def test_rows_are_the_truth():
    assert confusion_matrix([0, 0, 1], [1, 1, 1], 2).tolist() == [[0, 2], [0, 1]]
    assert confusion_matrix([], [], 2).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    "call",
    [
        lambda: confusion_matrix([0, 1], [0], 2),
        lambda: confusion_matrix([0, 2], [0, 1], 2),
        lambda: confusion_matrix([0, -1], [0, 1], 2),
        lambda: confusion_matrix([0.0, 1.0], [0, 1], 2),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(ValueError):
        call()
