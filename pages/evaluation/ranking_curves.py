"""ROC and precision-recall curves: each class against the rest, and all classes together."""

import streamlit as st

from core.evaluation.predictions import Predictions
from core.evaluation.ranking_curves import MACRO, MICRO, ranking_curves
from pages.shared.figure import show_figure

MOST_CHOSEN = 6


def show_ranking_curves(predictions: Predictions, hardest: list[int], key: str) -> None:
    """Both curves for the classes that one chooses.

    Parameters
    ----------
    predictions
        Of the part of the split that is in view.
    hardest
        The classes to begin with, by their index.
    """
    names = predictions.class_names
    two = len(names) == 2
    options: list = [*range(len(names))] if two else [MICRO, MACRO, *range(len(names))]
    chosen = st.multiselect(
        "Curves",
        options,
        default=[1] if two else [MICRO, MACRO, *hardest],
        format_func=lambda option: option if isinstance(option, str) else names[option],
        max_selections=MOST_CHOSEN,
        key=f"curves_{key}",
        help="Each class against all others. **micro**: all classes pooled, each image counting the same. **macro**: "
        "the mean of the classes' curves.",
    )
    if not chosen:
        st.caption("Choose a class to see its curves.")
        return
    draw(predictions, chosen, key)


def draw(predictions: Predictions, chosen: list, key: str) -> None:
    """The panels."""
    found = ranking_curves(predictions, chosen)
    if found.undefined:
        st.caption(f"{len(found.undefined)} of these can't be drawn: no image, or every image, is of that class.")
    if not found.curves:
        return
    show_figure(found.figure(), f"ranking_{key}", found.in_words())
    st.caption(
        "What a lower or higher threshold would bring. **ROC**: the share of a class that is found (recall) against "
        "the share of the others that are called so too (false-alarm rate); the nearer the top left the better, the "
        "dotted line is guessing. **Precision and recall**: the share of those called so that are; the nearer the top "
        "right the better."
    )
