"""Cells of a matrix as the URL and the browser name them, and which classes of a large one are shown."""

import numpy as np
import pytest

from pages.components.matrix import MOST_CLASSES, classes_to_show, parse_cell


@pytest.mark.parametrize(("text", "cell"), [("0-0", (0, 0)), ("1-0", (1, 0)), ("2-1", (2, 1)), ("02-1", (2, 1))])
def test_a_cell_is_read(text, cell):
    assert parse_cell(text, 3) == cell


def test_cells_of_many_classes():
    assert parse_cell("20-19", 21) == (20, 19)


@pytest.mark.parametrize(
    "text",
    [None, "", "-", "1", "1-", "-1", "3-0", "0-3", "-1-0", "0--1", "1-1-1", "a-b", "1.0-0", " 1-0", "1-0\n", "²-0"],
)
def test_anything_else_is_none(text):
    assert parse_cell(text, 3) is None


def test_a_number_without_end_is_none():
    assert parse_cell("9" * 5000 + "-0", 3) is None


def test_of_many_classes_those_are_shown_that_changed():
    assert classes_to_show(np.zeros((6, 6), int)) == list(range(6))
    assert classes_to_show(np.zeros((21, 21), int)) == []
    changes = np.zeros((200, 200), int)
    changes[150, 7], changes[150, 150] = 3, -3
    assert classes_to_show(changes) == [7, 150]
    changes[np.arange(100), np.arange(100)] = 1
    changes[np.arange(40, 60), 60] = 2
    shown = classes_to_show(changes)
    assert len(shown) == MOST_CLASSES
    assert {7, 150, 60} <= set(shown), "both classes of a mistake"
    assert shown == sorted(shown)
