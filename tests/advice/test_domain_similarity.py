"""How like ImageNet a dataset is evaluated to be, by what a linear probe has found."""

import json

import pytest

from core.advice.domain_similarity import DISSIMILAR, PARTLY, SIMILAR, UNKNOWN, similarity
from core.advice.linear_probe import MAJORITY, PIXELS, Candidate, Findings


def found(features: int | None, pixels: int, majority: int, n: int = 300) -> Findings:
    """Of how many of `n` images each was right."""
    candidates = [Candidate(MAJORITY, "Always the commonest class", n, majority)]
    candidates.append(Candidate(PIXELS, "Small pixels", n, pixels))
    if features is not None:
        candidates.append(Candidate("mobilenet_075", "MobileNet α 0.75", n, features))
    return Findings("pets", "1", n, n, tuple(candidates))


# What MobileNet α 0.75 gave: right of 300 (294 of aerial scenes) by its features, small pixels, the commonest class.
@pytest.mark.parametrize(
    ("look", "share", "verdict"),
    [
        pytest.param(found(291, 157, 150), 0.937, SIMILAR, id="photographs of pets"),
        pytest.param(found(274, 91, 14, 294), 0.901, SIMILAR, id="aerial scenes"),
        pytest.param(found(293, 195, 100), 0.933, SIMILAR, id="drawn cervix types"),
        pytest.param(found(227, 161, 150), 0.475, DISSIMILAR, id="pets of 16 pixels"),
        pytest.param(found(209, 150, 75), 0.393, DISSIMILAR, id="numbers of dots"),
        pytest.param(found(283, 279, 31), 0.190, DISSIMILAR, id="digits of 8 pixels"),
        pytest.param(found(250, 150, 75), 0.667, PARTLY, id="in between"),
        pytest.param(found(211, 220, 75), -0.1125, DISSIMILAR, id="worse than pixels"),
        # The labels were shuffled: that features are of no use says nothing of what the images are like.
        pytest.param(found(131, 145, 150), -0.127, UNKNOWN, id="shuffled labels"),
        pytest.param(found(9, 6, 5, 10), 0.75, UNKNOWN, id="ten images"),
    ],
)
def test_the_share_of_errors_avoided_tells_the_like_from_the_unlike(look, share, verdict):
    like = similarity(look)
    assert like.share == pytest.approx(share, abs=5e-4)
    assert like.verdict == verdict
    assert like.known == (verdict != UNKNOWN)
    assert like.interval[0] < like.share < like.interval[1] <= 1


def test_the_baseline_is_the_better_of_pixels_and_the_commonest_class():
    assert similarity(found(280, 200, 150)).baseline.name == PIXELS
    like = similarity(found(280, 200, 250))
    assert like.baseline.name == MAJORITY
    assert like.share == pytest.approx(1 - 20 / 50)
    assert "of the errors that always answering the commonest class makes." in like.words()


def test_fewer_images_make_for_a_wider_interval():
    low, high = similarity(found(29, 20, 15, 30)).interval
    more_low, more_high = similarity(found(290, 200, 150)).interval
    assert low < more_low < more_high < high


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        (None, "it was not measured yet"),
        (found(None, 200, 150), "no pretrained network was tried"),
        (found(261, 300, 75), "small pixels alone made no error that features could avoid"),
        (found(131, 145, 150), "nothing that was tried told the classes apart"),
        (found(9, 6, 5, 10), "on 10 sampled images the interval is too wide"),
    ],
)
def test_where_it_cannot_be_told_the_reason_is_said(look, reason):
    like = similarity(look)
    assert (like.verdict, like.reason) == (UNKNOWN, reason)


def test_a_baseline_without_errors_makes_it_easy():
    assert similarity(found(261, 300, 75)).easy
    assert not similarity(found(261, 299, 75)).easy
    assert not similarity(None).easy


def test_it_is_said_in_words():
    assert similarity(found(291, 157, 150)).words() == (
        "MobileNet α 0.75’s features avoid 94 % (95 % interval 88 to 97 %) of the errors that small pixels alone make."
    )
    assert similarity(found(211, 220, 75)).words() == (
        "MobileNet α 0.75’s features make 11 % more errors (95 % interval −13 to 44 %) than small pixels alone make."
    )
    assert similarity(None).words() == ""


def test_it_can_be_written():
    values = json.loads(json.dumps(similarity(found(291, 157, 150)).to_dict()))
    assert (values["features"], values["baseline"], values["verdict"]) == ("mobilenet_075", PIXELS, SIMILAR)
    assert json.loads(json.dumps(similarity(None).to_dict()))["features"] is None
