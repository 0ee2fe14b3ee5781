"""Where brightness changes: gradients, the Laplacian, and the stages of Canny's algorithm."""

import numpy as np
import streamlit as st

from core.concepts.filters.convolution import Convolution, convolve
from core.concepts.filters.edges import GRADIENTS, SIGNS, canny_stages, gradient_kernels, gradients
from core.concepts.filters.kernels import KERNELS
from core.runs.settings.parameters import Choice, Number
from pages.concepts.filter_lab.shown_picture import SMALL_SIDE, choose_grey, choose_shown, show_pictures
from pages.concepts.number_grid import number_grid, show_grids
from pages.concepts.state import State
from pages.shared.page import Page

KINDS = {kind: titled[0] for kind, titled in GRADIENTS.items()} | {"laplacian": "Laplacian", "canny": "Canny"}
EDGES = (
    Choice("edges", "Edges", "How edges are found.", KINDS, default="sobel"),
    Choice("signs", "Sign", "Which side of an edge answers with a positive number.", SIGNS, default="given"),
    Number("sigma", "Sigma", "Standard deviation of the Gaussian, in pixels.", 0.3, 10, default=2, whole=False),
    Number("low", "Low threshold", "Weaker pixels are never an edge.", 0, 1000, default=25),
    Number("high", "High threshold", "Stronger pixels always are.", 0, 1000, default=50),
)


def show_edges_view(page: Page, state: State) -> None:
    """The pictures of one way to find edges."""
    with st.container(horizontal=True, vertical_alignment="center"):
        grey = choose_grey(page, state, SMALL_SIDE)
        kind = state.buttons("edges", label_visibility="collapsed", wrap=True)
    if kind == "canny":
        _show_canny(state, grey)
    elif kind == "laplacian":
        _show_laplacian(state, grey)
    else:
        _show_gradients(state, grey, kind)


def _show_gradients(state: State, grey: np.ndarray, kind: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        signs = state.select("signs")
        shown = choose_shown(state)
    found = gradients(grey, kind, signs)
    show_pictures(
        ("The picture", grey, "clip"),
        ("Gx, the change across", found.across, shown),
        ("Gy, the change down", found.down, shown),
        ("Magnitude √(Gx² + Gy²)", found.magnitude, shown if shown == "stretch" else "clip"),
    )
    across, down = gradient_kernels(kind, signs)
    show_grids(number_grid(across, "Gx"), number_grid(down, "Gy"))
    st.latex(r"|G| = \sqrt{G_x^2 + G_y^2}")
    st.caption(
        "Clipped to 0…255, edges of one sign go black: half of all edges are lost. Books differ in the sign; the "
        "magnitude is the same with either."
    )


def _show_laplacian(state: State, grey: np.ndarray) -> None:
    shown = choose_shown(state)
    kernel = KERNELS["laplacian"].matrix
    answer = convolve(grey, kernel, Convolution(outside="nearest"))
    show_pictures(("The picture", grey, "clip"), ("Laplacian", answer, shown), columns=2)
    show_grids(number_grid(kernel, "Laplacian"))
    st.latex(r"\nabla^2 x = \frac{\partial^2 x}{\partial i^2} + \frac{\partial^2 x}{\partial j^2}")
    st.caption("Along an edge the second derivative changes its sign, from one side to the other.")


def _show_canny(state: State, grey: np.ndarray) -> None:
    with st.container(horizontal=True):
        sigma = state.slider("sigma", maximum=6, step=0.1)
        low = state.slider("low", maximum=300)
        high = state.slider("high", maximum=300)
    if low > high:
        st.caption("The low threshold lies above the high one, and counts as that.")
    found = canny_stages(grey, sigma, low, high)
    show_pictures(
        ("The picture", grey, "clip"),
        ("1 Smoothed: noise has no edges", found.smoothed, "clip"),
        ("2 Gradient: Sobel's magnitude", found.magnitude, "stretch"),
        ("3 Non-maximum suppression: ridges only", found.thin, "stretch"),
        ("4 Double threshold: weak grey, strong white", 100.0 * found.weak + 155 * found.strong, "clip"),
        ("5 Hysteresis: weak ones that hang on a strong one", 255.0 * found.edges, "clip"),
    )
    st.caption(
        f"Of the pixels, {_share(found.weak)} reach the low threshold on a ridge, {_share(found.strong)} the high one, "
        f"and {_share(found.edges)} are edges. Thresholds are in grey levels as Sobel's kernels add them up."
    )


def _share(pixels: np.ndarray) -> str:
    return f"{100 * pixels.mean():.1f} %"
