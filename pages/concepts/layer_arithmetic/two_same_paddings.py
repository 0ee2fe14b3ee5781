"""Padding "same" with a stride: TensorFlow's answer beside PyTorch's."""

import numpy as np
import streamlit as st

from core.concepts.layers.layer_arithmetic import SlidingWindow, same_in_pytorch, same_in_tensorflow, slide_over
from pages.concepts.formulas import show_formulas
from pages.concepts.layer_arithmetic.cell_map import show_maps
from pages.concepts.layer_arithmetic.sliding_window import KEYS, choose_window, staircase
from pages.concepts.number_grid import ANSWER, OUTSIDE, WINDOW, number_grid, show_grids
from pages.concepts.state import State

MOST_NUMBERED, MOST_DRAWN = 16, 14
LIBRARIES = {"TensorFlow": same_in_tensorflow, "PyTorch": same_in_pytorch}


def show_two_paddings(state: State) -> None:
    """Where both put their zeros, and what comes out of the same image under the same kernel."""
    asked = choose_window(state, padding=False)
    sizes = (asked.length, asked.kernel, asked.stride, asked.dilation)
    windows = {library: rule(*sizes) for library, rule in LIBRARIES.items()}
    st.markdown(difference_in_words(*windows.values()))
    maps = [
        staircase(window, 0, f"{library}: {window.before} before, {window.behind} behind", MOST_DRAWN)
        for library, window in windows.items()
    ]
    show_maps(*maps, keys=KEYS)
    if max(window.padded for window in windows.values()) <= MOST_NUMBERED:
        show_answers(windows)
    else:
        st.caption(f"With up to {MOST_NUMBERED} cells, zeros included, both answers stand here in numbers.")
    show_formulas(
        r"L' = \lceil L / S \rceil",
        r"P_\text{TensorFlow} = \max\left((L' - 1) S + K - L,\ 0\right)",
        r"P_\text{PyTorch} = \tfrac{K - 1}{2} + \tfrac{K - 1}{2}",
    )
    st.caption(
        "Keras does what TensorFlow does. PyTorch itself refuses the word “same” with a stride above 1: its networks "
        "are written with (K − 1) / 2, of an even kernel rounded down."
    )


def show_answers(windows: dict[str, SlidingWindow]) -> None:
    """The image with the zeros of each library and the first window, and the sums that come out of it."""
    grids = []
    for library, window in windows.items():
        image = np.arange(1.0, window.length**2 + 1).reshape(window.length, window.length)
        padded = np.pad(image, (window.before, window.behind))
        grids.append(number_grid(padded, f"{library}: image and zeros", _marks(window)))
        if window.steps:
            answer = slide_over(image, np.ones((window.kernel, window.kernel)), window)
            grids.append(number_grid(answer, "Sums", {(0, 0): ANSWER}))
    show_grids(*grids)


def _marks(window: SlidingWindow) -> dict[tuple[int, int], str]:
    """Of the padded image: its zeros, and the first place of the window."""
    inside = range(window.before, window.before + window.length)
    cells = np.ndindex(window.padded, window.padded)
    marks = {(y, x): OUTSIDE for y, x in cells if not (y in inside and x in inside)}
    covered = [cell + window.before for cell in window.covered(0)] if window.steps else []
    return marks | {(y, x): WINDOW for y in covered for x in covered}


def difference_in_words(tensorflow: SlidingWindow, pytorch: SlidingWindow) -> str:
    """Whether both stand at the same places."""
    if tensorflow == pytorch:
        return (
            f"Here both agree: zeros before: {tensorflow.before}, behind: {tensorflow.behind}. "
            "Take an even length with stride 2 to see them part."
        )
    if tensorflow.steps != pytorch.steps:
        return f"They part: TensorFlow gives **{tensorflow.steps}** numbers a side, PyTorch **{pytorch.steps}**."
    moved = tensorflow.covered(0)[0] - pytorch.covered(0)[0]
    return (
        f"Both give **{tensorflow.steps}** numbers a side, but not the same ones: TensorFlow's windows stand "
        f"**{moved}** cell{'s' * (moved > 1)} further to the right and below. Weights that are moved from one library "
        "to the other give other answers."
    )
