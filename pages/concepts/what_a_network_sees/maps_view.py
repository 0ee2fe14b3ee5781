"""Feature maps: what a layer makes of one picture, or of several images of a class, and another network beside it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.architectures.map_layer import MapLayer
from core.figures.map_pictures import enlarged
from pages.components.gallery import Tile, show_tiles
from pages.concepts.picture_choice import choose_picture
from pages.concepts.state import State
from pages.concepts.what_a_network_sees.number_list_field import number_list_field
from pages.concepts.what_a_network_sees.seen_network import (
    SeenNetwork,
    Source,
    choose_layer,
    seen_network,
    source_of,
)
from pages.shared.inference import has_weights
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.run_label import run_label
from pages.shared.thumbnails import pixels_url

PICTURE, CLASS = "picture", "class"
IMAGES = {PICTURE: "One picture", CLASS: "Several of a class"}
IMAGES_OF_CLASS, MOST_TILES = 4, 64
SHOWN_SIDE, TILE, SMALL_TILE, WIDEST_TILE = 96, 84, 60, 124


@dataclass(frozen=True)
class _Shown:
    """The pictures that the network is shown."""

    names: list[str]
    sources: list[Source]


def show_maps(page: Page, state: State, network: SeenNetwork) -> None:
    """What there is to choose, and the maps."""
    of_layer, of_pictures, which = st.columns([5, 4, 4], vertical_alignment="bottom")
    with of_layer:
        layer = choose_layer(state, network, network.layers)
    with of_pictures:
        several = state.buttons("images", labels=IMAGES, label_visibility="collapsed") == CLASS
    with which:
        shown = _of_class(page, state) if several else _one(page, state)
    maps = st.container()
    with st.expander("Which filters, how light, another network beside it", icon=":material/tune:"):
        other = _beside(page, state, network)
        filters = number_list_field(state, "filters", layer.shape[2])
        state.toggle("own")
        at_once = MOST_TILES // len(shown.sources) // (2 if other else 1)
    with maps:
        some = _page_of(state, filters, at_once)
        if other is None:
            _draw(state, network, layer, shown, some, "seeing_maps")
        else:
            _draw_both(state, (network, layer), other, shown, some)


def _page_of(state: State, filters: list[int], at_once: int) -> list[int]:
    number = state.slider("page", maximum=-(-len(filters) // at_once))
    return filters[(number - 1) * at_once : number * at_once]


def _draw_both(
    state: State, first: tuple[SeenNetwork, MapLayer], other: SeenNetwork, shown: _Shown, filters: list[int]
) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        network, layer = first
        st.caption(escape(run_label(network.run)))
        _draw(state, network, layer, shown, filters, "seeing_maps")
    with right:
        st.caption(escape(run_label(other.run)))
        layer = choose_layer(state, other, other.layers, "layer2")
        fitting = [filter for filter in filters if filter <= layer.shape[2]]
        if not fitting:
            st.caption(f"The layer has only {layer.shape[2]:,} filters.")
            return
        _draw(state, other, layer, shown, fitting, "seeing_maps_beside")


# What is shown -------------------------------------------------------------------------------------------------------


def _one(page: Page, state: State) -> _Shown:
    picture = choose_picture(page, state)
    return _Shown([picture.title], [source_of(picture)])


def _of_class(page: Page, state: State) -> _Shown:
    """The first images of a class; the class that a link names where there is one."""
    dataset, key = page.dataset, f"{state.key('of')}_list"
    images = dataset.images
    names = [name for name in dataset.class_names if (images["label"] == name).any()]
    known = state["of"] in names
    st.session_state[key] = state["of"] if known else names[0]
    chosen = st.selectbox("Class", names, key=key, on_change=lambda: state.set(of=st.session_state[key]))
    if state["of"] and not known:
        st.caption("The class that the link names is not here: another one is shown.")
    paths = images.loc[images["label"] == chosen, "path"].head(IMAGES_OF_CLASS).tolist()
    return _Shown([Path(path).name for path in paths], [str(dataset.path_of(path)) for path in paths])


def _beside(page: Page, state: State, network: SeenNetwork) -> SeenNetwork | None:
    """Another network that is shown the same."""
    runs = {run.id: run for run in page.runs if has_weights(run) and run.id != network.run.id}
    if state["beside"] and state["beside"] not in runs:
        st.caption("The other run that the link names is not here.")
    if not runs:
        st.caption("Train another network on these images: then it can be shown beside this one.")
        return None
    options, key = ["", *runs], f"{state.key('beside')}_list"
    st.session_state[key] = state["beside"] if state["beside"] in runs else ""
    chosen = st.selectbox(
        "Beside it",
        options,
        format_func=lambda run_id: run_label(runs[run_id]) if run_id else "No other network",
        key=key,
        on_change=lambda: state.set(beside=st.session_state[key]),
    )
    other = seen_network(runs[chosen]) if chosen else None
    if other is not None and not other.layers:
        st.caption(f"{escape(other.title)} has no convolutions, so it gives no maps to show beside these.")
        return None
    return other


# What it becomes -----------------------------------------------------------------------------------------------------


def _draw(state: State, network: SeenNetwork, layer: MapLayer, shown: _Shown, filters: list[int], key: str) -> None:
    arguments = {"layer": layer.number, "filters": filters, "own_scale": state["own"]}
    found = network.ask("feature_maps", *shown.sources, pictures=shown.sources, **arguments)
    several = len(shown.sources) > 1
    tiles = [
        _tile(f"image_{place}", np.asarray(image), f"{name} as the network sees it", "" if several else "the picture")
        for place, (name, image) in enumerate(zip(shown.names, found["images"], strict=True))
    ]
    for row, number in enumerate(found["filters"].tolist()):
        for name, maps in zip(shown.names, found["maps"], strict=True):
            title = f"Map {number} of layer {layer.number}, for {name}"
            tiles.append(_tile(f"{number}_{name}_{len(tiles)}", _grey(maps[row]), title, f"map {number}"))
    if several:  # so small that several filters are seen at once
        with st.container(width=len(shown.sources) * WIDEST_TILE):
            show_tiles(tiles, key, SMALL_TILE, len(shown.sources))
    else:
        show_tiles(tiles, key, TILE)
    st.caption(_in_words(layer, found, state["own"]))


def _tile(id: str, pixels: np.ndarray, title: str, caption: str) -> Tile:
    return Tile(id, pixels_url(enlarged(pixels, SHOWN_SIDE), SHOWN_SIDE * 2), title, caption)


def _grey(pixels: np.ndarray) -> np.ndarray:
    return np.repeat(pixels[..., None], 3, axis=-1)


def _in_words(layer: MapLayer, found: dict[str, Any], own: bool) -> str:
    height, width, count = layer.shape
    words = f"{len(found['filters']):,} of {count:,} maps of {height} × {width}. "
    scale = "of each map" if own else "of the layer"
    if found["signed"]:
        words += f"Middle grey is 0, the largest amount {scale} white, or black where it is below 0. "
    else:
        words += f"Black is 0, white the largest value {scale}: {found['high']:,.4g} is the largest of all. "
    if layer.field is not None:
        words += f"Each place sees {layer.field[0]} × {layer.field[1]} pixels of the image. "
    if silent := len(found["silent"]):
        words += f"Filters that answer nowhere: {silent:,} of {count:,}."
    return words
