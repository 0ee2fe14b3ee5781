"""A run as a notebook: the cells of its script, with the list of its images in one of them."""

import json
from pathlib import Path
from typing import Any

from core.export.code.facts import gather_facts
from core.export.code.rendering import render
from core.export.code.text import CODE, MARKDOWN
from core.files import replacing
from core.jobs.progress import Report, unheard
from core.runs.record import Run

# The newest format but for what nobody needs here: https://nbformat.readthedocs.io/en/latest/format_description.html
FORMAT = {"nbformat": 4, "nbformat_minor": 5}
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def write(run: Run, path: Path, report: Report = unheard) -> list[str]:
    """Write the notebook, in one step.

    Returns
    -------
    list of str
        What it does otherwise than the run, in sentences.

    Raises
    ------
    WorkbenchError
        If the run has not read its images yet, or their list is gone.
    """
    report("Writing the notebook", 0, 1)
    facts = gather_facts(run)
    notebook = {"cells": cells(render(facts, notebook=True)), "metadata": KERNEL, **FORMAT}
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")
    report("Writing the notebook", 1, 1)
    return list(facts.notes)


def cells(script: str) -> list[dict[str, Any]]:
    """The cells of a script in which each begins with ``# %%``."""
    found: list[list[str]] = []
    for line in script.split("\n"):
        if line in (CODE, MARKDOWN):
            found.append([line])
        else:
            found[-1].append(line)
    return [_cell(number, *lines) for number, lines in enumerate(found)]


def _cell(number: int, kind: str, *lines: str) -> dict[str, Any]:
    common = {"id": f"cell-{number}", "metadata": {}}
    if kind == MARKDOWN:
        text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines).strip()
        return {"cell_type": "markdown", "source": text.splitlines(keepends=True), **common}
    source = "\n".join(lines).strip()
    if source.startswith("FILE_LIST"):  # which nobody wants to read
        common["metadata"] = {"jupyter": {"source_hidden": True}}
    shown = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "source": source.splitlines(keepends=True), **common, **shown}
