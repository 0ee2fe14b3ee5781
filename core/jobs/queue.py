"""The queue of runs: who has one of the machine's slots, and in which order the others wait for one."""

import hashlib
import math
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout, lock_descriptor

from core.errors import WorkbenchError
from core.files import read_json, write_json
from core.jobs.gpus import AUTO
from core.jobs.job import Job, Status
from core.jobs.slots import Slot, slot_count
from core.jobs.turns import Ticket, in_turn, seconds_until_start, slots_given
from core.jobs.written_settings import written_settings
from core.workspace import Workspace

WORKER = "core.training.worker"
# A run takes about as long as earlier ones that agree with it in these settings.
ALIKE = ("dataset", "architecture", "image_size", "epochs")
EARLIER_RUNS = 5
# A run whose process dies again and again while it waits is not brought back for ever.
MOST_REVIVALS = 3
SECONDS_FOR_A_LOOK = 0.5


@dataclass(frozen=True)
class Entry:
    """A run that trains or waits, as people are told of it.

    Parameters
    ----------
    ticket, status
        Of the run.
    position
        0 where it trains, 1 where it is first in line.
    seconds_until_start
        How long it will still wait; None where that can't be told.
    """

    ticket: Ticket
    status: Status
    position: int
    seconds_until_start: float | None


class Queue:
    """The queue of a machine, in the folder that its workspaces share (`Workspace.slots`).

    ``queue/`` holds a ticket for each run, ``ended.json`` when a visitor's last run ended, ``0.lock`` and so on are
    locked while that slot is taken, and ``queue.lock`` is while somebody looks whether it is their turn.
    """

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self._tickets_folder = self.folder / "queue"

    def join(self, run: Job) -> None:
        """Put a run in line; one that was waiting before the machine was restarted keeps its turn."""
        before, status = self._ticket_of(run), run.written_status()
        joined, revivals = status.started or time.time(), 0
        if before is not None and not before.slots:
            joined, revivals = before.joined, before.revivals
        visitor = str(Workspace.holding(run.folder).root)
        expected, gpu = typical_seconds(run), gpu_asked_for(run)
        self._write(Ticket(str(run.folder.resolve()), visitor, joined, expected, gpu, revivals=revivals))

    def look(self, run: Job) -> tuple[list[Slot], int]:
        """See whether it is the turn of a run that has joined.

        Returns
        -------
        slots
            Its slot, or slots where it asks for all, to be closed when it has ended; none where it has to wait on.
        ahead
            How many wait ahead of it; 0 as well while no slot is free, for then nobody has to know.
        """
        try:
            with self._guard(SECONDS_FOR_A_LOOK):
                return self._take(run)
        except Timeout:  # too many look at this moment
            return [], 0

    def free_slot(self) -> Slot | None:
        """A slot that is free at this moment, for what takes seconds and joins no line; None where there is none.

        The caller closes it. Runs wait until then, as they do for one another.
        """
        try:
            with self._guard(SECONDS_FOR_A_LOOK):
                free = self._lock_free_slots()
        except Timeout:
            return None
        for slot in free[1:]:
            slot.close()
        return free[0] if free else None

    def leave(self, run: Job) -> None:
        """Forget a run that has ended, or was stopped while it waited."""
        with self._guard():
            ticket = self._ticket_of(run)
            if ticket is not None:
                self._remove(ticket)

    def revive(self) -> list[Job]:
        """Start the processes of waiting runs anew that are gone, as they are after a restart of the machine."""
        if not self._tickets():
            return []
        revived = []
        with self._guard():
            for ticket in filter(_is_lost, self._tickets()):
                if ticket.revivals == MOST_REVIVALS:
                    self._remove(ticket)
                    continue
                self._write(replace(ticket, revivals=ticket.revivals + 1))
                # As new, so that the launch says at once which process it waits in.
                ticket.job.update(state="new", processes=[])
                ticket.job.launch(WORKER, WORKBENCH_SLOTS=str(self.folder))
                revived.append(ticket.job)
        return revived

    def entries(self) -> list[Entry]:
        """The runs that train, and those that wait, in the order of their turns."""
        alive = [(ticket, status) for ticket in self._tickets() if (status := ticket.job.status()).active]
        statuses = {ticket.run: status for ticket, status in alive}
        training, waiting = self._in_order([ticket for ticket, _ in alive])
        remaining = {
            slot: _remaining_seconds(ticket, statuses[ticket.run]) for ticket in training for slot in ticket.slots
        }
        waits = seconds_until_start([remaining.get(slot, 0.0) for slot in range(slot_count())], waiting)
        entries = [Entry(ticket, statuses[ticket.run], 0, None) for ticket in training]
        return entries + [
            Entry(ticket, statuses[ticket.run], position, wait)
            for position, (ticket, wait) in enumerate(zip(waiting, waits, strict=True), 1)
        ]

    def entry(self, run: Job) -> Entry | None:
        """A run's own entry; None where it is not in the queue."""
        folder = str(run.folder.resolve())
        return next((entry for entry in self.entries() if entry.ticket.run == folder), None)

    def _take(self, run: Job) -> tuple[list[Slot], int]:
        free = self._lock_free_slots()
        mine: list[Slot] = []
        try:
            # While all train, many look often: that must cost next to nothing.
            if not free:
                return [], 0
            training, waiting = self._in_order(self._tidied())
            folder = str(run.folder.resolve())
            ahead = next((index for index, ticket in enumerate(waiting) if ticket.run == folder), None)
            if ahead is None:  # its ticket was removed from outside
                self.join(run)
                return [], len(waiting)
            # Where no lock can be passed on (Windows), the ticket tells that a trainer outlives its supervisor.
            taken = {slot for ticket in training for slot in ticket.slots}
            given = slots_given(waiting, {slot.index for slot in free} - taken)[ahead]
            if given:
                self._write(replace(waiting[ahead], slots=given))
                mine = [slot for slot in free if slot.index in given]
            return mine, ahead
        finally:
            for slot in free:
                if slot not in mine:
                    slot.close()

    def _lock_free_slots(self) -> list[Slot]:
        free = []
        for index in range(slot_count()):
            descriptor = os.open(self.folder / f"{index}.lock", os.O_RDWR | os.O_CREAT, 0o644)
            if lock_descriptor(descriptor, blocking=False):
                free.append(Slot(index, descriptor))
            else:
                os.close(descriptor)
        return free

    def _in_order(self, tickets: Sequence[Ticket]) -> tuple[list[Ticket], list[Ticket]]:
        """Those that train and those that wait, in turn."""
        training = sorted((ticket for ticket in tickets if ticket.slots), key=lambda ticket: ticket.joined)
        waiting = [ticket for ticket in tickets if not ticket.slots]
        return training, in_turn(waiting, [ticket.visitor for ticket in training], self._ended())

    def _tidied(self) -> list[Ticket]:
        """The tickets of all that are alive; those of runs that ended and could not leave themselves are removed."""
        alive = []
        for ticket in self._tickets():
            if ticket.job.status().active:
                alive.append(ticket)
            elif not _is_lost(ticket):
                self._remove(ticket)
        return alive

    def _remove(self, ticket: Ticket) -> None:
        self._path(ticket.run).unlink(missing_ok=True)
        if not ticket.slots:
            return
        # Whoever joined after that comes behind this visitor in any case, so only what is younger matters.
        oldest = min((other.joined for other in self._tickets()), default=math.inf)
        ended = self._ended() | {ticket.visitor: time.time()}
        write_json(self.folder / "ended.json", {key: value for key, value in ended.items() if value >= oldest})

    def _ended(self) -> dict[str, float]:
        return read_json(self.folder / "ended.json") or {}

    def _tickets(self) -> list[Ticket]:
        tickets = [self._read(path) for path in sorted(self._tickets_folder.glob("*.json"))]
        return [ticket for ticket in tickets if ticket is not None]

    def _ticket_of(self, run: Job) -> Ticket | None:
        return self._read(self._path(str(run.folder.resolve())))

    def _read(self, path: Path) -> Ticket | None:
        try:
            return Ticket(**_with_words_of_now(read_json(path) or {}))
        except (WorkbenchError, TypeError):  # removed meanwhile, or damaged from outside; its run joins anew
            return None

    def _write(self, ticket: Ticket) -> None:
        write_json(self._path(ticket.run), asdict(ticket))

    def _path(self, run: str) -> Path:
        return self._tickets_folder / f"{hashlib.sha256(run.encode()).hexdigest()[:20]}.json"

    def _guard(self, timeout: float = -1) -> FileLock:
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / "queue.lock", timeout=timeout)


def typical_seconds(run: Job) -> float | None:
    """The median duration of the last runs with the same dataset and much the same settings; None without any."""
    own = _alike(run)
    seconds: list[float] = []
    for folder in sorted(run.folder.parent.iterdir(), reverse=True):
        other = Job(folder)
        if folder != run.folder and len(seconds) < EARLIER_RUNS and own is not None and _alike(other) == own:
            status = other.written_status()
            if status.state == "done" and status.started and status.finished:
                seconds.append(status.finished - status.started)
    return statistics.median(seconds) if seconds else None


def _with_words_of_now(ticket: dict[str, Any]) -> dict[str, Any]:
    """A ticket of an earlier version, which called the slots places, as it is written now."""
    return {"slots" if name == "places" else name: value for name, value in ticket.items()}


def _is_lost(ticket: Ticket) -> bool:
    """Whether a run would still wait, had its process not gone without a word."""
    if ticket.slots or ticket.job.stop_requested:
        return False
    return ticket.job.written_status().state == "queued" and not ticket.job.status().active


def _remaining_seconds(ticket: Ticket, status: Status) -> float | None:
    """How long a run that trains will still take: by its own account once it trains, by earlier runs before."""
    if status.stage == "Training" and status.eta_seconds is not None:
        return status.eta_seconds
    if ticket.expected_seconds is None or status.seconds is None:
        return None
    return max(0.0, ticket.expected_seconds - status.seconds)


def _alike(run: Job) -> list | None:
    """What has to agree for two runs to take about as long."""
    settings = _settings_of(run)
    return None if settings is None else [settings.get(name) for name in ALIKE]


def gpu_asked_for(run: Job) -> str:
    """The run's setting `gpu`, for `check_gpu` and `visible_gpus`."""
    return (_settings_of(run) or {}).get("gpu", AUTO)


def _settings_of(run: Job) -> dict[str, Any] | None:
    try:
        settings = written_settings(run.folder)
    except WorkbenchError:
        return None
    return settings if isinstance(settings, dict) else None
