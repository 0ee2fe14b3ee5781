"""Padding "same" with a stride: TensorFlow's answer beside PyTorch's."""

import numpy as np
import streamlit as st

from core.concepts.layer_arithmetic import SlidingWindow, same_in_pytorch, same_in_tensorflow, slide_over
from pages.concepts.cell_map import show_maps
from pages.concepts.number_grid import ANSWER, OUTSIDE, WINDOW, number_grid, show_grids
from pages.concepts.sliding_window import KEYS, MOST_CELLS, choose_window, staircase
from pages.concepts.state import State

MOST_NUMBERED = 8
LIBRARIES = {"TensorFlow, Keras": same_in_tensorflow, "PyTorch": same_in_pytorch}


def show_two_paddings(state: State) -> None:
    """Where both put their zeros, and what comes out of the same image under the same kernel."""
    asked = choose_window(state, padding=False)
    sizes = (asked.length, asked.kernel, asked.stride, asked.dilation)
    windows = {library: rule(*sizes) for library, rule in LIBRARIES.items()}
    st.markdown(difference_in_words(*windows.values()))
    if asked.padded <= MOST_CELLS // 2 and all(window.padded <= MOST_CELLS for window in windows.values()):
        show_maps(*(staircase(window, 0, _caption(library, window)) for library, window in windows.items()), keys=KEYS)
    if asked.length <= MOST_NUMBERED:
        show_answers(windows)
    else:
        st.caption(f"With up to {MOST_NUMBERED} cells, both answers stand here in numbers.")
    st.latex(
        r"P_\text{TensorFlow} = \max\!\left(\left(\left\lceil \tfrac{L}{S} \right\rceil - 1\right) S + K - L,\ 0\right)"
        r"\text{ in all, } \qquad P_\text{PyTorch} = \tfrac{K - 1}{2} \text{ at each end}"
    )


def show_answers(windows: dict[str, SlidingWindow]) -> None:
    """The image with the zeros of each library and the first window, and the sums that come out of it."""
    for library, window in windows.items():
        length, zeros = window.length, (window.before, window.behind)
        image = np.arange(1.0, length**2 + 1).reshape(length, length)
        covered = [cell + window.before for cell in window.covered(0)]
        marks = dict.fromkeys(np.ndindex(window.padded, window.padded), OUTSIDE)
        for y, x in np.ndindex(length, length):
            del marks[y + window.before, x + window.before]
        marks |= {(y, x): WINDOW for y in covered for x in covered} if window.steps else {}
        grids = [number_grid(np.pad(image, zeros), f"{library}: image and zeros", marks)]
        if window.steps:
            answer = slide_over(image, np.ones((window.kernel, window.kernel)), window)
            grids.append(number_grid(answer, "Sums", {(0, 0): ANSWER}))
        show_grids(*grids)


def difference_in_words(tensorflow: SlidingWindow, pytorch: SlidingWindow) -> str:
    """Whether both stand at the same places."""
    if tensorflow == pytorch:
        return (
            f"Here both agree: {tensorflow.before} zeros before, {tensorflow.behind} behind. "
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


def _caption(library: str, window: SlidingWindow) -> str:
    return f"{library}: {window.before} before, {window.behind} behind"
