"""Noise, and what removes it."""

import numpy as np
import streamlit as st

from core.concepts.filters.denoising import REMOVERS, gaussian_filter, root_mean_square_error
from core.concepts.filters.noise import HIGHEST, VARIANCE, add_gaussian_noise, add_salt_and_pepper
from core.runs.settings.parameters import Boolean, Choice, Number
from pages.concepts.filter_lab.shown_picture import SMALL_SIDE, choose_pixels, show_pictures
from pages.concepts.state import State
from pages.shared.page import Page

NOISE = (
    Choice(
        "noise",
        "Noise",
        "What is done to the picture.",
        {"salt_pepper": "Salt and pepper", "gaussian": "Gaussian"},
        default="salt_pepper",
    ),
    Number("variance", "Variance", "Of the noise, in square grey levels.", 0, 5000, default=VARIANCE),
    Number(
        "highest", "Integers up to", "Each pixel draws one; 0 is black, the highest white.", 1, 200, default=HIGHEST
    ),
    Number("seed", "Seed", "Another one draws other noise.", 0, 9999, default=0),
    Number("side", "Side", "Of the square that each filter looks at, in pixels.", 2, 11, default=5),
    Boolean(
        "normalised", "Gaussian adds up to 1", "Otherwise its peak is 1, and the picture too bright.", default=True
    ),
)


def show_noise_view(page: Page, state: State) -> None:
    """The picture, the noisy one, and what each filter makes of that."""
    with st.container(horizontal=True, vertical_alignment="center"):
        pixels = choose_pixels(page, state, SMALL_SIDE)
        state.buttons("noise", label_visibility="collapsed")
        st.button("Draw again", icon=":material/casino:", on_click=lambda: state.set(seed=(state["seed"] + 1) % 10_000))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        noisy = _noisy(state, pixels)
        side = state.slider("side")
        state.toggle("normalised")
    cleaned = {remover.title: remover.apply(noisy, side) for remover in REMOVERS.values()}
    if not state["normalised"]:
        cleaned[REMOVERS["gaussian"].title] = gaussian_filter(noisy, side, normalised=False)
    left = {title: root_mean_square_error(pixels, np.clip(answer, 0, 255)) for title, answer in cleaned.items()}
    best = min(left, key=left.__getitem__)
    with_noise = root_mean_square_error(pixels, noisy)
    show_pictures(
        ("The picture", pixels, "clip"),
        (f"With noise, {_strength(state)}: {with_noise:.1f} levels off", noisy, "clip"),
        *(
            (f"{'**' * (title == best)}{title}: {left[title]:.1f} levels off{'**' * (title == best)}", answer, "clip")
            for title, answer in cleaned.items()
        ),
    )
    st.caption(
        "“Levels off” is the root of the mean squared difference from the picture without noise. "
        "A median drops single black and white pixels, which a mean only spreads. Against Gaussian noise a mean does "
        "better on even surfaces, and pays for it at edges. A Wiener filter smooths where no more varies than noise "
        "does, and leaves edges alone."
    )
    st.latex(r"\text{off} = \sqrt{\tfrac{1}{n} \sum_i (y_i - x_i)^2}")


def _noisy(state: State, pixels: np.ndarray) -> np.ndarray:
    if state["noise"] == "gaussian":
        return add_gaussian_noise(pixels, state.slider("variance", maximum=1000, step=10), state["seed"])
    highest = state.slider("highest", maximum=100)
    return add_salt_and_pepper(pixels, highest, state["seed"])


def _strength(state: State) -> str:
    if state["noise"] == "gaussian":
        return f"variance {state['variance']}"
    return f"{200 / (state['highest'] + 1):.1f} % of the pixels"
