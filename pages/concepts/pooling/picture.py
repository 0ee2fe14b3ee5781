"""A picture, filtered and pooled, and the numbers of one window."""

import numpy as np
import streamlit as st

from core.concepts.filters.convolution import Convolution, convolve
from core.concepts.filters.kernels import find_kernel
from core.concepts.pooling.pooling import AVERAGE, MAX, pool, window, winners
from core.concepts.pooling.shifting import NEAREST
from pages.components.pixel_lens import pixel_lens
from pages.concepts.number_grid import in_digits
from pages.concepts.picture_choice import SIDE
from pages.concepts.pooling.controls import LABELS, choose_grey, choose_kind, choose_window, in_cells
from pages.concepts.state import State
from pages.shared.page import Page

MOST_CELLS = SIDE
# What is black and what is white: below 0 all is black, as behind a ReLU.
SHOWN = (0, 255)
FORMULAS = {
    MAX: r"y_{ij} = \max_{0 \le a, b < K} x_{iS + a,\; jS + b}",
    AVERAGE: r"y_{ij} = \frac{1}{K^2} \sum_{a=0}^{K-1} \sum_{b=0}^{K-1} x_{iS + a,\; jS + b}",
}


def show_picture(page: Page, state: State) -> None:
    """The picture's map, what is pooled of it, and the numbers of one window."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        grey = choose_grey(page, state, SIDE)
        state.select("filter", width=170)
        choose_kind(state)
        choose_window(state, grey.shape)
    size, stride, kind = state["size"], state["stride"], state["kind"]
    values = convolve(grey, find_kernel(state["filter"]).matrix, Convolution(outside=NEAREST))
    pooled = pool(values, size, stride, kind)
    row, column = _place(state, pooled.shape)
    pixel_lens(
        values,
        "concepts_pooling_lens",
        answer=pooled,
        window=(size, size),
        scale=stride,
        outside="none",
        place=(row * stride, column * stride),
        moved=lambda place: state.set(row=_cell(place[0], stride), column=_cell(place[1], stride)),
        captions=(f"Filtered: {in_cells(values)}", f"Pooled: {in_cells(pooled)}"),
        ranges=(SHOWN, SHOWN),
        alt=f"A filtered picture, and what {LABELS[kind].lower()} pooling makes of it.",
    )
    st.markdown(size_in_words(values.shape, size, stride))
    st.markdown(kept_in_words(values, float(pooled[row, column]), window(row, column, size, stride), kind))
    st.latex(FORMULAS[kind])


def kept_in_words(values: np.ndarray, answer: float, places: tuple[slice, slice], kind: str) -> str:
    """What is kept of one window, and where the largest number of it stands."""
    rows, columns = places
    numbers = values[places]
    start = f"Of the {numbers.size:,} numbers in rows {rows.start}–{rows.stop - 1}, columns {columns.start}–"
    if kind == AVERAGE:
        return f"{start}{columns.stop - 1}, the mean is kept: **{in_digits(answer)}**."
    y, x = (int(place.item()) for place in winners(numbers, len(numbers)))
    at = f"row {rows.start + y}, column {columns.start + x}"
    return (
        f"{start}{columns.stop - 1}, the largest is kept: **{in_digits(answer)}**, from {at}. Where it stood is lost."
    )


def _place(state: State, shape: tuple[int, ...]) -> tuple[int, int]:
    """The cell that is looked at; by default the one in the middle."""
    row, column = (
        side // 2 if state[name] is None else min(state[name], side - 1)
        for name, side in zip(("row", "column"), shape, strict=True)
    )
    return row, column


def _cell(place: int, stride: int) -> int:
    """The last cell of the pooled map whose window begins at a row or column, or before it."""
    return min(place // stride, MOST_CELLS - 1)


def size_in_words(shape: tuple[int, ...], size: int, stride: int) -> str:
    """How large the pooled map is, by the formula, and what the window never sees."""
    sides = [(side - size) // stride + 1 for side in shape]
    parts = [f"({side} − {size}) / {stride} + 1 = {_whole(side, size, stride)}" for side in dict.fromkeys(shape)]
    share = sides[0] * sides[1] / (shape[0] * shape[1])
    words = f"{' and '.join(parts)}. **{100 * share:.3g} % of the numbers are left**, and there is nothing to learn."
    if rest := max((side - size) % stride for side in shape):
        words += f" At the end, {'a row or column fills' if rest == 1 else f'{rest} rows or columns fill'} no window."
    if stride > size:
        words += f" The stride is larger than the window: {stride - size} of every {stride} cells are never looked at."
    if stride < size:
        words += " The windows overlap."
    return words


def _whole(side: int, size: int, stride: int) -> str:
    steps = (side - size) / stride + 1
    return f"{steps:.0f}" if steps == int(steps) else f"{steps:.2f}, rounded down to {int(steps)}"
