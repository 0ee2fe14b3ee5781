"""Dropout: all thinned networks of a few units, their means, and the two ways to scale."""

import numpy as np
import streamlit as st

from core.concepts.learning.dropout import (
    scaled_at_test_time,
    scaled_at_training_time,
    thinned_network_count,
    thinned_networks,
)
from core.figures.thinned_networks import thinned_networks_figure
from core.runs.settings.parameters import Number
from pages.concepts.formulas import show_formulas
from pages.concepts.number_grid import OUTSIDE, number_grid, show_grids
from pages.concepts.state import State
from pages.shared.figure import show_figure
from pages.shared.page import Page

MOST_UNITS, CLASSES = 10, 2
INPUTS = np.array([1.2, 0.4, 2.0, 0.9, 1.6, 0.3, 1.1, 0.7, 1.4, 0.5])
WEIGHTS = np.random.default_rng(5).normal(0, 0.7, (MOST_UNITS, CLASSES))
SEED = 2  # of the mask that is shown
COUNT = Number("n", "Units N", "That dropout may hide.", 1, MOST_UNITS, default=6)
KEEP = Number("keep", "Keep probability p", "Keras’s rate is 1 − p.", 0.1, 1, whole=False, default=0.5)
PARAMETERS = (COUNT, KEEP)


def show(page: Page, state: State) -> None:
    """The settings beside the networks, then one mask in numbers."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        count, keep = state.slider("n"), state.slider("keep", step=0.05)
        st.metric("thinned networks, 2ᴺ", f"{thinned_network_count(count):,}")
        st.caption(f"A book chapter prints N² = {count**2}: each unit is in or out, so it is 2 · 2 · … · 2.")
    found = thinned_networks(INPUTS[:count], WEIGHTS[:count], keep)
    means = {
        "arithmetic mean": float(found.arithmetic[0]),
        "geometric mean": float(found.geometric[0]),
        "weights × p": float(found.scaled[0]),
    }
    with right:
        figure = thinned_networks_figure(found.answers[:, 0], found.shares, _kept(found.masks), means)
        said = ", ".join(f"{name} {value:.4f}" for name, value in means.items())
        show_figure(figure, "thinned_networks", f"{len(found.masks)} thinned networks. {said}.")
    st.markdown(
        "One network with its weights times p answers exactly as the **geometric mean** of all thinned networks, "
        "brought back to a sum of 1: softmax turns a mean of logits into that. The arithmetic mean lies close by. With "
        "more layers in between it is an approximation."
    )
    show_formulas(
        r"\frac{\prod_m p_m(k)^{P(m)}}{\sum_j \prod_m p_m(j)^{P(m)}}",
        r"= \mathrm{softmax}\Bigl(\sum_m P(m)\, z_m\Bigr)_k",
        r"= \mathrm{softmax}(p\,W^\top x)_k",
    )
    _show_scaling(count, keep)


def _kept(masks: np.ndarray) -> list[str]:
    return [f"keeps {', '.join(str(place + 1) for place in np.flatnonzero(mask)) or 'none'}" for mask in masks]


def _show_scaling(count: int, keep: float) -> None:
    """What the next layer gets, in the paper's way and in Keras's, for one mask."""
    st.markdown("**Where to scale.** What the next layer gets of the units, for one draw:")
    inputs, mask = INPUTS[:count], np.random.default_rng(SEED).uniform(size=count) < keep
    gone = {(0, place): OUTSIDE for place in np.flatnonzero(~mask).tolist()}
    paper, keras = scaled_at_test_time(inputs, mask, keep), scaled_at_training_time(inputs, mask, keep)
    show_grids(
        number_grid(inputs, "the units give"),
        number_grid(paper[0], "paper, training: as they are", gone),
        number_grid(paper[1], f"paper, test: times p = {keep:g}"),
        number_grid(keras[0], f"Keras, training: over p = {keep:g}", gone),
        number_grid(keras[1], "Keras, test: as they are"),
    )
    st.caption("Either way the next layer gets the same on average while training as at test time.")
