"""Jobs of seconds that run between the trainings: they wait for a place, and say how they end."""

import os
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import WorkbenchError, in_words
from core.jobs import Job, Stopped, identity
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
    state, error = "done", ""
    try:
        with _place(job) as place:
            os.environ |= visible_gpus(AUTO, [place])
            job.update(state="running", stage=stage, started=time.time())
            work()
    except Stopped:
        state = "stopped"
    except Exception as failure:
        if not isinstance(failure, WorkbenchError):
            traceback.print_exc()
        state, error = "failed", in_words(failure)
    job.update(state=state, stage="", error=error, eta_seconds=0, finished=time.time())
    return 1 if state == "failed" else 0


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
