"""Matrices as people type them, and what is said of those that are none."""

import numpy as np
import pytest

from core.concepts.matrix_text import fitted, read_matrix, write_matrix
from core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "matrix"),
    [
        ("1 2\n3 4", [[1, 2], [3, 4]]),
        ("1, 2; 3, 4;", [[1, 2], [3, 4]]),
        ("1 2 / 3 4", [[1, 2], [3, 4]]),
        ("[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
        ("[[1 2]\n [3 4]]", [[1, 2], [3, 4]]),
        ("[1 2]/[3 4]", [[1, 2], [3, 4]]),
        ("{{1,2},{3,4}}", [[1, 2], [3, 4]]),
        ("\n\n 1  2 \r\n\r\n 3,4 \n", [[1, 2], [3, 4]]),
        ("1/2 ¾ 1 ¼", [[0.5, 0.75, 1, 0.25]]),
        ("-1/2 −3 +.5 1e2 -½ 2.", [[-0.5, -3, 0.5, 100, -0.5, 2]]),
        ("[3]", [[3]]),
    ],
)
def test_rows_and_numbers_are_read_however_they_are_parted(text, matrix):
    assert read_matrix(text).tolist() == matrix


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no numbers"),
        ("[]; []", "no numbers"),
        ("1 2\n3", "Row 2 has 1 number, the first one 2 numbers"),
        ("1 2\n3 cat", "Row 2, number 2: “cat” is no number"),
        ("1 2_0", "number 2"),
        ("nan 1", "“nan” is no number"),
        ("inf", "“inf” is no number"),
        ("1e400", "too large"),
        ("1e400/1e400", "too large"),
        ("1" * 200, "is no number"),
        ("1/0", "divides by zero"),
        ("1/2/3", "“1/2/3” is no number"),
        ("1½", "is no number"),
        ("٣", "is no number"),
        ("²", "is no number"),
        ("1 " * 21, "1 × 21 numbers; at most 20 × 20"),
        ("1;" * 21, "21 × 1 numbers"),
        ("1 " * 9000, "too long"),
        ("<b>1</b>", "is no number"),
    ],
)
def test_what_is_no_matrix_is_told_with_its_place(text, words):
    with pytest.raises(UsageError, match=words):
        read_matrix(text)


def test_what_is_written_is_read_as_it_was():
    generator = np.random.default_rng(4)
    for matrix in (np.full((3, 3), 1 / 9), generator.normal(size=(4, 2)), np.array([[0.06, -0.0, 1e-12, 49, 1e9]])):
        assert (read_matrix(write_matrix(matrix)) == matrix).all()


def test_it_is_written_short():
    assert write_matrix(np.array([[1 / 9, 0.06, -2], [0.0, -1 / 3, 100]])) == "1/9 0.06 -2\n0 -1/3 100"
    assert write_matrix(np.array([3, 2, 1])) == "3 2 1"


def test_a_matrix_is_fitted_to_another_shape():
    matrix = np.array([[1.0, 2], [3, 4]])
    assert fitted(matrix, (1, 3)).tolist() == [[1, 2, 0]]
    assert fitted(matrix, (3, 1)).tolist() == [[1], [3], [0]]
    assert (fitted(matrix, (2, 2)) == matrix).all()
