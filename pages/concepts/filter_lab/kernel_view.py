"""One kernel on a picture: the picture, what comes out, and the sum under the pointer."""

import numpy as np
import streamlit as st

from core.concepts.arrays.grey_levels import shown_range
from core.concepts.filters.convolution import Convolution, convolve
from core.concepts.filters.window_sum import number_in_words
from core.errors import UsageError
from core.runs.settings.parameters import Number
from pages.components.pixel_lens import pixel_lens
from pages.concepts.filter_lab.convolution_settings import choose_convolution
from pages.concepts.filter_lab.kernel_editor import edit_kernel
from pages.concepts.filter_lab.shown_picture import choose_pixels, choose_shown, offer_png
from pages.concepts.formulas import show_formulas
from pages.concepts.picture_choice import SIDE
from pages.concepts.state import State
from pages.shared.markdown import escape
from pages.shared.page import Page

PIXEL = (
    Number("pixel_row", "Row", "Of the pixel in view.", 0, SIDE - 1, default=None, optional=True),
    Number("pixel_column", "Column", "Of the pixel in view.", 0, SIDE - 1, default=None, optional=True),
)
FORMULA = r"y_{i,j} = \sum_{m,n} k_{m,n} \cdot x_{i \cdot S + m \cdot D - P,\; j \cdot S + n \cdot D - P}"
FLIPPED = FORMULA.replace("k_", "k'_"), r"k'_{m,n} = k_{K-1-m,\; K-1-n}"


def show_kernel_view(page: Page, state: State) -> None:
    """The kernel at the left, picture and answer beside it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        pixels = choose_pixels(page, state)
        choose_shown(state)
        download = st.container(width="content")
    left, right = st.columns([1, 3])
    with left:
        kernel = edit_kernel(state)
        how = choose_convolution(state)
    with right:
        answer = _filtered(pixels, kernel, how)
        _show_lens(state, pixels, answer, kernel, how)
        if answer is not None:
            st.caption(" ".join(in_words(kernel, answer, pixels.shape)))
            with download:
                offer_png(answer, state["shown"], "filtered")
    show_formulas(*(FLIPPED if how.flip else (FORMULA,)))
    st.caption("x: the picture, k: the kernel, K: its side, S: the stride, D: the dilation, P: the padding.")


def _filtered(pixels: np.ndarray, kernel: np.ndarray, how: Convolution) -> np.ndarray | None:
    try:
        return convolve(pixels, kernel, how)
    except UsageError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return None


def _show_lens(
    state: State, pixels: np.ndarray, answer: np.ndarray | None, kernel: np.ndarray, how: Convolution
) -> None:
    offset = how.margins(kernel.shape)[0][0], how.margins(kernel.shape)[1][0]
    row, column = state["pixel_row"], state["pixel_column"]
    pixel_lens(
        pixels,
        "filter_lens",
        answer=answer,
        kernel=None if answer is None else (kernel[::-1, ::-1] if how.flip else kernel),
        scale=how.stride,
        offset=(-offset[0], -offset[1]),
        dilation=how.dilation,
        outside=how.outside,
        place=None if row is None or column is None else (row, column),
        moved=lambda place: state.set(pixel_row=place[0], pixel_column=place[1]),
        captions=("The picture", "What comes out"),
        ranges=(None, None if answer is None else shown_range(answer, state["shown"])),
        alt="The picture, and the picture filtered with the kernel",
    )


def in_words(kernel: np.ndarray, answer: np.ndarray, shape: tuple[int, ...]) -> list[str]:
    """What is to be known of an answer: its size, what its kernel does to brightness, and what is cut off."""
    said = [f"{shape[0]} × {shape[1]} pixels in, {answer.shape[0]} × {answer.shape[1]} out."]
    total = float(kernel.sum())
    if not kernel.any():
        said.append("A kernel of zeros answers 0 everywhere.")
    elif np.isclose(total, 0, atol=1e-12):
        said.append("The kernel's numbers add up to 0: an even surface answers 0.")
    else:
        said.append(
            f"The kernel's numbers add up to {number_in_words(total)}, and so much brighter gets an even surface."
        )
    below, above = (answer < 0).mean(), (answer > 255).mean()
    if below or above:
        said.append(f"Of the numbers, {_share(below)} lie below 0 and {_share(above)} above 255.")
    return said


def _share(value: float) -> str:
    return "under 1 %" if 0 < value < 0.01 else f"{value:.0%}".replace("%", " %")
