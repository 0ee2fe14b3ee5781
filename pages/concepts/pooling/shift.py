"""A picture that is shifted: its map follows, and what is pooled of it holds still."""

import numpy as np
import streamlit as st

from core.concepts.arrays.grey_levels import to_levels
from core.concepts.filters.kernels import find_kernel
from core.concepts.pooling.equivariance import Equivariance, equivariance, invariance, pooled_follows
from core.concepts.pooling.pooling import MAX
from core.concepts.pooling.shifting import EDGES, NEAREST, WRAP, shifted
from core.figures.pooled_shift import following_figure, unchanged_figure
from pages.concepts.number_grid import in_digits
from pages.concepts.pooling.controls import choose_grey, choose_kind, choose_window, in_cells
from pages.concepts.state import State
from pages.shared.figure import show_figure
from pages.shared.page import Page

# Several maps are computed for each move, so they are small.
SIDE = 256
SIZES = (1, 2, 4, 8, 16, 32, 64)
MOST_SHIFT = 8
PICTURE_WIDTH = 160  # five in a row of a usual screen, two on a telephone
EDGE_LABELS = {NEAREST: "Nearest pixels", WRAP: "The other side"}


def show_shift(page: Page, state: State) -> None:
    """The two orders of filter and shift and their difference, then what pooling forgets."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        grey = choose_grey(page, state, SIDE)
        state.select("filter", width=230)
        state.slider("right", width=190)
        state.slider("down", width=190)
    right, down, edge = state["right"], state["down"], state["edge"]
    found = equivariance(grey, find_kernel(state["filter"]).matrix, right, down, edge)
    pictures = {
        f"The picture, {in_cells(grey)}": to_levels(grey),
        "Shifted": to_levels(shifted(grey, right, down, edge)),
        "Shifted, then filtered": to_levels(found.shifted_then_filtered),
        "Filtered, then shifted": to_levels(found.filtered_then_shifted),
        "Difference of both": to_levels(found.difference),
    }
    with st.container(horizontal=True):
        for caption, levels in pictures.items():
            # Streamlit makes wide pictures smaller where the width is the picture's own, and a row of pixels nothing.
            with st.container(width=PICTURE_WIDTH):
                st.image(levels, caption=caption, width="stretch")
    st.markdown(equivariance_in_words(found, edge))
    st.latex(r"f(g(x)) = g(f(x)), \qquad f: \text{filter}, \; g: \text{shift}")
    st.markdown("**What pooling forgets**")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choose_kind(state)
        state.buttons("edge", labels=EDGE_LABELS, help=" ".join(EDGES.values()))
    with st.container(horizontal=True):
        choose_window(state, grey.shape)
    show_pooled(found, state)


def show_pooled(found: Equivariance, state: State) -> None:
    """How many cells the shift leaves as they were, and by which shifts the pooled map follows."""
    size, stride, kind, edge = state["size"], state["stride"], state["kind"], state["edge"]
    before, after = found.filtered, found.shifted_then_filtered
    sizes = sorted({*(side for side in SIZES if side <= min(before.shape)), size})
    shares = invariance(before, after, sizes, kind)
    cells = (before.shape[1] - size) // stride + 1
    shifts = range(min(MOST_SHIFT, (cells - 1) * stride) + 1)
    distances = pooled_follows(before, size, stride, list(shifts), kind, edge)
    words = pooled_in_words(dict(zip(sizes, shares, strict=True)), size, kind)
    left, right = st.columns(2)
    with left:
        show_figure(unchanged_figure(sizes, shares, size), "unchanged_cells", words)
    with right:
        show_figure(following_figure(distances), "following_a_shift", following_in_words(stride))
    st.markdown(f"{words} {following_in_words(stride)} {global_in_words(before, after)}")


def equivariance_in_words(found: Equivariance, edge: str) -> str:
    """Whether the map followed."""
    largest = found.largest_inside
    if np.isnan(largest):
        return "**Nothing of the picture is left inside** to compare: it is too small for the filter and the shift."
    where = "everywhere" if edge == WRAP else "inside, where nothing depends on what came in at the edge"
    if largest < 1e-6:
        return (
            f"**The map follows:** {where}, the largest difference of both orders is 0. A convolution is equivariant."
        )
    return f"**The largest difference of both orders is {largest:.3g}** {where}."


def pooled_in_words(shares: dict[int, float], size: int, kind: str) -> str:
    """How many cells hold still."""
    what = "largest values" if kind == MAX else "means"
    return (
        f"This shift leaves {shares[1]:.0%} of the map’s numbers as they were, and {shares[size]:.0%} of the {what} "
        f"of {size}×{size} windows side by side."
    )


def following_in_words(stride: int) -> str:
    """When the pooled map follows exactly."""
    if stride == 1:
        return "With stride 1 the pooled map follows every shift."
    return f"With stride {stride} the pooled map follows exactly only shifts by multiples of {stride} pixels."


def global_in_words(before: np.ndarray, after: np.ndarray) -> str:
    """What pooling over the whole map makes of the shift."""
    largest = " and then ".join(in_digits(float(values.max()), 4) for values in (before, after))
    mean = " and then ".join(in_digits(float(values.mean()), 4) for values in (before, after))
    return f"Over the whole map, the largest value is {largest}, the mean {mean}."
