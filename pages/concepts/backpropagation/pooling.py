"""Backpropagation through pooling: who gets the gradient, and what happens where cells tie."""

import streamlit as st

from core.concepts.backpropagation.backpropagation import FIRST, SHARED
from core.concepts.backpropagation.pooling_pass import Place, PoolingPass
from core.concepts.pooling.pooling import AVERAGE, MAX, pool
from core.errors import UsageError
from pages.concepts.backpropagation.check import show_check
from pages.concepts.backpropagation.equation import equation, show_equations
from pages.concepts.backpropagation.fitted_field import fitted_field
from pages.concepts.matrix_field import matrix_field
from pages.concepts.number_grid import ANSWER, WINDOW, in_digits, number_grid
from pages.concepts.state import State
from pages.shared.markdown import escape

FORMULAS = {
    MAX: r"\frac{\partial L}{\partial x} = "
    r"\begin{cases} \delta & \text{for the largest} \\ 0 & \text{for the others} \end{cases}",
    AVERAGE: r"\frac{\partial L}{\partial x} = \frac{\delta}{K^2} \text{ for each}",
}
LIBRARIES = {FIRST: "∂L/∂x, MaxPooling", SHARED: "∂L/∂x, GlobalMaxPooling"}


def show_pooling(state: State, kind: str) -> None:
    """What is typed, what is pooled, and where δ goes."""
    try:
        numbers = _read(state, kind)
    except UsageError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    cell = state.slider("cell", minimum=1, maximum=numbers.delta.size) - 1
    place = divmod(cell, numbers.delta.shape[1])
    show_equations(*_equations(numbers, place))
    st.markdown(_share_in_words(numbers, place))
    check = numbers.check()
    show_check(check)
    if not check.agrees and kind == MAX:
        st.caption(
            "Where cells tie there is no gradient: moved up, a cell wins; moved down, nothing changes. A central "
            "difference gives half of δ to each, whatever their number; both rules are choices."
        )
    st.latex(FORMULAS[kind])


def _read(state: State, kind: str) -> PoolingPass:
    first, second, third, fourth = st.columns([2, 2, 1, 1])
    with first:
        values = matrix_field(state, "map", area=False)
    with third:
        size = state.number("size")
    with fourth:
        stride = state.number("move")
    shape = pool(values, size, stride, kind).shape
    with second:
        return PoolingPass(values, fitted_field(state, "above", shape), size, stride, kind)


def _equations(numbers: PoolingPass, place: Place) -> tuple[str, str]:
    looked_at = dict.fromkeys(numbers.cells(place), WINDOW)
    best = {} if numbers.kind == AVERAGE else dict.fromkeys(numbers.largest(place), ANSWER)
    forward = [
        number_grid(numbers.values, "input x", looked_at | best),
        number_grid(numbers.pooled, "pooled y", {place: ANSWER}),
    ]
    back = [number_grid(numbers.delta, "δ = ∂L/∂y", {place: ANSWER})]
    differ = numbers.kind == MAX and numbers.has_ties
    for ties, caption in (LIBRARIES if differ else {FIRST: "∂L/∂x"}).items():
        gradient = numbers.gradient(ties)
        got = {cell: ANSWER for cell in looked_at if gradient[cell]}
        back.append(number_grid(gradient, caption, looked_at | got))
    signs = "→" + "|" * (len(back) - 2)
    return equation("Forward", forward, "→"), equation("Back", back, signs, followed=True)


def _share_in_words(numbers: PoolingPass, place: Place) -> str:
    """Where the δ of one window goes."""
    delta, cells, tied = numbers.delta[place], len(numbers.cells(place)), numbers.largest(place)
    error = in_digits(delta, 4)
    if numbers.kind == AVERAGE:
        share = in_digits(delta / cells, 4)
        return f"Each of the window's {cells} cells takes δ / {cells} = {error} / {cells} = **{share}**."
    row, column = numbers.winner(place)
    largest, winner = in_digits(numbers.values[row, column], 4), f"row {row}, column {column}"
    if len(tied) == 1:
        return f"The window's largest is {largest}, at {winner}: it takes all of δ = **{error}**, the others nothing."
    return (
        f"{len(tied)} cells of the window tie at {largest}. There libraries differ: Keras's MaxPooling gives all of "
        f"δ = {error} to the first (**{winner}**), its GlobalMaxPooling **{in_digits(delta / len(tied), 4)}** to each."
    )
