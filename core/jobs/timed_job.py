"""A job whose time is limited."""

import math
import time
from pathlib import Path

from core.jobs.job import Job


class TimedJob(Job):
    """A job that is to stop, as if it had been asked to, when its time is up.

    Parameters
    ----------
    end
        When that is, by `time.monotonic`.
    """

    def __init__(self, folder: Path, end: float = math.inf):
        super().__init__(folder)
        self.end = end

    @property
    def late(self) -> bool:
        """Whether its time is up."""
        return time.monotonic() > self.end

    @property
    def stop_requested(self) -> bool:
        return super().stop_requested or self.late
