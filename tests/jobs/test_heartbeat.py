"""A job gives signs of life while its process is busy, and none afterwards."""

import time

import pytest

from core.jobs import heartbeat as module
from core.jobs.heartbeat import heartbeat
from core.jobs.job import Job


@pytest.fixture
def job(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_BETWEEN_BEATS", 0.01)
    return Job(tmp_path)


def beat_of(job):
    return (job.folder / "heartbeat").stat().st_mtime_ns


def test_it_beats_at_once_and_again_while_the_work_goes_on(job, eventually):
    with heartbeat(job):
        first = beat_of(job)
        eventually(lambda: beat_of(job) > first)


def test_it_ends_with_the_work_however_that_ends(job):
    with pytest.raises(ValueError, match="it went wrong"), heartbeat(job):
        raise ValueError("it went wrong")
    last = beat_of(job)
    time.sleep(0.05)
    assert beat_of(job) == last
