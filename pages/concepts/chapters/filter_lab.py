"""Chapter 3: Filter lab."""

import streamlit as st

from pages.concepts.chapter import Chapter
from pages.concepts.filter_lab.chain_view import CHAIN, show_chain_view
from pages.concepts.filter_lab.convolution_settings import CONVOLUTION
from pages.concepts.filter_lab.edges_view import EDGES, show_edges_view
from pages.concepts.filter_lab.kernel_parameter import KERNEL
from pages.concepts.filter_lab.kernel_view import PIXEL, show_kernel_view
from pages.concepts.filter_lab.libraries_view import DIFFERENCE, show_libraries_view
from pages.concepts.filter_lab.noise_view import NOISE, show_noise_view
from pages.concepts.filter_lab.numbers_view import NUMBERS, show_numbers_view
from pages.concepts.filter_lab.sharpening_view import SHARPENING, show_sharpening_view
from pages.concepts.filter_lab.shown_picture import SHOWN_AS
from pages.concepts.network_in_view import network_in_view
from pages.concepts.questions import Question
from pages.concepts.state import State
from pages.concepts.views import chosen_view, view_parameter
from pages.shared.markdown import escape
from pages.shared.page import Page

IDEA = (
    "A filter multiplies each pixel of a small window by a number of its **kernel**, adds up, and moves on. These few "
    "numbers decide whether it blurs, sharpens or finds edges. Change them, and point at the picture to see the sum."
)
VIEWS = {
    "kernel": ("A kernel", show_kernel_view),
    "numbers": ("In numbers", show_numbers_view),
    "noise": ("Noise", show_noise_view),
    "edges": ("Edges", show_edges_view),
    "sharpen": ("Sharpening", show_sharpening_view),
    "chain": ("In a row", show_chain_view),
    "libraries": ("Libraries", show_libraries_view),
}
VIEW = view_parameter(VIEWS)
PARAMETERS = (VIEW, KERNEL, *CONVOLUTION, *SHOWN_AS, *PIXEL, *NUMBERS, *NOISE, *EDGES, *SHARPENING, CHAIN, DIFFERENCE)


def show(page: Page, state: State) -> None:
    """What there is to move, and the picture that answers."""
    chosen_view(state, VIEWS)(page, state)


def in_your_network(page: Page) -> None:
    """The first convolution of the visitor's network: the same sum, with kernels that it learned."""
    network = network_in_view(page)
    if network is None:
        st.caption("Open a dataset, and the first convolution of your network stands here.")
        return
    row = next((row for row in network.rows if row.layer.kind == "conv"), None)
    name = escape(network.architecture.title)
    if row is None:
        st.caption(f"{name} has no convolution: each unit looks at the whole image at once.")
        return
    layer, (height, width) = row.layer, row.layer.window
    padding = "zeros outside" if layer.padding == "same" else "nothing outside"
    st.markdown(
        f"The first convolution of {name} lays **{layer.units} kernels of {height} × {width}** over "
        f"{row.inputs[0][-1]} channels and adds the channels up; stride {layer.stride}, {padding}, no flip. "
        f"Nobody chose their numbers: training did."
    )
    query = page.query(chapter="seeing", view="kernels")
    st.page_link(
        page.step.path, label="See its kernels", icon=":material/visibility:", query_params=query, width="content"
    )


QUESTIONS = (
    Question(
        "A kernel's numbers add up to 0. What does it make of an even grey surface?",
        ("The same grey", "Zero everywhere", "White"),
        "Zero everywhere",
        "Where all pixels are alike, the answer is their grey times the sum of the kernel: grey times 0. That is why "
        "kernels that find edges add up to 0, and kernels that blur to 1.",
    ),
    Question(
        "One pixel in ten is black or white by accident. What removes that, and keeps the edges?",
        ("A mean", "A Gaussian", "A median"),
        "A median",
        "A mean spreads the wrong value over its neighbours. The middle one of the values does not care how far off a "
        "few of them are.",
    ),
    Question(
        "Why does it not matter to a CNN that its layers do not flip the kernel?",
        (
            "Its kernels are symmetric",
            "Its kernels are learned: training finds the turned one",
            "It flips the picture instead",
        ),
        "Its kernels are learned: training finds the turned one",
        "Flip or no flip, the same answers can be had, from kernels that are turned by 180°. It matters only where "
        "numbers are compared with a textbook's.",
    ),
)

CHAPTER = Chapter("filters", "Filter lab", "blur_on", IDEA, PARAMETERS, show, in_your_network, QUESTIONS)
