"""Stopping and resuming sweeps from the command line, and how they are listed."""

import json
import re
import time

import pytest

from core.commands import sweep as sweep_commands
from core.jobs.job import identity
from core.jobs.queue import Queue
from core.runs.record import create_run
from core.runs.settings import read_settings
from core.sweeps.sweep import Sweep

UNEVALUATED = dict.fromkeys(("log_loss", "accuracy", "accuracy_ci95", "images"))


@pytest.fixture
def run(workspace):
    return create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))


@pytest.fixture
def sweep(workspace, run):
    """A sweep whose process is gone, and whose only run goes on."""
    run.update(state="queued", started=time.time(), processes=[identity()])
    made = Sweep(workspace.root / "sweeps" / "sweep-20260101-000000-pets-small_cnn")
    made.folder.mkdir(parents=True)
    axis = {"name": "dropout", "low": 0.1, "high": 0.5, "log": False, "options": []}
    request = {"dataset": "pets", "dataset_version": "x", "settings": run.settings.to_dict(), "method": "tpe"}
    (made.folder / "request.json").write_text(json.dumps(request | {"runs": 8, "minutes": 0, "axes": [axis]}))
    trial = {"run": run.id, "values": {"dropout": 0.2}, "state": "queued", "error": "", "cut_short": False}
    made.save_trials([trial | UNEVALUATED])
    made.update(state="running", processes=[[1, 0.0]], facts={"revivals": 99})
    return made


def test_stopping_a_sweep_stops_its_run(document, sweep, run, monkeypatch):
    asked = []

    def end(job):
        asked.append(job.id)
        job.update(state="stopped")

    monkeypatch.setattr(type(run), "request_stop", end)
    code, found = document("stop", sweep.id[:10])
    assert (code, found["sweep"], found["status"], found["runs"]) == (0, sweep.id, "stopped", [run.id])
    assert asked == [run.id]
    code, found = document("stop", sweep.id)
    assert code == 2
    assert "nothing to stop" in found["error"]


def test_who_waits_for_a_sweep_is_told_how_far_the_run_in_hand_is(workspace, sweep, run, monkeypatch, capsys):
    run.update(state="running", facts={"epochs": 3})
    monkeypatch.setattr(sweep_commands, "wait", lambda job, tell: tell(job.status()) or job.status())
    sweep_commands.followed_sweep(workspace, sweep)
    assert f"{run.id}: epochs: 3 of {run.settings.epochs}\n" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["stop", "resume"])
def test_there_is_no_such_sweep(document, sweep, name):
    code, found = document(name, "sweep-1999")
    assert code == 2
    assert f"no sweep 'sweep-1999'. The newest are: {sweep.id}" in found["error"]


def test_a_sweep_whose_dataset_is_gone_does_not_go_on(document, sweep):
    code, found = document("resume", sweep.id)
    assert code == 2
    assert "no dataset 'pets'" in found["error"]


def test_a_budget_is_of_sweeps(document, run):
    code, found = document("resume", run.id, "--runs", 5)
    assert code == 2
    assert "--runs and --minutes are of sweeps" in found["error"]


def test_sweeps_are_listed(document, command, sweep):
    code, (found,) = document("sweeps")
    assert (code, found["sweep"], found["status"], found["runs"], found["best"]) == (0, sweep.id, "failed", 8, None)
    assert re.search(rf"{sweep.id} +failed +0 of 8 runs", command("sweeps")[1])


def test_without_any_there_is_nothing_to_list(document, command):
    assert document("sweeps") == (0, [])
    assert command("sweeps")[1] == "There are no sweeps.\n"


def test_runs_and_the_queue_say_which_are_of_a_sweep(document, command, sweep, run, workspace):
    assert document("runs")[1][0]["sweep"] == sweep.id
    assert re.search(rf"{run.id} +queued .*of {sweep.id}", command("runs")[1])
    Queue(workspace.slots).join(run)
    assert document("queue")[1][0]["sweep"] == sweep.id
    assert f"of {sweep.id}" in command("queue")[1]
