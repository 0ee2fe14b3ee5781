"""Processes that need not import first what they work with: each is forked from one that has, as the warm worker is.

They are as real as any that `Job.launch` starts: a process of its own session with its own environment and log, which
nobody has to wait for. Only the seconds are missing in which a new interpreter imports TensorFlow, or Streamlit; the
tests of cold starts do without.
"""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.installation import PROJECT
from core.jobs.job import Job
from core.jobs.process import set_up_process
from core.jobs.supervisor import supervise
from core.runs.lifecycle import WORKER as TRAINING
from core.training.warm_worker_process import FORKS, ForkedTrainer, redirect_output

# What the processes of jobs import, also what a training does not until it comes to need Keras. None of it computes
# anything yet: TensorFlow starts its threads with the first operation, and threads don't survive a fork.
JOBS = (
    "core.training.trainer",
    "core.training.scratch",
    "core.training.fine_tuning",
    "core.training.training_time_worker",
    "core.features.runtimes",
    "core.advice.linear_probe_worker",
    "core.prediction.worker",
    "core.sweeps.worker",
    "pyarrow.dataset",
    "scipy.sparse.csgraph",
)


class ForkedProcess:
    """A process that a preloaded one has forked: what the product and tests ask of a `subprocess.Popen`."""

    def __init__(self, pid: int, parent: "PreloadedProcess"):
        self.pid, self._parent, self._code = pid, parent, None

    def poll(self) -> int | None:
        """Its exit code, negative where a signal ended it; None while it runs."""
        if self._code is None and psutil.Process(self.pid).status() == psutil.STATUS_ZOMBIE:
            self._code = self._parent.ask({"ended": self.pid})
        return self._code

    def wait(self, seconds: float = 180) -> int:
        """Its exit code, once it has ended."""
        deadline = time.monotonic() + seconds
        while (code := self.poll()) is None:
            assert time.monotonic() < deadline, f"the process {self.pid} does not end"
            time.sleep(0.01)
        return code

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


class PreloadedProcess:
    """A process that has imported these modules. It is started when it is first needed, and ends with the tests."""

    def __init__(self, *modules: str):
        self._modules = modules
        self._process: subprocess.Popen | None = None
        self._lock = threading.Lock()

    def start(self, module: str, *arguments: str, log: Path, **environment: str) -> ForkedProcess:
        """What ``python -m module arguments`` would start, with this environment beside that of the tests."""
        wanted = {"command": [module, *arguments], "log": str(log), "environment": os.environ | environment}
        return ForkedProcess(self.ask(wanted), self)

    def ask(self, request: Mapping[str, Any]) -> int:
        """Have a process forked, which gives its pid, or hear the exit code of one that has ended."""
        with self._lock:
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "tests.processes", *self._modules],
                    cwd=PROJECT,
                    env=os.environ | {"PYTHONPATH": str(PROJECT), "TF_CPP_MIN_LOG_LEVEL": "2"},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                    text=True,
                )
                atexit.register(self._end)
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def _end(self) -> None:
        self._process.stdin.close()
        self._process.wait()

    def launch(self, job: Job, module: str, **environment: str) -> None:
        """In place of `Job.launch`."""
        job.is_launched(self.start(module, str(job.folder), log=job.log_path, **environment))


@cache
def preloaded_for_jobs() -> PreloadedProcess:
    """The one of this process; it ends by itself when nobody can ask it any more."""
    return PreloadedProcess(*JOBS)


@pytest.fixture
def preloaded() -> PreloadedProcess:
    """Starts processes that have loaded Keras already."""
    if not FORKS:
        pytest.skip("libraries don't survive a fork on this system")
    return preloaded_for_jobs()


@pytest.fixture
def warm_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that are launched from here on begin at once, where this system can fork; elsewhere as ever."""
    if FORKS:
        monkeypatch.setattr(Job, "launch", lambda job, *words, **more: preloaded_for_jobs().launch(job, *words, **more))


# In the preloaded process ---------------------------------------------------------------------------------------------


def fork(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> int:
    """Carry a module's `main` out in a process of its own session, and give its pid."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        redirect_output(log)
        os.environ.clear()
        os.environ.update(environment)
        code = _carry_out(*command)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _carry_out(module: str, *arguments: str) -> int:
    if module.startswith("core."):
        # What a job launches in its turn, as a sweep does, is forked from it. A server has threads and sockets that
        # no child should have: it launches as ever.
        Job.launch = _launch
    if module == TRAINING and len(arguments) == 1:
        set_up_process()
        return supervise(Path(arguments[0]), ForkedTrainer)
    sys.argv = [module, *arguments]
    return import_module(module).main()


def _launch(job: Job, module: str, **environment: str) -> None:
    job.is_launched(ForkedChild(fork([module, str(job.folder)], job.log_path, os.environ | environment)))


class ForkedChild:
    """A process that was forked from this one."""

    def __init__(self, pid: int):
        self.pid, self._code = pid, None

    def poll(self) -> int | None:
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code


def main() -> int:
    for module in sys.argv[1:]:
        import_module(module)
    # What is loaded stays: to look through it for garbage would take every child its time, and copy its pages.
    gc.freeze()
    for line in sys.stdin:
        print(_answer(json.loads(line)), flush=True)
    return 0


def _answer(request: Mapping[str, Any]) -> int:
    if "ended" in request:
        return os.waitstatus_to_exitcode(os.waitpid(request["ended"], 0)[1])
    return fork(request["command"], Path(request["log"]), request["environment"])


if __name__ == "__main__":
    sys.exit(main())
