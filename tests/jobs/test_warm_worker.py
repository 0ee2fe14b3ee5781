"""A worker that is ready beforehand: it trains as any other does, and never stays behind."""

import os
import signal
import subprocess
import sys

import numpy as np
import psutil
import pytest

from core.installation import PROJECT
from core.jobs.job import is_alive
from core.jobs.warm_worker import SECONDS_KEPT, WarmWorker, warm_worker
from core.runs.lifecycle import start, wait
from core.runs.record import create_run
from core.runs.settings import read_settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="there, workers are started when they are needed"),
]


@pytest.fixture
def warm(workspace):
    worker = WarmWorker()
    worker.keep_ready()
    yield worker
    worker.end()


@pytest.fixture
def lost_run(workspace):
    """A run that ends as soon as it looks for its images: there are none."""
    return create_run(workspace, read_settings({"dataset": "gone", "architecture": "small_cnn"}))


def pid_of(worker):
    return worker._process.pid


def test_a_run_that_was_started_in_the_warm_worker_comes_to_the_same_as_any_other(workspace, imported):
    pets = imported("pets", {"cats": 10, "dogs": 10})
    settings = read_settings({"dataset": "pets", "architecture": "perceptron", "image_size": 8, "epochs": 2})
    usual = start(workspace, pets, settings)
    assert wait(usual).state == "done", usual.status().error
    warm_worker.keep_ready()
    pid = pid_of(warm_worker)
    quick = start(workspace, pets, settings)
    assert quick.written_status().processes[0][0] == pid
    assert wait(quick).state == "done", quick.status().error
    np.testing.assert_array_equal(quick.predictions().probabilities, usual.predictions().probabilities)
    assert quick.log_path.exists()


def test_it_can_be_left_for_later(workspace, eventually):
    worker = WarmWorker()
    worker.keep_ready(after=0.2)
    assert worker._process is None
    eventually(lambda: worker._process is not None)
    worker.end()


def test_it_serves_once_and_one_is_enough(warm, lost_run, eventually):
    pid = pid_of(warm)
    warm.keep_ready()
    assert pid_of(warm) == pid
    assert warm.take_on(lost_run)
    assert not warm.take_on(lost_run)
    eventually(lambda: not lost_run.status().active)
    assert "gone" in lost_run.status().error
    warm.keep_ready()
    assert pid_of(warm) != pid


def test_one_that_was_killed_takes_nothing_on(warm, lost_run, eventually):
    os.kill(pid_of(warm), signal.SIGKILL)
    eventually(lambda: not is_alive(pid_of(warm), psutil.Process(pid_of(warm)).create_time()))
    assert not warm.take_on(lost_run)
    assert lost_run.status().state == "new"


def test_a_trainer_that_is_killed_is_told_of_as_ever(warm, workspace, imported, eventually):
    imported("pets", {"cats": 10, "dogs": 10})
    long = {"dataset": "pets", "architecture": "perceptron", "image_size": 8, "epochs": 1000, "patience": 1000}
    run = create_run(workspace, read_settings(long))
    assert warm.take_on(run, WORKBENCH_SLOTS=str(workspace.slots))
    eventually(lambda: len(run.written_status().processes) == 2)
    os.kill(int(run.written_status().processes[1][0]), signal.SIGKILL)
    eventually(lambda: not run.status().active)
    assert run.status().state == "failed"
    assert "killed (signal 9)" in run.status().error


def test_it_ends_with_the_process_that_keeps_it(workspace, eventually):
    script = "from core.jobs.warm_worker import warm_worker as s; s.keep_ready(); print(s._process.pid)"
    told = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    pid = int(told.stdout)
    eventually(lambda: not psutil.pid_exists(pid))


def test_one_that_was_kept_for_long_is_replaced_before_it_ends_by_itself(warm, lost_run):
    first = pid_of(warm)
    warm._since -= SECONDS_KEPT
    assert not warm.take_on(lost_run)
    warm.keep_ready()
    assert pid_of(warm) != first
