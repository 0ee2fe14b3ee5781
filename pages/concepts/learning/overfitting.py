"""Over-fitting: a tiny network, trained anew for each setting."""

import numpy as np
import streamlit as st

from core.concepts.learning.tiny_network import SEED, answers, noisy_points, train, true_curve
from core.figures.overfitting import overfitting_figure
from core.runs.settings.parameters import Number
from pages.concepts.formulas import show_formulas
from pages.concepts.state import State
from pages.shared.figure import show_figure
from pages.shared.page import Page

UNITS = Number("units", "Hidden units", "How much the network can bend.", 1, 60, default=30)
POINTS = Number("points", "Training points", "How much it has to learn from.", 4, 120, default=12)
NOISE = Number("noise", "Noise", "How far points lie off the curve, as a spread.", 0, 0.6, whole=False, default=0.3)
EPOCHS = Number("epochs", "Epochs", "How often it looks at all points.", 10, 1000, default=600)
PARAMETERS = (UNITS, POINTS, NOISE, EPOCHS)


def show(page: Page, state: State) -> None:
    """The settings beside the curve and its losses."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        units, points = state.slider("units"), state.slider("points")
        noise, epochs = state.slider("noise", step=0.05), state.slider("epochs", step=10)
    found = train(units, points, noise, epochs)
    x = np.linspace(-1, 1, 201)
    curves = {"true": true_curve(x), "best": answers(found.best, x), "last": answers(found.last, x)}
    losses = {"train": found.losses, "validation": found.validation_losses}
    ending = found.validation_losses[-1]
    words = (
        f"{3 * units + 1:,} weights, {points} points. Validation loss was least after {found.best_epoch} epochs "
        f"({found.validation_losses.min():.3f}) and is {ending:.3f} at the end; training loss ends at "
        f"{found.losses[-1]:.2g}."
    )
    with right:
        data = noisy_points(points, noise, SEED)
        show_figure(overfitting_figure(data, x, curves, losses, found.best_epoch), "overfitting", words)
    st.markdown(words)
    show_formulas(r"\hat y(x) = \sum_{j=1}^{N} w_j \tanh(a_j x + b_j) + c", r"L = \frac1n \sum_i (\hat y(x_i) - y_i)^2")
    st.caption(
        "One hidden layer, trained here and now by Adam, all points in each step. More points help most; fewer units "
        "or fewer epochs help too. With images: augment them, so that a shift teaches nothing false; few filters early "
        "and more later; dropout also before a convolution; look at loss and val_loss together, and keep the weights "
        "of the best val_loss (Keras’s ModelCheckpoint)."
    )
