"""The command that takes a run along: its network in the formats of others, its code, its report, the project."""

import argparse

from core.commands.output import DONE, ProgressLines, Result
from core.commands.runs import RUN_HELP
from core.datasets.sources.words import in_bytes
from core.export.formats import FORMATS
from core.export.job import finished, start_export
from core.jobs.job import Status
from core.runs.record import find_run
from core.workspace import Workspace


def add_commands(add) -> None:
    """Add the command; `add(name, command, summary, **options)` gives its parser."""
    exporting = add(
        "export",
        _export,
        "Take a run along: its network in the format of another library, checked against the run, or what tells of it.",
    )
    exporting.add_argument("run", metavar="RUN", help=RUN_HELP)
    exporting.add_argument("--format", required=True, choices=list(FORMATS), help=", ".join(FORMATS))
    exporting.add_argument("--to", required=True, metavar="PATH", help="a file to write, or a folder to write it into")


def _export(workspace: Workspace, options: argparse.Namespace) -> Result:
    run = find_run(workspace, options.run)
    lines = ProgressLines()

    def watch(status: Status) -> None:
        if status.stage:
            lines(status.stage, status.done, status.total)

    made = finished(start_export(run, options.format), watch)
    path = made.copy(options.to)
    document = {"run": run.id, "format": options.format, "path": str(path)}
    document |= {"size_bytes": made.size_bytes, "told": list(made.told)}
    return document, "\n".join([f"{path} ({in_bytes(made.size_bytes)})", *made.told]), DONE
