"""Turns: in which order those that wait are given slots, which ones, and when."""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from core.jobs.gpus import ALL, AUTO
from core.jobs.job import Job
from core.jobs.slots import suitable_slots


@dataclass(frozen=True)
class Ticket:
    """What a run holds from when it joins the queue to when it ends.

    Parameters
    ----------
    run
        The run's folder.
    visitor
        Whose run it is: the folder of the workspace.
    joined
        When it was started, in seconds since 1970.
    expected_seconds
        How long it will train, where earlier runs tell.
    gpu
        Which GPU it asks for, as the setting does: "auto", "all", or a name that `gpus` gives.
    slots
        The slots in which it trains, from 0; none while it waits.
    revivals
        How often its process was started anew while it waited.
    """

    run: str
    visitor: str
    joined: float
    expected_seconds: float | None = None
    gpu: str = AUTO
    slots: Sequence[int] = ()
    revivals: int = 0

    @property
    def job(self) -> Job:
        return Job(Path(self.run))


def in_turn(waiting: Sequence[Ticket], training: Sequence[str], ended: Mapping[str, float]) -> list[Ticket]:
    """The order in which slots are given: round robin among visitors, first come first served within each.

    Parameters
    ----------
    waiting
        The tickets of those that wait.
    training
        The visitor of each run that trains.
    ended
        When the last run of a visitor ended, in seconds since 1970, where anyone waits since before.

    Notes
    -----
    A slot goes to the visitor who holds the fewest, and among those to the one who has gone without for longest:
    since they queued their first waiting run, or since their last run ended. A newcomer is therefore never ahead of
    one who waits as long as that, and nobody waits for ever.
    """
    lines: dict[str, deque[Ticket]] = defaultdict(deque)
    for ticket in sorted(waiting, key=lambda ticket: (ticket.joined, ticket.run)):
        lines[ticket.visitor].append(ticket)
    held = Counter(training)
    since = {visitor: (0, max(ended.get(visitor, 0.0), line[0].joined)) for visitor, line in lines.items()}
    order: list[Ticket] = []
    while lines:
        visitor = min(lines, key=lambda visitor: (held[visitor], since[visitor]))
        order.append(lines[visitor].popleft())
        held[visitor] += 1
        since[visitor] = (len(order), 0.0)
        if not lines[visitor]:
            del lines[visitor]
    return order


def slots_given(waiting: Sequence[Ticket], free: Set[int]) -> list[tuple[int, ...]]:
    """Which slots each of those that wait is given now; none where it has to wait on.

    One that asks for all slots, and can't have them yet, keeps all behind it waiting: they would otherwise take the
    slots that become free one by one, and it would never have them at the same time.

    Parameters
    ----------
    waiting
        In the order of their turns.
    free
        The slots that nobody has.
    """
    left, given = set(free), list[tuple[int, ...]]([()] * len(waiting))
    for index, ticket in enumerate(waiting):
        given[index] = next((slots for slots in suitable_slots(ticket.gpu) if left.issuperset(slots)), ())
        if ticket.gpu == ALL and not given[index]:
            break
        left -= set(given[index])
    return given


def seconds_until_start(free_in: Sequence[float | None], waiting: Sequence[Ticket]) -> list[float | None]:
    """How long each of those that wait will still do so.

    Parameters
    ----------
    free_in
        For each slot, the seconds until it is free; None where that can't be told.
    waiting
        In the order of their turns.
    """
    free_at = [math.inf if seconds is None else seconds for seconds in free_in]
    waits: list[float | None] = []
    for ticket in waiting:
        starts = {slots: max(free_at[slot] for slot in slots) for slots in suitable_slots(ticket.gpu)}
        slots = min(starts, key=starts.__getitem__, default=())
        start = starts.get(slots, math.inf)
        waits.append(start if math.isfinite(start) else None)
        for slot in slots:
            free_at[slot] = start + (math.inf if ticket.expected_seconds is None else ticket.expected_seconds)
    return waits
