"""Jobs of seconds that run between the trainings: they wait for a place, and say how they end."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.jobs import Job, Stopped, carry_out, identity
from core.runs.queue import AUTO, Place, Queue, visible_gpus
from core.workspace import Workspace

SECONDS_BETWEEN_LOOKS = 0.2


def work_in_a_place(job: Job, stage: str, work: Callable[[], None]) -> int:
    """Work once one of the machine's places is free, and write down how that ended.

    Parameters
    ----------
    job
        Whose folder lies as deep in its workspace as that of a run.
    stage
        What the job is at from its first moment in the place.
    work
        May raise `Stopped`.

    Returns
    -------
    int
        0 where it is done or was stopped, 1 where it failed; the status holds the reason.
    """
    job.update(state="queued", stage="Waiting for a training to end", started=time.time(), processes=[identity()])

    def work_there() -> None:
        with _place(job) as place:
            os.environ |= visible_gpus(AUTO, [place])
            job.update(state="running", stage=stage, started=time.time())
            work()

    return carry_out(job, work_there)


@contextmanager
def _place(job: Job) -> Iterator[Place]:
    """One of the machine's places, so that the job and a training don't take each other's time."""
    queue = Queue(Path(os.environ.get("WORKBENCH_PLACES") or Workspace.at(job.folder.parents[1]).places))
    while (place := queue.spare_place()) is None:
        if job.stop_requested:
            raise Stopped
        time.sleep(SECONDS_BETWEEN_LOOKS)
    try:
        yield place
    finally:
        place.close()
