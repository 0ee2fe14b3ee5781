"""Dropout before batch normalisation: the variance that is measured is not the one at test time."""

import streamlit as st

from core.concepts.learning.variance_shift import variance_shift, variance_while_training
from core.figures.normalisation import histograms_figure
from core.runs.settings.parameters import Number
from pages.concepts.formulas import show_formulas
from pages.concepts.state import State
from pages.shared.figure import show_figure
from pages.shared.page import Page

RATE = Number("drop", "Dropout rate", "The share that is hidden while training.", 0, 0.9, whole=False, default=0.5)
MEAN = Number("mean", "Mean of the numbers", "Their variance is 1.", -3, 3, whole=False, default=1)
PARAMETERS = (RATE, MEAN)


def show(page: Page, state: State) -> None:
    """The settings beside what comes into the normalisation and goes out."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        rate, mean = state.slider("drop", step=0.05), state.slider("mean", step=0.1)
        expected = variance_while_training(mean, 1, 1 - rate)
        st.metric("variance while training", f"{expected:.2f}", help="At test time it is 1.")
        st.caption("At test time: 1.00.")
    found = variance_shift(mean, rate)
    spread = found.normalised_test.std()
    with right:
        panels = {
            "Into the normalisation": {"training": found.training, "test": found.test},
            "Out of it": {"training": found.normalised_training, "test": found.normalised_test},
        }
        words = f"While training it gives numbers of spread 1, at test time of spread {spread:.2f}."
        show_figure(histograms_figure(panels), "variance_shift", words)
    st.markdown(
        f"Dropout lets through a few enlarged numbers, so they vary more while training: **{expected:.2f}** instead of "
        f"1. The normalisation divides by that at test time too, and gives numbers of spread **{spread:.2f}** where "
        "the layers behind learned with 1. Put dropout behind the last batch normalisation; the network builder warns "
        "of the other order."
    )
    show_formulas(
        r"\mathrm{Var}_\text{train} = \frac{\sigma^2 + \mu^2}{p} - \mu^2", r"\geq\; \sigma^2 = \mathrm{Var}_\text{test}"
    )
