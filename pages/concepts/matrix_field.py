"""A field in which a matrix is typed."""

from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
import streamlit as st

from core.concepts.matrix_text import LONGEST_NUMBER, MOST_SIDE, read_matrix
from core.errors import UsageError
from core.runs.settings.parameters import Parameter
from pages.concepts.state import State, default_of
from pages.shared.markdown import escape


@dataclass(frozen=True)
class MatrixParameter(Parameter):
    """A matrix as it is typed.

    Parameters
    ----------
    most_side
        How many rows and columns it may have.
    is_row
        Whether it has a single row.
    """

    _: KW_ONLY
    most_side: int = MOST_SIDE
    is_row: bool = False

    @property
    def accepted(self) -> str:
        most = f"at most {self.most_side}"
        return f"{most} numbers" if self.is_row else f"a matrix of {most} × {self.most_side} numbers"

    def read(self, text: str) -> np.ndarray:
        """What a text says, or an error that says where it is no such matrix."""
        matrix = read_matrix(text, self.most_side)
        if self.is_row and len(matrix) > 1:
            raise UsageError(f"There are {len(matrix)} rows. Here, one is possible.")
        return matrix

    def check(self, value: str) -> str:
        """The text, where it can be read."""
        self.read(str(value))
        return str(value)

    def written(self, value: str) -> str:
        """In one line."""
        return "; ".join(value.splitlines())


def matrix_field(state: State, name: str, label: str = "", **options: Any) -> np.ndarray:
    """A field for a matrix that is a parameter of the chapter, and what it holds.

    What is typed stays; where it is no matrix, a word below says why, and the last one that was goes on.

    Returns
    -------
    ndarray of float64, shape (rows, columns), or (columns,) of a single row
    """
    parameter = state.parameters[name]
    assert isinstance(parameter, MatrixParameter)
    longest = LONGEST_NUMBER * parameter.most_side
    text = state.text(name, label, **{"area": not parameter.is_row, "max_chars": longest} | options)
    kept = f"{state.key(name)}_matrix"
    try:
        matrix = parameter.read(text)
    except UsageError as error:
        st.error(escape(str(error)), icon=":material/error:")
        matrix = st.session_state.get(kept, parameter.read(default_of(parameter)))
    st.session_state[kept] = matrix
    return matrix[0] if parameter.is_row else matrix
