"""How far the probabilities of a network can be believed, in words."""

from core.evaluation.intervals import wilson
from core.evaluation.predictions import Predictions
from core.evaluation.probability_scores import brier, log_loss
from core.evaluation.reliability import reliability
from core.evaluation.words import percent


def confidence_in_words(predictions: Predictions, temperature: float) -> tuple[str, str]:
    """How sure it says to be and how often it is right, on average; and what follows from that.

    Parameters
    ----------
    predictions
        Of one part of the split, n ≥ 1, with logits divided by `temperature` already.
    """
    n = len(predictions)
    sure, hits = float(predictions.probabilities.max(axis=1).mean()), float(predictions.right.mean())
    average = f"On average it is {percent(sure, n)} sure and {percent(hits, n)} right."
    low, high = wilson(int(predictions.right.sum()), n)
    if low <= sure <= high:
        return average, f"As far as {n:,} image{' ' if n == 1 else 's '}can tell, it is right as often as it says."
    tendency = "too sure of itself" if sure > hits else "right more often than it says"
    return average, f"It is {tendency}" + (": a temperature can put that right." if temperature == 1 else " even so.")


def scores_in_words(predictions: Predictions) -> str:
    """The usual scores of how far probabilities can be believed, each with what it is."""
    true, probabilities = predictions.true, predictions.probabilities
    error = reliability(probabilities.max(axis=1), predictions.predicted == true).ece
    return (
        f"Expected calibration error {error:.3f}: how far bars are from the line on average. Brier score "
        f"{brier(true, probabilities):.3f} and log loss {log_loss(true, probabilities):.3f}: how far the probabilities "
        "are from the truth. Of all three, less is better and 0 is perfect."
    )
