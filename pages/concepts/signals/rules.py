"""Which systems are linear and shift-invariant: scaled, added and shifted, with the numbers."""

import numpy as np
import streamlit as st

from core.concepts.signals.linear_shift_invariant import (
    CLIPPED_AT,
    Comparison,
    System,
    adding,
    clipped,
    every_second,
    filtered,
    median_of_three,
    plus_one,
    scaling,
    shifting,
)
from pages.concepts.number_grid import ANSWER, in_digits, number_grid, show_grids
from pages.concepts.signals.fields import type_signals
from pages.concepts.state import State
from pages.shared.page import Page

MOST_SHIFT = 4
SYSTEMS = {
    "filter": "Convolution with the kernel",
    "median": "Median of three neighbours",
    "clip": f"Clipping to 0 … {CLIPPED_AT:g}",
    "bias": "Adding 1",
    "second": "Keeping every second value",
}
OTHERS: dict[str, System] = {"median": median_of_three, "clip": clipped, "bias": plus_one, "second": every_second}


def show_rules(page: Page, state: State) -> None:
    """Three rules, each tried in two ways."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = state.select("system", width=290)
        factor = state.slider("times", step=0.5, width=180)
        steps = int(state.slider("shift", width=180))
    if name == "filter":
        signal, other, kernel = type_signals(state, "signal", "other", "kernel")
        system = filtered(kernel)
    else:
        signal, other = type_signals(state, "signal", "other")
        system = OTHERS[name]
    signal, other = _as_long(signal, other)
    a = in_digits(factor)
    tried = (
        ("Scaling", f"S({a} x)", f"{a} S(x)", scaling(system, signal, factor)),
        ("Adding", "S(x + z)", "S(x) + S(z)", adding(system, signal, other)),
        ("Shifting", f"S(x, {steps} later)", f"S(x), {steps} later", shifting(system, signal, steps)),
    )
    show_grids(*(_grid(*rule) for rule in tried))
    st.markdown(verdict(*(comparison.holds for *_, comparison in tried)))


def verdict(scales: bool, adds: bool, shifts: bool) -> str:
    """What the three rules make of a system, as far as these signals can tell."""
    linear = "linear" if scales and adds else "**not linear**"
    invariant = "shift-invariant" if shifts else "**not shift-invariant**"
    if scales and adds and shifts:
        return "So far as these signals tell, it is linear and shift-invariant: its impulse response says all of it."
    return f"It is {linear} and {invariant}: no kernel does the same."


def _grid(rule: str, before: str, after: str, comparison: Comparison) -> str:
    differs = np.flatnonzero(~np.isclose(comparison.before, comparison.after))
    marks = {(row, int(place)): ANSWER for row in (0, 1) for place in differs}
    found = "✓ the same" if comparison.holds else "✗ different"
    rows = np.vstack([comparison.before, comparison.after])
    return number_grid(rows, f"{rule}: {before}, below {after}: {found}", marks)


def _as_long(signal: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both of one length, with zeros behind into which they can be shifted without a loss."""
    length = max(len(signal), len(other)) + MOST_SHIFT
    return np.pad(signal, (0, length - len(signal))), np.pad(other, (0, length - len(other)))
