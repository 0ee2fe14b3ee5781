"""A job whose time is limited stops as one that was asked to."""

import time

import pytest

from core.jobs.job import Job, Stopped
from core.jobs.reporter import JobReporter
from core.jobs.timed_job import TimedJob


def test_a_job_stops_when_its_time_is_up(tmp_path):
    assert not TimedJob(tmp_path).stop_requested
    assert not TimedJob(tmp_path, time.monotonic() + 60).stop_requested
    late = TimedJob(tmp_path, time.monotonic() - 1)
    assert late.late and late.stop_requested
    with pytest.raises(Stopped):
        JobReporter(late).counted("Reading images")(1, 2)
    assert not Job(tmp_path).stop_requested, "nobody has asked it to"


def test_it_hears_who_asks_it_to_stop_before_that(tmp_path):
    timed = TimedJob(tmp_path, time.monotonic() + 60)
    Job(tmp_path).request_stop()
    assert timed.stop_requested and not timed.late
