"""Jobs of seconds: how they wait, and what they say of their end."""

import pytest

from core.errors import WorkbenchError
from core.jobs.job import Job, Stopped
from core.jobs.queue import Queue
from core.jobs.slot_worker import work_in_slot


@pytest.fixture
def job(workspace):
    folder = workspace.root / "looks" / "current"
    folder.mkdir(parents=True)
    return Job(folder)


def raising(error):
    def work():
        raise error

    return work


def test_it_works_in_a_slot_and_gives_it_back(job, workspace, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "1")
    seen = []

    def work():
        seen.append((Queue(workspace.slots).free_slot(), job.status().stage))

    assert work_in_slot(job, "Looking", work) == 0
    assert seen == [(None, "Looking")]
    assert job.status().state == "done"
    Queue(workspace.slots).free_slot().close()


@pytest.mark.parametrize(
    "error, state, words",
    [
        (Stopped("Stopped."), "stopped", ""),
        (WorkbenchError("The images are gone."), "failed", "The images are gone."),
        (
            MemoryError(),
            "failed",
            "Memory ran out. Choose a smaller input size or batch size, or close other programs.",
        ),
    ],
)
def test_how_it_ended_is_written_down(job, error, state, words):
    assert work_in_slot(job, "Looking", raising(error)) == (state == "failed")
    assert (job.status().state, job.status().error) == (state, words)


def test_it_can_be_stopped_while_it_waits(job, workspace, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "1")
    slot = Queue(workspace.slots).free_slot()
    job.request_stop()
    assert work_in_slot(job, "Looking", raising(AssertionError("it had no slot"))) == 0
    assert job.status().state == "stopped"
    slot.close()
