"""What may be trained, and waiting for it. The process that is waited for is real, only it does not train."""

import os
import subprocess
import sys

import psutil
import pytest

from core.datasets.splits import SplitSettings
from core.errors import UsageError
from core.installation import PROJECT
from core.runs.lifecycle import check_trainable, start, wait
from core.runs.record import create_run, list_runs
from core.runs.settings import read_settings

# Works in small steps until it is asked to stop, or for as many steps as it is told.
WORK = """
import pathlib, sys, time
from core.jobs.job import Job, identity
job, steps = Job(pathlib.Path(sys.argv[1])), int(sys.argv[2])
for step in range(steps):
    job.update(state="running", done=step, total=steps, processes=[identity()])
    if step == 0: print("ready", flush=True)
    if job.stop_requested: break
    time.sleep(0.02)
job.update(state="stopped" if job.stop_requested else "done", processes=[])
"""


@pytest.fixture
def run(workspace):
    return create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))


@pytest.fixture
def work(run):
    """Starts the process, and returns once it is at work."""
    started = []

    def begin(steps):
        command = [sys.executable, "-c", WORK, str(run.folder), str(steps)]
        process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


# What may be trained -------------------------------------------------------------------------------------------------


def test_two_classes_with_test_images_can_be_trained_on(imported):
    check_trainable(imported("pets", {"cats": 2, "dogs": 2}))
    check_trainable(imported("lopsided", {"cats": 5, "dogs": 1}))


def test_without_test_images_nothing_can_be_evaluated(imported, workspace):
    dataset = imported("pets", {"cats": 1, "dogs": 1})
    with pytest.raises(UsageError, match="there must be test images") as refusal:
        start(workspace, dataset, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    assert refusal.value.args[0].startswith("pets cannot be trained on")
    assert list_runs(workspace) == [], "a run that cannot start must not stand in the list"


def test_a_given_split_without_training_images_is_refused(imported):
    dataset = imported("pets", {"cats": 3, "dogs": 3})
    manifest = dataset.read_manifest().assign(given_split="test")
    dataset.save(dataset.info, manifest)
    with pytest.raises(UsageError, match="at least two classes need training images"):
        check_trainable(dataset)


def test_the_split_of_the_dataset_counts(imported):
    dataset = imported("pets", {"cats": 2, "dogs": 2})
    dataset.set_split(SplitSettings(validation=0, test=0.5))
    check_trainable(dataset)


def test_the_split_of_the_run_counts(imported, workspace):
    dataset = imported("pets", {"cats": 6, "dogs": 6})
    settings = read_settings({"dataset": "pets", "architecture": "small_cnn", "fold": 2})
    with pytest.raises(UsageError, match="no folds"):
        start(workspace, dataset, settings)
    assert list_runs(workspace) == []
    dataset.set_split(SplitSettings(folds=3))
    check_trainable(dataset, settings)


def test_a_gpu_that_is_not_there_is_refused_before_a_run_is_made(imported, workspace, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    dataset = imported("pets", {"cats": 5, "dogs": 5})
    for gpu in ("all", 0):
        with pytest.raises(UsageError, match="no GPU may be used here"):
            start(workspace, dataset, read_settings({"dataset": "pets", "architecture": "small_cnn", "gpu": gpu}))
    assert list_runs(workspace) == []


def test_a_full_workspace_starts_nothing(imported, workspace, monkeypatch):
    dataset = imported("pets", {"cats": 5, "dogs": 5})
    monkeypatch.setenv("WORKBENCH_HOSTED", "1")
    monkeypatch.setenv("WORKBENCH_QUOTA_GB", "1e-9")
    with pytest.raises(UsageError, match="space here is full"):
        start(workspace, dataset, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    assert list_runs(workspace) == []


# Waiting -------------------------------------------------------------------------------------------------------------


def test_waiting_ends_when_the_run_does(run, work):
    seen = []
    work(steps=5)
    status = wait(run, seen.append)
    assert status.state == "done"
    assert seen[-1] == status
    assert all(earlier.active for earlier in seen[:-1])


def test_waiting_for_a_run_that_ended_returns_at_once(run):
    run.update(state="failed", error="its words")
    assert wait(run).error == "its words"


def test_waiting_ends_when_the_process_is_killed(run, work):
    process = work(steps=100_000)

    def kill(status):
        if process.poll() is None:
            psutil.Process(process.pid).kill()
            process.wait()

    status = wait(run, kill)
    assert status.state == "failed"
    assert "process is gone" in status.error


def test_the_first_interrupt_stops_the_run_and_waits_for_it(run, work):
    work(steps=100_000)
    looks = []

    def interrupt_once(status):
        looks.append(status)
        if len(looks) == 1:
            raise KeyboardInterrupt

    assert wait(run, interrupt_once).state == "stopped"
    assert run.stop_requested


def test_the_second_interrupt_ends_the_waiting(run):
    # A run that does not react: this very process, which is busy waiting.
    run.update(state="running", processes=[[os.getpid(), psutil.Process().create_time()]])

    def interrupt(status):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wait(run, interrupt)
    assert run.stop_requested
