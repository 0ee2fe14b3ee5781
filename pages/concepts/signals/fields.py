"""The signals and the kernel that are typed in the chapter on signals."""

import numpy as np
import streamlit as st

from pages.concepts.matrix_field import MatrixParameter, matrix_field
from pages.concepts.state import State

MOST_SIGNAL, MOST_KERNEL = 16, 8
SIGNAL = MatrixParameter("signal", "Signal x", "Numbers in a row.", default="1 2 2", most_side=MOST_SIGNAL, is_row=True)
KERNEL = MatrixParameter(
    "kernel", "Kernel h", "Numbers in a row; 1/2 is one.", default="3 2 1", most_side=MOST_KERNEL, is_row=True
)
OTHER = MatrixParameter(
    "other", "Signal z", "A second one, to be added.", default="0 1 0 3", most_side=MOST_SIGNAL, is_row=True
)


def type_signals(state: State, *names: str) -> list[np.ndarray]:
    """A field for each of these, side by side, and what they hold."""
    typed = []
    for column, name in zip(st.columns(len(names)), names, strict=True):
        with column:
            typed.append(matrix_field(state, name))
    return typed
