"""What is said of one answer."""

import numpy as np
import pytest

from core.prediction.answers import Answers
from pages.predict.answer_card import answer_in_words, unlike_in_words


def answers(*probabilities, unlike=False):
    names = ("cats", "*dogs*", "=1+1")[: len(probabilities)]
    return Answers(("a.png",), np.array([probabilities]), names, 1.0, np.array([0.5]), np.array([unlike]))


@pytest.mark.parametrize(
    ("probabilities", "words"),
    [
        ((0.97, 0.02, 0.01), "This is “cats”, 97 % sure."),
        ((0.9999, 0.0001), "This is “cats”, > 99 % sure."),
        ((0.2, 0.8), "Probably “*dogs*”: 80 % sure."),
        ((0.5, 0.5), "Not sure. The likeliest is “cats”, with 50 %."),
        ((0.3, 0.3, 0.4), "Not sure. The likeliest is “=1+1”, with 40 %."),
    ],
)
def test_how_sure_it_is_decides_how_it_is_said(probabilities, words):
    assert answer_in_words(answers(*probabilities), 0).replace("\\", "") == words


def test_names_of_classes_are_no_markdown():
    assert "“\\*dogs\\*”" in answer_in_words(answers(0.2, 0.8), 0)


def test_of_what_it_does_not_know_it_only_guesses():
    assert answer_in_words(answers(0.97, 0.03, unlike=True), 0) == "A guess: “cats”."


def test_how_unlike_an_image_is():
    assert "than 99.5 % of those are" in unlike_in_words(0.995)
    assert "than all of those are" in unlike_in_words(1.0)
