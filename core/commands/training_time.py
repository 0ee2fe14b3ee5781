"""The command that measures what a run will cost, before it."""

import argparse

from core.advice.training_time import kept_estimate, start_estimate, what_is_left_out
from core.commands.output import DONE, Result, progress_line, table
from core.commands.settings import add_settings, settings_from
from core.datasets.importing import ensure_dataset
from core.errors import WorkbenchError
from core.runs.lifecycle import wait
from core.workspace import Workspace


def add_commands(add) -> None:
    """Add the command; `add(name, command, summary, **options)` gives its parser."""
    measuring = add(
        "estimate",
        _estimate,
        "Measure in seconds, by a trial with the dataset's own images, how long a run takes and how much memory. "
        "`settings` lists what can be set.",
    )
    measuring.add_argument("dataset", metavar="DATASET")
    add_settings(measuring)


def _estimate(workspace: Workspace, options: argparse.Namespace) -> Result:
    settings = settings_from(workspace, options)
    dataset = ensure_dataset(workspace, settings.dataset, progress_line)
    status = wait(start_estimate(workspace, dataset, settings))
    estimate = kept_estimate(workspace, dataset, settings)
    if status.state != "done" or estimate is None:
        raise WorkbenchError(status.error or "It was stopped before anything was known.")
    notes = [*estimate.notes, *what_is_left_out(settings), *([estimate.warning()] if estimate.warning() else [])]
    document = {"dataset": dataset.name, "architecture": settings.architecture, "seconds": status.seconds}
    document |= estimate.to_dict() | {"notes": notes}
    text = "\n".join([table(["", "about"], [list(row) for row in estimate.rows()]), estimate.words(), *notes])
    return document, text, DONE
