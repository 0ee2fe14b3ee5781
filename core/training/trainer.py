"""A run from its settings to its predictions."""

import time
import traceback
from functools import partial
from pathlib import Path

import pandas as pd

from core.datasets.store import Dataset, open_dataset
from core.errors import WorkbenchError, in_words, is_out_of_memory
from core.features.devices import device_in_words
from core.features.keras_start import start_keras
from core.files import replacing
from core.jobs.heartbeat import heartbeat
from core.jobs.job import Stopped
from core.jobs.process import OUT_OF_MEMORY
from core.runs.record import Run
from core.training.beginning import begin
from core.training.evaluation import evaluate_run, evaluate_so_far, evaluate_what_is_left
from core.training.fit import Fit, fit_phase
from core.training.frozen import prepare_frozen
from core.training.prepared import Prepared
from core.training.resuming import resume

# Given up when the disk is full, so that there is room to say so.
RESERVE_BYTES = 1 << 16


def train(folder: Path) -> int:
    """Train the run in `folder` and write down all that it finds.

    Returns
    -------
    int
        0 where the run is done or was stopped, 1 where it failed; the status holds the reason. `OUT_OF_MEMORY` where
        it might go on in another process.
    """
    run = Run(folder)
    try:
        (folder / "reserve").write_bytes(b"\0" * RESERVE_BYTES)
        with heartbeat(run):
            state, error = _train(run)
    except Stopped:
        state, error = "stopped", "Stopped before the first epoch had ended: there is nothing to evaluate."
    except Exception as failure:
        (folder / "reserve").unlink(missing_ok=True)
        if is_out_of_memory(failure):
            # What a process has tried to compute it may hold on to: TensorFlow gets no memory for anything any more.
            return OUT_OF_MEMORY
        if not isinstance(failure, WorkbenchError):
            traceback.print_exc()
        state, error = "failed", in_words(failure)
    (folder / "reserve").unlink(missing_ok=True)
    run.forget_ending()
    run.update(state=state, stage="", error=error, eta_seconds=0, finished=time.time())
    return 1 if state == "failed" else 0


def _train(run: Run) -> tuple[str, str]:
    dataset = open_dataset(run.workspace, run.settings.dataset)
    # What is trained on is what the dataset is now: edits made meanwhile are for the next run.
    dataset.pin()
    table = begin(run, dataset)
    prepared = _prepare(run, dataset, table)
    run.update(facts={"device": device_in_words()})
    if run.ending is not None:
        evaluate_what_is_left(run, dataset, prepared)
        return run.ending
    fit = _fit(run, dataset, prepared)
    if fit.finished and not run.stop_requested:
        prepared, fit = _fine_tune(run, dataset, prepared, fit)
    if prepared.phase.best_weights.exists():
        evaluate_run(run, dataset, prepared)
    if fit.diverged:
        return "failed", fit.diverged
    if run.stop_requested and not fit.epochs_done:
        raise Stopped
    return ("stopped", "") if run.stop_requested else ("done", "")


def _prepare(run: Run, dataset: Dataset, table: pd.DataFrame) -> Prepared:
    """What is to be trained, and its examples."""
    if run.settings.design.frozen:
        prepared = prepare_frozen(run, dataset, table)
    else:
        run.update(stage="Starting Keras")
        start_keras(run.settings)
        from core.training.scratch import prepare_scratch

        prepared = prepare_scratch(run, dataset, table)
    examples = prepared.examples
    _tell_problems(run, prepared)
    for split in ("train", "test"):
        if not len(examples.of(split)[1]):
            raise WorkbenchError(
                f"No {split} image could be read. Were the images of {dataset.info.title} moved or deleted?"
            )
    with replacing(run.images_path) as temporary:
        examples.table.to_parquet(temporary, index=False)
    return prepared


def _fit(run: Run, dataset: Dataset, prepared: Prepared, before: Prepared | None = None) -> Fit:
    """Train what is prepared; `before` is the phase that came first, where there was one."""
    state = resume(run, prepared.learner, prepared.phase)
    evaluate = partial(evaluate_so_far, run, dataset, prepared, before)
    return fit_phase(run, prepared, state, len(dataset.class_names), evaluate)


def _fine_tune(run: Run, dataset: Dataset, first: Prepared, done: Fit) -> tuple[Prepared, Fit]:
    """Train the second phase behind the first, which is `done`, where there is one.

    Returns
    -------
    prepared, fit
        What answers best then, and where the last fit has ended.
    """
    if first.then is None:
        return first, done
    try:
        second = first.then(done.state)
    except Stopped:
        return first, done
    _tell_problems(run, second)
    fit = _fit(run, dataset, second, before=first)
    gain = {"before": second.phase.best_before, "after": fit.state.best}
    facts = {"blocks": run.settings.unfreeze, "epochs": fit.state.epochs, "gain": gain}
    run.update(facts={"fine_tuned": facts})
    return (second if second.phase.best_weights.exists() else first), fit


def _tell_problems(run: Run, prepared: Prepared) -> None:
    for problem in prepared.problems:
        run.events.append("note", text=f"Left out: {problem}.")
