"""The linear probe on the page of the model: its start, its course, and its answer."""

import pytest

from core.advice.linear_probe import MAJORITY, PIXELS, Candidate, Findings, LinearProbe, keep_findings, start_probe
from core.jobs.job import identity

CANDIDATES = (
    Candidate(MAJORITY, "Always the commonest class", 32, 16, seconds=0.0),
    Candidate(PIXELS, "Small pixels (16 × 16)", 32, 20, seconds=0.1),
    Candidate("mobilenet", "MobileNet", 32, 31, 2.0, 104.0, 75.0),
    Candidate("vgg16", "VGG16", reason="no time left"),
)


@pytest.fixture
def probed(pets):
    """What a probe of the pets has found."""
    findings = Findings(pets.name, pets.content.version, 32, 32, CANDIDATES, ("A class has fewer than 5 images.",))
    keep_findings(pets, findings)
    return findings


def test_a_probe_is_started_and_followed(visit, pets, workspace, launched):
    page = visit("model")
    assert "Half a minute on a sample of your images" in page.words
    assert page.chart_texts() == []
    page.press("Linear probe")
    assert launched == [("core.advice.linear_probe_worker", "current")]
    assert page.buttons[-1] == "Stop the linear probe"
    LinearProbe.of(workspace).update(state="running", stage="Computing features with MobileNet", done=32, total=128)
    assert "Computing features with MobileNet · 32 of 128" in page.run().words
    page.press("Stop the linear probe")
    assert LinearProbe.of(workspace).stop_requested
    assert page.button("Stop the linear probe").disabled


def test_the_baselines_show_before_the_rest_is_known(visit, pets, workspace, launched):
    look = start_probe(workspace, pets)
    findings = Findings(pets.name, pets.content.version, 32, 32, CANDIDATES[:2])
    look.update(state="running", processes=[identity()], facts={"findings": findings.to_dict()})
    assert "Colours and shapes of small pixels alone: 62 %" in visit("model").words


def test_what_was_found_is_said_drawn_and_found_again(visit, probed):
    page = visit("model")
    assert probed.words() in page.words
    assert probed.words() in page.chart_texts()
    assert "VGG16 was not tried: no time left." in page.words
    assert "MobileNet: the features of all images take about 1 min 15 s at 104 images a second" in page.words
    assert "no test image was looked at. A class has fewer than 5 images." in page.words
    assert "Look again" in page.buttons


def test_what_was_found_of_other_images_is_not_shown(visit, pets, probed, imported):
    imported("other", {"a": 10, "b": 10})
    page = visit("model", dataset="other")
    assert probed.words() not in page.words
    assert "Linear probe" in page.buttons


def test_a_probe_that_failed_says_why(visit, pets, workspace, launched):
    start_probe(workspace, pets).update(state="failed", error="The disk *is* full.\nLast lines of its log:\nx")
    page = visit("model")
    assert page.errors == ["The disk *is* full."]
    assert "Linear probe" in page.buttons


def test_a_second_probe_in_the_same_workspace_is_refused_in_words(visit, pets, workspace, imported, launched):
    start_probe(workspace, imported("other", {"a": 10, "b": 10}))
    page = visit("model", dataset="pets").press("Linear probe")
    assert "A linear probe of other is going on" in page.errors[0]


def test_too_few_images_are_refused_in_words(visit, imported, launched):
    imported("few", {"a": 3, "b": 3})
    page = visit("model").press("Linear probe")
    assert "Bring more images." in page.errors[0]
    assert launched == []


def test_without_weights_it_says_so(visit, pets):
    keep_findings(pets, Findings(pets.name, pets.content.version, 32, 32, CANDIDATES[:2]))
    page = visit("model")
    assert "No ImageNet weights are on this machine" in page.words
