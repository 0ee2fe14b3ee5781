"""The command for project files; they are written by `export`."""

import argparse
from pathlib import Path

from core.commands.adder import adder
from core.commands.output import DONE, Result, progress_line
from core.errors import UsageError
from core.export.project.importing import import_project
from core.workspace import Workspace


def add_commands(add) -> None:
    """Add the command; `add(name, command, summary, **options)` gives its parser."""
    project = add("project", _import, "Open what another workbench exported as “project”: a dataset with its runs.")
    actions = adder(project, "ACTION")
    importing = actions("import", _import, "Import a project file. What is here already is kept as it is.")
    importing.add_argument("file", metavar="FILE", type=Path)


def _import(workspace: Workspace, options: argparse.Namespace) -> Result:
    if not options.file.is_file():
        raise UsageError(f"There is nothing at {options.file}, or it is no file. Check the spelling.")
    with options.file.open("rb") as file:
        project = import_project(workspace, file, report=progress_line)
    runs = f"{len(project.runs)} run{'' if len(project.runs) == 1 else 's'}"
    lines = [f"{project.dataset}: imported with {runs}", *(f"  {run}" for run in project.runs)]
    lines += [f"note: {remark}" for remark in project.remarks]
    document = {"dataset": project.dataset, "runs": list(project.runs), "remarks": list(project.remarks)}
    return document, "\n".join(lines), DONE
