"""Kernels: the weights of any convolution as pictures and numbers, and what one of them makes of an image."""

from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from core.architectures.map_layer import MapLayer
from core.concepts.arrays.channels import to_grey
from core.concepts.filters.convolution import convolve
from core.figures.map_pictures import enlarged, kernels_as_pictures
from pages.components.gallery import Tile, show_tiles
from pages.components.pixel_lens import MOST_SIDE, pixel_lens
from pages.concepts.formulas import show_formulas
from pages.concepts.number_grid import in_digits, number_grid, show_grids
from pages.concepts.picture_choice import Picture, choose_picture
from pages.concepts.state import State
from pages.concepts.what_a_network_sees.seen_network import SeenNetwork, choose_layer, source_of
from pages.shared.page import Page
from pages.shared.thumbnails import pixels_url

AT_ONCE, SHOWN_SIDE, TILE, GRIDS, PICTURE_SIDE = 48, 64, 48, 3, 224
COLOURS = ("red", "green", "blue")
FORMULA = r"y(m, n) = b\; +", r"\sum_{c} \sum_{i, j} w_c(i, j) \; x_c(S m + i, S n + j)"


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
    words += "." if biases is None else f", to whose sum the bias {in_digits(float(biases[0]))} is added."
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
    _show_in_layer(applied, found, layer, channel)
    show_formulas(*FORMULA)
    st.caption("Summed over the channels c that come in, and the kernel's cells (i, j); S is the stride, b the bias.")
    if max(layer.window or (1, 1)) > 1:
        _show_on_picture(page, picture, found)


def _show_in_layer(applied: dict[str, Any], found: dict[str, Any], layer: MapLayer, channel: int) -> None:
    """What comes into the layer, and what the kernel answers, number by number."""
    kernel, stride = found["values"][0], applied["stride"][0]
    single = kernel.shape[-1] == 1
    inputs, answer = fitting(applied["inputs"], applied["answer"], stride)
    cut = inputs.shape != applied["inputs"].shape
    st.markdown("**In the layer**")
    pixel_lens(
        inputs,
        "seeing_applied",
        answer=answer,
        kernel=kernel[..., 0] if single else None,
        window=kernel.shape[:2],
        scale=stride,
        offset=applied["offset"],
        dilation=applied["dilation"][0],
        outside="none" if cut else "zero",
        ranges=(_range(inputs), _range(answer)),
        captions=_captions(found, layer, channel),
        alt=f"What comes into layer {layer.number}, and what kernel {found['filters'][0]} makes of it",
    )
    if cut:
        st.caption(f"Only the first {MOST_SIDE} rows and columns are shown.")
    if not single:
        st.caption("Choose a channel, and the sum under the kernel is written out.")


def fitting(inputs: np.ndarray, answer: np.ndarray, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """As much of both, from the first row and column on, as is drawn with its numbers."""
    most = MOST_SIDE // stride
    return inputs[: most * stride, : most * stride], answer[:most, :most]


def _captions(found: dict[str, Any], layer: MapLayer, channel: int) -> tuple[str, str]:
    if channel and layer.channels > 1:
        return f"What comes in: {_name(found, channel)}", "What this channel adds to the sum"
    coming = "What comes in" if layer.channels == 1 else f"What comes in, the mean of {layer.channels:,} channels"
    return coming, "The kernel's whole sum, before the activation"


def _show_on_picture(page: Page, picture: Picture, found: dict[str, Any]) -> None:
    """The same kernel laid over the picture in grey, as over any other."""
    # No larger than networks are usually fed: for that the kernel was learned, and all its numbers go to the browser.
    image = Image.fromarray(picture.pixels)
    image.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    kernel, grey = found["values"][0], to_grey(np.asarray(image))
    # Grey is as much red as green and blue, so that a kernel of three colours answers what their sum does.
    flat = kernel.sum(axis=-1) if found["colours"] else kernel.mean(axis=-1)
    answer = convolve(grey, flat)
    which = (
        ""
        if kernel.shape[-1] == 1
        else ", the sum of its colours"
        if found["colours"]
        else ", the mean of its channels"
    )
    st.markdown("**On the picture itself, in grey**")
    pixel_lens(
        grey,
        "seeing_on_picture",
        answer=answer,
        kernel=flat,
        ranges=(None, _range(answer)),
        captions=(picture.title, f"Convolved with the kernel{which}"),
        alt="The picture in grey, and the same convolved with the kernel",
    )
    typed = "; ".join(" ".join(f"{weight:.4g}" for weight in row) for row in flat.tolist())
    page.link("concepts", "This kernel in the filter lab", "tune", chapter="filters", kernel=typed)


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
