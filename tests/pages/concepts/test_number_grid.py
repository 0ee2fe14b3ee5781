"""Numbers in a matrix as people read them."""

import numpy as np
import pytest

from pages.concepts.number_grid import ANSWER, in_digits, number_grid


@pytest.mark.parametrize(
    ("value", "text"), [(0.0 * -1, "0"), (-3.0, "−3"), (2048000.0, "2048000"), (1 / 3, "0.333"), (-0.25, "−0.25")]
)
def test_numbers_are_short(value, text):
    assert in_digits(value) == text


def test_cells_are_empty_marked_and_their_caption_is_text():
    grid = number_grid(np.array([[1, np.nan]]), "a <b>", {(0, 0): ANSWER})
    assert '<td class="answer">1</td><td></td>' in grid
    assert "a &lt;b&gt;" in grid
