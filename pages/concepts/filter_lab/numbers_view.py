"""One kernel on a small matrix, every number of which can be read."""

import numpy as np
import streamlit as st

from core.concepts.filters.convolution import Convolution, convolve, pad
from core.concepts.filters.window_sum import WindowSum, window_sum
from core.concepts.matrix_text import write_matrix
from core.errors import UsageError
from core.runs.settings.parameters import Number
from pages.concepts.filter_lab.convolution_settings import choose_convolution
from pages.concepts.filter_lab.kernel_editor import edit_kernel
from pages.concepts.matrix_field import MatrixParameter, matrix_field
from pages.concepts.number_grid import ANSWER, MOST_SIDE, OUTSIDE, WINDOW, number_grid, show_grids
from pages.concepts.state import State
from pages.shared.markdown import escape
from pages.shared.page import Page

NUMBERS = (
    MatrixParameter(
        "numbers",
        "Picture",
        "A small picture as numbers, a line a row.",
        default=write_matrix(np.arange(1, 50).reshape(7, 7)),
    ),
    Number("row", "Row", "Of the answer's number in view, from 0.", 0, 100, default=0),
    Number("column", "Column", "Of the answer's number in view, from 0.", 0, 100, default=0),
)


def show_numbers_view(page: Page, state: State) -> None:
    """Matrix and kernel at the left; at the right the sum at one place, which is moved over the answer."""
    with st.container(horizontal=True, vertical_alignment="center"):
        how = choose_convolution(state)
    left, right = st.columns([1, 2])
    with left:
        kernel = edit_kernel(state)
        picture = matrix_field(state, "numbers", height=190)
    with right:
        try:
            answer = convolve(picture, kernel, how)
        except UsageError as error:
            st.error(escape(str(error)), icon=":material/error:")
            return
        with st.container(horizontal=True):
            state.slider("row", minimum=0, maximum=answer.shape[0] - 1)
            state.slider("column", minimum=0, maximum=answer.shape[1] - 1)
        place = (min(state["row"], answer.shape[0] - 1), min(state["column"], answer.shape[1] - 1))
        found = window_sum(picture, kernel, place, how)
        show_grids(
            _padded_grid(picture, found, how),
            number_grid(answer, "What comes out", {place: ANSWER}, digits=4),
            number_grid(found.kernel, "The kernel as it is laid over it" + (", flipped" if how.flip else "")),
        )
        st.markdown(escape(found.written_out()))


def _padded_grid(picture: np.ndarray, found: WindowSum, how: Convolution) -> str:
    """The picture with what lies outside it, as far as the kernel reaches."""
    (above, below), (before, behind) = how.margins(found.kernel.shape)
    if max(picture.shape[0] + above + below, picture.shape[1] + before + behind) > MOST_SIDE:
        return number_grid(found.values, "What lies under the kernel", digits=4)
    padded = pad(picture, ((above, below), (before, behind)), how.outside)
    inside = np.pad(np.ones(picture.shape, bool), ((above, below), (before, behind)))
    marks = {(int(y), int(x)): OUTSIDE for y, x in np.argwhere(~inside)}
    marks |= {(int(y) + above, int(x) + before): WINDOW for y in found.rows for x in found.columns}
    return number_grid(padded, "The picture, and what lies outside it", marks, digits=4)
