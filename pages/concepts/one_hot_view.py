"""One-hot labels and predictions: a product and a sum count what is correct."""

import numpy as np
import streamlit as st

from core.concepts.one_hot import count_correct, count_equal, one_hot
from core.errors import UsageError, WorkbenchError
from core.evaluation.evaluation import Evaluation
from core.evaluation.predictions import Predictions
from core.evaluation.words import SPLIT_WORDS, percent
from core.runs.record import Run
from pages.concepts.matrix_field import MatrixParameter, matrix_field
from pages.concepts.network_in_view import run_in_view
from pages.concepts.number_grid import ANSWER, number_grid, show_grids
from pages.concepts.state import State
from pages.shared.evaluated_run import point_estimates_of, predictions_of
from pages.shared.markdown import escape
from pages.shared.page import Page

MOST_LABELS, MOST_CLASSES = 12, 10
_TYPED = {"most_side": MOST_LABELS, "is_row": True}
TRUE = MatrixParameter("labels", "True classes", "Whole numbers from 0.", default="0 1 2 1 0", **_TYPED)
PREDICTED = MatrixParameter("predicted", "Predicted classes", "One for each.", default="0 1 1 1 2", **_TYPED)


def show_labels(page: Page, state: State) -> None:
    """Labels and predictions as matrices, and their product."""
    fields = st.columns(2)
    with fields[0]:
        true = matrix_field(state, "labels")
    with fields[1]:
        predicted = matrix_field(state, "predicted")
    _offer_own(page, state)
    try:
        classes = class_count_of(true, predicted)
        test, prediction = one_hot(true, classes), one_hot(predicted, classes)
        correct = count_correct(test, prediction)
    except UsageError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    product = test * prediction
    marks = {(int(row), int(column)): ANSWER for row, column in np.argwhere(product)}
    show_grids(
        number_grid(test, "test: a row an image"),
        number_grid(prediction, "prediction"),
        number_grid(product, "test * prediction", marks),
    )
    st.latex(r"\text{correct} = \sum_i \sum_k t_{ik}\, p_{ik}")
    st.markdown(f"`(test * prediction).sum()` is **{correct}**: so many of {len(true)} predictions are correct.")


def class_count_of(true: np.ndarray, predicted: np.ndarray) -> int:
    """How many classes there are, by the largest label.

    Raises
    ------
    UsageError
        If a label is no whole number from 0 on, there are too many classes, or the lists are of different length.
    """
    if len(true) != len(predicted):
        raise UsageError(f"There are {len(true)} true classes and {len(predicted)} predictions. Type as many of each.")
    labels = np.concatenate([true, predicted])
    wrong = labels[(labels < 0) | (labels >= MOST_CLASSES) | (labels % 1 != 0)]
    if len(wrong):
        raise UsageError(f"{wrong[0]:g} is no class. Classes are whole numbers from 0 to {MOST_CLASSES - 1}.")
    return int(labels.max()) + 1


def count_in_words(page: Page) -> str:
    """How many predictions of the run in view are correct, by the product and by its accuracy."""
    answered = _answers(page)
    if answered is None:
        return "Train it, and `(test * prediction).sum()` counts here how many of its predictions are correct."
    run, predictions, evaluation = answered
    correct = count_equal(predictions.true, predictions.predicted, len(predictions.class_names))
    part = SPLIT_WORDS[evaluation.split]
    return (
        f"Over the {len(predictions):,} {part} images of the run “{escape(run.id)}”, `(test * prediction).sum()` is "
        f"**{correct:,}**. Divided by {len(predictions):,}, that is its accuracy: "
        f"{percent(evaluation.accuracy.value, evaluation.n)}."
    )


def _offer_own(page: Page, state: State) -> None:
    """A button that takes the first predictions of the run in view."""
    answered = _answers(page)
    if answered is None or len(answered[1].class_names) > MOST_CLASSES:
        return
    # Every so many, since images of a class follow each other.
    rows = np.linspace(0, len(answered[1]) - 1, min(MOST_LABELS, len(answered[1]))).astype(int)
    kwargs = {
        name: " ".join(map(str, labels[rows].tolist()))
        for name, labels in (("labels", answered[1].true), ("predicted", answered[1].predicted))
    }
    st.button("Take some of your run", on_click=state.set, kwargs=kwargs, icon=":material/model_training:")


def _answers(page: Page) -> tuple[Run, Predictions, Evaluation] | None:
    """The run in view, with what it answered to test images, else to those for validation."""
    run = run_in_view(page)
    if run is None:
        return None
    for part in ("test", "validation"):
        try:
            predictions = predictions_of(run, part)
            return (run, predictions, point_estimates_of(run, part)) if len(predictions) else None
        except WorkbenchError:
            continue
    return None
