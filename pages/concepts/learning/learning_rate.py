"""The learning rate, momentum and Nesterov's, on a surface of two weights."""

import numpy as np
import streamlit as st

from core.concepts.learning.gradient_descent import STEEP, SURFACES, descend, largest_rate
from core.figures.descent import descent_figure
from core.runs.settings.parameters import Boolean, Choice, Number
from pages.concepts.formulas import show_formulas
from pages.concepts.state import State
from pages.shared.figure import show_figure
from pages.shared.page import Page

GRID = (41, 61)
SURFACE = Choice(
    "surface",
    "Surface",
    "A loss over two weights.",
    {name: surface.title for name, surface in SURFACES.items()},
    default="bowl",
)
RATE = Number(
    "rate", "Learning rate η", "How far a step goes along the gradient.", 0.005, 0.5, whole=False, default=0.05
)
MOMENTUM = Number("momentum", "Momentum μ", "The share of the last step that goes on.", 0, 0.99, whole=False, default=0)
NESTEROV = Boolean("nesterov", "Nesterov", "Looks ahead: to where the momentum leads first.", default=False)
STEPS = Number("steps", "Steps", "How many are taken.", 1, 200, default=40)
PARAMETERS = (SURFACE, RATE, MOMENTUM, NESTEROV, STEPS)


def show(page: Page, state: State) -> None:
    """The settings beside the path."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        surface = SURFACES[state.buttons("surface")]
        state.slider("rate", step=0.005)
        state.slider("momentum", step=0.01)
        state.toggle("nesterov")
        state.slider("steps")
    found = descend(surface, state["rate"], state["momentum"], state["nesterov"], state["steps"])
    with right:
        first, second = (np.linspace(*span, count) for span, count in zip(surface.ends, GRID[::-1], strict=True))
        heights = surface.loss(first[None, :], second[:, None])
        figure = descent_figure(heights, surface.ends, found.path, found.losses, surface.minimum)
        verdict = _verdict(found.diverged, found.losses)
        show_figure(figure, "descent", f"{surface.title}: {len(found.path) - 1} steps. {verdict}")
        if found.diverged:
            st.error(verdict, icon=":material/trending_up:")
        else:
            st.markdown(verdict)
    ahead = r"w \leftarrow w + \mu v - \eta \nabla L(w)"
    show_formulas(r"v \leftarrow \mu v - \eta \nabla L(w)", ahead if state["nesterov"] else r"w \leftarrow w + v")
    if state["surface"] == "bowl" and not state["nesterov"]:
        largest = largest_rate(STEEP, state["momentum"])
        st.caption(
            f"This bowl is {STEEP:.0f} times as steep one way as the other, which sets the limit: above "
            f"η = 2 (1 + μ) / {STEEP:.0f} = {largest:.3g} each step lands higher on the other side."
        )


def _verdict(diverged: bool, losses: np.ndarray) -> str:
    loss = f"{losses[-1]:,.0f}" if losses[-1] >= 1000 else f"{losses[-1]:.3g}"
    if diverged:
        return f"Too large: the loss grew from {losses[0]:.3g} to {loss}. The weights run away."
    return f"The loss fell from {losses[0]:.3g} to **{loss}**."
