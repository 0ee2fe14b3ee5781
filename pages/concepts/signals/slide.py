"""A kernel that slides along a signal, step by step."""

import numpy as np
import streamlit as st

from core.concepts.matrix_text import write_matrix
from core.concepts.signals.convolution_1d import Sliding, slide
from core.errors import UsageError
from core.figures.signals import sliding_figure
from pages.concepts.number_grid import ANSWER, OUTSIDE, WINDOW, in_digits, number_grid, show_grids
from pages.concepts.signals.fields import type_signals
from pages.concepts.state import State
from pages.shared.figure import show_figure
from pages.shared.markdown import escape
from pages.shared.page import Page

FORMULAS = {True: r"y[n] = \sum_k x[n - k]\; h[k]", False: r"y[n] = \sum_k x[n + k]\; h[k]"}


def show_slide(page: Page, state: State) -> None:
    """The kernel below the part of the signal where it stands, and the sum."""
    signal, kernel = type_signals(state, "signal", "kernel")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        padding = state.buttons("padding", labels={"valid": "None", "same": "Same", "full": "Full"})
        stride = state.number("stride", width=120)
        flip = state.toggle("flip")
    try:
        sliding = slide(signal, kernel, flip=flip, stride=int(stride), padding=padding)
    except UsageError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    step = int(state.slider("step", minimum=1, maximum=len(sliding.answers))) - 1
    show_grids(_standing(sliding, step, kernel), _answers_so_far(sliding, step))
    st.markdown(sum_in_words(sliding, step))
    starts = sliding.starts[: step + 1] - sliding.left
    under = range(starts[step], starts[step] + len(kernel))
    # As the formulas count: turned around, the kernel ends at the answer's place; else it begins there.
    places = (starts + (len(kernel) - 1 if flip else 0)).tolist()
    figure = sliding_figure(sliding.padded, -sliding.left, under, sliding.answers[: step + 1], places)
    show_figure(figure, "sliding", alt=f"The answers so far are {write_matrix(sliding.answers[: step + 1])}.")
    st.latex(FORMULAS[flip])
    st.caption(_in_numpy(flip, padding, int(stride)))


def sum_in_words(sliding: Sliding, step: int) -> str:
    """The sum of a step, written out."""
    pairs = zip(sliding.window(step).tolist(), sliding.kernel.tolist(), strict=True)
    products = " + ".join(f"{_bracketed(value)} · {_bracketed(weight)}" for value, weight in pairs)
    return f"Step {step + 1} of {len(sliding.answers)}: {products} = **{in_digits(sliding.answers[step], 5)}**"


def _in_numpy(flip: bool, padding: str, stride: int) -> str:
    what = "" if flip else "It is correlation, what the layers of CNNs compute. "
    if padding == "same":
        return f"{what}Of an odd number of zeros the odd one is on the right, as in TensorFlow; `np.convolve` differs."
    call = f"np.{'convolve' if flip else 'correlate'}(x, h, mode='{padding}'){f'[::{stride}]' if stride > 1 else ''}"
    return f"{what}In NumPy: `{call}`."


def _standing(sliding: Sliding, step: int, kernel: np.ndarray) -> str:
    start = int(sliding.starts[step])
    under = range(start, start + len(kernel))
    rows = np.full((3, len(sliding.padded)), np.nan)
    rows[0] = sliding.padded
    rows[1, under] = sliding.kernel
    rows[2, under] = sliding.products(step)
    last = len(sliding.padded) - sliding.right
    marks = {(0, place): OUTSIDE for place in range(len(sliding.padded)) if not sliding.left <= place < last}
    marks |= {(row, place): WINDOW for row in (0, 1) for place in under}
    return number_grid(rows, "Signal, the kernel as it lies on it, and the products", marks)


def _answers_so_far(sliding: Sliding, step: int) -> str:
    answers = np.where(np.arange(len(sliding.answers)) <= step, sliding.answers, np.nan)
    return number_grid(answers, f"Answers so far, of {len(answers)}", {(0, step): ANSWER})


def _bracketed(value: float) -> str:
    return f"({in_digits(value)})" if value < 0 else in_digits(value)
