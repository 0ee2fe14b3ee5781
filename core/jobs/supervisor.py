"""Watching over the process that trains: its slot, its stop, its time, and how it ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from core.errors import WorkbenchError
from core.hosting import Hosting
from core.jobs.job import Job, identity
from core.jobs.process import OUT_OF_MEMORY
from core.jobs.queue import Queue, gpu_asked_for
from core.jobs.slots import Slot, check_gpu, visible_gpus
from core.workspace import Workspace

SECONDS_BETWEEN_LOOKS = 0.2
# While slots are free, those further behind in line look more seldom whether it is their turn.
SECONDS_BETWEEN_TURNS = 0.4
MOST_SECONDS_BETWEEN_TURNS = 2.0
# A stop is honoured between two batches, and the best weights are evaluated after it. Only a process that does not get
# there is ended from outside.
SECONDS_TO_STOP = 120
SECONDS_TO_TERMINATE = 15
# How often a training that ran out of memory is started anew, with half as many images at a time: from 32 to 1.
MOST_RESTARTS = 5
# Where the kernel counts what it killed in this container or service.
MEMORY_EVENTS = Path("/sys/fs/cgroup/memory.events")


class Trainer(Protocol):
    """A process that trains: what is used here of `subprocess.Popen`."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


def start_trainer(run: Job, slots: list[Slot]) -> Trainer:
    """Start the process that trains a run; it holds the slots as well, so they stay taken if this one is killed."""
    return subprocess.Popen(
        [sys.executable, "-m", "core.training.worker", str(run.folder), "--train"],
        env=os.environ | visible_gpus(gpu_asked_for(run), slots),
        # Windows passes on no locks; there, the run's ticket keeps the slot for as long as the trainer is alive.
        pass_fds=() if os.name == "nt" else [slot.descriptor for slot in slots],
    )


def supervise(
    folder: Path, save_memory: Callable[[Job], bool], start: Callable[[Job, list[Slot]], Trainer] = start_trainer
) -> int:
    """Train the run in `folder` in a process of its own, and see that its status tells the truth in the end.

    Parameters
    ----------
    save_memory
        Called where memory ran out, to have the next attempt take less; False where it would not, and nothing is left
        to try.
    start
        Starts that process.

    Returns
    -------
    int
        0 where the run is done or was stopped, 1 where it failed.
    """
    run = Job(folder)
    queue = Queue(Workspace.holding(run.folder).slots)
    # When it was started counts for its turn, not how soon this process came to say so.
    status = run.written_status()
    started = (status.started if status.state == "queued" else None) or time.time()
    run.update(state="queued", started=started, processes=[identity()])
    try:
        _wait_and_train(run, queue, save_memory, start)
    except WorkbenchError as error:
        run.update(state="failed", stage="", error=str(error), finished=time.time())
    # Not where anything else goes wrong here: the training may go on, and then the run keeps its slot.
    queue.leave(run)
    return 0 if run.written_status().state in ("done", "stopped") else 1


def _wait_and_train(
    run: Job, queue: Queue, save_memory: Callable[[Job], bool], start: Callable[[Job, list[Slot]], Trainer]
) -> None:
    check_gpu(gpu_asked_for(run))
    queue.join(run)
    run.update(stage="Waiting for another run to end")
    queue.revive()
    slots = _wait_for_slots(run, queue)
    if not slots:
        run.update(state="stopped", stage="", error="Stopped while it was waiting.", finished=time.time())
        return
    try:
        _train(run, save_memory, lambda: start(run, slots))
    finally:
        for slot in slots:
            slot.close()


def _wait_for_slots(run: Job, queue: Queue) -> list[Slot]:
    """Those of the machine's slots that the run is given; none where it was stopped before it got any."""
    next_look = 0.0
    while not run.stop_requested:
        if time.monotonic() >= next_look:
            slots, ahead = queue.look(run)
            if slots:
                return slots
            pause = min(MOST_SECONDS_BETWEEN_TURNS, SECONDS_BETWEEN_TURNS * (1 + ahead))
            next_look = time.monotonic() + pause
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return []


def _train(run: Job, save_memory: Callable[[Job], bool], start: Callable[[], Trainer]) -> None:
    """Train, again and with less where memory runs out."""
    began = time.monotonic()
    run.update(started=time.time())
    for restarts_left in reversed(range(MOST_RESTARTS + 1)):
        run.update(state="starting", stage="Starting")
        code, for_memory = _train_once(run, start, began)
        if not (for_memory and restarts_left and not run.stop_requested and save_memory(run)):
            _write_down(run, code, for_memory)
            return


def _train_once(run: Job, start: Callable[[], Trainer], began: float) -> tuple[int, bool]:
    """Train in a process of its own.

    Returns
    -------
    code, for_memory
        As `cause_of_death` takes them.
    """
    deaths_before = _deaths_for_memory()
    process = start()
    run.update(processes=[identity(), identity(process.pid)])
    code = _watch(run, process, began)
    if code == OUT_OF_MEMORY:
        return code, True
    if code in (-signal.SIGABRT, -signal.SIGSEGV):
        return code, _is_memory_limited() or "bad_alloc" in run.log_tail()
    return code, code != 0 and _deaths_for_memory() > deaths_before


def _watch(run: Job, process: Trainer, began: float) -> int:
    """Wait for the end, and hurry it along where a stop is not honoured. Returns the exit code."""
    asked = None
    limit = Hosting.from_environment().run_minutes * 60
    while (code := process.poll()) is None:
        now = time.monotonic()
        if limit and now - began > limit and not run.stop_requested:
            run.update(facts={"note": f"Stopped after {limit / 60:g} minutes, the limit for a run here."})
            run.request_stop()
        if run.stop_requested:
            asked = asked or now
            if now - asked > SECONDS_TO_STOP:
                process.terminate()
            if now - asked > SECONDS_TO_STOP + SECONDS_TO_TERMINATE:
                process.kill()
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return code


def _write_down(run: Job, code: int, for_memory: bool) -> None:
    """Say how a process ended that did not say so itself."""
    if not run.written_status().active:
        return
    if run.stop_requested and code in (-signal.SIGTERM, -getattr(signal, "SIGKILL", 9)):
        run.update(state="stopped", error="It did not stop by itself and was ended.", finished=time.time())
        return
    cause = cause_of_death(code, for_memory)
    error = cause if code == OUT_OF_MEMORY else run.with_log_tail(cause)
    run.update(state="failed", error=error, eta_seconds=None, finished=time.time())


def cause_of_death(code: int, for_memory: bool) -> str:
    """An exit code in words.

    Parameters
    ----------
    code
        As `subprocess` gives it: negative for a signal.
    for_memory
        Whether memory ran out, as the kernel or the training itself says.
    """
    if for_memory:
        return (
            "The training ended because memory ran out. Choose a smaller input size, batch size or network, or close "
            "other programs."
        )
    if code == -9:
        return (
            "The training was killed (signal 9). Unless somebody did that, memory ran out: choose a smaller input size "
            "or batch size."
        )
    if code < 0:
        return f"The training was ended by signal {-code} ({signal.Signals(-code).name})."
    return f"The training ended with exit code {code}."


def _is_memory_limited() -> bool:
    """Whether this process and its children have a limit of memory, beyond which TensorFlow aborts or crashes."""
    try:
        import resource
    except ImportError:  # Windows
        return False
    limits = (resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA))
    return any(limit != resource.RLIM_INFINITY for limit in limits)


def _deaths_for_memory() -> int:
    """How many processes of this container or service the kernel has killed for memory, where it tells."""
    try:
        lines = MEMORY_EVENTS.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
