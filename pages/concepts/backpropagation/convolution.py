"""Backpropagation through a convolution: three correlations, each cell of which can be followed."""

import numpy as np
import streamlit as st

from core.concepts.backpropagation.backpropagation import UNPADDED, forward
from core.concepts.backpropagation.convolution_pass import INPUT, KERNEL, OUTPUT, ConvolutionPass
from core.concepts.filters.window_sum import window_sum
from core.concepts.matrix_text import LARGEST, write_matrix
from core.errors import UsageError
from pages.concepts.backpropagation.check import show_check
from pages.concepts.backpropagation.equation import equation, show_equations
from pages.concepts.backpropagation.fitted_field import fitted_field
from pages.concepts.formulas import show_formulas
from pages.concepts.matrix_field import matrix_field
from pages.concepts.number_grid import ANSWER, OUTSIDE, WINDOW, in_digits, number_grid
from pages.concepts.state import State
from pages.shared.markdown import escape

TARGET, LINEAR = "target", "linear"
LOSSES = {
    TARGET: "L = ½ Σ (y − t)², with a target t for each cell: δ = y − t.",
    LINEAR: "δ as it is typed, from whatever layers lie above: L = Σ δ · y.",
}
LOSS_LABELS = {TARGET: "from a target", LINEAR: "typed"}
FOLLOWED = {OUTPUT: "The output y", KERNEL: "The kernel's gradient ∂L/∂w", INPUT: "The input's gradient ∂L/∂x"}
FOLLOWED_LABELS = {OUTPUT: "y", KERNEL: "∂L/∂w", INPUT: "∂L/∂x"}
LONGEST_TEXT = 1000
DIGITS_KEPT = 4


def show_convolution(state: State) -> None:
    """What is typed, all numbers forward and back, one cell written out, the check, and a step downhill."""
    try:
        numbers = _read(state)
    except UsageError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state.buttons("loss", labels=LOSS_LABELS)
        followed = state.buttons("follow", labels=FOLLOWED_LABELS)
        values, kernel, result = numbers.equation(followed)
        cell = state.slider("cell", minimum=1, maximum=result.size) - 1
    place = divmod(cell, result.shape[1])
    show_equations(*(_equation(numbers, each, place if each == followed else None) for each in FOLLOWED))
    sum_in_words = window_sum(values, kernel, place, UNPADDED).written_out()
    st.markdown(f"**{FOLLOWED_LABELS[followed]}** at row {place[0]}, column {place[1]}: {escape(sum_in_words)}")
    show_check(numbers.check())
    _show_step(state, numbers)
    show_formulas(
        r"\frac{\partial L}{\partial w_{ij}} = \sum_{n,m} \delta_{nm}\, x_{(i+n)(j+m)}",
        r"\frac{\partial L}{\partial x_{ij}} = \sum_{n,m} \delta_{(i-n)(j-m)}\, w_{nm}",
    )
    st.caption(
        "⋆ is what layers compute: the second matrix slides over the first as it stands, and at each place the "
        "products are summed. With the kernel turned around and zeros around δ, it also leads back to the input."
    )


def _read(state: State) -> ConvolutionPass:
    left, middle, right = st.columns(3)
    with left:
        image = matrix_field(state, "input", area=False)
    with middle:
        kernel = matrix_field(state, "kernel", area=False, max_chars=LONGEST_TEXT)
    if np.any(np.array(kernel.shape) > image.shape):
        raise UsageError(
            f"The kernel of {kernel.shape[0]} × {kernel.shape[1]} does not fit on the input of {image.shape[0]} × "
            f"{image.shape[1]}. Take a smaller kernel or a larger input."
        )
    shape = forward(image, kernel).shape
    with right:
        if state["loss"] == LINEAR:
            return ConvolutionPass(image, kernel, fitted_field(state, "delta", shape))
        return ConvolutionPass.towards(fitted_field(state, "target", shape), image, kernel)


def _equation(numbers: ConvolutionPass, which: str, place: tuple[int, int] | None) -> str:
    titles = {OUTPUT: "Forward", KERNEL: "Back to the kernel", INPUT: "Back to the input"}
    captions = {
        OUTPUT: ("input x", "kernel w", "output y"),
        KERNEL: ("input x", "δ = ∂L/∂y", "∂L/∂w"),
        INPUT: ("δ, zeros around", "w flipped", "∂L/∂x"),
    }[which]
    values, kernel, result = numbers.equation(which)
    margin = (numbers.kernel.shape[0] - 1, numbers.kernel.shape[1] - 1) if which == INPUT else (0, 0)
    marks = {cell: OUTSIDE for cell in np.ndindex(values.shape) if not _inside(cell, values.shape, margin)}
    if place is None:
        return equation(titles[which], _grids((values, marks), (kernel, {}), (result, {}), captions), "⋆=")
    rows, columns = (range(start, start + side) for start, side in zip(place, kernel.shape, strict=True))
    window = {(y, x): f"{marks.get((y, x), '')} {WINDOW}".strip() for y in rows for x in columns}
    whole = dict.fromkeys(np.ndindex(kernel.shape), WINDOW)
    grids = _grids((values, marks | window), (kernel, whole), (result, {place: ANSWER}), captions)
    return equation(titles[which], grids, "⋆=", followed=True)


def _grids(*parts) -> list[str]:
    *matrices, captions = parts
    return [number_grid(values, caption, marks) for (values, marks), caption in zip(matrices, captions, strict=True)]


def _inside(cell: tuple[int, int], shape: tuple[int, ...], margin: tuple[int, int]) -> bool:
    return all(edge <= at < side - edge for at, side, edge in zip(cell, shape, margin, strict=True))


def _show_step(state: State, numbers: ConvolutionPass) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rate = state.slider("rate", step=0.01, width="stretch")
        stepped = numbers.stepped(rate)
        st.button(
            "Take the step",
            on_click=state.set,
            kwargs={"kernel": "; ".join(write_matrix(np.round(stepped, DIGITS_KEPT)).splitlines())},
            disabled=not abs(stepped).max() <= LARGEST,
            icon=":material/south_east:",
        )
    before, after = numbers.loss(), numbers.loss(kernel=stepped)
    words = f"w − {rate:g} · ∂L/∂w takes the loss from {in_digits(before, 4)} to **{in_digits(after, 4)}**"
    st.markdown(f"{words}{': the step is too long.' if after > before else '.'}")
