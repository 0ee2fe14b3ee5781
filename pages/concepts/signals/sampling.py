"""Fewer pixels and fewer grey levels, and what comes of too few."""

from functools import lru_cache

import numpy as np
import streamlit as st

from core.concepts.signals.sampling import bits_per_picture, quantise, rings, sample
from pages.components.pixel_lens import pixel_lens
from pages.concepts.formulas import show_formulas
from pages.concepts.picture_choice import choose_picture
from pages.concepts.state import State
from pages.shared.page import Page

SOURCES = {"picture": "A picture", "rings": "Fine rings"}


def show_sampling(page: Page, state: State) -> None:
    """The picture, and what is left of it."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        source = state.buttons("source")
        factor = int(state.slider("factor", width=170))
        bits = int(state.slider("bits", width=170))
        average = state.toggle("average")
    if source == "picture":
        picture = choose_picture(page, state)
        title, pixels = picture.title, picture.pixels
    else:
        title, pixels = "Rings, finer and finer to the outside", _rings()
    levels = 2**bits
    left = quantise(sample(pixels, factor, average), levels)
    pixel_lens(
        pixels,
        state.key("lens"),
        answer=left,
        scale=factor,
        outside="none",
        captions=(_size_in_words(title, pixels, 256), _size_in_words("What is left", left, levels)),
        alt=f"{title}. Beside it: one pixel of {factor} × {factor}, {levels} levels.",
    )
    st.markdown(_in_words(factor, levels, average))
    show_formulas(r"q(v) = \Delta \cdot \mathrm{round}(v / \Delta)", rf"\Delta = 255 / (2^{{{bits}}} - 1)")
    st.code(lines(pixels.shape, factor, levels, average), language="python")


@lru_cache(maxsize=1)
def _rings() -> np.ndarray:
    return rings()


def _size_in_words(title: str, pixels: np.ndarray, levels: int) -> str:
    height, width = pixels.shape[:2]
    is_grey = bool((pixels[..., :1] == pixels).all())
    kilobytes = bits_per_picture(height, width, 1 if is_grey else 3, levels) / 8 / 1000
    return f"{title}: {height} × {width} pixels, {levels} levels, {kilobytes:,.1f} kB"


def _in_words(factor: int, levels: int, average: bool) -> str:
    words = []
    if factor > 1 and not average:
        words.append(
            f"**Sampling:** waves shorter than {2 * factor} pixels can't be shown and come back as longer ones "
            "that were not there: aliasing. Average first, and they fade instead."
        )
    elif factor > 1:
        words.append(f"**Sampling:** each pixel is the mean of {factor} × {factor}. What was finer has faded.")
    if levels <= 16:
        words.append("**Quantising:** smooth parts break into bands where a grey jumps to the next level.")
    return " ".join(words) or "Every pixel and every level is there. Take some away."


def lines(shape: tuple[int, ...], factor: int, levels: int, average: bool) -> str:
    """What does the same in NumPy."""
    taken = f"left = pixels[::{factor}, ::{factor}]"
    if average and factor > 1:
        down, across = (min(factor, side) for side in shape[:2])
        height, width = shape[0] - shape[0] % down, shape[1] - shape[1] % across
        whole = "pixels" if (height, width) == shape[:2] else f"pixels[:{height}, :{width}]"
        taken = f"left = np.round(skimage.measure.block_reduce({whole}, ({down}, {across}, 1), np.mean))"
    step = f"(255 / {levels - 1})"
    return taken if levels == 256 else f"{taken}\nleft = np.round(left / {step}) * {step}"
