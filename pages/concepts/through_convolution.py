"""Backpropagation through a convolution: three correlations, each cell of which can be followed."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from core.concepts.backpropagation import (
    UNPADDED,
    central_differences,
    flipped,
    forward,
    input_gradient,
    kernel_gradient,
    linear_loss,
    squared_loss,
    surrounded,
)
from core.concepts.matrix_text import LARGEST, write_matrix
from core.concepts.window_sum import window_sum
from core.errors import UsageError
from pages.concepts.equation import equation, show_equations
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
OUTPUT, KERNEL, INPUT = "output", "kernel", "input"
FOLLOWED = {OUTPUT: "The output y", KERNEL: "The kernel's gradient ∂L/∂w", INPUT: "The input's gradient ∂L/∂x"}
FOLLOWED_LABELS = {OUTPUT: "y", KERNEL: "∂L/∂w", INPUT: "∂L/∂x"}
LONGEST_TEXT = 1000
DIGITS_KEPT = 4


@dataclass(frozen=True)
class Pass:
    """A convolution forward and back.

    Parameters
    ----------
    image, kernel, output, delta : arrays
        x, w, y = x ⋆ w, and ∂L/∂y.
    target
        t; None where δ is given.
    """

    image: np.ndarray
    kernel: np.ndarray
    output: np.ndarray
    delta: np.ndarray
    target: np.ndarray | None

    @cached_property
    def gradients(self) -> dict[str, np.ndarray]:
        """By what is followed."""
        return {
            KERNEL: kernel_gradient(self.image, self.delta),
            INPUT: input_gradient(self.delta, self.kernel),
        }

    def loss(self, image: np.ndarray, kernel: np.ndarray) -> float:
        """L with another input or kernel."""
        output = forward(image, kernel)
        return linear_loss(output, self.delta) if self.target is None else squared_loss(output, self.target)

    def parts(self, followed: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What slides over what, and what comes out."""
        return {
            OUTPUT: lambda: (self.image, self.kernel, self.output),
            KERNEL: lambda: (self.image, self.delta, self.gradients[KERNEL]),
            INPUT: lambda: (surrounded(self.delta, self.kernel), flipped(self.kernel), self.gradients[INPUT]),
        }[followed]()


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
        result = numbers.parts(followed)[2]
        cell = state.slider("cell", minimum=1, maximum=result.size) - 1
    place = (cell // result.shape[1], cell % result.shape[1])
    show_equations(*(_equation(numbers, each, place if each == followed else None) for each in FOLLOWED))
    values, kernel, _ = numbers.parts(followed)
    sum_in_words = window_sum(values, kernel, place, UNPADDED).written_out()
    st.markdown(f"**{FOLLOWED_LABELS[followed]}** at row {place[0]}, column {place[1]}: {escape(sum_in_words)}")
    _show_check(numbers)
    _show_step(state, numbers)
    show_formulas(
        r"\frac{\partial L}{\partial w_{ij}} = \sum_{n,m} \delta_{nm}\, x_{(i+n)(j+m)}",
        r"\frac{\partial L}{\partial x_{ij}} = \sum_{n,m} \delta_{(i-n)(j-m)}\, w_{nm}",
    )
    st.caption(
        "⋆ is what layers compute: the second matrix slides over the first as it stands, and at each place the "
        "products are summed. With the kernel turned around and zeros around δ, it also leads back to the input."
    )


def fitted(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A matrix in another shape: what is too much is cut off, what is missing is 0."""
    taken = np.zeros(shape)
    part = values[: shape[0], : shape[1]]
    taken[: part.shape[0], : part.shape[1]] = part
    return taken


def fitted_field(state: State, name: str, shape: tuple[int, int]) -> np.ndarray:
    """A field for a matrix that has to be of this shape; one that is not is fitted to it, with a word."""
    typed = matrix_field(state, name, area=False)
    if typed.shape != shape:
        st.caption(
            f"{shape[0]} × {shape[1]} numbers are needed, {typed.shape[0]} × {typed.shape[1]} are typed: what is too "
            "much is left out, what is missing is 0."
        )
    return fitted(typed, shape)


def _read(state: State) -> Pass:
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
    output = forward(image, kernel)
    loss = state["loss"]
    with right:
        typed = fitted_field(state, "target" if loss == TARGET else "delta", output.shape)
    if loss == TARGET:
        return Pass(image, kernel, output, output - typed, typed)
    return Pass(image, kernel, output, typed, None)


def _equation(numbers: Pass, which: str, place: tuple[int, int] | None) -> str:
    titles = {OUTPUT: "Forward", KERNEL: "Back to the kernel", INPUT: "Back to the input"}
    captions = {
        OUTPUT: ("input x", "kernel w", "output y"),
        KERNEL: ("input x", "δ = ∂L/∂y", "∂L/∂w"),
        INPUT: ("δ, zeros around", "w flipped", "∂L/∂x"),
    }[which]
    values, kernel, result = numbers.parts(which)
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


def _show_check(numbers: Pass) -> None:
    measured = {
        KERNEL: central_differences(lambda kernel: numbers.loss(numbers.image, kernel), numbers.kernel),
        INPUT: central_differences(lambda image: numbers.loss(image, numbers.kernel), numbers.image),
    }
    show_agreement(measured, numbers.gradients, abs(numbers.loss(numbers.image, numbers.kernel)))


def show_agreement(measured: dict[str, np.ndarray], gradients: dict[str, np.ndarray], loss: float) -> bool:
    """Say whether the gradients are those that small differences of the loss measure; True where they are."""
    worst = max(float(abs(measured[name] - gradients[name]).max()) for name in measured)
    largest = max(float(abs(gradient).max()) for gradient in gradients.values())
    count = sum(gradient.size for gradient in measured.values())
    # Differences of a loss carry its rounding, 1e-16 of it, over a step of 1e-4.
    agree = worst <= 1e-6 * max(1.0, largest) + 1e-11 * loss
    words = f"{count} gradients against central differences of the loss: they differ by at most {worst:.1g}."
    st.caption(f":green[:material/check:] Checked {words}" if agree else f":orange[:material/compare_arrows:] {words}")
    return agree


def _show_step(state: State, numbers: Pass) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rate = state.slider("rate", step=0.01, width="stretch")
        stepped = numbers.kernel - rate * numbers.gradients[KERNEL]
        st.button(
            "Take the step",
            on_click=state.set,
            kwargs={"kernel": "; ".join(write_matrix(np.round(stepped, DIGITS_KEPT)).splitlines())},
            disabled=not abs(stepped).max() <= LARGEST,
            icon=":material/south_east:",
        )
    before, after = (numbers.loss(numbers.image, kernel) for kernel in (numbers.kernel, stepped))
    words = f"w − {rate:g} · ∂L/∂w takes the loss from {in_digits(before, 4)} to **{in_digits(after, 4)}**"
    st.markdown(f"{words}{': the step is too long.' if after > before else '.'}")
