"""What the confusion matrix says in shares and in words."""

import numpy as np
import pytest

from core.evaluation.confusions import (
    BY_COLUMN,
    BY_ROW,
    COUNTS,
    classes_with_mistakes,
    in_words,
    most_confused,
    shares,
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


def test_shares_of_rows_and_of_columns():
    assert shares(MATRIX, BY_ROW).tolist() == [[0.8, 0.2, 0], [0.1, 0.9, 0], [0, 0, 0]]
    assert shares(MATRIX, BY_COLUMN)[:, 0] == pytest.approx([8 / 9, 1 / 9, 0])
    assert shares(MATRIX, COUNTS).tolist() == shares(MATRIX, BY_ROW).tolist()
    with pytest.raises(ValueError, match="must be one of"):
        shares(MATRIX, "rows")


def test_classes_with_mistakes_are_those_on_either_side():
    assert classes_with_mistakes(MATRIX) == [0, 1]
    assert classes_with_mistakes(np.array([[1, 0, 1], [0, 1, 0], [0, 0, 1]])) == [0, 2]
    assert classes_with_mistakes(np.eye(3)) == []


def test_the_worst_cell_is_a_mistake_where_there_is_one():
    assert worst_cell(MATRIX) == (0, 1)
    assert worst_cell(np.diag([1, 5, 2])) == (1, 1)
