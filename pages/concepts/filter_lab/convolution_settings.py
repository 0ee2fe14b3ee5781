"""How a kernel is laid over a picture: what can be set about it, and the controls for it."""

import streamlit as st

from core.concepts.filters.convolution import OUTSIDE_TITLES, PADDINGS, Convolution
from core.runs.settings.parameters import Boolean, Choice, Number
from pages.concepts.state import State

CONVOLUTION = (
    Boolean("flip", "Flip", "Turn the kernel by 180° first, as textbooks do; layers of a CNN do not.", default=False),
    Choice("padding", "Padding", "Whether the kernel may reach outside.", PADDINGS, default="same"),
    Choice("outside", "Outside", "What stands outside the picture.", OUTSIDE_TITLES, default="zero"),
    Number("stride", "Stride", "How many pixels the kernel moves on at a time.", 1, 512, default=1),
    Number("dilation", "Dilation", "How many pixels lie from one number to the next.", 1, 4, default=1),
)


def convolution_of(state: State) -> Convolution:
    """What is set."""
    return Convolution(**{parameter.name: state[parameter.name] for parameter in CONVOLUTION})


def choose_convolution(state: State) -> Convolution:
    """The controls, the rarer ones folded away; gives what is set."""
    state.toggle("flip")
    with st.popover("Padding, stride, dilation", icon=":material/tune:"):
        state.select("padding")
        state.select("outside", disabled=state["padding"] == "valid")
        state.number("stride")
        state.slider("dilation")
    return convolution_of(state)
