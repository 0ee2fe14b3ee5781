"""How a run computes where that was measured or had to be changed, kept so that going on computes the same way."""

from pathlib import Path
from typing import Any

from core.files import read_json, write_json
from core.jobs.job import Job
from core.runs.events import EventLog

FINDING_RATE = "Looking for the learning rate"
# The stages that take less memory with smaller batches.
IN_BATCHES = (FINDING_RATE, "Training", "Fine-tuning", "Evaluating")


def read_execution(folder: Path) -> dict[str, Any]:
    """What is kept in the folder of a run: "runtime" and "batch_size", as far as they are not those of its settings."""
    return read_json(folder / "computing.json") or {}


def update_execution(folder: Path, **values: Any) -> None:
    """Keep values besides those that are kept already."""
    write_json(folder / "computing.json", read_execution(folder) | values)


def halve_batch_size(run: Job) -> bool:
    """Let a run that ran out of memory train on half as many images at a time, and say so in its events.

    Returns
    -------
    bool
        False where that would not help: it was not training, or on a single image.
    """
    status = run.written_status()
    size = status.facts.get("batch_size", 1)
    if status.stage not in IN_BATCHES or size == 1:
        return False
    half = size // 2
    update_execution(run.folder, batch_size=half)
    text = f"Memory ran out with batches of {size} images. Going on from the last whole epoch with {half} at a time."
    EventLog(run.folder / "events.jsonl").append("note", text=text)
    return True
