"""The process of an export: `python -m core.export.worker FOLDER`, FOLDER being that of the export in its run's."""

import argparse
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import WorkbenchError
from core.export.job import ExportJob
from core.hosting import Hosting
from core.jobs.job import Job, Stopped, carry_out, identity
from core.jobs.process import set_up_process
from core.jobs.progress import Progress
from core.jobs.timed_job import TimedJob
from core.jobs.written_settings import is_run
from core.workspace import Workspace

SECONDS_BETWEEN_LOOKS = 0.2


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.export.worker", description=__doc__)
    parser.add_argument("export", type=Path, help="the folder of the export")
    folder = parser.parse_args().export
    if not is_run(folder.resolve().parents[1]):
        parser.error(f"{folder} is not the folder of an export: it does not lie in that of a run")
    set_up_process()
    return export(folder.resolve())


def export(folder: Path) -> int:
    """Make the export that `folder` is for.

    Returns
    -------
    int
        0 where it is done or was stopped, 1 where it failed; the status holds the reason.
    """
    job = ExportJob(folder)
    job.update(state="running", stage="Starting", started=time.time(), processes=[identity()])
    return carry_out(job, lambda: _export(job))


def _export(job: ExportJob) -> None:
    minutes = Hosting.from_environment().run_minutes
    timed = TimedJob(job.folder, time.monotonic() + 60 * minutes if minutes else math.inf)
    try:
        with _turn(timed, job.run.workspace):
            state = job.state()
            told = job.format.write(job.run, job.path, Progress(timed))
            job.save_result(state, told)
    except Stopped:
        if timed.late:
            raise WorkbenchError(
                f"This took longer than the {minutes:g} minutes that anything may take here."
            ) from None
        raise


@contextmanager
def _turn(job: Job, workspace: Workspace) -> Iterator[None]:
    """One export at a time on this machine: each may take as much memory as a training."""
    lock = FileLock(workspace.machine / "exports.lock")
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except Timeout:
            Progress(job)("Waiting for another export to end", 0, 0)
            time.sleep(SECONDS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        lock.release()


if __name__ == "__main__":
    sys.exit(main())
