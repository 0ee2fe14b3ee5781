"""Matrices as people type them."""

import re
import unicodedata
from fractions import Fraction

import numpy as np

from core.errors import UsageError

MOST_SIDE = 20
LARGEST = 1e9
LONGEST_NUMBER = 40  # characters; more is not read, however it would end
LONGEST_SHOWN = 20
SHORT, LARGEST_DENOMINATOR = 6, 1000
# A slash between blanks or brackets ends a row; one between digits belongs to a fraction.
_ROW_ENDS = re.compile(r"[;\n\r]|[\])}]\s*[,/]?\s*(?=[\[({])|(?:^|(?<=[\s\])}]))/(?=[\s\[({]|$)")
_BRACKETS = str.maketrans(dict.fromkeys("[](){}", " ") | dict.fromkeys("−–", "-"))
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def read_matrix(text: str, most_side: int = MOST_SIDE) -> np.ndarray:
    """The numbers of a typed matrix.

    A row ends with its line, with ";" or with a "/" between blanks; numbers are parted by blanks or commas. Brackets
    may stand around rows and around it all, and fractions such as 1/2 or ½ are numbers too.

    Parameters
    ----------
    text : str
        Such as "1 0 -1; 2 0 -2; 1 0 -1" or "[[1/2, 1], [0, 1]]".
    most_side : int
        How many rows and columns there may be.

    Returns
    -------
    ndarray of float64, shape (rows, columns)
        Both at least 1; all values finite.

    Raises
    ------
    UsageError
        If there are no numbers, something is no number, a row is shorter or longer than the one above it, or there is
        too much. The words say where.
    """
    if len(text) > LONGEST_NUMBER * most_side * most_side:
        raise UsageError(f"That is too long for a matrix of at most {most_side} × {most_side} numbers.")
    parts = (part.translate(_BRACKETS).replace(",", " ").split() for part in _ROW_ENDS.split(text))
    rows = [part for part in parts if part]
    if not rows:
        raise UsageError("There are no numbers. Type rows such as “1 0 −1”, each on its own line or parted by “;”.")
    if max(len(rows), *map(len, rows)) > most_side:
        columns = max(map(len, rows))
        raise UsageError(f"There are {len(rows)} × {columns} numbers; at most {most_side} × {most_side} are possible.")
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise UsageError(f"Row {number} has {_counted(row)}, the first one {_counted(rows[0])}.")
    return np.array(
        [[_read_number(word, y, x) for x, word in enumerate(row, 1)] for y, row in enumerate(rows, 1)], float
    )


def write_matrix(values: np.ndarray) -> str:
    """A matrix as `read_matrix` reads it: a line a row, each number exact and as short as it can be.

    Parameters
    ----------
    values : (rows, columns) or (columns,) array of finite numbers
    """
    return "\n".join(" ".join(map(write_number, row)) for row in np.atleast_2d(np.asarray(values, float)).tolist())


def fitted(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A matrix in another shape: what is too much is cut off, what is missing is 0."""
    taken = np.zeros(shape)
    part = values[: shape[0], : shape[1]]
    taken[: part.shape[0], : part.shape[1]] = part
    return taken


def write_number(value: float) -> str:
    """A number as short as it can be without loss: as decimals, or as a fraction such as 1/9."""
    short = f"{value:.{SHORT}g}"
    if float(short) == value:
        return "0" if value == 0 else short
    fraction = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    exact = fraction.numerator / fraction.denominator == value
    return f"{fraction.numerator}/{fraction.denominator}" if exact else repr(value)


def _read_number(word: str, row: int, column: int) -> float:
    where = f"Row {row}, number {column}"
    shown = word if len(word) <= LONGEST_SHOWN else f"{word[:LONGEST_SHOWN]}…"
    upper, slash, lower = word.partition("/")
    number, divisor = _plain(upper), _plain(lower) if slash else 1.0
    if number is None or divisor is None:
        raise UsageError(f"{where}: “{shown}” is no number.")
    if divisor == 0:
        raise UsageError(f"{where}: “{shown}” divides by zero.")
    if not abs(number / divisor) <= LARGEST:  # nor is endless divided by endless
        raise UsageError(f"{where}: “{shown}” is too large. Numbers reach from −{LARGEST:,.0f} to {LARGEST:,.0f}.")
    return number / divisor


def _plain(word: str) -> float | None:
    """A number without a slash; None where there is none. "½" is one, "1½" is not."""
    sign, digits = (-1.0, word[1:]) if word.startswith("-") else (1.0, word)
    if len(digits) == 1 and unicodedata.decomposition(digits).startswith("<fraction>"):
        return sign * unicodedata.numeric(digits)
    return float(word) if len(word) <= LONGEST_NUMBER and _NUMBER.fullmatch(word) else None


def _counted(row: list[str]) -> str:
    return f"{len(row)} number{'s' * (len(row) != 1)}"
