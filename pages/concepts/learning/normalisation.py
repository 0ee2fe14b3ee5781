"""Batch normalisation: what a batch does to a feature map, and what is used at test time."""

import numpy as np
import streamlit as st

from core.concepts.learning.batch_normalisation import (
    EPSILON,
    batch_statistics,
    normalise,
    population_variance,
    running_average,
    weight_of_the_start,
)
from core.figures.normalisation import histograms_figure, running_averages_figure
from core.runs.settings.parameters import Number
from pages.concepts.formulas import show_formulas
from pages.concepts.state import State
from pages.shared.figure import show_figure
from pages.shared.page import Page

MEAN, SPREAD = 3.0, 2.0  # of the feature map that is looked at
MOST_STEPS, SEED, SHOWN = 500, 5, 2000
SIZE = Number("m", "Numbers in a batch m", "Images times pixels of a map.", 2, 256, default=32)
SCALE = Number("gamma", "Scale γ", "One for each feature map; it is learned.", 0.1, 3, whole=False, default=1)
SHIFT = Number("beta", "Shift β", "One for each feature map; it is learned.", -3, 3, whole=False, default=0)
KEPT = Number("kept", "Momentum of the running averages", "Keras’s is .99.", 0.5, 0.999, whole=False, default=0.99)
TAKEN = Number("taken", "Steps so far", "Of the training.", 1, MOST_STEPS, default=100)
PARAMETERS = (SIZE, SCALE, SHIFT, KEPT, TAKEN)


def show(page: Page, state: State) -> None:
    """One batch before and behind, then the running averages."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        size = state.slider("m")
        scale, shift = state.slider("gamma", step=0.05), state.slider("beta", step=0.1)
    numbers = np.random.default_rng(SEED).normal(MEAN, SPREAD, (MOST_STEPS, size))
    mean, variance = batch_statistics(numbers[0][:, None])
    many = numbers.ravel()[:SHOWN, None]  # as many as a histogram needs, by the statistics of the first batch
    behind = normalise(many, mean, variance, scale, shift)
    with left:
        st.caption(
            f"μ = {mean[0]:.2f}, σ² = {variance[0]:.2f} of this batch. The map itself: mean {MEAN:g}, variance "
            f"{SPREAD**2:g}."
        )
    with right:
        panels = {"Before": {"feature map": many[:, 0]}, "Behind, by this batch": {"feature map": behind[:, 0]}}
        words = f"From mean {MEAN:g} and spread {SPREAD:g} to mean {behind.mean():.2f} and spread {behind.std():.2f}."
        show_figure(histograms_figure(panels), "normalised", words)
    show_formulas(r"\hat x = \frac{x - \mu_B}{\sqrt{\sigma_B^2 + \varepsilon}}", r"y = \gamma \hat x + \beta")
    with st.container(border=True):
        _show_test_time(state, numbers)


def _show_test_time(state: State, numbers: np.ndarray) -> None:
    """The running averages so far, and what they would make of an image."""
    st.markdown("**At test time** there may be one image only, so running averages of the training are used.")
    left, right = st.columns([1, 2], gap="large")
    with left:
        kept, steps = state.slider("kept", step=0.001), state.slider("taken")
    size = numbers.shape[1]
    means, variances = batch_statistics(numbers[:steps].T)
    running = running_average(means, 0.0, kept), running_average(variances, 1.0, kept)
    corrected = population_variance(variances, size)
    panels = {"Mean": (means, running[0], MEAN), "Variance": (variances, running[1], SPREAD**2)}
    ends = running[0][-1], running[1][-1]
    with right:
        words = f"After {steps} steps the running mean is {ends[0]:.2f}, the running variance {ends[1]:.2f}."
        show_figure(running_averages_figure(panels), "running_averages", words)
    share = weight_of_the_start(kept, steps)
    says = normalise(MEAN, *ends)
    st.markdown(
        f"After {steps} steps, **{share:.0%}** of each average is still what it began with (mean 0, variance 1): Keras "
        f"would turn the map’s own mean into {says:.2f} instead of 0. Right after a short training, validation suffers "
        "from that, not from over-fitting."
    )
    show_formulas(
        r"\text{paper: } \hat\sigma^2 = \frac{m}{m-1}\, E[\sigma_B^2]",
        rf"= \frac{{{size}}}{{{size - 1}}} \cdot {float(np.mean(variances)):.3f} = {corrected:.3f}",
    )
    st.caption(f"Keras averages the batches’ σ² without the factor m/(m − 1), and its ε is {EPSILON:g}.")
