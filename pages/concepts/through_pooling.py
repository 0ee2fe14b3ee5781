"""Backpropagation through pooling: who gets the gradient, and what happens where cells tie."""

import numpy as np
import streamlit as st

from core.concepts.backpropagation import (
    FIRST,
    SHARED,
    central_differences,
    has_ties,
    linear_loss,
    pooling_gradient,
)
from core.concepts.pooling import AVERAGE, MAX, pool, window, winners
from core.errors import UsageError
from pages.concepts.equation import equation, show_equations
from pages.concepts.matrix_field import matrix_field
from pages.concepts.number_grid import ANSWER, WINDOW, in_digits, number_grid
from pages.concepts.state import State
from pages.concepts.through_convolution import fitted_field, show_agreement
from pages.shared.markdown import escape

FORMULAS = {
    MAX: r"\frac{\partial L}{\partial x} = "
    r"\begin{cases} \delta & \text{for the largest} \\ 0 & \text{for the others} \end{cases}",
    AVERAGE: r"\frac{\partial L}{\partial x} = \frac{\delta}{K^2} \text{ for each}",
}
LIBRARIES = {FIRST: "∂L/∂x, MaxPooling", SHARED: "∂L/∂x, GlobalMaxPooling"}


def show_pooling(state: State, kind: str) -> None:
    """What is typed, what is pooled, and where δ goes."""
    first, second, third, fourth = st.columns([2, 2, 1, 1])
    with first:
        values = matrix_field(state, "map", area=False)
    with third:
        size = state.number("size")
    with fourth:
        stride = state.number("move")
    try:
        pooled = pool(values, size, stride, kind)
    except UsageError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    with second:
        delta = fitted_field(state, "above", pooled.shape)
    cell = state.slider("cell", minimum=1, maximum=pooled.size) - 1
    place = (cell // pooled.shape[1], cell % pooled.shape[1])
    _show_grids(values, pooled, delta, place, size, stride, kind)
    st.markdown(_share_in_words(values, delta, place, size, stride, kind))
    _show_check(values, delta, size, stride, kind)
    st.latex(FORMULAS[kind])


def _show_grids(
    values: np.ndarray, pooled: np.ndarray, delta: np.ndarray, place: tuple[int, int], size: int, stride: int, kind: str
) -> None:
    looked_at = dict.fromkeys(_cells(place, size, stride), WINDOW)
    best = {} if kind == AVERAGE else dict.fromkeys(_largest(values, place, size, stride), ANSWER)
    forward = [
        number_grid(values, "input x", looked_at | best),
        number_grid(pooled, "pooled y", {place: ANSWER}),
    ]
    rules = {FIRST: "∂L/∂x"} if kind == AVERAGE or not has_ties(values, size, stride).any() else LIBRARIES
    back = [number_grid(delta, "δ = ∂L/∂y", {place: ANSWER})]
    for ties, caption in rules.items():
        gradient = pooling_gradient(values, delta, size, stride, kind, ties)
        got = {cell: ANSWER for cell in looked_at if gradient[cell]}
        back.append(number_grid(gradient, caption, looked_at | got))
    show_equations(equation("Forward", forward, "→"), equation("Back", back, "→" + "|" * (len(back) - 2), True))


def _share_in_words(
    values: np.ndarray, delta: np.ndarray, place: tuple[int, int], size: int, stride: int, kind: str
) -> str:
    """Where the δ of one window goes."""
    error = in_digits(delta[place], 4)
    if kind == AVERAGE:
        share = in_digits(delta[place] / size**2, 4)
        return f"Each of the window's {size**2} cells takes δ / {size**2} = {error} / {size**2} = **{share}**."
    tied = _largest(values, place, size, stride)
    largest = in_digits(pool(values, size, stride)[place], 4)
    rows, columns = winners(values, size, stride)
    winner = f"row {rows[place]}, column {columns[place]}"
    if len(tied) == 1:
        return f"The window's largest is {largest}, at {winner}: it takes all of δ = **{error}**, the others nothing."
    share = in_digits(delta[place] / len(tied), 4)
    return (
        f"{len(tied)} cells of the window tie at {largest}. There libraries differ: Keras's MaxPooling gives all of "
        f"δ = {error} to the first (**{winner}**), its GlobalMaxPooling **{share}** to each."
    )


def _show_check(values: np.ndarray, delta: np.ndarray, size: int, stride: int, kind: str) -> None:
    measured = central_differences(lambda moved: linear_loss(pool(moved, size, stride, kind), delta), values)
    gradient = pooling_gradient(values, delta, size, stride, kind)
    loss = float(abs(delta * pool(values, size, stride, kind)).sum())
    if not show_agreement({"input": measured}, {"input": gradient}, loss) and kind == MAX:
        st.caption(
            "Where cells tie there is no gradient: moved up, a cell wins; moved down, nothing changes. A central "
            "difference gives half of δ to each, whatever their number; both rules are choices."
        )


def _cells(place: tuple[int, int], size: int, stride: int) -> list[tuple[int, int]]:
    down, across = window(*place, size, stride)
    return [(y, x) for y in range(down.start, down.stop) for x in range(across.start, across.stop)]


def _largest(values: np.ndarray, place: tuple[int, int], size: int, stride: int) -> list[tuple[int, int]]:
    """The cells of a window that hold its largest value."""
    cells = _cells(place, size, stride)
    best = max(values[cell] for cell in cells)
    return [cell for cell in cells if values[cell] == best]
