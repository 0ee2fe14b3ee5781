"""Who is given a slot, how long the others wait, and what becomes of those whose process is gone."""

import json
import os

import pytest

from core.files import write_json
from core.jobs.job import Job, identity
from core.jobs.queue import MOST_REVIVALS, Queue
from core.jobs.slots import visible_gpus

GONE = [[999_999_999, 0.0]]  # no system gives out such a number


@pytest.fixture(autouse=True)
def one_slot(monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "1")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


@pytest.fixture
def queue(workspace):
    return Queue(workspace.slots)


@pytest.fixture
def waiting(workspace, queue):
    """Puts a run in line whose process is this one: `waiting("anna", 1, joined=5.0)`."""

    def make(visitor, number, joined, **settings):
        run = Job(workspace.root / "visitors" / visitor / "runs" / f"run{number}")
        write_json(run.folder / "run.json", {"settings": {"dataset": "pets", "architecture": "small_cnn"} | settings})
        run.update(state="queued", started=joined, processes=[identity()])
        queue.join(run)
        return run

    return make


def end(run, state="done", **changes):
    run.update(state=state, **changes)


def given(queue, run):
    """The numbers of the slots that a run is given when it looks; they are let go of at once."""
    slots, _ = queue.look(run)
    release(slots)
    return [slot.index for slot in slots]


def release(slots):
    for slot in slots:
        slot.close()


# Taking a slot ------------------------------------------------------------------------------------------------------


def test_nobody_waits_in_an_empty_queue(queue):
    assert queue.entries() == []
    assert queue.revive() == []
    assert not queue.folder.exists(), "looking leaves nothing behind"


def test_the_slots_are_given_in_turn(queue, waiting):
    first, second, other = waiting("anna", 1, 1.0), waiting("anna", 2, 2.0), waiting("ben", 1, 3.0)
    assert queue.look(other) == ([], 1)
    (slot,), ahead = queue.look(first)
    assert (slot.index, ahead) == (0, 0)
    assert queue.look(other) == ([], 0), "first in line, and no slot is free"
    end(first)
    slot.close()
    queue.leave(first)
    assert queue.look(second) == ([], 1), "ben has had no turn yet"
    (slot,), _ = queue.look(other)
    slot.close()


def test_with_two_slots_two_train(queue, waiting, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "2")
    runs = [waiting("anna", number, 1.0 + number) for number in range(3)]
    (second,), _ = queue.look(runs[1])  # the one ahead of it needs only one of the two
    (first,), _ = queue.look(runs[0])
    assert {first.index, second.index} == {0, 1}
    assert queue.look(runs[2]) == ([], 0)
    assert [entry.position for entry in queue.entries()] == [0, 0, 1]
    first.close(), second.close()


def test_a_run_that_trains_keeps_its_slot_even_if_nobody_holds_the_lock(queue, waiting):
    """As on systems where a lock can't be passed on, when the supervisor dies and the trainer goes on."""
    first, second = waiting("anna", 1, 1.0), waiting("ben", 1, 2.0)
    release(queue.look(first)[0])
    assert queue.look(second) == ([], 0)
    end(first)
    assert given(queue, second) == [0]


def test_a_run_whose_ticket_was_removed_joins_again(queue, waiting):
    run = waiting("anna", 1, 1.0)
    queue.leave(run)
    assert queue.look(run) == ([], 0)
    assert given(queue, run) == [0]


def test_damaged_tickets_are_passed_over(queue, waiting):
    run = waiting("anna", 1, 1.0)
    (queue.folder / "queue" / "0.json").write_text("{torn")
    (queue.folder / "queue" / "1.json").write_text('{"colour": "red"}')
    assert [entry.ticket.run for entry in queue.entries()] == [str(run.folder)]


# Those who are gone --------------------------------------------------------------------------------------------------


def test_a_dead_waiter_leaves_no_hole(queue, waiting):
    dead, run = waiting("anna", 1, 1.0), waiting("anna", 2, 2.0)
    dead.update(processes=GONE)
    assert queue.entry(dead) is None
    assert queue.entry(run).position == 1
    assert given(queue, run) == [0]


def test_waiting_runs_come_back_after_a_restart_of_the_machine_and_keep_their_turns(queue, waiting):
    runs = [waiting("anna", number, 1.0 + number) for number in range(2)]
    for run in runs:
        run.update(processes=GONE)
    revived = queue.revive()
    try:
        assert {run.folder for run in revived} == {run.folder for run in runs}
        assert all(run.status().active for run in runs), "each has a process at once"
        assert queue.revive() == []
    finally:
        for run in revived:
            run.request_stop()
            for pid, _ in run.written_status().processes:
                os.kill(int(pid), 9)


def test_who_waited_in_the_build_before_waits_on(queue, waiting):
    """It called the slots places, in the tickets as well."""
    run = waiting("anna", 1, 1.0)
    (path,) = (queue.folder / "queue").glob("*.json")
    ticket = json.loads(path.read_text())
    path.write_text(json.dumps({name: value for name, value in ticket.items() if name != "slots"} | {"places": []}))
    assert queue.entry(run).position == 1
    assert queue.folder.name == "places"
    path.write_text(json.dumps({name: value for name, value in ticket.items() if name != "slots"} | {"places": [0]}))
    assert queue.entry(run).position == 0


def test_a_run_that_was_asked_to_stop_or_was_deleted_is_not_brought_back(queue, waiting):
    stopped, deleted, ended = (waiting("anna", number, 1.0 + number) for number in range(3))
    for run in (stopped, deleted):
        run.update(processes=GONE)
    stopped.request_stop()
    for path in deleted.folder.iterdir():
        path.unlink()
    deleted.folder.rmdir()
    end(ended, "failed")
    assert queue.revive() == []
    assert queue.entries() == []


def test_a_run_that_dies_again_and_again_is_given_up(queue, waiting):
    run = waiting("anna", 1, 1.0)
    for _ in range(MOST_REVIVALS):
        run.update(state="queued", processes=GONE)
        assert [job.folder for job in queue.revive()] == [run.folder]
        ((pid, _),) = run.written_status().processes
        os.kill(int(pid), 9)
    run.update(state="queued", processes=GONE)
    assert queue.revive() == []
    assert run.status().state == "failed"


# How long still ------------------------------------------------------------------------------------------------------


def test_earlier_runs_with_the_same_settings_tell_how_long_one_takes(queue, waiting, workspace):
    for number, (epochs, seconds, state) in enumerate(
        [(5, 100, "done"), (5, 140, "done"), (5, 120, "done"), (50, 9999, "done"), (5, 3, "stopped")]
    ):
        earlier = Job(workspace.root / "visitors" / "anna" / "runs" / f"earlier{number}")
        settings = {"dataset": "pets", "architecture": "small_cnn", "epochs": epochs}
        write_json(earlier.folder / "run.json", {"settings": settings})
        earlier.update(state=state, started=1000.0, finished=1000.0 + seconds)
    first, second = waiting("anna", 1, 1.0, epochs=5), waiting("anna", 2, 2.0, epochs=5)
    assert queue.entry(first).ticket.expected_seconds == 120
    assert queue.entry(first).seconds_until_start == 0
    assert queue.entry(second).seconds_until_start == 120
    (slot,), _ = queue.look(first)
    first.update(state="running", stage="Training", eta_seconds=75.0)
    assert queue.entry(first).position == 0
    assert queue.entry(second).position == 1
    assert queue.entry(second).seconds_until_start == 75, "the run's own account is the better one"
    slot.close()


def test_without_earlier_runs_nothing_is_promised(queue, waiting):
    waiting("anna", 1, 1.0)
    assert queue.entry(waiting("anna", 2, 2.0)).seconds_until_start is None


# Each its own ---------------------------------------------------------------------------------------------------------


def test_each_slot_has_a_gpu_of_its_own_and_more_slots_share_them(queue, waiting, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "3")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,7")
    slots = [queue.look(waiting("anna", number, 1.0 + number))[0] for number in range(3)]
    assert [visible_gpus("auto", own) for own in slots] == [{"CUDA_VISIBLE_DEVICES": gpu} for gpu in ("5", "7", "5")]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert visible_gpus("auto", slots[0]) == {}
    for own in slots:
        release(own)


# A GPU of one's choice, or all --------------------------------------------------------------------------------------


def test_a_run_waits_for_the_gpu_it_asks_for_and_lets_others_by(queue, waiting, two_gpus):
    first, second = waiting("anna", 1, 1.0, gpu="7"), waiting("anna", 2, 2.0, gpu="7")
    other = waiting("anna", 3, 3.0)
    held, _ = queue.look(first)
    assert visible_gpus("7", held) == {"CUDA_VISIBLE_DEVICES": "7"}
    assert given(queue, second) == []
    assert given(queue, other) == [0], "it takes any, and one is free"
    end(first)
    release(held)
    assert given(queue, second) == [1]


def test_a_run_that_asks_for_all_gpus_holds_all_slots(queue, waiting, two_gpus):
    everything, other = waiting("anna", 1, 1.0, gpu="all"), waiting("anna", 2, 2.0)
    held, _ = queue.look(everything)
    assert [slot.index for slot in held] == [0, 1]
    assert visible_gpus("all", held) == {"CUDA_VISIBLE_DEVICES": "5,7"}
    assert [entry.position for entry in queue.entries()] == [0, 1]
    assert given(queue, other) == []
    held[0].close()
    end(everything)
    assert given(queue, other) == [0], "a process of the ended one still holds the other slot"
    held[1].close()


def test_nobody_behind_a_run_that_waits_for_all_gpus_is_given_one(queue, waiting, two_gpus):
    """Otherwise newcomers would take the slots one by one, and it would wait for ever."""
    first, everything = waiting("anna", 1, 1.0), waiting("anna", 2, 2.0, gpu="all")
    newcomer = waiting("anna", 3, 3.0)
    held, _ = queue.look(first)
    assert given(queue, everything) == []
    assert given(queue, newcomer) == [], "though a slot is free"
    end(first)
    release(held)
    assert given(queue, newcomer) == [], "it is not its turn either"
    assert given(queue, everything) == [0, 1]


def test_all_gpus_are_seen_where_there_are_fewer_slots(queue, waiting, two_gpus, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "1")
    held, _ = queue.look(waiting("anna", 1, 1.0, gpu="all"))
    assert visible_gpus("all", held) == {"CUDA_VISIBLE_DEVICES": "5,7"}
    release(held)


def test_a_free_slot_is_one_that_nobody_has(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "2")
    queue = Queue(tmp_path)
    first, second = queue.free_slot(), queue.free_slot()
    assert {first.index, second.index} == {0, 1}
    assert queue.free_slot() is None
    second.close()
    assert queue.free_slot().index == second.index
