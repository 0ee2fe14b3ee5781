"""How far probabilities can be believed, in words."""

import numpy as np
import pytest

from core.evaluation.confidence import confidence_in_words, scores_in_words
from core.evaluation.predictions import Predictions


def answers(sure, right):
    """So sure on each of 100 images, of which so many are right."""
    true = np.where(np.arange(100) < right, 0, 1)
    probabilities = np.tile([sure, 1 - sure], (100, 1))
    return Predictions(np.arange(100).astype(str), np.repeat(["test"], 100), true, probabilities, ("cats", "dogs"))


@pytest.mark.parametrize(
    ("sure", "right", "temperature", "words"),
    [
        (0.8, 78, 1.0, "As far as 100 images can tell, it is right as often as it says."),
        (0.95, 70, 1.0, "It is too sure of itself: a temperature can put that right."),
        (0.6, 90, 1.0, "It is right more often than it says: a temperature can put that right."),
        (0.95, 70, 1.5, "It is too sure of itself even so."),
    ],
)
def test_what_follows_from_how_sure_it_is(sure, right, temperature, words):
    average, meaning = confidence_in_words(answers(sure, right), temperature)
    assert average == f"On average it is {100 * sure:.1f} % sure and {right}.0 % right."
    assert meaning == words


def test_the_scores_are_named_with_what_they_are():
    words = scores_in_words(answers(0.95, 70))
    assert words.startswith("Expected calibration error 0.250: ")
    assert "Brier score 0.273 and log loss 0.935" in words
