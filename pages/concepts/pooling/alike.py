"""Two arrays that look different and pool to the same."""

import numpy as np
import streamlit as st

from core.concepts.examples.pooling import X1, X2
from core.concepts.pooling.pooling import MAX, pool, window, winners
from pages.concepts.number_grid import ANSWER, WINDOW, number_grid, show_grids
from pages.concepts.pooling.controls import choose_kind
from pages.concepts.state import State
from pages.shared.page import Page

SIZE = 2
ACROSS = X1.shape[1] // SIZE
WINDOWS = (X1.shape[0] // SIZE) * ACROSS


def show_alike(page: Page, state: State) -> None:
    """Both arrays of the slides, the window that is looked at, and what is left of them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choose_kind(state)
        state.slider("cell")
    row, column = divmod(state["cell"] - 1, ACROSS)
    arrays = {"first": X1, "second": X2}
    pooled = {name: pool(values, SIZE, kind=state["kind"]) for name, values in arrays.items()}
    grids = []
    for name, values in arrays.items():
        grids.append(_marked(values, f"The {name} array", row, column, state["kind"]))
        grids.append(number_grid(pooled[name], "pooled 2×2", {(row, column): ANSWER}))
    show_grids(*grids)
    st.markdown(in_words(state["kind"], pooled["first"], pooled["second"]))


def in_words(kind: str, first: np.ndarray, second: np.ndarray) -> str:
    """Whether both pool to the same."""
    differing = int((X1 != X2).sum())
    same = int((first == second).sum())
    start = f"{differing} of the {X1.size} numbers differ between the arrays"
    if same == first.size:
        return (
            f"**{start}, and all {same} pooled numbers are the same.** What the network sees from here on can't tell "
            "them apart: that is how a small shift is forgotten."
        )
    return f"**{start}, and {same} of the {first.size} means are the same:** a mean feels every number of its window."


def _marked(values: np.ndarray, caption: str, row: int, column: int, kind: str) -> str:
    """An array with the window, and in each window the cell that gives the maximum."""
    rows, columns = window(row, column, SIZE)
    marks = {(y, x): WINDOW for y in range(rows.start, rows.stop) for x in range(columns.start, columns.stop)}
    if kind == MAX:
        y, x = winners(values, SIZE)
        marks[int(y[row, column]), int(x[row, column])] = ANSWER
    return number_grid(values, caption, marks)
