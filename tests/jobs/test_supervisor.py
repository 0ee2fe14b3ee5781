"""Supervisors that wait for their turn, in real processes that get killed.

What they train ends at once, for its dataset is not there. A trainer that has to last is held still right after its
start, so nothing depends on who is quicker.
"""

import os
import signal
from itertools import pairwise

import psutil
import pytest

from core.hosting import visitor_workspace
from core.jobs.job import is_alive
from core.jobs.queue import Queue
from core.runs.record import create_run
from core.runs.settings import read_settings

pytestmark = pytest.mark.slow

ANNA, BEN = "a" * 32, "b" * 32
WAITING = "Waiting for another run to end"


@pytest.fixture(autouse=True)
def one_slot(monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "1")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


@pytest.fixture
def queue(workspace):
    return Queue(workspace.slots)


@pytest.fixture
def begin(workspace, eventually):
    """Starts a run as `core.runs.lifecycle.start` does, and returns once its supervisor waits or has ended waiting."""
    begun = []

    def launch(visitor=ANNA):
        own = visitor_workspace(workspace, visitor)
        run = create_run(own, read_settings({"dataset": "gone", "architecture": "small_cnn"}))
        begun.append(run)
        run.launch("core.training.worker", WORKBENCH_SLOTS=str(workspace.slots))
        eventually(lambda: run.status().stage or not run.status().active)
        return run

    yield launch
    for run in begun:
        for pid, started in run.written_status().processes:
            if is_alive(pid, started):
                os.kill(int(pid), signal.SIGKILL)


@pytest.fixture
def held_still(begin, eventually):
    """Starts a run whose trainer does not get on; gives the run, its supervisor and its trainer."""

    def make(visitor=ANNA):
        run = begin(visitor)
        eventually(lambda: len(run.written_status().processes) == 2)
        supervisor, trainer = run.written_status().processes
        os.kill(int(trainer[0]), signal.SIGSTOP)
        return run, supervisor, trainer

    return make


def kill(process):
    os.kill(int(process[0]), signal.SIGKILL)


def is_over(run):
    return not run.status().active


def test_runs_train_one_after_the_other_and_visitors_take_turns(begin, held_still, eventually, queue):
    first, _, trainer = held_still(ANNA)
    annas = [begin(ANNA) for _ in range(2)]
    bens = begin(BEN)
    assert [entry.ticket.run for entry in queue.entries()] == [str(run.folder) for run in (first, bens, *annas)]
    assert all(run.status().stage == WAITING for run in (*annas, bens))
    os.kill(int(trainer[0]), signal.SIGCONT)
    eventually(lambda: all(map(is_over, (first, *annas, bens))))
    in_order = [first, bens, *annas]
    assert sorted(in_order, key=lambda run: run.status().started) == in_order
    for before, after in pairwise(in_order):
        assert after.status().started >= before.status().finished
    eventually(lambda: not list((queue.folder / "queue").glob("*.json")))


def test_a_supervisor_that_is_killed_does_not_free_its_place_while_its_trainer_still_trains(
    begin, held_still, eventually, queue
):
    first, supervisor, trainer = held_still()
    second = begin()
    kill(supervisor)
    eventually(lambda: not is_alive(*supervisor))
    assert first.status().active
    assert queue.look(second) == ([], 0)
    # Even where the supervisor had no time to say whom it has started, the slot is held by the trainer itself.
    first.update(processes=[supervisor])
    assert not first.status().active
    assert queue.look(second) == ([], 0)
    assert second.status().state == "queued"
    kill(trainer)
    eventually(lambda: second.status().state != "queued")


def test_a_place_is_free_once_supervisor_and_trainer_are_killed(begin, held_still, eventually):
    first, supervisor, trainer = held_still()
    second = begin()
    kill(supervisor)
    kill(trainer)
    eventually(lambda: is_over(second))
    assert first.status().state == "failed"
    assert "gone without a word" in first.status().error
    assert "gone" in second.status().error, "it did begin, and says that its dataset is not there"


def test_a_killed_waiter_leaves_no_hole_and_is_brought_back(begin, held_still, eventually, queue):
    _, _, trainer = held_still()
    killed, other = begin(), begin()
    (waiter,) = killed.written_status().processes
    kill(waiter)
    eventually(lambda: not is_alive(*waiter))
    assert queue.entry(other).position == 1
    assert [job.folder for job in queue.revive()] == [killed.folder]
    assert queue.entry(killed).position == 1, "it keeps its turn"
    assert queue.entry(other).position == 2
    kill(trainer)
    eventually(lambda: is_over(killed) and is_over(other))
    assert killed.status().started < other.status().started


def test_the_next_run_brings_back_those_that_waited_before_a_restart_of_the_machine(
    begin, held_still, eventually, queue
):
    trained, supervisor, trainer = held_still()
    waiting = begin()
    for process in (*waiting.written_status().processes, supervisor, trainer):
        kill(process)
    eventually(lambda: is_over(waiting) and is_over(trained))
    newest = begin(BEN)
    eventually(lambda: is_over(newest) and waiting.written_status().state == "failed")
    assert trained.status().state == "failed"
    assert "gone without a word" in trained.status().error
    assert "gone without a word" not in waiting.status().error, "it has had its turn"


def test_a_waiting_run_is_cancelled_and_the_others_move_up(begin, held_still, eventually, queue):
    held_still()
    cancelled, other = begin(), begin()
    assert queue.entry(other).position == 2
    cancelled.request_stop()
    eventually(lambda: is_over(cancelled))
    assert cancelled.status().error == "Stopped while it was waiting."
    assert queue.entry(other).position == 1


def test_each_trainer_sees_the_gpu_of_its_slot(held_still, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,7")
    monkeypatch.delenv("WORKBENCH_SLOT_COUNT")
    seen = [psutil.Process(int(held_still()[2][0])).environ()["CUDA_VISIBLE_DEVICES"] for _ in range(2)]
    assert seen == ["5", "7"]


def test_a_number_of_places_that_makes_no_sense_fails_the_run_in_words(begin, eventually, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "many")
    run = begin()
    eventually(lambda: is_over(run))
    assert run.written_status().state == "failed"
    assert "WORKBENCH_SLOT_COUNT must be a whole number" in run.status().error
    assert "Traceback" not in run.log_tail()
