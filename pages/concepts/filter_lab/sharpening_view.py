"""Sharpening: a picture, and more of what blurring takes from it."""

import numpy as np
import streamlit as st

from core.concepts.filters.kernels import KERNELS
from core.concepts.filters.sharpening import FACTOR, sharpen
from core.concepts.filters.window_sum import number_in_words
from core.runs.settings.parameters import Choice, Number
from pages.concepts.filter_lab.shown_picture import (
    SMALL_SIDE,
    choose_pixels,
    choose_shown,
    offer_png,
    show_pictures,
)
from pages.concepts.formulas import show_formulas
from pages.concepts.state import State
from pages.shared.page import Page

BLURS = {name: KERNELS[name].title for name in ("gaussian", "gaussian_sum", "mean", "blur")}
USUAL = 1  # of a blur that is as bright as the picture, the least that one sees
SHARPENING = (
    Choice("blur", "Blur", "What is taken from the picture to leave its high-pass.", BLURS, default="gaussian"),
    Number("factor", "Factor", "How much of the high-pass is added.", 0, 20, default=USUAL, whole=False),
)


def show_sharpening_view(page: Page, state: State) -> None:
    """The picture, its blur, the difference, and the picture with more of that."""
    with st.container(horizontal=True, vertical_alignment="center"):
        pixels = choose_pixels(page, state, SMALL_SIDE)
        shown = choose_shown(state)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        blur = state.select("blur")
        factor = state.slider("factor", maximum=5, step=FACTOR, format="%.3f")
    made = sharpen(pixels, KERNELS[blur].matrix, factor)
    show_pictures(
        ("The picture", pixels, "clip"),
        ("Blur", made.blurred, shown),
        ("High-pass: picture − blur, zero is grey", made.high_pass, "centre"),
        (f"Sharpened: picture + {factor:g} · high-pass", made.sharpened, shown),
    )
    show_formulas(r"y = x + f \cdot (x - \text{blur}(x))", r"= (1 + f) \cdot x - f \cdot \text{blur}(x)")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(in_words(made.high_pass, factor, float(KERNELS[blur].matrix.sum())), width="stretch")
        offer_png(made.sharpened, shown, "sharpened")


def in_words(high_pass: np.ndarray, factor: float, blur_sum: float) -> str:
    """By how much sharpening changes pixels, and what a blur that is not normalised does."""
    change = f"At a factor of {factor:g}, no pixel changes by more than {abs(factor * high_pass).max():.0f} levels."
    if np.isclose(blur_sum, 1, atol=0.05):
        if factor > 2 * FACTOR:
            return change
        return f"{change} The course's .025 is for a blur that is not normalised; with this one, try {USUAL}."
    return (
        f"{change} The blur is {number_in_words(blur_sum)} times as bright as the picture, so that {factor:g} of it is "
        f"{number_in_words(factor * blur_sum)} blurs: the picture gets darker as well as sharper. Stretched, it shows."
    )
