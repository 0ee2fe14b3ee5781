"""The warm worker: a process that has loaded what it needs and waits for its run.

To train a head on features at hand takes less time than to start the processes that do so. So a page from which people
train again keeps one process ready; it serves for the next run, whichever that is.
"""

import json
import os
import subprocess
import sys
import threading
import time

from core.installation import child_environment
from core.jobs.job import Job

MODULE = "core.training.warm_worker_process"
# Who has not trained again by then has gone for coffee; the process ends by itself a minute later.
SECONDS_KEPT = 900


class WarmWorker:
    """At most one warm process of this server, or of a script; it ends with the process that keeps it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._since = 0.0

    def keep_ready(self, after: float = 0.0) -> None:
        """Have a process ready soon; where there is one, it stays.

        Parameters
        ----------
        after
            Start it so many seconds from now: while it loads, all else is slow.
        """
        with self._lock:
            if os.name == "nt" or self._waiting() is not None:
                return
            if after:
                timer = threading.Timer(after, self.keep_ready)
                timer.daemon = True
                timer.start()
                return
            self._end()
            self._since = time.monotonic()
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=child_environment() | {"PYTHONUNBUFFERED": "1"},
            )

    def take_on(self, job: Job, **environment: str) -> bool:
        """Have the process that is ready work on a job, as `Job.launch` would in a new one.

        Returns
        -------
        bool
            Whether it does; False where none is ready.
        """
        with self._lock:
            process = self._waiting()
            if process is None:
                return False
            self._process = None
        request = {"folder": str(job.folder), "environment": environment}
        assert process.stdin is not None, "it was started with a pipe"
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.close()
        except OSError:  # it was killed from outside in this very moment
            return False
        job.is_launched(process)
        return True

    def end(self) -> None:
        """End the process that waits, if there is one."""
        with self._lock:
            self._end()

    def _waiting(self) -> subprocess.Popen | None:
        """The process that is ready; None where there is none, or it has waited for too long."""
        young = time.monotonic() - self._since < SECONDS_KEPT
        alive = self._process is not None and self._process.poll() is None
        return self._process if young and alive else None

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()  # which closes its pipe, too
            self._process = None


warm_worker = WarmWorker()
