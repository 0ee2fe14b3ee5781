"""Chapter 2: Signals."""

import streamlit as st

from core.architectures.layers import LayerRow
from core.concepts.signals.convolution_1d import PADDINGS
from core.runs.settings.parameters import Boolean, Choice, Number
from pages.concepts.chapter import Chapter
from pages.concepts.network_in_view import network_in_view
from pages.concepts.picture_choice import PICTURE
from pages.concepts.questions import Question
from pages.concepts.signals.fields import KERNEL, MOST_KERNEL, MOST_SIGNAL, OTHER, SIGNAL
from pages.concepts.signals.impulse import show_impulse
from pages.concepts.signals.rules import SYSTEMS, show_rules
from pages.concepts.signals.sampling import SOURCES, show_sampling
from pages.concepts.signals.slide import show_slide
from pages.concepts.state import State
from pages.concepts.views import chosen_view, view_parameter
from pages.shared.markdown import escape
from pages.shared.page import Page

IDEA = (
    "Convolution slides a small kernel along a signal: at each step, what lies under it is multiplied with it and "
    "added up. Textbooks turn the kernel around first; the layers of networks do not. What it makes of a single 1 says "
    "what it makes of everything."
)
VIEWS = {
    "slide": ("Step by step", show_slide),
    "impulse": ("Impulse response", show_impulse),
    "rules": ("Linear? Shift-invariant?", show_rules),
    "sampling": ("Sampling", show_sampling),
}
PARAMETERS = (
    view_parameter(VIEWS),
    SIGNAL,
    KERNEL,
    Boolean("flip", "Flip the kernel", "On: convolution, as in textbooks. Off: correlation, as in CNNs.", default=True),
    Number("stride", "Stride", "By how much the kernel moves from step to step.", 1, 8, default=1),
    Choice("padding", "Zeros outside", "What is put around the signal.", PADDINGS, default="full"),
    Number("step", "Step", "Where the kernel stands.", 1, MOST_SIGNAL + MOST_KERNEL, default=1),
    OTHER,
    Choice("system", "System", "What the signals are sent through.", SYSTEMS, default="filter"),
    Number("times", "Factor a", "By how much the signal is scaled.", -4, 4, default=2, whole=False),
    Number("shift", "Shift", "How many places later the signal comes.", 0, 4, default=2),
    PICTURE,
    Choice("source", "Of", "What is sampled.", SOURCES, default="picture"),
    Number("factor", "Keep one pixel of", "So many, in each direction.", 1, 32, default=8),
    Number("bits", "Bits a value", "2 to the power of so many levels are left.", 1, 8, default=8),
    Boolean("average", "Average first", "A pixel is the mean of its square, not its corner.", default=False),
)
QUESTIONS = (
    Question(
        "A CNN has learned the kernel [1, 2, 3]. Which kernel gives the same answers in a program that flips?",
        ("[1, 2, 3]", "[3, 2, 1]", "None does"),
        "[3, 2, 1]",
        "Turned around twice, it lies on the signal as it was. So it does not matter for learned kernels which of the "
        "two a library computes.",
    ),
    Question(
        "Which of these is not linear?",
        ("The mean of three neighbours", "The median of three neighbours", "The difference of two neighbours"),
        "The median of three neighbours",
        "The median of a sum is not the sum of the medians. So no kernel can do what a median filter does.",
    ),
    Question(
        "Of a photograph of a brick wall every eighth pixel is kept, and waves appear that the wall does not have. "
        "What prevents them?",
        ("More grey levels", "Averaging before pixels are dropped", "Keeping every eighth, but other ones"),
        "Averaging before pixels are dropped",
        "What is finer than two of the new pixels can't be shown by them and comes back as something coarser. The mean "
        "takes it away first.",
    ),
)


def show(page: Page, state: State) -> None:
    """What there is to move, and the picture that answers."""
    chosen_view(state, VIEWS)(page, state)


def in_your_network(page: Page) -> None:
    """Where it convolves, and where it samples."""
    network = network_in_view(page)
    if network is None:
        st.caption("Open a dataset and choose a network: where it convolves and where it samples is said here.")
        return
    st.markdown(_convolutions_in_words(escape(network.architecture.title), network.rows))
    height, width = page.dataset.images[["height", "width"]].median().astype(int)
    side = network.image_size
    st.markdown(
        f"Sampling comes first of all: your images, half of which have more than {height:,} × {width:,} pixels, are "
        f"brought to {side} × {side}. Where that makes them smaller, pixels are averaged."
    )


def _convolutions_in_words(title: str, rows: list[LayerRow]) -> str:
    convolutions = [row for row in rows if row.layer.kind in ("conv", "depthwise", "separable")]
    if not convolutions:
        return f"**{title}** has no convolution: its units look at all pixels, and a shifted image is a new one."
    strides = [row for row in rows if row.layer.stride > 1]
    count = len(convolutions)
    words = (
        f"**{title}** has {count} convolution{'s' * (count > 1)}. None flips its kernels, and before bias and "
        "activation each is linear and shift-invariant."
    )
    if not strides:
        return f"{words} None of its layers skips pixels."
    jump = max(row.jump for row in rows)
    return (
        f"{words} {len(strides)} of its layers, pooling included, move by more than one pixel at a time and so sample "
        f"what comes out: in the end one place stands for {jump} × {jump} pixels of the image. Only shifts by a whole "
        f"multiple of {jump} pixels merely shift its maps."
    )


CHAPTER = Chapter("signals", "Signals", "ssid_chart", IDEA, PARAMETERS, show, in_your_network, QUESTIONS)
