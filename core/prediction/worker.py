"""The process of a prediction: `python -m core.prediction.worker FOLDER`, FOLDER being that of the prediction."""

import argparse
import math
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from core.errors import WorkbenchError
from core.hosting import Hosting
from core.jobs.job import Stopped
from core.jobs.process import set_up_process
from core.jobs.progress import Progress, Report
from core.jobs.slot_worker import work_in_slot
from core.jobs.timed_job import TimedJob
from core.prediction.answers import Answers, joined
from core.prediction.job import Prediction
from core.prediction.parts import IMAGES_PER_PART, load_part, save_part
from core.prediction.predictor import PREDICTING, Predictor
from core.prediction.sources import Brought
from core.runs.record import Run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.prediction.worker", description=__doc__)
    parser.add_argument("prediction", type=Path, help="the folder of the prediction")
    folder = parser.parse_args().prediction
    if not (folder / "request.json").exists():
        parser.error(f"{folder} is not the folder of a prediction: it holds no request.json")
    set_up_process()
    return predict(folder)


def predict(folder: Path) -> int:
    """Predict what `folder` asks for.

    Returns
    -------
    int
        0 where the prediction is done or was stopped, 1 where it failed; the status holds the reason.
    """
    job = Prediction(folder)
    return work_in_slot(job, "Looking for the images", lambda: _predict(job))


def _predict(job: Prediction) -> None:
    minutes = Hosting.from_environment().run_minutes
    timed = TimedJob(job.folder, time.monotonic() + minutes * 60 if minutes else math.inf)
    report = Progress(timed)
    try:
        brought = job.look_for_images(report)
        job.update(facts={"images": len(brought), "problems": len(brought.problems)})
        for number, run in enumerate(job.runs):
            _ask(job, number, run, brought, report)
    except Stopped:
        if job.stop_requested:
            raise
        raise WorkbenchError(
            f"The {minutes:g} minutes that one piece of work may take here are over. What was predicted is kept, and "
            "to resume goes on from there."
        ) from None


def _ask(job: Prediction, number: int, run: Run, brought: Brought, report: Report) -> None:
    """Have one run answer the images that it has not answered yet."""
    if not run.readable:
        raise WorkbenchError(f"The run {run.id} was deleted, or its settings are lost: it can't be asked.")
    report("Loading the network", 0, 0)
    predictor = Predictor(run, run.workspace.machine)
    predictor.compare(report)
    job.update(facts={"remarks": job.written_status().facts.get("remarks", {}) | {run.id: list(predictor.remarks)}})
    there = list(_parts_there(job, number, predictor.as_of))
    start, total, problems = len(there) * IMAGES_PER_PART, len(brought), len(brought.problems) + sum(there)
    for other in sorted(job.folder.glob(f"parts/{number}-*.parquet"))[len(there) :]:  # damaged, or by other weights
        other.unlink()
    left = Brought(brought.names[start:], brought.paths[start:])

    def count(stage: str, done: int, of: int) -> None:
        report(PREDICTING, number * total + start + done, total * len(job.request["runs"]))

    for part, answers in enumerate(_in_parts(predictor.batches(left, count)), len(there)):
        save_part(job.part_path(number, part), answers, predictor.as_of)
        problems += len(answers.problems)
        job.update(facts={"problems": problems})


def _parts_there(job: Prediction, number: int, as_of: str) -> Iterator[int]:
    """Of each part of a run's answers that is there by the weights that it has now, how many images had problems."""
    part = 0
    while (answers := load_part(job.part_path(number, part), as_of)) is not None:
        yield len(answers.problems)
        part += 1


def _in_parts(batches: Iterable[Answers]) -> Iterator[Answers]:
    """Batches put together to parts: `IMAGES_PER_PART` is a multiple of every batch size."""
    waiting: list[Answers] = []
    for batch in batches:
        waiting.append(batch)
        if sum(len(each) + len(each.problems) for each in waiting) >= IMAGES_PER_PART:
            yield joined(waiting)
            waiting = []
    if waiting:
        yield joined(waiting)


if __name__ == "__main__":
    sys.exit(main())
