"""How far a job is, and how long it takes still: reported by what works, written down, and shown."""

import time
from collections.abc import Callable

from core.jobs.job import Job, Stopped

SECONDS_BETWEEN_REPORTS = 0.3

Report = Callable[[str, int, int], None]


def unheard(stage: str, done: int, total: int) -> None:
    """A `Report` that nobody listens to."""


class Pace:
    """How long a stage takes still, by how long what was done of it took."""

    def __init__(self):
        self._stage, self._began, self._done_before = "", 0.0, 0

    def __call__(self, stage: str, done: int, total: int) -> float | None:
        """Seconds until the stage is finished; None where that can't be told yet."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began, self._done_before = stage, now, done
        # What was done before, by an attempt that was stopped, took none of this time.
        new = done - self._done_before
        return (now - self._began) / new * (total - done) if new > 0 else None


class Progress:
    """Writes how far a job's stages are into its status, a few times a second, and hears a stop.

    Parameters
    ----------
    job
        Whose status to write.
    listener
        Called with every stage, done and total as well.
    on_stage
        Called with the name of a stage when it begins.

    Raises
    ------
    Stopped
        From a call, when the user has asked to stop.
    """

    def __init__(
        self,
        job: Job,
        listener: Report | None = None,
        on_stage: Callable[[str], None] | None = None,
    ):
        self._job, self._listener, self._on_stage = job, listener, on_stage
        self._stage, self._pace, self._written = "", Pace(), 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._job.stop_requested:
            raise Stopped("Stopped.")
        now = time.monotonic()
        if stage != self._stage:
            self._stage = stage
            if self._on_stage is not None:
                self._on_stage(stage)
        if self._listener is not None:
            self._listener(stage, done, total)
        left = self._pace(stage, done, total)
        if now - self._written >= SECONDS_BETWEEN_REPORTS or done == total:
            self._written = now
            self._job.update(stage=stage, done=done, total=total, eta_seconds=left)
