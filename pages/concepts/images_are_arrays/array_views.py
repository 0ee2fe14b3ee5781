"""A picture beside what one line of NumPy makes of it, with the numbers of both under the pointer."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from core.concepts.arrays.channels import WEIGHTS, keep_channels, paint_rectangle, to_grey
from core.concepts.arrays.depth import WHITE, to_depth, values_of_file
from core.concepts.arrays.grey_levels import shown_range
from core.datasets.pixel_scale import is_deep
from core.images.reading import UnreadableImage
from core.images.reading_settings import Reading
from pages.components.pixel_lens import Place, Range, pixel_lens
from pages.concepts.picture_choice import SHIPPED, SIDE, Picture, choose_picture
from pages.concepts.state import State
from pages.shared.page import Page

DEEP_KEPT = 8
IN_COLOUR = f"{SHIPPED}chelsea"
COLOURS = {
    "red": "(1, 0, 0) red",
    "green": "(0, 1, 0) green",
    "blue": "(0, 0, 1) blue",
    "yellow": "(1, 1, 0) yellow",
    "white": "(1, 1, 1) white",
    "black": "(0, 0, 0) black",
}
GREYS = {
    "mean": "All alike: the mean",
    "luminance": "BT.601: Pillow, OpenCV, TensorFlow",
    "luminance_709": "BT.709: scikit-image",
}
DEPTHS = {"uint8": "8 bits", "uint16": "16 bits", "float32": "Floats, 0 to 1"}
LINES = {
    "uint8": "pixels",
    "uint16": "pixels.astype(np.uint16) * 257  # 65535 / 255",
    "float32": "pixels / 255  # as matplotlib.image.imread gives a PNG",
}
NAMES = ("red", "green", "blue")


def show_pixels(page: Page, state: State) -> None:
    """The picture as it is."""
    picture = choose_picture(page, state, IN_COLOUR)
    show_lens(state, picture.pixels, captions=(shape_in_words(page, picture), ""), alt=f"{picture.title}.")
    st.code(f"pixels.shape  # {picture.pixels.shape}\npixels.dtype  # {picture.pixels.dtype}", language="python")


def show_channels(page: Page, state: State) -> None:
    """Some channels set to 0."""
    with _controls():
        picture = choose_picture(page, state, IN_COLOUR)
        kept = [state.toggle(name) for name in NAMES]
    lines = [f"pixels[..., {channel}] = 0" for channel, keeps in enumerate(kept) if not keeps]
    left = " and ".join(name for name, keeps in zip(NAMES, kept, strict=True) if keeps)
    caption = f"Only {left}" if left and lines else "Nothing is left" if lines else "All three channels"
    show_lens(state, picture.pixels, keep_channels(picture.pixels, kept), (picture.title, caption))
    st.code("\n".join(lines) or "pixels  # switch a channel off", language="python")


def show_paint(page: Page, state: State) -> None:
    """A rectangle of one colour."""
    picture = choose_picture(page, state, IN_COLOUR)
    with _controls():
        names = ("top", "bottom", "left", "right")
        top, bottom, left, right = (int(state.number(name, width=105)) for name in names)
        colour = _shares(state.select("colour", width=165))
    painted = paint_rectangle(picture.pixels, (top, bottom), (left, right), [255 * share for share in colour])
    height, width = picture.pixels.shape[:2]
    caption = "Painted" if top < min(bottom, height) and left < min(right, width) else "No pixel lies in this rectangle"
    show_lens(state, picture.pixels, painted, (picture.title, caption))
    bright = tuple(255 * share for share in colour)
    st.code(f"pixels[{top}:{bottom}, {left}:{right}] = {bright}  # {colour} of floats from 0 to 1", language="python")


def show_grey(page: Page, state: State) -> None:
    """Three channels made one."""
    with _controls():
        picture = choose_picture(page, state, IN_COLOUR)
        how = state.select("mean", width=300)
    grey = to_grey(picture.pixels, how)
    shares = [f"{share:.4g}" for share in WEIGHTS[how]]
    line = "pixels.mean(axis=2)" if how == "mean" else f"pixels @ [{', '.join(shares)}]"
    show_lens(state, picture.pixels, grey, (picture.title, f"Grey: {_product(grey.shape)}, one number a pixel"))
    st.code(line, language="python")
    if how != "mean":
        st.caption("Green counts most because the eye sees it brightest. Libraries do not agree on the weights.")


def show_depth(page: Page, state: State) -> None:
    """The same picture with numbers of another type."""
    with _controls():
        picture = choose_picture(page, state, IN_COLOUR)
        kind = state.buttons("depth")
    own = _own_values(page, picture)
    source = picture.pixels if own is None else own
    deep = to_depth(source, kind) if source.dtype.name in WHITE else source
    caption = f"{deep.dtype}: {values_in_words(deep)}"
    shown = shown_range(deep, "stretch") if own is not None else None
    show_lens(state, picture.pixels, deep, (f"{picture.title}: uint8, as it is shown", caption), (None, shown))
    if own is None:
        st.code(LINES[kind], language="python")
        if kind == "uint16":
            st.caption("The same picture: of the 65,536 values only the multiples of 257 occur.")
    else:
        st.caption(f"The file itself holds {own.dtype}: these are its own values, drawn from the least to the most.")


# Parts ----------------------------------------------------------------------------------------------------------------


def show_lens(
    state: State,
    pixels: np.ndarray,
    answer: np.ndarray | None = None,
    captions: tuple[str, str] = ("", ""),
    ranges: tuple[Range | None, Range | None] = (None, None),
    alt: str = "",
) -> None:
    """The picture and what was made of it; the pixel that was clicked stands in the URL."""
    place = None if state["row"] is None or state["column"] is None else (state["row"], state["column"])
    pixel_lens(
        pixels,
        state.key("lens"),
        answer=answer,
        place=place,
        moved=lambda place: _keep(state, place),
        captions=captions,
        ranges=ranges,
        outside="none",
        alt=alt or f"{captions[0]}. Beside it: {captions[1]}.",
    )


def shape_in_words(page: Page, picture: Picture) -> str:
    """How many numbers the picture is, and what else there is to say of them."""
    pixels = picture.pixels
    words = f"{picture.title}: {_product(pixels.shape)} = {pixels.size:,} numbers"
    known = _known(page, picture)
    if known is not None and (known["height"], known["width"]) != pixels.shape[:2]:
        words += f". The file has {known['height']:,} × {known['width']:,} pixels; here it is smaller"
    if known is not None and _is_deep(known):
        words += f". The file holds {known['sample_kind']}, which “8 and 16 bits” shows"
    if (pixels[..., :1] == pixels).all():
        words += ". It is grey: its three channels are the same"
    return words


def values_in_words(values: np.ndarray) -> str:
    """From where to where the values reach, and how many different ones there are."""
    low, high = values.min(), values.max()
    is_short = values.dtype in (np.uint8, np.uint16)  # counted quicker than sorted
    different = np.count_nonzero(np.bincount(values.ravel())) if is_short else len(np.unique(values))
    reach = f"{low:,} to {high:,}" if values.dtype.kind != "f" else f"{low:.3g} to {high:.3g}"
    return f"{reach}, {different:,} different values, {values.nbytes:,} bytes"


def _controls():
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small")


def _keep(state: State, place: Place) -> None:
    state.set(row=min(place[0], SIDE - 1), column=min(place[1], SIDE - 1))


def _shares(colour: str) -> tuple[int, ...]:
    return tuple(int(digit) for digit in COLOURS[colour][1:8].split(","))


def _product(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _known(page: Page, picture: Picture) -> pd.Series | None:
    """What the dataset knows of the picture; None of one that is not among its images."""
    if not picture.dataset_path:
        return None
    images = page.dataset.images
    return images.loc[images["path"] == picture.dataset_path].iloc[0]


def _is_deep(known: pd.Series) -> bool:
    """Whether the file holds more than 8 bits a channel."""
    return bool(is_deep(known.to_frame().T).item())


def _own_values(page: Page, picture: Picture) -> np.ndarray | None:
    known = _known(page, picture)
    if known is None or not _is_deep(known) or picture.path is None:
        return None
    try:
        modified = picture.path.stat().st_mtime_ns
        return _deep(picture.path, modified, picture.pixels.shape[:2], picture.reading)
    except (UnreadableImage, OSError):  # gone since it was shown
        return None


@lru_cache(maxsize=DEEP_KEPT)
def _deep(path: Path, modified: int, shape: tuple[int, int], reading: Reading) -> np.ndarray | None:
    return values_of_file(path, shape, reading)
