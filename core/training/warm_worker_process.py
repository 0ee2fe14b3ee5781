"""`python -m core.training.warm_worker_process` loads what a training needs, then waits to be told of its run.

It reads one line from its standard input, the folder of a run and what to add to the environment, and works from then
on as `core.training.worker` does. Without a line it ends with the process that keeps it, or after a while.
"""

import json
import os
import select
import sys
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from core.jobs.job import Job
from core.jobs.process import set_up_process
from core.jobs.queue import gpu_asked_for
from core.jobs.slots import Slot, visible_gpus
from core.jobs.supervisor import start_trainer, supervise
from core.jobs.warm_worker import SECONDS_KEPT
from core.runs.execution import halve_batch_size

# Longer than its keeper counts on it, so that it never ends while it is being handed a run.
SECONDS_TO_WAIT = SECONDS_KEPT + 60
# Elsewhere libraries don't survive a fork; there only the supervisor is loaded beforehand.
FORKS = sys.platform == "linux"


class ForkedTrainer:
    """A trainer that is forked from this process, with all that is loaded here, and the slots that it holds."""

    def __init__(self, run: Job, slots: list[Slot]):
        environment = visible_gpus(gpu_asked_for(run), slots)
        self._process = get_context("fork").Process(target=_train, args=(run.folder, environment))
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None, "it was started"
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


def _train(folder: Path, environment: dict[str, str]) -> None:
    from core.training.trainer import train

    os.environ.update(environment)
    sys.exit(train(folder))


def main() -> int:
    set_up_process()
    if FORKS:
        load()
    request = read_request()
    if request is None:
        return 0
    folder = Path(request["folder"])
    os.environ.update(request["environment"])
    redirect_output(folder / "log.txt")
    return supervise(folder, halve_batch_size, ForkedTrainer if FORKS else start_trainer)


def load() -> None:
    """Import what a training on features at hand imports, also what it does not until it comes to it."""
    for module in ("core.training.trainer", "pyarrow.dataset", "scipy.sparse.csgraph"):
        import_module(module)


def read_request() -> dict | None:
    """The line that tells of the run; None where none came."""
    if not select.select([sys.stdin], [], [], SECONDS_TO_WAIT)[0]:
        return None
    line = sys.stdin.readline()
    return json.loads(line) if line.endswith("\n") else None


def redirect_output(log: Path) -> None:
    """From here on, read nothing and print into a log, as a process does that was started for its run."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for descriptor, standard in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(descriptor, standard)
    os.close(nothing)
    os.close(written)


if __name__ == "__main__":
    sys.exit(main())
