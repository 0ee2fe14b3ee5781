"""The images that excite a filter most, whole with the part that did framed, and that part alone."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image, ImageDraw

from core.architectures.map_layer import MapLayer
from core.figures.map_pictures import NOTHING
from core.images.reading import UnreadableImage, read_square
from pages.components.gallery import Tile, show_tiles
from pages.concepts.state import State
from pages.concepts.what_a_network_sees.seen_network import SeenNetwork, choose_layer
from pages.shared.evaluated_run import images_of
from pages.shared.inference import awaited_task, modified, weights_written
from pages.shared.page import Page
from pages.shared.thumbnails import pixels_url

WHOLE_SIDE, PART_SIDE = 192, 128
FRAME, DOT = (255, 176, 0), (230, 30, 30)
FORMULA = r"r_l = r_{l-1} + (K_l - 1) \prod_{k < l} S_k"
Part = tuple[int, int, int, int]


def show_strongest(page: Page, state: State, network: SeenNetwork) -> None:
    """Which layer and filter, and its nine images."""
    chosen, which = st.columns([3, 2], vertical_alignment="bottom")
    with chosen:
        layer = choose_layer(state, network, network.layers)
    with which:
        filter = state.slider("filter", maximum=layer.shape[2])
    run = network.run
    found = awaited_task(
        "strongest_images",
        str(page.workspace.root),
        "Looking for the images that excite each filter most",
        state=(weights_written(run), run.answers_as_of, modified(run.images_path)),
        run=str(run.folder),
        layer=layer.number,
    )
    if found is None:
        return
    values = found["values"][filter - 1]
    if np.abs(values).max() <= NOTHING * np.abs(found["values"]).max():
        st.info(f"Filter {filter} answers nothing to any of {len(found['paths'])} images. Choose another one.")
        return
    wholes, parts = _tiles(page, network, found, filter)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**The images**")
        show_tiles(wholes, "seeing_whole", columns=3)
    with right:
        st.markdown("**The part of each that did it**")
        show_tiles(parts, "seeing_part", columns=3)
    st.caption(_in_words(layer, network, found, values))
    st.latex(FORMULA, help="The receptive field behind layer l: K is its window, S how far each layer before it moves.")


def _tiles(page: Page, network: SeenNetwork, found: dict[str, Any], filter: int) -> tuple[list[Tile], list[Tile]]:
    wholes, parts = [], []
    table = images_of(network.run)
    chosen = (found[name][filter - 1].tolist() for name in ("images", "values", "parts", "centres"))
    for image, value, part, centre in zip(*chosen, strict=True):
        path = found["paths"][image]
        pixels = _pixels(page, network, path)
        if pixels is None:
            continue
        label = _label(table, path)
        title = f"{path} · {label} · {value:.3g} at its strongest"
        wholes.append(Tile(path, pixels_url(_framed(pixels, tuple(part), centre)), title, label, f"{value:.3g}"))
        parts.append(Tile(path, pixels_url(_cut(pixels, tuple(part))), f"The part of {title}", label))
    return wholes, parts


def _pixels(page: Page, network: SeenNetwork, path: str) -> np.ndarray | None:
    """The image as the network is fed it; None where it can't be read any more."""
    try:
        return read_square(page.dataset.path_of(path), network.run.settings.image_size, network.run.reading)
    except UnreadableImage:
        return None


def _label(table: pd.DataFrame, path: str) -> str:
    return str(table.loc[path, "label"]) if path in table.index else ""


def _framed(pixels: np.ndarray, part: Part, centre: tuple[float, float]) -> np.ndarray:
    """The image with a frame around the part and a dot in its middle."""
    scale = WHOLE_SIDE / len(pixels)
    resample = Image.Resampling.NEAREST if scale > 2 else Image.Resampling.BILINEAR
    image = Image.fromarray(pixels).resize((WHOLE_SIDE, WHOLE_SIDE), resample)
    pen = ImageDraw.Draw(image)
    top, left, bottom, right = (round(edge * scale) for edge in part)
    pen.rectangle((left, top, max(right, left + 4) - 1, max(bottom, top + 4) - 1), outline=FRAME, width=3)
    row, column = (np.clip(each * scale, 0, WHOLE_SIDE - 1) for each in centre)
    pen.ellipse((column - 3, row - 3, column + 3, row + 3), fill=DOT)
    return np.asarray(image)


def _cut(pixels: np.ndarray, part: Part) -> np.ndarray:
    """The part alone, enlarged; its pixels stay squares where they are few."""
    top, left, bottom, right = part
    cut = Image.fromarray(pixels[top:bottom, left:right])
    scale = PART_SIDE / max(cut.size)
    size = max(1, round(cut.width * scale)), max(1, round(cut.height * scale))
    return np.asarray(cut.resize(size, Image.Resampling.NEAREST if scale > 2 else Image.Resampling.BILINEAR))


def _in_words(layer: MapLayer, network: SeenNetwork, found: dict[str, Any], values: np.ndarray) -> str:
    side = network.run.settings.image_size
    words = f"The strongest of {len(found['paths'])} training and validation images, of all classes in turn. "
    if values.max() < 0:
        words += "All values of this filter are below 0: behind a ReLU, nothing of it is left. "
    elif len(values) > 1 and values.min() == values.max():  # ReLU6 has a ceiling
        words += f"All {len(values)} reach the same {values.max():.3g}: the layer before may tell them apart. "
    if layer.field is None:
        return words + "How far a place of this layer sees is not known; the dot is where its map is largest."
    height, width = layer.field
    words += (
        f"A place of this layer sees {height} × {width} pixels: the frame. The dot is its middle, which counts most."
    )
    if min(height, width) >= side:
        words += f" That is more than the whole image of {side} × {side}, so that the part is much of it."
    return words
