"""The training page of a run that waits: its position in line, and starting a failed one over."""

import time

import pytest

from core.jobs.job import identity
from core.jobs.queue import Queue
from core.runs.record import create_run, list_runs
from core.runs.settings import read_settings


@pytest.fixture
def joined(workspace, pets, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "1")

    def make(seconds_ago):
        run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
        run.update(state="queued", stage="Waiting", started=time.time() - seconds_ago, processes=[identity()])
        Queue(workspace.slots).join(run)
        return run

    return make


def test_a_waiting_run_says_its_position_and_how_long_still(visit, joined, workspace):
    first, second, third = joined(300), joined(200), joined(100)
    (place,), _ = Queue(workspace.slots).look(first)
    first.update(state="running", stage="Training", eta_seconds=135.0)
    assert "**First in line.** It starts by itself, in about 2 min 15 s." in visit("training", run=second.id).words
    page = visit("training", run=third.id)
    assert "**Second in line.** It starts by itself." in page.words
    page.press("Leave the queue")
    assert third.stop_requested
    place.close()


def test_a_number_of_places_that_makes_no_sense_is_said_on_the_page(visit, joined, monkeypatch):
    run = joined(10)
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "many")
    assert "WORKBENCH_SLOT_COUNT must be a whole number" in visit("training", run=run.id).words


@pytest.mark.parametrize("state", ["failed", "stopped"])
def test_a_failed_or_stopped_run_is_started_over(visit, pets, trained, launched, workspace, state):
    run = trained(pets, state=state, settings={"epochs": 17})
    page = visit("training", run=run.id).press("Start over")
    (new,) = (other for other in list_runs(workspace) if other.id != run.id)
    assert launched == [("core.training.worker", new.id)]
    assert new.settings == run.settings
    assert page.query == {"dataset": "pets", "run": new.id}


def test_a_run_that_is_done_is_not_started_over(visit, pets, trained):
    assert "Start over" not in visit("training", run=trained(pets).id).buttons
