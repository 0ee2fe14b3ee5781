"""Whether it is right as often as it says, a temperature that puts that right, and what refusing would bring."""

import streamlit as st

from core.errors import WorkbenchError
from core.evaluation.calibration import tempered
from core.evaluation.confidence import confidence_in_words, scores_in_words
from core.evaluation.predictions import Predictions
from core.evaluation.reliability import Reliability, reliability
from core.evaluation.risk_coverage import RiskCoverage, risk_coverage
from core.evaluation.words import percent
from core.runs.record import Run
from pages.shared.evaluated_run import temperature_of
from pages.shared.figure import show_figure
from pages.shared.markdown import escape


def show_confidence(run: Run, predictions: Predictions) -> None:
    """The reliability diagram beside the risk–coverage curve.

    Parameters
    ----------
    predictions
        Of the part of the split that is in view.
    """
    words = st.empty()  # the answer stands before what changes it
    temperature = choose_temperature(run)
    shown = tempered(predictions, temperature)
    confidence, right = shown.probabilities.max(axis=1), shown.predicted == shown.true
    average, meaning = confidence_in_words(shown, temperature)
    words.markdown(f"**{escape(average)}** {escape(meaning)}")
    left, other = st.columns(2, gap="large")
    with left:
        show_reliability(reliability(confidence, right), f"reliability_{run.id}")
        st.caption(scores_in_words(shown))
    with other:
        show_risk_coverage(risk_coverage(shown), len(shown), run.id)


def choose_temperature(run: Run) -> float:
    """1, or what suits the validation images where that is asked for."""
    try:
        fitted = temperature_of(run)
    except WorkbenchError as error:
        st.caption(escape(str(error)))
        return 1.0
    if fitted == 1:
        st.caption("The validation images ask for no temperature: all of them are answered rightly, or none is better.")
        return 1.0
    tendency, effect = ("too sure of itself", "less") if fitted > 1 else ("less sure than it could be", "surer")
    apply = st.toggle(
        f"Apply the temperature {fitted:.2f}, which makes it {effect}{' sure' * (fitted > 1)}",
        key=f"temperature_{run.id}",
        help=f"Fitted on the validation images, on which the network is {tendency}. Logits, from which probabilities "
        "are made, are divided by it: the answers stay as they are, only how sure they are changes.",
    )
    return fitted if apply else 1.0


def show_reliability(found: Reliability, key: str) -> None:
    """The reliability diagram."""
    show_figure(found.figure(), key, found.in_words())
    st.caption("On the dotted line it is right as often as it says, below it too sure. Pale bars stand on few images.")


def show_risk_coverage(curve: RiskCoverage, n: int, key: str) -> None:
    """How accurate it would be if it might refuse what it is least sure of."""
    refused = st.slider(
        "It may refuse the least sure",
        0,
        50,
        10,
        format="%d %%",
        key=f"refusing_{key}",
        help="To be looked at by people.",
    )
    accuracy, confidence, answered = curve.at(1 - refused / 100)
    st.markdown(
        f"Then it is right on **{percent(accuracy, answered)}** of the {answered:,} images that it answers, instead of "
        f"{percent(float(curve.accuracy[-1]), n)} of all {n:,}. It refuses where it is less than {confidence:.0%} sure."
    )
    words = f"Refusing {refused} % raises accuracy to {accuracy:.3f}"
    figure = curve.figure(refused / 100)
    show_figure(figure, f"refusing_curve_{key}", words)
