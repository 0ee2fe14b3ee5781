"""Heartbeat: a sign of life of a job, whatever its process is busy with."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.jobs.job import Job

SECONDS_BETWEEN_BEATS = 1.0


@contextmanager
def heartbeat(job: Job) -> Iterator[None]:
    """Give a sign of life every second, until the context is left."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(SECONDS_BETWEEN_BEATS):
            job.beat()

    job.beat()
    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
