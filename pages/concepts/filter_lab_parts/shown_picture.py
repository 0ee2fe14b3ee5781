"""The picture that filters work on, in one channel or three, and how what comes out of them is shown."""

import io

import numpy as np
import streamlit as st
from PIL import Image

from core.concepts.channels import to_grey
from core.concepts.grey_levels import SHOWN, to_levels
from core.runs.settings.parameters import Choice
from pages.concepts.picture_choice import PICTURE, Picture, choose_picture
from pages.concepts.state import State
from pages.shared.page import Page

# Of pictures that stand several in a row: more is not seen, and every filter takes longer.
SMALL_SIDE = 256
SHOWN_AS = (
    PICTURE,
    Choice(
        "channels",
        "Channels",
        "Filter the brightness of the picture, or each of its three channels by itself.",
        {"grey": "Grey", "colour": "Each channel"},
        default="grey",
    ),
    Choice("shown", "Shown", "How numbers below 0 and above 255 become grey levels.", SHOWN, default="clip"),
)
# Where the page is narrow, Streamlit would put one in a row.
TWO_IN_A_ROW = """<style>
  @media (max-width: 640px) { .st-key-filter_pictures .stColumn { min-width: calc(50% - 1rem); } }
</style>"""
SHORT_SHOWN = {"clip": "Clipped", "centre": "Zero is grey", "stretch": "Stretched"}


def choose_pixels(page: Page, state: State, side: int | None = None) -> np.ndarray:
    """The picture in view, and the ways to another and to its channels.

    Parameters
    ----------
    side
        To which it is made smaller; None for as large as it is.

    Returns
    -------
    (height, width) or (height, width, 3) array of uint8
    """
    pixels = _reduced(choose_picture(page, state), side)
    return to_grey(pixels) if state.buttons("channels", label_visibility="collapsed") == "grey" else pixels


def choose_grey(page: Page, state: State, side: int) -> np.ndarray:
    """The brightness of the picture in view, and the way to another."""
    return to_grey(_reduced(choose_picture(page, state), side))


def _reduced(picture: Picture, side: int | None) -> np.ndarray:
    if side is None:
        return picture.pixels
    image = Image.fromarray(picture.pixels)
    image.thumbnail((side, side))
    return np.asarray(image)


def choose_shown(state: State) -> str:
    """The way in which numbers are shown."""
    return state.buttons("shown", label_visibility="collapsed", labels=SHORT_SHOWN)


def show_pictures(*pictures: tuple[str, np.ndarray, str], columns: int = 4) -> None:
    """Pictures beside each other, each a caption in Markdown, its numbers, and how these are shown."""
    st.html(TWO_IN_A_ROW)
    with st.container(key="filter_pictures"):
        for first in range(0, len(pictures), columns):
            row = pictures[first : first + columns]
            for column, (caption, values, shown) in zip(st.columns(columns), row, strict=False):
                column.image(
                    to_levels(values, shown), width="stretch", output_format="PNG", alt=caption.replace("*", "")
                )
                column.caption(caption)


def offer_png(values: np.ndarray, shown: str, name: str) -> None:
    """A button that saves what is shown as PNG."""
    st.download_button(
        "Picture",
        lambda: png_of(to_levels(values, shown)),
        f"{name}.png",
        "image/png",
        icon=":material/download:",
        on_click="ignore",
        key=f"png_{name}",
    )


def png_of(pixels: np.ndarray) -> bytes:
    """Grey levels as a PNG file."""
    encoded = io.BytesIO()
    Image.fromarray(pixels).save(encoded, "PNG")
    return encoded.getvalue()
