"""What is said of an answer, read as a visitor reads it."""

import numpy as np
import pytest

from pages.shared.answer_in_words import nearest_in_words, percent, where


def test_what_the_nearest_images_say_of_the_answer():
    assert nearest_in_words(["a", "b", "b"], "a") == (
        "Of the 3 training images most like it, 1 is “a”, as it answered; 2 are “b”."
    )
    assert nearest_in_words(["b"], "a") == "Of the 1 training image most like it, 1 is “b”."
    assert nearest_in_words([], "a") == "There are no training images to compare it with."


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (1e-9, "< 1 %"), (0.5, "50 %"), (0.9999, "> 99 %"), (1, "100 %")]
)
def test_a_share_is_never_rounded_to_certainty(share, text):
    assert percent(share) == text


def test_where_the_heat_is_in_words():
    heat = np.zeros((9, 9))
    assert where(heat) == "nowhere"
    heat[4, 4] = 1
    assert where(heat) == "the most in the middle"
    heat[:] = 0
    heat[8, 0] = 1
    assert where(heat) == "the most at the bottom left"
