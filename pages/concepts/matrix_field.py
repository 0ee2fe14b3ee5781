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
    """

    _: KW_ONLY
    most_side: int = MOST_SIDE

    @property
    def accepted(self) -> str:
        return f"a matrix of at most {self.most_side} × {self.most_side} numbers"

    def check(self, value: str) -> str:
        """The text, or an error that says where it is no matrix."""
        read_matrix(str(value), self.most_side)
        return str(value)

    def written(self, value: str) -> str:
        """In one line."""
        return "; ".join(value.splitlines())


def matrix_field(state: State, name: str, label: str = "", area: bool = True, **options: Any) -> np.ndarray:
    """A field for a matrix that is a parameter of the chapter, and what it holds.

    What is typed stays; where it is no matrix, a word below says why, and the last one that was goes on.

    Returns
    -------
    ndarray of float64, shape (rows, columns)
    """
    parameter = state.parameters[name]
    assert isinstance(parameter, MatrixParameter)
    longest = LONGEST_NUMBER * parameter.most_side
    text = state.text(name, label, area, **{"max_chars": longest} | options)
    kept = f"{state.key(name)}_matrix"
    try:
        matrix = read_matrix(text, parameter.most_side)
    except UsageError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return st.session_state.get(kept, read_matrix(default_of(parameter), parameter.most_side))
    st.session_state[kept] = matrix
    return matrix
