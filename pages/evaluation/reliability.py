"""Whether it is right as often as it says, a temperature that puts that right, and what risk_coverage would bring."""

import plotly.graph_objects as go
import streamlit as st

from core.errors import WorkbenchError
from core.evaluation.calibration import Bin, RiskCoverage, brier, ece, reliability, risk_coverage, tempered
from core.evaluation.intervals import wilson
from core.evaluation.metrics import log_loss, percent
from core.evaluation.predictions import Predictions
from core.runs.record import Run
from pages.components.gallery import escape
from pages.shared.colours import SPLIT_COLOURS
from pages.shared.evaluated_run import temperature_of

GREY = "#8C8C8C"
MOST_POINTS = 400


def show_confidence(run: Run, predictions: Predictions) -> None:
    """The reliability diagram beside what risk_coverage brings.

    Parameters
    ----------
    predictions
        Of the part of the split that is in view.
    """
    words = st.empty()  # the answer stands before what changes it
    temperature = choose_temperature(run)
    shown = tempered(predictions, temperature)
    confidence, right = shown.probabilities.max(axis=1), shown.predicted == shown.true
    words.markdown(confidence_in_words(shown, temperature))
    left, other = st.columns(2, gap="large")
    with left:
        draw_reliability(reliability(confidence, right), f"reliability_{run.id}")
        st.caption(figures_in_words(shown))
    with other:
        show_risk_coverage(risk_coverage(shown), len(shown), run.id)


def choose_temperature(run: Run) -> float:
    """1, or what suits the validation images where that is asked for."""
    try:
        fitted = temperature_of(run)
    except WorkbenchError as error:
        st.caption(escape(str(error)))
        return 1.0
    tendency, effect = ("too sure of itself", "less") if fitted > 1 else ("less sure than it could be", "surer")
    apply = st.toggle(
        f"Apply the temperature {fitted:.2f}, which makes it {effect}{' sure' * (fitted > 1)}",
        key=f"temperature_{run.id}",
        help=f"Fitted on the validation images, on which the network is {tendency}. Logits, from which probabilities "
        "are made, are divided by it: the answers stay as they are, only how sure they are changes.",
    )
    return fitted if apply else 1.0


def confidence_in_words(predictions: Predictions, temperature: float) -> str:
    """How sure it says to be, how often it is right, and what follows from that."""
    n = len(predictions)
    confidence, right = predictions.probabilities.max(axis=1), predictions.predicted == predictions.true
    sure, hits = float(confidence.mean()), float(right.mean())
    words = f"On average it is **{percent(sure, n)} sure** and **{percent(hits, n)} right**."
    low, high = wilson(int(right.sum()), n)
    if low <= sure <= high:
        return f"{words} As far as {n:,} image{' ' if n == 1 else 's '}can tell, it is right as often as it says."
    tendency = "too sure of itself" if sure > hits else "right more often than it says"
    return f"{words} It is {tendency}" + (": a temperature can put that right." if temperature == 1 else " even so.")


def figures_in_words(predictions: Predictions) -> str:
    """The usual figures of how far probabilities can be believed, each with what it is."""
    true, probabilities = predictions.true, predictions.probabilities
    error = ece(probabilities.max(axis=1), predictions.predicted == true)
    return (
        f"Expected calibration error {error:.3f}: how far bars are from the line on average. Brier score "
        f"{brier(true, probabilities):.3f} and log loss {log_loss(true, probabilities):.3f}: how far the probabilities "
        "are from the truth. Of all three, less is better and 0 is perfect."
    )


def draw_reliability(bins: list[Bin], key: str) -> None:
    """How often it is right, by how sure it is, over how many answers are that sure."""
    held = [each for each in bins if each.count]
    figure = go.Figure()
    figure.add_bar(
        x=[(each.low + each.high) / 2 for each in held],
        y=[each.accuracy for each in held],
        width=[0.9 * (each.high - each.low) for each in held],
        customdata=[[each.count, each.confidence] for each in held],
        marker={"color": SPLIT_COLOURS["train"], "opacity": [_strength(each, held) for each in held]},
        hovertemplate="%{customdata[1]:.0%} sure, %{y:.0%} right<br>%{customdata[0]:,} images<extra></extra>",
    )
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": GREY, "dash": "dot"}, hoverinfo="skip")
    figure.update_xaxes(title_text="how sure it says to be", tickformat=".0%", range=[0, 1.02], dtick=0.2)
    figure.update_yaxes(title_text="how often it is right", tickformat=".0%", range=[0, 1.02])
    figure.update_layout(height=300, margin={"l": 10, "r": 10, "t": 10, "b": 10}, showlegend=False)
    words = "; ".join(f"{each.confidence:.0%} sure: {each.accuracy:.0%} of {each.count} right" for each in held)
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=words)
    st.caption("On the dotted line it is right as often as it says, below it too sure. Pale bars stand on few images.")


def _strength(each: Bin, held: list[Bin]) -> float:
    return 0.25 + 0.75 * (each.count / max(other.count for other in held)) ** 0.5


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
    step = max(1, n // MOST_POINTS)
    figure = go.Figure(
        go.Scatter(
            x=1 - curve.answered[::-step],
            y=curve.accuracy[::-step],
            mode="lines",
            line={"color": SPLIT_COLOURS["train"], "width": 2},
            hovertemplate="%{x:.0%} refused: %{y:.1%} right<extra></extra>",
        )
    )
    figure.add_vline(x=refused / 100, line={"color": GREY, "dash": "dot"})
    figure.update_xaxes(title_text="share refused", tickformat=".0%", range=[0, 0.5])
    lowest = float(curve.accuracy[-max(1, n // 2) :].min()) if n else 0.0
    figure.update_yaxes(title_text="accuracy", tickformat=".1%", range=[max(0.0, lowest - 0.02), 1.005])
    figure.update_layout(height=210, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    words = f"RiskCoverage {refused} % raises accuracy to {accuracy:.3f}"
    st.plotly_chart(figure, key=f"refusing_curve_{key}", config={"displayModeBar": False}, alt=words)
