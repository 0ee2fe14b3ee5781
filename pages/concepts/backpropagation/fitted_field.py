"""A field for a matrix whose shape follows from others."""

import numpy as np
import streamlit as st

from core.concepts.matrix_text import fitted
from pages.concepts.matrix_field import matrix_field
from pages.concepts.state import State


def fitted_field(state: State, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """A field for a matrix that has to be of this shape; one that is not is fitted to it, with a word."""
    typed = matrix_field(state, name, area=False)
    if typed.shape != shape:
        st.caption(
            f"{shape[0]} × {shape[1]} numbers are needed, {typed.shape[0]} × {typed.shape[1]} are typed: what is too "
            "much is left out, what is missing is 0."
        )
    return fitted(typed, shape)
