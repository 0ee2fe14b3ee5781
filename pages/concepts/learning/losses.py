"""Losses: from logits to probabilities, the loss and its gradient; and why logits are the safer form."""

import numpy as np
import streamlit as st

from core.concepts.learning.losses import (
    binary_cross_entropy,
    categorical_cross_entropy,
    cross_entropy_gradient,
    one_hot,
    sigmoid,
    softmax,
    ways_to_the_loss,
)
from core.figures.loss_curves import binary_loss_figure, class_bars_figure
from core.runs.settings.parameters import Choice, Number
from pages.concepts.formulas import show_formulas
from pages.concepts.number_grid import in_digits
from pages.concepts.state import State
from pages.shared.figure import show_figure
from pages.shared.page import Page

CLASSES = ("A", "B", "C")
SLIDES = (1.5, 0.8, 2.1)  # the slides' logits
FARTHEST = 8.0
KINDS = {"binary": "Binary", "categorical": "Categorical", "sparse": "Sparse categorical"}
LOSS = Choice(
    "loss", "Cross-entropy", "Two answers, one-hot labels, or labels that are numbers.", KINDS, default="binary"
)
LOGIT = Number("logit", "Logit", "What the last unit gives before the sigmoid.", -8, 8, whole=False, default=0.8)
LABEL = Choice("label", "Label y", "What is true.", {"1": "1", "0": "0"}, default="1")
LOGITS = tuple(
    Number(
        f"z{name.lower()}", f"Logit of {name}", "What the unit of this class gives.", -8, 8, whole=False, default=value
    )
    for name, value in zip(CLASSES, SLIDES, strict=True)
)
RIGHT = Choice("right", "Right class", "What is true.", {name.lower(): name for name in CLASSES}, default="c")
LARGE = Number("large", "Logit of the wrong class", "The right class has a logit of 0.", 0, 1000, default=1000)
PARAMETERS = (LOSS, LOGIT, LABEL, *LOGITS, RIGHT, LARGE)


def show(page: Page, state: State) -> None:
    """The loss in force, then a logit that is far out."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        kind = state.buttons("loss", wrap=True)
    if kind == "binary":
        _show_binary(state, left, right)
    else:
        _show_categorical(state, left, right, kind)
    with st.container(border=True):
        _show_large(state)


def _show_binary(state: State, left, right) -> None:
    with left:
        logit = state.slider("logit", step=0.05)
        label = int(state.buttons("label"))
        probability = float(sigmoid(logit))
        loss = float(binary_cross_entropy(label, logit))
        slope = float(cross_entropy_gradient(label, probability))
        _figures({"probability p": probability, "loss": loss, "gradient p − y": slope})
    with right:
        logits = np.linspace(-FARTHEST, FARTHEST, 121)
        own, other = (binary_cross_entropy(each, logits) for each in (label, 1 - label))
        words = f"A logit of {logit:.2f} is a probability of {probability:.2f}; the loss is {loss:.3f}."
        show_figure(binary_loss_figure(logits, own, other, (logit, loss), slope), "loss_over_logit", words)
    show_formulas(r"p = \frac{1}{1 + e^{-z}}", r"z = \ln\frac{p}{1-p}", r"L = -y \ln p - (1-y) \ln(1-p)")


def _show_categorical(state: State, left, right, kind: str) -> None:
    with left:
        logits = [state.slider(parameter.name, step=0.05) for parameter in LOGITS]
        place = CLASSES.index(state.buttons("right").upper())
    label = one_hot(place, len(CLASSES))
    probabilities = softmax(np.array(logits))
    loss = float(categorical_cross_entropy(label, np.array(logits)))
    gradient = cross_entropy_gradient(label, probabilities)
    with right:
        panels = (("Probabilities", probabilities.tolist()), ("Gradient p − y", gradient.tolist()))
        said = ", ".join(f"{name} {value:.2f}" for name, value in zip(CLASSES, probabilities, strict=True))
        words = f"Probabilities: {said}. {CLASSES[place]} is right, and the loss is {loss:.3f}."
        show_figure(class_bars_figure(CLASSES, panels, place), "class_losses", words)
        written = f"y = {place}" if kind == "sparse" else f"y = [{', '.join(f'{each:.0f}' for each in label)}]"
        st.markdown(
            f"{written}, so the loss is −ln {probabilities[place]:.3f} = **{loss:.3f}**. The gradients add up to 0."
        )
    written = r"L = -\ln p_y" if kind == "sparse" else r"L = -\sum_k y_k \ln p_k"
    show_formulas(r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}", written, r"\frac{\partial L}{\partial z_k} = p_k - y_k")


def _figures(entries: dict[str, float]) -> None:
    said = (f"{name} **{value:.3f}**".replace("-", "−") for name, value in entries.items())
    st.markdown(" · ".join(said))


def _show_large(state: State) -> None:
    st.markdown("**Why logits are the safer form.** The same loss four ways, in float32, as networks compute:")
    state.slider("large", step=1)
    rows = []
    for way in ways_to_the_loss(state["large"]):
        chances = (
            "–" if way.probabilities is None else f"{_said(way.probabilities[0])} and {_said(way.probabilities[1])}"
        )
        rows.append(f"| {way.name} | {chances} | {_said(way.loss)} | {_said(way.slope)} |")
    head = "| | p of wrong and right | loss | gradient |\n|---|---|---|---|"
    st.markdown("\n".join([head, *rows]))
    st.caption(
        "e⁸⁹ is more than a float32 can hold: ∞/∞ is no number, and one such loss ruins all weights. Clipping keeps "
        "the loss finite, but flat: a gradient of 0 teaches nothing just where the network is most wrong. In Keras: "
        "leave softmax out of the last layer and say `from_logits=True`, as all networks here do. Right behind a "
        "softmax, Keras finds the logits by itself; one step in between, such as a cast, hides them."
    )


def _said(value: float) -> str:
    if value != value:
        return "not a number"
    return "∞" if value == float("inf") else in_digits(float(f"{value:.4g}") + 0.0, 4)
