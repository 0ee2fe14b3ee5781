"""A kernel that is chosen by name, edited cell by cell or typed, and taken along."""

import io

import numpy as np
import pandas as pd
import streamlit as st

from core.concepts.kernels import KERNELS
from core.concepts.matrix_text import LARGEST, write_matrix
from core.errors import UsageError
from pages.concepts.filter_lab_parts.kernel_parameter import KERNEL, MOST_SIDE, read_kernel
from pages.concepts.state import State
from pages.shared.markdown import escape

FORMAT = "%.3g"
# In pixels; of cells whose numbers have many characters, the wide one.
CELL_WIDTH, WIDE, ROW_HEIGHT = 58, 96, 32


def edit_kernel(state: State) -> np.ndarray:
    """The controls of a kernel; gives its numbers."""
    _choose_name(state)
    _edit_cells(state)
    kernel = read_kernel(state["kernel"])
    if state["kernel"] in KERNELS:
        st.caption(KERNELS[state["kernel"]].explanation)
    with st.container(horizontal=True):
        with st.popover("Edit", icon=":material/edit:"):
            _resize(state, kernel)
            _type(state, kernel)
        with st.popover("Save", icon=":material/download:"):
            offer_kernel(kernel)
    return kernel


def _choose_name(state: State) -> None:
    key = f"{state.key('kernel')}_name"
    st.session_state[key] = state["kernel"] if state["kernel"] in KERNELS else None
    st.selectbox(
        "Kernel",
        list(KERNELS),
        format_func=lambda name: KERNELS[name].title,
        key=key,
        placeholder="Your own",
        help=KERNEL.explanation,
        on_change=lambda: st.session_state[key] and state.set(kernel=st.session_state[key]),
    )


def _edit_cells(state: State) -> None:
    """A grid in which numbers are typed; it stays the same element while one types in it."""
    key = f"{state.key('kernel')}_cells"
    before, begun, number = st.session_state.get(key, ("", "", 0))
    if before != state["kernel"]:
        begun, number = state["kernel"], number + 1
        st.session_state[key] = (begun, begun, number)
    cells = pd.DataFrame(read_kernel(begun))
    width = WIDE if max(len(FORMAT % value) for value in cells.to_numpy().flat) > 5 else CELL_WIDTH
    cells.columns = [str(column + 1) for column in cells.columns]
    widget = f"{key}_{number}"
    st.data_editor(
        cells,
        key=widget,
        hide_index=True,
        num_rows="fixed",
        width="content",
        row_height=ROW_HEIGHT,
        column_config={
            name: st.column_config.NumberColumn(
                name, width=width, min_value=-LARGEST, max_value=LARGEST, format=FORMAT, required=True
            )
            for name in cells.columns
        },
        on_change=lambda: _take_cells(state, key, widget),
    )


def _take_cells(state: State, key: str, widget: str) -> None:
    _, begun, number = st.session_state[key]
    kernel = np.array(read_kernel(begun))
    for row, changes in st.session_state[widget]["edited_rows"].items():
        for column, value in changes.items():
            kernel[int(row), int(column) - 1] = np.clip(value or 0, -LARGEST, LARGEST)
    state.set(kernel=write_matrix(kernel))
    st.session_state[key] = (state["kernel"], begun, number)


def _resize(state: State, kernel: np.ndarray) -> None:
    keys = [f"{state.key('kernel')}_{side}" for side in ("rows", "columns")]

    def take() -> None:
        state.set(kernel=write_matrix(resized(kernel, st.session_state[keys[0]], st.session_state[keys[1]])))

    for key, label, side, column in zip(keys, ("Rows", "Columns"), kernel.shape, st.columns(2), strict=True):
        st.session_state[key] = side
        column.number_input(label, 1, MOST_SIDE, key=key, on_change=take)


def resized(kernel: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """A kernel of another size with the same middle: zeros around it, or its outermost numbers left out."""
    for axis, side in enumerate((rows, columns)):
        more = side - kernel.shape[axis]
        # The middle of an even kernel lies before the half, so that the first one to be added comes after it.
        before = (side - 1) // 2 - (kernel.shape[axis] - 1) // 2
        margins = [(0, 0), (0, 0)]
        margins[axis] = (max(before, 0), max(more - before, 0))
        kernel = np.pad(kernel, margins)
        kernel = np.take(kernel, np.arange(side) + max(-before, 0), axis=axis)
    return kernel


def _type(state: State, kernel: np.ndarray) -> None:
    """A field for all numbers at once. What is none is told; the kernel that was goes on."""
    key = f"{state.key('kernel')}_text"
    refused = f"{key}_refused"

    def take() -> None:
        try:
            state.set(kernel=st.session_state[key])
            st.session_state.pop(refused, None)
        except UsageError as error:
            st.session_state[refused] = (state["kernel"], str(error))

    # What was refused stays in the field until another kernel is chosen.
    goes_on, words = st.session_state.get(refused, ("", ""))
    if goes_on != state["kernel"]:
        st.session_state[key], words = write_matrix(kernel), ""
    st.text_area(
        "Its numbers, a line a row", key=key, on_change=take, help="Fractions such as 1/9 are numbers too.", height=160
    )
    if words:
        st.error(escape(words), icon=":material/error:")


def offer_kernel(kernel: np.ndarray) -> None:
    """Buttons that save a kernel as text, as CSV and for NumPy."""
    for label, suffix, content in (
        ("Text", "txt", lambda: write_matrix(kernel) + "\n"),
        ("CSV", "csv", lambda: csv_of(kernel)),
        ("NumPy", "npy", lambda: npy_of(kernel)),
    ):
        st.download_button(label, content, f"kernel.{suffix}", on_click="ignore", key=f"kernel_{suffix}")


def csv_of(kernel: np.ndarray) -> str:
    """A row a line, each number exact."""
    return pd.DataFrame(kernel).to_csv(index=False, header=False, lineterminator="\n")


def npy_of(kernel: np.ndarray) -> bytes:
    """As `numpy.load` reads it."""
    encoded = io.BytesIO()
    np.save(encoded, kernel)
    return encoded.getvalue()
