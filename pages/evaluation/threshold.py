"""For two classes: from which probability on an image counts as the one that matters, and what that costs."""

import numpy as np
import pandas as pd
import streamlit as st

from core.errors import WorkbenchError
from core.evaluation.confusion_matrix import confusion_matrix
from core.evaluation.predictions import Predictions
from core.evaluation.threshold import OperatingPoint, answers, at, cheapest, for_recall
from core.evaluation.words import percent
from pages.components.gallery import show_images
from pages.components.matrix import show_confusion_matrix
from pages.shared.markdown import escape
from pages.shared.page import Page

USUAL = 0.5
IMAGES_SHOWN = 24


def show_threshold(page: Page, predictions: Predictions, images: pd.DataFrame | None, key: str) -> None:
    """Drag the threshold, ask for a recall, or say what mistakes cost; matrix and images follow.

    Parameters
    ----------
    predictions
        Of the part of the split that is in view, of two classes.
    images
        The run's table of images by path; None where it is gone.
    """
    names = predictions.class_names
    controls, result = st.columns([2, 3], gap="large")
    with controls:
        positive = st.selectbox(
            "The class that matters", [0, 1], index=1, format_func=lambda index: names[index], key=f"positive_{key}"
        )
        key = f"{key}_{positive}"
        slider = f"threshold_{key}"
        st.session_state.setdefault(slider, USUAL)
        value = st.slider(
            f"“{escape(names[positive])}” from this probability on", 0.0, 1.0, step=0.01, key=slider, format="%.2f"
        )
        st.caption("Lower, it misses fewer; higher, it raises fewer false alarms.")
        point = at(predictions, positive, exactly(slider, value))
        ask(predictions, positive, slider)
    with result:
        st.markdown(point_in_words(point, names[positive], names[1 - positive]))
        given = answers(predictions, positive, point.threshold)
        show_confusion_matrix(names, confusion_matrix(predictions.true, given, 2), None, key=f"matrix_{key}")
    show_changed(page, predictions, given, images, key)


def exactly(slider: str, value: float) -> float:
    """The threshold that was asked for, where the slider still stands at it: it has only two digits."""
    asked = st.session_state.get(f"{slider}_asked")
    return asked if asked is not None and round(asked, 2) == round(value, 2) else value


def ask(predictions: Predictions, positive: int, slider: str) -> None:
    """Ask for a recall, or for the fewest costs."""

    def move(find) -> None:
        try:
            point = find()
        except WorkbenchError as error:
            st.session_state[f"{slider}_problem"] = str(error)
            return
        st.session_state[f"{slider}_asked"] = point.threshold
        st.session_state[slider] = round(point.threshold, 2)

    left, right = st.columns([3, 2], vertical_alignment="bottom")
    recall = left.number_input("Find at least (%)", 1, 100, 95, key=f"{slider}_recall")
    right.button(
        "Find", key=f"{slider}_find", on_click=move, args=(lambda: for_recall(predictions, positive, recall / 100),)
    )
    first, second, third = st.columns([3, 4, 3], vertical_alignment="bottom")
    miss = first.number_input("A miss costs", 0.0, 1e6, 1.0, step=1.0, key=f"{slider}_miss")
    alarm = second.number_input("A false alarm costs", 0.0, 1e6, 1.0, step=1.0, key=f"{slider}_alarm")
    third.button(
        "Cheapest", key=f"{slider}_least", on_click=move, args=(lambda: cheapest(predictions, positive, miss, alarm),)
    )
    point = at(predictions, positive, exactly(slider, st.session_state[slider]))
    st.markdown(f"These mistakes cost **{point.cost(miss, alarm):g}**.")
    if problem := st.session_state.pop(f"{slider}_problem", ""):
        st.error(escape(problem))
    st.caption(
        "Choose the threshold with *validation* chosen above, then see on *test* how it does: on the images it was "
        "chosen by, it looks better than it is."
    )


def point_in_words(point: OperatingPoint, positive: str, other: str) -> str:
    """What a threshold finds and what it misses."""
    there, others = point.found + point.missed, point.false_alarms + point.let_pass
    alarms = point.found + point.false_alarms
    found = f"**It finds {point.found:,} of {there:,} “{escape(positive)}”** (recall {percent(point.recall, there)})"
    if not there:
        found = f"**None of these images is “{escape(positive)}”**, so its recall can't be told. It finds none"
    right = f"Of its alarms {percent(point.precision, alarms)} are right (precision)."
    return f"{found} and raises **{_alarms(point.false_alarms)}** among {others:,} “{escape(other)}”. " + (
        right if alarms else "It raises no alarm at all."
    )


def _alarms(count: int) -> str:
    return f"{count:,} false alarm{'' if count == 1 else 's'}"


def show_changed(
    page: Page, predictions: Predictions, given: np.ndarray, images: pd.DataFrame | None, key: str
) -> None:
    """The images that this threshold answers otherwise."""
    rows = np.flatnonzero(given != predictions.predicted)
    if not len(rows):
        st.caption("Every image is answered as by the more probable class. Move the threshold to see what it changes.")
        return
    right = int((given == predictions.true)[rows].sum())
    st.markdown(f"**{len(rows):,} answered otherwise** than by the more probable class: {right:,} now right.")
    if images is None:
        return
    known = [row for row in rows[:IMAGES_SHOWN] if predictions.ids[row] in images.index]
    notes = {}
    for row in known:
        answer = given[row]
        share, label = predictions.probabilities[row, answer], predictions.class_names[answer]
        notes[str(predictions.ids[row])] = f"{share:.0%} {label}"
    show_images(page.dataset, images.loc[list(notes)], key=f"otherwise_{key}", notes=notes)
