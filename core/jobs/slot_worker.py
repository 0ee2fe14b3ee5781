"""The worker of a job of seconds, which runs between the trainings: waits for a free slot, works, says how it ended."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.jobs.gpus import AUTO
from core.jobs.job import Job, Stopped, carry_out, identity
from core.jobs.queue import Queue
from core.jobs.slots import Slot, visible_gpus
from core.workspace import Workspace

SECONDS_BETWEEN_LOOKS = 0.2


def work_in_slot(job: Job, stage: str, work: Callable[[], None]) -> int:
    """Work once one of the machine's slots is free, and write down how that ended.

    Parameters
    ----------
    job
        Whose folder lies as deep in its workspace as that of a run.
    stage
        What the job is at from its first moment in the slot.
    work
        May raise `Stopped`.

    Returns
    -------
    int
        0 where it is done or was stopped, 1 where it failed; the status holds the reason.
    """
    job.update(state="queued", stage="Waiting for a training to end", started=time.time(), processes=[identity()])

    def work_there() -> None:
        with _slot(job) as slot:
            os.environ |= visible_gpus(AUTO, [slot])
            job.update(state="running", stage=stage, started=time.time())
            work()

    return carry_out(job, work_there)


@contextmanager
def _slot(job: Job) -> Iterator[Slot]:
    """One of the machine's slots, so that the job and a training don't take each other's time."""
    queue = Queue(Workspace.holding(job.folder).slots)
    while (slot := queue.free_slot()) is None:
        if job.stop_requested:
            raise Stopped
        time.sleep(SECONDS_BETWEEN_LOOKS)
    try:
        yield slot
    finally:
        slot.close()
