"""The inference client: asks the process that has Keras loaded for what pages show, so that they never load it.

The process is `python -m core.inference`. Requests and answers are pickled through its standard input and output, which
nobody else can reach.
"""

import pickle
import subprocess
import sys
import threading
from typing import Any

from core.errors import WorkbenchError
from core.installation import child_environment
from core.jobs.progress import Report, unheard

SERVER = "core.inference"
# Without a word for so long, it hangs. Starting Keras on a busy machine takes a third of that.
SECONDS_OF_SILENCE = 120
# What the process says: how far it is, and in the end what it found or what went wrong.
PROGRESS, ANSWERED, FAILED = "progress", "answered", "failed"


class InferenceClient:
    """The client of one inference process, which is started when it is first needed and again when it has died."""

    def __init__(self):
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None

    @property
    def warm(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def ask(self, task: str, on_progress: Report = unheard, **arguments: Any) -> Any:
        """Have the process do a task of `core.inference` and return what it gives.

        Parameters
        ----------
        on_progress
            Called a few times a second while a long task is worked at. Where it raises, the task is stopped, and what
            it raised is raised from here.

        Raises
        ------
        WorkbenchError
            What the task itself raised in words, or that the process died or said nothing for too long.
        """
        with self._lock:
            process = self._running()
            try:
                _say(process, (task, arguments))
                kind, answer, refusal = _hear(process, on_progress)
            except (EOFError, OSError, pickle.UnpicklingError) as error:
                process.kill()
                process.wait()
                raise WorkbenchError(
                    "The inference process that computes this ended or took too long, perhaps for want of memory. Try "
                    "again: a new one is started."
                ) from error
        if refusal is not None:
            raise refusal
        if kind == FAILED:
            raise WorkbenchError(answer)
        return answer

    def kill(self) -> None:
        """End the process even while it works; whoever waits for its answer is told that it ended."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.wait()

    def _running(self) -> subprocess.Popen:
        """The process, which is started where it is not there."""
        if self._process is None or self._process.poll() is not None:
            self._process = _started()
        return self._process


def _started() -> subprocess.Popen:
    environment = child_environment() | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    # Of a graphics card, it takes the memory that it needs, and leaves the rest to trainings.
    environment.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    return subprocess.Popen(
        [sys.executable, "-m", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


def _say(process: subprocess.Popen, message: Any) -> None:
    assert process.stdin is not None, "it was started with a pipe"
    pickle.dump(message, process.stdin)
    process.stdin.flush()


def _hear(process: subprocess.Popen, on_progress: Report) -> tuple[str, Any, Exception | None]:
    """How the task ended, with what, and what the listener raised, upon which it was to stop."""
    assert process.stdout is not None, "it was started with a pipe"
    refusal = None
    while True:
        # A request that hangs would hang every page behind it.
        alarm = threading.Timer(SECONDS_OF_SILENCE, process.kill)
        alarm.start()
        try:
            kind, content = pickle.load(process.stdout)
        finally:
            alarm.cancel()
        if kind != PROGRESS:
            return kind, content, refusal
        try:
            on_progress(*content)
        except Exception as error:
            refusal = error
        _say(process, refusal is None)
