"""A matrix of one's own, seen as a picture."""

import numpy as np
import streamlit as st

from core.concepts.arrays.grey_levels import shown_range
from core.concepts.matrix_text import write_matrix
from pages.components.pixel_lens import pixel_lens
from pages.concepts.matrix_field import MatrixParameter, matrix_field
from pages.concepts.state import State
from pages.shared.page import Page

MOST_SIDE = 20


def _square() -> np.ndarray:
    square = np.zeros((10, 10))
    square[3:7, 3:7] = 255
    return square


EXAMPLES = {
    "10 × 10": _square(),
    "10 × 10, a ramp": np.tile(np.arange(10) * 28, (10, 1)),
    "3 × 3": np.array([[0, 128, 255], [128, 255, 128], [255, 128, 0]]),
}
PIXEL_MATRIX = MatrixParameter(
    "matrix",
    "Rows of numbers",
    "A line a row; blanks or commas between the numbers.",
    default=write_matrix(_square()),
    most_side=MOST_SIDE,
)


def show_matrix(page: Page, state: State) -> None:
    """The field, and the picture that the numbers are."""
    field, picture = st.columns([2, 5])
    with field:
        matrix = matrix_field(state, "matrix", height=240)
        with st.container(horizontal=True, gap="xsmall"):
            for name, example in EXAMPLES.items():
                st.button(name, on_click=state.set, kwargs={"matrix": write_matrix(example)}, key=state.key(name))
    with picture:
        shown = state.select("shown")
        height, width = matrix.shape
        pixel_lens(
            matrix,
            state.key("matrix_lens"),
            ranges=(shown_range(matrix, shown), None),
            outside="none",
            captions=(f"{height} × {width} numbers, from {matrix.min():g} to {matrix.max():g}", ""),
            alt="The matrix as a picture.",
        )
    st.code("plt.imshow(matrix, cmap='gray')  # stretches; vmin=0, vmax=255 does not", language="python")
