"""Answers that take longer than anyone waits without a word: worked out in turn, in view, and to be stopped.

One inference process works for all visitors of a server, at one answer at a time. Whoever asks the same again
meanwhile, in another tab or after a reload, finds the work that is going on; what was found is kept for a while.
"""

import threading
import time
from dataclasses import replace
from typing import Any

from core.errors import WorkbenchError, in_words
from core.jobs.inference_client import InferenceClient
from core.jobs.job import Status, Stopped
from core.jobs.progress import Pace

# Of 25,000 images an answer takes some megabytes.
ANSWERS_KEPT = 12
MOST_WAITING, MOST_WAITING_EACH = 24, 4
TURNS_KNOWN = 100
# A process that works at a large step hears a stop only then, unless it is ended.
SECONDS_TO_STOP = 5.0
# Pages look twice a second, browser tabs behind others once a minute. Who has not looked for so long is gone: what he
# asked for gives way to others.
SECONDS_AWAY = 90.0
WAITING = "Waiting for another answer, which is worked out first"


class ScheduledTask:
    """An answer that is being worked out, and in the end what was found.

    Parameters
    ----------
    owner
        For whom: owners get their answers in turns.
    """

    def __init__(self, owner: str, task: str, arguments: dict[str, Any]):
        self.owner, self.task, self.arguments = owner, task, arguments
        self.found: Any = None
        self.stop_requested = False
        self.seen = self.asked = time.monotonic()
        self._status = Status(state="queued")
        self._ended = threading.Event()

    @property
    def status(self) -> Status:
        """How far it is; looking at it says that somebody still waits."""
        self.seen = time.monotonic()
        return self._status

    @property
    def active(self) -> bool:
        return self._status.active

    @property
    def seconds_away(self) -> float:
        """How long nobody has looked."""
        return time.monotonic() - self.seen

    def wait(self, seconds: float) -> None:
        """Return when it has ended, or after so many seconds from when it was asked for."""
        self._ended.wait(max(0.0, self.asked + seconds - time.monotonic()))

    def change(self, **changes: Any) -> None:
        """Say how far it is."""
        self._status = replace(self._status, **changes)
        if not self._status.active:
            self._ended.set()


class TaskScheduler:
    """The answers that one inference process is asked for, those it has found, and the thread that asks it."""

    def __init__(self, client: InferenceClient):
        self._client = client
        self._lock = threading.Lock()
        # The first is the one that was asked for the longest ago.
        self._answers: dict[tuple, ScheduledTask] = {}
        self._current: ScheduledTask | None = None
        self._last_turns: dict[str, float] = {}
        self._thread: threading.Thread | None = None

    def ask(self, owner: str, task: str, state: Any = None, **arguments: Any) -> ScheduledTask:
        """The answer to a question: the one that is there or on its way, else one that is begun.

        Parameters
        ----------
        owner
            For whom.
        task, arguments
            See `core.inference.SCHEDULED_TASKS`.
        state
            Of what is asked about; of another one, another answer is given.

        Raises
        ------
        WorkbenchError
            If too many are waiting already.
        """
        key = (owner, task, repr(state), repr(sorted(arguments.items())))
        with self._lock:
            answer = self._answers.pop(key, None)
            if answer is None:
                self._make_room(owner)
                answer = ScheduledTask(owner, task, arguments)
            self._answers[key] = answer
            answer.seen = time.monotonic()
            self._forget_oldest()
            if answer.active and self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
        return answer

    def stop(self, answer: ScheduledTask) -> None:
        """End an answer early. It stays as stopped until it is forgotten."""
        with self._lock:
            answer.stop_requested = True
            if answer is not self._current:
                if answer.active:
                    answer.change(state="stopped")
                return
        alarm = threading.Timer(SECONDS_TO_STOP, self._end, [answer])
        alarm.daemon = True
        alarm.start()

    def forget(self, answer: ScheduledTask) -> None:
        """Have the next one who asks get a new answer, where this one has ended."""
        with self._lock:
            if not answer.active:
                self._remove(answer)

    def close(self) -> None:
        """Stop all, and end the process."""
        with self._lock:
            for answer in self._answers.values():
                answer.stop_requested = True
                if answer.active and answer is not self._current:
                    answer.change(state="stopped")
            thread = self._thread
        self._client.kill()
        if thread is not None:
            thread.join()
        self._client.close()

    # In turn ---------------------------------------------------------------------------------------------------------

    def _waiting(self) -> list[ScheduledTask]:
        return [each for each in self._answers.values() if each.active and each is not self._current]

    def _make_room(self, owner: str) -> None:
        waiting = self._waiting()
        own = sum(each.owner == owner for each in waiting)
        if own >= MOST_WAITING_EACH:
            # What was asked for and left again is the first that can be done without.
            left = max((each for each in waiting if each.owner == owner), key=lambda each: each.seconds_away)
            left.change(state="stopped")
            self._remove(left)
        elif len(waiting) >= MOST_WAITING:
            raise WorkbenchError(f"{len(waiting)} answers are waited for on this server. Try again in a minute.")

    def _remove(self, answer: ScheduledTask) -> None:
        self._answers = {key: each for key, each in self._answers.items() if each is not answer}

    def _forget_oldest(self) -> None:
        ended = [each for each in self._answers.values() if not each.active]
        for answer in ended[: max(0, len(ended) - ANSWERS_KEPT)]:
            self._remove(answer)

    def _work(self) -> None:
        while (answer := self._next()) is not None:
            changes = self._carry_out(answer)
            with self._lock:
                self._current = None
                answer.change(stage="", eta_seconds=None, finished=time.time(), **changes)
                if changes["state"] == "stopped" and not answer.stop_requested:
                    self._remove(answer)  # it gave way: who comes back finds it begun anew, not stopped

    def _next(self) -> ScheduledTask | None:
        """The one whose owner has waited the longest for a turn; of one owner, the one asked for first."""
        with self._lock:
            for answer in self._waiting():
                if answer.seconds_away > SECONDS_AWAY:
                    answer.change(state="stopped")
                    self._remove(answer)
            waiting = self._waiting()
            turns = self._last_turns
            self._current = min(waiting, key=lambda each: (turns.get(each.owner, 0.0), each.asked), default=None)
            if self._current is None:
                self._thread = None
                return None
            turns.pop(self._current.owner, None)
            turns[self._current.owner] = time.monotonic()
            self._last_turns = dict(list(turns.items())[-TURNS_KNOWN:])
            self._current.change(state="running", started=time.time())
            return self._current

    def _carry_out(self, answer: ScheduledTask) -> dict[str, Any]:
        """How it ended, as changes of its status."""
        pace = Pace()

        def progress(stage: str, done: int, total: int) -> None:
            if answer.stop_requested or self._gives_way(answer):
                raise Stopped("Stopped.")
            answer.change(stage=stage, done=done, total=total, eta_seconds=pace(stage, done, total))

        try:
            answer.found = self._client.ask(answer.task, on_progress=progress, **answer.arguments)
        except Stopped:
            return {"state": "stopped"}
        except Exception as error:  # where the process was ended to stop it, it did not fail
            return {"state": "stopped"} if answer.stop_requested else {"state": "failed", "error": in_words(error)}
        return {"state": "done"}

    def _gives_way(self, answer: ScheduledTask) -> bool:
        """Whether others wait, and nobody for this one."""
        with self._lock:
            return answer.seconds_away > SECONDS_AWAY and bool(self._waiting())

    def _end(self, answer: ScheduledTask) -> None:
        with self._lock:
            if answer is self._current:
                self._client.kill()
