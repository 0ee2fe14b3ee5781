"""Kernels: the weights of any convolution as pictures and numbers, and what one of them makes of an image."""

from typing import Any

import numpy as np
import streamlit as st

from core.architectures.map_layer import MapLayer
from core.concepts.convolution import convolve
from core.figures.map_pictures import enlarged, kernels_as_pictures
from pages.components.gallery import Tile, show_tiles
from pages.components.pixel_lens import pixel_lens
from pages.concepts.number_grid import number_grid, show_grids
from pages.concepts.picture_choice import Picture, choose_picture
from pages.concepts.seeing.seen_network import SeenNetwork, choose_layer, source_of
from pages.concepts.state import State
from pages.shared.page import Page
from pages.shared.thumbnails import pixels_url

AT_ONCE, SHOWN_SIDE, TILE, GRIDS = 48, 64, 48, 3
COLOURS = ("red", "green", "blue")


def show_kernels(page: Page, state: State, network: SeenNetwork) -> None:
    """All kernels of a layer, the numbers of the chosen one, and what it answers to a picture."""
    if not network.convolutions:
        _show_first_weights(network)
        return
    layer = choose_layer(state, network, network.convolutions)
    gallery, numbers = st.columns([3, 2], gap="large")
    with numbers:
        controls = st.container()
    with gallery:
        _show_all(state, network, layer)
    with controls:
        filter, channel = _choose(state, layer)
    with numbers:
        found = network.ask("layer_kernels", layer=layer.number, filters=[filter], channel=channel)
        _show_numbers(found, layer, filter, channel)
    _show_applied(page, state, network, layer, found, channel)


def _show_all(state: State, network: SeenNetwork, layer: MapLayer) -> None:
    """The layer's kernels as pictures; a click chooses one."""
    count = layer.shape[2]
    number = state.slider("page", maximum=-(-count // AT_ONCE))
    filters = list(range((number - 1) * AT_ONCE + 1, min(number * AT_ONCE, count) + 1))
    channel = min(state["channel"], layer.channels)
    found = network.ask("layer_kernels", layer=layer.number, filters=filters, channel=channel)
    tiles = [
        Tile(str(filter), pixels_url(enlarged(pixels, SHOWN_SIDE)), f"Kernel {filter}", str(filter))
        for filter, pixels in zip(filters, kernels_as_pictures(found["values"]), strict=True)
    ]
    opened = show_tiles(tiles, "seeing_kernels", TILE, clickable=True).opened
    if opened is not None and int(opened) != state["filter"]:
        state.set(filter=int(opened))
    kinds = "in colour" if found["colours"] and not channel else _of_channels(layer, channel)
    st.caption(
        f"{len(filters)} of {count:,} kernels of {layer.words.partition(' →')[0]}, {kinds}: middle grey is 0, light a "
        "positive weight, dark a negative one, each on its own scale. A click chooses one."
    )


def _of_channels(layer: MapLayer, channel: int) -> str:
    if layer.channels == 1:
        return "each on one channel"
    return f"for channel {channel}" if channel else f"the mean over {layer.channels:,} channels"


def _choose(state: State, layer: MapLayer) -> tuple[int, int]:
    filter = state.slider("filter", maximum=layer.shape[2])
    if layer.channels == 1:
        return filter, 1
    return filter, state.slider("channel", minimum=0, maximum=layer.channels)


def _show_numbers(found: dict[str, Any], layer: MapLayer, filter: int, channel: int) -> None:
    values, biases = found["values"][0], found["biases"]
    if channel and layer.channels > 1:
        names = [_name(found, channel)]
    else:
        names = [_name(found, number) for number in range(1, values.shape[-1] + 1)]
    show_grids(*(number_grid(values[..., place], name) for place, name in enumerate(names[:GRIDS])))
    words = f"The weights of kernel {filter}"
    words += "." if biases is None else f", to whose sum the bias {biases[0]:.3g} is added."
    if len(names) > GRIDS:
        words += f" {GRIDS} of {len(names):,} channels are shown: choose one to see its numbers."
    st.caption(words)


def _name(found: dict[str, Any], channel: int) -> str:
    return COLOURS[channel - 1] if found["colours"] else f"channel {channel}"


def _show_applied(
    page: Page, state: State, network: SeenNetwork, layer: MapLayer, found: dict[str, Any], channel: int
) -> None:
    """What the kernel makes of what comes into its layer, and of the picture itself."""
    picture, filter = choose_picture(page, state), int(found["filters"][0])
    source = source_of(picture)
    applied = network.ask("apply_kernel", source, picture=source, layer=layer.number, filter=filter, channel=channel)
    kernel = found["values"][0]
    st.markdown("**In the layer**")
    single = kernel.shape[-1] == 1
    pixel_lens(
        applied["inputs"],
        "seeing_applied",
        answer=applied["answer"],
        kernel=kernel[..., 0] if single else None,
        window=kernel.shape[:2],
        scale=applied["stride"][0],
        offset=applied["offset"],
        dilation=applied["dilation"][0],
        ranges=(_range(applied["inputs"]), _range(applied["answer"])),
        captions=_captions(found, layer, channel),
        alt=f"What comes into layer {layer.number}, and what kernel {filter} makes of it",
    )
    if not single:
        st.caption("Choose a channel, and the sum under the kernel is written out.")
    if max(kernel.shape[:2]) > 1:
        _show_on_picture(picture, kernel, found, channel)


def _captions(found: dict[str, Any], layer: MapLayer, channel: int) -> tuple[str, str]:
    if channel and layer.channels > 1:
        return f"What comes in: {_name(found, channel)}", "What this channel adds to the sum"
    coming = "What comes in" if layer.channels == 1 else f"What comes in, the mean of {layer.channels:,} channels"
    return coming, "The kernel's whole sum, before the activation"


def _show_on_picture(picture: Picture, kernel: np.ndarray, found: dict[str, Any], channel: int) -> None:
    """The same kernel laid over the picture in grey, as over any other."""
    flat = kernel.mean(axis=-1)
    grey = np.rint(picture.pixels.mean(axis=-1)).astype(np.uint8)
    answer = convolve(grey, flat)
    st.markdown("**On the picture itself, in grey**")
    which = "" if kernel.shape[-1] == 1 else f", the mean over {'colours' if found['colours'] else 'channels'}"
    pixel_lens(
        grey,
        "seeing_on_picture",
        answer=answer,
        kernel=flat,
        ranges=(None, _range(answer)),
        captions=(picture.title, f"Convolved with the kernel{which}"),
        alt="The picture in grey, and the same convolved with the kernel",
    )


def _range(values: np.ndarray) -> tuple[float, float]:
    """Black and white of a picture in which middle grey is 0 where some values are below 0."""
    largest = max(float(np.abs(values).max()), 1e-9)
    return (-largest, largest) if values.min() < 0 else (0.0, largest)


def _show_first_weights(network: SeenNetwork) -> None:
    """Of a network without convolutions: the weights of its first dense layer, as the pixels that they belong to."""
    st.info(
        "This network has no convolutions: its first layer has a weight for every pixel, and no kernel that moves over "
        "the image. So there is nothing that it could find in another place than where it has learned it."
    )
    found = network.ask("kernels")
    tiles = [
        Tile(str(number), pixels_url(enlarged(pixels, SHOWN_SIDE)), f"Weights of unit {number}", f"unit {number}")
        for number, pixels in enumerate(found["pictures"], start=1)
    ]
    show_tiles(tiles, "seeing_dense", TILE * 2)
    st.caption(
        f"The weights of {len(tiles)} of {found['count']:,} units, laid out as the pixels that they belong to: middle "
        "grey is 0, light a positive weight, dark a negative one."
    )
