"""Cells that a spreadsheet would take for formulas are written so that it does not, and read as what they are."""

import pytest

from core.spreadsheet import safe_cell, true_text


@pytest.mark.parametrize("text", ["=1+1", "@home", "+x", "-x", "\tx", "'=1+1", "''@x"])
def test_what_begins_as_a_formula_is_marked_and_comes_back(text):
    assert safe_cell(text) == f"'{text}"
    assert true_text(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["", "cats", "'tis", "-1", "+1.5e3", "a=b", "'", "é"])
def test_all_else_stays_as_it_is(text):
    assert safe_cell(text) == true_text(text) == text
