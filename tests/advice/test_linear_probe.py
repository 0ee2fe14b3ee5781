"""A linear probe as others see it: its start, its refusals, and what is kept of it."""

import json
import time

import pytest

from core.advice.linear_probe import (
    MAJORITY,
    PIXELS,
    Candidate,
    Findings,
    LinearProbe,
    keep_findings,
    kept_findings,
    read_findings,
    start_probe,
)
from core.datasets.store import delete_dataset
from core.errors import UsageError
from core.jobs.job import Job, identity

CANDIDATES = (
    Candidate(MAJORITY, "Always the commonest class", 40, 20),
    Candidate(PIXELS, "Small pixels", 40, 24, seconds=0.1),
    Candidate("mobilenet_075", "MobileNet α 0.75", 40, 39, 1.0, 200.0, 5.0),
    Candidate("mobilenet", "MobileNet", 40, 39, 2.0, 100.0, 10.0),
    Candidate("vgg16", "VGG16", reason="no time left"),
)


@pytest.fixture
def pets(imported):
    return imported("pets", {"cats": 20, "dogs": 20})


@pytest.fixture
def launched(monkeypatch):
    started = []

    def launch(job: Job, module: str, **environment: str) -> None:
        started.append((module, environment))
        job.update(state="queued", started=time.time(), processes=[identity()])

    monkeypatch.setattr(Job, "launch", launch)
    return started


def found(dataset, candidates=CANDIDATES):
    return Findings(dataset.name, dataset.content.version, 40, 40, candidates, ("A note.",))


def test_the_decisive_figures_are_in_one_sentence(pets):
    assert found(pets).words() == (
        "MobileNet α 0.75’s features: 98 % of 40 sampled images right in cross-validation; colours and shapes of small "
        "pixels alone: 60 %; always the commonest class: 50 %."
    )
    assert found(pets, CANDIDATES[:2]).words().startswith("Colours and shapes of small pixels alone: 60 %;")


def test_the_best_is_the_smallest_of_those_that_are_right_most_often(pets):
    assert found(pets).best.name == "mobilenet_075"
    assert found(pets, CANDIDATES[:2]).best is None


def test_a_candidate_has_an_interval_unless_it_was_not_tried():
    low, high = CANDIDATES[2].interval
    assert low < 39 / 40 < high
    assert CANDIDATES[-1].accuracy is CANDIDATES[-1].interval is None


def test_findings_survive_being_written(pets):
    assert read_findings(json.loads(json.dumps(found(pets).to_dict()))) == found(pets)


def test_findings_are_kept_with_the_state_of_the_dataset_that_they_are_of(pets):
    assert kept_findings(pets) is None
    keep_findings(pets, found(pets))
    assert kept_findings(pets) == found(pets)
    (pets.folder / "linear_probe.json").write_text("[1]")
    assert kept_findings(pets) is None


def test_findings_that_an_earlier_build_kept_are_read_until_there_are_new_ones(pets):
    keep_findings(pets, found(pets))
    (pets.folder / "linear_probe.json").rename(pets.folder / "quick_look.json")
    assert kept_findings(pets) == found(pets)
    keep_findings(pets, found(pets, CANDIDATES[:2]))
    assert kept_findings(pets) == found(pets, CANDIDATES[:2])
    assert not (pets.folder / "quick_look.json").exists()


def test_findings_of_another_state_are_not_shown(pets):
    keep_findings(pets, Findings(pets.name, "of yesterday", 40, 40, CANDIDATES))
    assert kept_findings(pets) is None


def test_nothing_is_kept_of_a_dataset_that_was_deleted(pets):
    findings = found(pets)
    delete_dataset(pets)
    keep_findings(pets, findings)
    assert not pets.folder.exists()


def test_a_probe_is_started_once_at_a_time(workspace, imported, pets, launched):
    other = imported("other", {"a": 10, "b": 10})
    probe = start_probe(workspace, pets, "12.5")
    assert launched == [("core.advice.linear_probe_worker", {"WORKBENCH_SLOTS": str(workspace.slots)})]
    assert probe.request == {"dataset": "pets", "seconds": 12.5}
    assert probe.is_of(pets) and not probe.is_of(other)
    with pytest.raises(UsageError, match="A linear probe of pets is going on"):
        start_probe(workspace, other)
    LinearProbe.of(workspace).update(state="done")
    assert start_probe(workspace, other).is_of(other)


@pytest.mark.parametrize("seconds", [1, 301, "soon", None])
def test_how_long_it_may_take_has_limits(workspace, pets, launched, seconds):
    with pytest.raises(UsageError, match="'seconds' must be a number from 5 to 300"):
        start_probe(workspace, pets, seconds)
    assert launched == []


def test_too_few_images_are_refused(workspace, imported, launched):
    with pytest.raises(UsageError, match=r"at least two classes need 5 .* Of few, no class has"):
        start_probe(workspace, imported("few", {"cats": 3, "dogs": 3}))
    assert launched == []
