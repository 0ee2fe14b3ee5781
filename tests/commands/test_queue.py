"""Commands about the queue: who trains, who waits, and starting over."""

import os
import re
import signal
import time

import pytest

from core.jobs.job import identity, is_alive
from core.jobs.queue import Queue
from core.runs.record import create_run, list_runs
from core.runs.settings import read_settings


@pytest.fixture
def joined(workspace, monkeypatch):
    """A run in line, whose process is this one."""
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "1")

    def make(seconds_ago):
        run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
        run.update(state="queued", started=time.time() - seconds_ago, processes=[identity()])
        Queue(workspace.slots).join(run)
        return run

    return make


def test_an_empty_queue(document, command):
    assert document("queue") == (0, [])
    assert command("queue")[:2] == (0, "No run trains or waits.\n")


def test_who_trains_and_who_waits_in_the_order_of_turns(document, command, joined, workspace):
    first, second, third = joined(300), joined(200), joined(100)
    (place,), _ = Queue(workspace.slots).look(first)
    first.update(state="running", stage="Training", eta_seconds=90.0)
    code, found = document("queue")
    assert code == 0
    assert [(entry["position"], entry["run"]) for entry in found] == [(0, first.id), (1, second.id), (2, third.id)]
    assert {(entry["dataset"], entry["architecture"]) for entry in found} == {("pets", "small_cnn")}
    assert [entry["status"] for entry in found] == ["running", "queued", "queued"]
    assert [entry["seconds_until_start"] for entry in found] == [None, 90.0, None]
    assert 200 <= found[1]["seconds"] < 300
    _, output, _ = command("queue")
    assert re.search(rf"trains +{first.id} +pets +small_cnn +30\d s", output)
    assert re.search(rf"1 in line +{second.id} +pets +small_cnn +20\d s +in about 90 s", output)
    place.close()


def test_a_failed_run_is_started_over_as_a_new_one(document, imported, workspace, tmp_path):
    imported("pets", {"cats": 10, "dogs": 10})
    settings = read_settings({"dataset": "pets", "architecture": "small_cnn", "epochs": 7})
    failed = create_run(workspace, settings)
    failed.update(state="failed", error="Memory ran out.")
    code, found = document("restart", failed.id)
    (new,) = (run for run in list_runs(workspace) if run.id != failed.id)
    for process in new.written_status().processes:
        if is_alive(*process):
            os.kill(int(process[0]), signal.SIGKILL)
    assert (code, found) == (0, {"run": new.id, "restarts": failed.id})
    assert new.settings == settings
    assert failed.status().error == "Memory ran out.", "what was found before is kept"


@pytest.mark.parametrize("state", ["done", "new"])
def test_only_a_failed_or_stopped_run_is_started_over(document, workspace, state):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    run.update(state=state)
    code, found = document("restart", run.id)
    assert code == 2
    assert f"{run.id} is {state}: only a failed or stopped run can be started over" in found["error"]
