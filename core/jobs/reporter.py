"""What a job tells of its work while it goes on."""

from collections.abc import Callable
from functools import partial
from typing import Any

from core.jobs.job import Job
from core.jobs.progress import Progress


class JobReporter:
    """Tells of a job: the stage it is at, how far that is, facts, and notes. A subclass may keep more than the status.

    Parameters
    ----------
    job
        Into whose status it is written, and which may be asked to stop.
    """

    def __init__(self, job: Job):
        self._job = job

    def begin(self, stage: str) -> None:
        """The job is at a stage whose steps nobody counts."""
        self._job.update(stage=stage, done=0, total=0)

    def counted(self, stage: str) -> Callable[[int, int], None]:
        """What a stage calls with the units that are done, and how many there are.

        Raises
        ------
        Stopped
            From a call, when the job is to stop.
        """
        return partial(Progress(self._job, on_stage=self.on_counted_stage), stage)

    def facts(self, **facts: Any) -> None:
        """What the job has to say from now on."""
        self._job.update(facts=facts)

    def on_counted_stage(self, stage: str) -> None:
        """A stage whose units are counted has begun. Nothing more is kept of it here."""

    def note(self, text: str) -> None:
        """Something a person may want to read afterwards. Nothing is kept of it here."""
