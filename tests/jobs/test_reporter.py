"""What a job tells of its work: in its status, and nowhere else."""

import pytest

from core.jobs.job import Job, Stopped
from core.jobs.reporter import JobReporter


@pytest.fixture
def job(workspace):
    folder = workspace.root / "looks" / "current"
    folder.mkdir(parents=True)
    return Job(folder)


def test_stages_and_facts_are_in_the_status(job):
    reporter = JobReporter(job)
    reporter.counted("Reading images")(3, 10)
    assert (job.status().stage, job.status().done, job.status().total) == ("Reading images", 3, 10)
    reporter.begin("Building")
    assert (job.written_status().stage, job.written_status().done, job.written_status().total) == ("Building", 0, 0)
    reporter.facts(plan="quick")
    reporter.facts(features=3)
    assert job.written_status().facts == {"plan": "quick", "features": 3}


def test_a_counted_stage_is_said_to_begin_once_and_hears_a_stop(job):
    class Listening(JobReporter):
        heard = ()

        def on_counted_stage(self, stage):
            self.heard += (stage,)

    reporter = Listening(job)
    report = reporter.counted("Reading images")
    for done in range(3):
        report(done, 10)
    assert reporter.heard == ("Reading images",)
    job.request_stop()
    with pytest.raises(Stopped):
        report(4, 10)


def test_notes_are_kept_nowhere(job):
    before = set(job.folder.iterdir())
    JobReporter(job).note("The quickest way is the only one.")
    assert set(job.folder.iterdir()) == before
