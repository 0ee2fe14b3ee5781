"""Work that outlives the page that started it: a process, and a folder in which it says how far it is."""

import os
import re
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock

from core.errors import WorkbenchError, in_words
from core.files import read_json, write_json
from core.installation import child_environment

ACTIVE_STATES = ("queued", "starting", "running")
LOG_TAIL_LINES = 12
GONE = "Its process is gone without a word: the machine was restarted, or the process was killed from outside."
# What TensorFlow prints at every start about processor and drivers, which tells nothing of what went wrong.
GREETING = re.compile(
    r"^[IWE]0000 .*(port\.cc|cudart_stub|cuda_platform|cpu_feature_guard)|^To enable the following instructions"
    r"|^WARNING: All log messages before absl"
)


class Stopped(WorkbenchError):
    """The user asked to stop."""


@dataclass(frozen=True)
class Status:
    """How far a job is.

    Parameters
    ----------
    state
        ``new``, ``queued`` (waiting for a slot), ``starting``, ``running``, and in the end ``done``, ``stopped`` or
        ``failed``.
    stage
        What is being done now, in words.
    done, total
        How many units of the stage are finished, of how many.
    eta_seconds
        Seconds until the job is expected to end, where that can be told.
    error
        Why it failed, in words.
    started, finished
        Seconds since 1970.
    processes
        ``[pid, time of its start]`` of every process that works on it: a pid alone may be somebody else's by now.
    facts
        What else the job has to say, such as the device or the epoch.
    """

    state: str = "new"
    stage: str = ""
    done: int = 0
    total: int = 0
    eta_seconds: float | None = None
    error: str = ""
    started: float | None = None
    finished: float | None = None
    processes: list[list[float]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        return self.state in ACTIVE_STATES

    @property
    def fraction(self) -> float:
        """How much of the stage is finished, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def seconds(self) -> float | None:
        """How long the job took, or has taken so far."""
        if self.started is None:
            return None
        return (self.finished or time.time()) - self.started


class Job:
    """A folder with ``status.json``, ``log.txt``, ``heartbeat`` and, once asked to stop, a file ``stop``."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)

    @property
    def log_path(self) -> Path:
        return self.folder / "log.txt"

    def status(self) -> Status:
        """The status as written, or ``failed`` where the processes that should be working on it are gone."""
        status = self.written_status()
        if status.active and not any(is_alive(pid, started) for pid, started in status.processes):
            # It may have ended well between our two looks.
            status = self.written_status()
            if status.active:
                return replace(status, state="failed", error=self.with_log_tail(GONE), eta_seconds=None)
        return status

    def written_status(self) -> Status:
        known = {entry.name for entry in fields(Status)}
        return Status(**{key: value for key, value in (read_json(self._status_path) or {}).items() if key in known})

    def update(self, **changes: Any) -> Status:
        """Write a changed status; ``facts`` are added to those already there.

        Several processes work on a job, so one at a time reads and writes: none undoes what another has said.
        """
        with FileLock(self.folder / "status.lock"):
            status = self.written_status()
            if "facts" in changes:
                changes["facts"] = status.facts | changes["facts"]
            status = replace(status, **changes)
            write_json(self._status_path, asdict(status))
        return status

    def request_stop(self) -> None:
        """Ask the job to end early and keep what it has."""
        (self.folder / "stop").touch()

    @property
    def stop_requested(self) -> bool:
        return (self.folder / "stop").exists()

    def forget(self) -> None:
        """Take back how an earlier attempt ended, and that it was asked to stop: the job begins anew."""
        self._status_path.unlink(missing_ok=True)
        (self.folder / "stop").unlink(missing_ok=True)

    def beat(self) -> None:
        """Give a sign of life."""
        (self.folder / "heartbeat").touch()

    def seconds_since_heartbeat(self) -> float | None:
        try:
            return time.time() - (self.folder / "heartbeat").stat().st_mtime
        except FileNotFoundError:
            return None

    def log_tail(self, lines: int = LOG_TAIL_LINES) -> str:
        """The last lines of what the job printed."""
        try:
            with self.log_path.open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - 16_384))
                text = log.read().decode("utf-8", errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join([line for line in text.splitlines() if not GREETING.search(line)][-lines:])

    def with_log_tail(self, cause: str) -> str:
        """A cause of death and, where the job printed anything, its last lines."""
        tail = self.log_tail()
        return f"{cause}\nLast lines of its log:\n{tail}" if tail else cause

    def launch(self, module: str, **environment: str) -> None:
        """Start ``python -m module FOLDER`` as a process of its own session, which nobody has to wait for."""
        environment = child_environment() | {"PYTHONUNBUFFERED": "1"} | environment
        with self.log_path.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=environment,
            )
        self.is_launched(process)

    def is_launched(self, process: subprocess.Popen) -> None:
        """Say that a process is on its way to work on this."""
        _children.append(process)
        # The new process writes its own status as soon as it can; until then this one says that it is on its way.
        if self.written_status().state == "new":
            self.update(state="queued", started=time.time(), processes=[identity(process.pid)])

    @property
    def _status_path(self) -> Path:
        return self.folder / "status.json"


def carry_out(job: Job, work: Callable[[], None]) -> int:
    """Do what a job is there for, and write down how that ended.

    Parameters
    ----------
    work
        May raise `Stopped`.

    Returns
    -------
    int
        0 where it is done or was stopped, 1 where it failed; the status holds the reason.
    """
    state, error = "done", ""
    try:
        work()
    except Stopped:
        state = "stopped"
    except Exception as failure:
        if not isinstance(failure, WorkbenchError):
            traceback.print_exc()
        state, error = "failed", in_words(failure)
    job.update(state=state, stage="", error=error, eta_seconds=0, finished=time.time())
    return 1 if state == "failed" else 0


_children: list[subprocess.Popen] = []


def identity(pid: int | None = None) -> list[float]:
    """``[pid, time of its start]`` of a running process, by default this one."""
    pid = pid or os.getpid()
    try:
        return [pid, psutil.Process(pid).create_time()]
    except psutil.NoSuchProcess:
        return [pid, 0.0]


def is_alive(pid: float, started: float) -> bool:
    """Whether the process with this pid that started at this time still runs (a zombie does not)."""
    _children[:] = [child for child in _children if child.poll() is None]
    try:
        process = psutil.Process(int(pid))
        return abs(process.create_time() - started) < 1.0 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
