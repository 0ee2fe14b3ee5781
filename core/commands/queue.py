"""Commands about the queue: who trains and who waits, and starting a failed run over."""

import argparse
import time
from pathlib import Path
from typing import Any

from core.commands.output import DONE, Result, table
from core.datasets.store import open_dataset
from core.errors import UsageError
from core.jobs.queue import Entry, Queue
from core.runs.lifecycle import start
from core.runs.record import Run, find_run
from core.sweeps.sweep import revive_sweeps, sweeps_by_run
from core.workspace import Workspace


def add_commands(add) -> None:
    """Add the commands; `add(name, command, summary, **options)` gives the parser of a new one."""
    add("queue", _queue, "List the runs of this machine that train and that wait for a place, in the order of turns.")
    restarting = add(
        "restart",
        _restart,
        "Train once more, as a new run, with the settings of a failed or stopped one. Does not wait for its end.",
    )
    restarting.add_argument("run", metavar="RUN", help="a run's id, how it begins, or its name")


def _queue(workspace: Workspace, options: argparse.Namespace) -> Result:
    queue = Queue(workspace.slots)
    queue.revive()
    revive_sweeps(workspace)
    entries = [_described(entry, workspace) for entry in queue.entries()]
    rows = [
        [
            "trains" if entry["position"] == 0 else f"{entry['position']} in line",
            entry["run"],
            entry["dataset"],
            entry["architecture"],
            f"{entry['seconds']:.0f} s",
            "" if entry["seconds_until_start"] is None else f"in about {entry['seconds_until_start']:.0f} s",
            f"of {entry['sweep']}" if entry["sweep"] else "",
        ]
        for entry in entries
    ]
    header = ["", "run", "dataset", "architecture", "for", "starts", ""]
    return entries, table(header, rows) if rows else "No run trains or waits.", DONE


def _described(entry: Entry, workspace: Workspace) -> dict[str, Any]:
    run, visitor = Run(Path(entry.ticket.run)), Path(entry.ticket.visitor)
    return {
        "position": entry.position,
        "run": run.id,
        "visitor": "" if visitor == workspace.root else visitor.name,
        "dataset": run.settings.dataset if run.readable else "",
        "architecture": run.settings.architecture if run.readable else "",
        "sweep": sweeps_by_run(visitor).get(run.id),
        "status": entry.status.state,
        # Of waiting since it was queued, of training since it began.
        "seconds": (entry.status.seconds or 0.0) if entry.position == 0 else time.time() - entry.ticket.joined,
        "seconds_until_start": entry.seconds_until_start,
    }


def _restart(workspace: Workspace, options: argparse.Namespace) -> Result:
    run = find_run(workspace, options.run)
    state = run.status().state
    if state not in ("failed", "stopped"):
        raise UsageError(f"The run {run.id} is {state}: only a failed or stopped run can be started over.")
    new = start(workspace, open_dataset(workspace, run.settings.dataset), run.settings)
    return {"run": new.id, "restarts": run.id}, f"{new.id} waits for its turn.", DONE
