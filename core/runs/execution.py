"""How a run computes where that had to be changed, so that going on computes the same way."""

from core.jobs.job import Job
from core.runs.events import EventLog
from core.runs.run_record import update_run_record

FINDING_RATE = "Looking for the learning rate"
# The stages that take less memory with smaller batches.
IN_BATCHES = (FINDING_RATE, "Training", "Fine-tuning", "Evaluating")


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
    update_run_record(run.folder, found_batch_size=half)
    text = f"Memory ran out with batches of {size} images. Going on from the last whole epoch with {half} at a time."
    EventLog(run.folder / "events.jsonl").append("note", text=text)
    return True
