"""The impulse response, and signals as sums of impulses."""

import numpy as np
import streamlit as st

from core.concepts.signals.linear_shift_invariant import filtered, impulse_response, shifted_impulses, shifted_responses
from pages.concepts.formulas import show_formulas
from pages.concepts.number_grid import ANSWER, WINDOW, number_grid, show_grids
from pages.concepts.signals.fields import type_signals
from pages.concepts.state import State
from pages.shared.page import Page

SMALL = np.array([[4, 2], [5, 3]])


def show_impulse(page: Page, state: State) -> None:
    """A 1 goes in, the kernel comes out; and what follows for every other signal."""
    signal, kernel = type_signals(state, "signal", "kernel")
    length = len(kernel) + 2
    impulse = np.eye(1, length)
    response = impulse_response(filtered(kernel), length)
    marked = {(0, place): ANSWER for place in range(len(kernel))}
    show_grids(
        number_grid(impulse, "An impulse goes in", {(0, 0): WINDOW}),
        number_grid(response, "The impulse response comes out: the kernel", marked),
    )
    parts = shifted_responses(signal, kernel)
    rows = np.vstack([parts, parts.sum(axis=0)])
    marks = {(row, row + place): WINDOW for row in range(len(signal)) for place in range(len(kernel))}
    marks |= {(len(signal), place): ANSWER for place in range(rows.shape[1])}
    caption = "The response, shifted and scaled; below, the sum"
    show_grids(number_grid(rows, caption, marks))
    show_formulas(r"x[n] = \sum_k x[k]\;\delta[n - k]", r"\Rightarrow\quad y[n] = \sum_k x[k]\; h[n - k]")
    st.markdown(
        "The last row is the convolution. Nothing else was used than that a sum of signals is answered by the sum of "
        "their answers, and a later signal later: whatever is linear and shift-invariant is fixed by this one answer."
    )
    _show_image()


def _show_image() -> None:
    st.markdown("An image is a sum of shifted impulses too, each as bright as its pixel:")
    parts = shifted_impulses(SMALL)
    marks = [{place: WINDOW} for place in np.ndindex(SMALL.shape)]
    signs = ["=", *"+" * (len(parts) - 1)]
    grids = [number_grid(*drawn) for drawn in zip(parts, signs, marks, strict=True)]
    show_grids(number_grid(SMALL, "image"), *grids)
