"""Rows of several arrays as one."""

import numpy as np

from core.training.selection import Selection

FIRST, SECOND = np.arange(10.0).reshape(5, 2), np.arange(100.0, 108).reshape(4, 2)


def test_rows_come_in_the_order_that_they_are_asked_for_from_whichever_array():
    selection = Selection([(FIRST, np.array([4, 0])), (SECOND, np.arange(4))])
    assert len(selection) == 6
    assert selection.shape == (6, 2)
    assert selection[np.array([5, 0, 2, 1, 5])].tolist() == [[106, 107], [8, 9], [100, 101], [0, 1], [106, 107]]


def test_what_is_selected_is_not_copied():
    array = np.zeros((3, 2))
    selection = Selection([(array, np.array([1]))])
    array[1] = 7
    assert selection[np.array([0])].tolist() == [[7, 7]]


def test_nothing_may_be_asked_for():
    assert Selection([(FIRST, np.arange(5))])[np.array([], dtype=int)].shape == (0, 2)
