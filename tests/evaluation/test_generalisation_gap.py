"""A word on over-fitting, from counts of right answers."""

import pytest

from core.evaluation.generalisation_gap import GeneralisationGap, gap_interval


def in_words(*counts: int, majority: float, images: str, gain_low: float = float("-inf")) -> str:
    return GeneralisationGap(*counts, majority, gain_low, images).words()


def test_the_published_example():
    """Newcombe (1998), table II: 56 of 70 and 48 of 80 by method 10 give 0.0524 to 0.3339."""
    assert gap_interval(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_the_gap_lies_within_its_interval():
    for train, other in ((0, 0), (50, 0), (50, 50), (0, 50), (31, 12)):
        low, high = gap_interval(train, 50, other, 50)
        assert -1 <= low <= (train - other) / 50 <= high <= 1


def test_without_images_there_is_no_gap():
    with pytest.raises(ValueError, match="both sides"):
        gap_interval(0, 0, 1, 2)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((990, 1000, 160, 200), "Over-fitted to some degree: on training images it is 19.0 points more accurate"),
        ((900, 1000, 178, 200), "No sign of over-fitting: on test images it is as accurate as on training images"),
        ((48, 48, 11, 12), "beyond luck: on training images it is 8.3 points more accurate than on test images, which"),
        ((800, 1000, 190, 200), "No sign of over-fitting: on test images it is more accurate than on training images"),
        ((9_900, 10_000, 9_800, 10_000), "Hardly over-fitted: on training images it is 1.0 points more accurate"),
        ((510, 1000, 100, 200), "hardly better than a constant answer even on the images it learned from"),
    ],
)
def test_what_is_said(counts, words):
    assert words in in_words(*counts, majority=0.5, images="test")


def test_answers_like_a_constant_one_with_better_probabilities_have_only_begun_to_learn():
    """Three epochs of a small network on 21 classes: 4.8 % right, which is one class's share."""
    words = in_words(18, 378, 5, 126, majority=18 / 378, images="test", gain_low=0.02)
    assert words.startswith("It has only begun to learn")
    assert "over-fitting" not in words
    assert "only begun" not in in_words(303, 303, 100, 101, majority=300 / 303, images="test", gain_low=0.02)
