"""Cells of the confusion matrix as the URL and the browser name them."""

import pytest

from pages.components.confusion_matrix import parse_cell


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
