"""A run from its settings to its predictions."""

import importlib.metadata
import platform
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.datasets.content import Content
from core.datasets.pixel_scale import reading_in_words
from core.datasets.store import Dataset, open_dataset
from core.errors import WorkbenchError, in_words, is_out_of_memory
from core.evaluation.predictions import Predictions
from core.features.devices import device_in_words
from core.features.keras_start import start_keras
from core.files import replacing
from core.jobs.job import Stopped
from core.jobs.process import OUT_OF_MEMORY
from core.runs.events import EVALUATED, best_epoch, epoch_table, seconds_in_stages
from core.runs.record import Run
from core.runs.training_state import TrainingState
from core.training.checkpoint import load_checkpoint
from core.training.examples import Examples
from core.training.fit import Fit, fit_phase
from core.training.frozen import prepare_frozen
from core.training.learner import Learner
from core.training.phase import Phase, first_phase
from core.training.prepared import Prepared
from core.training.training_batches import batch_size_of
from core.workspace import Workspace

SECONDS_BETWEEN_BEATS = 1.0
EVALUATING_SO_FAR = "Evaluating the best so far"
# Given up when the disk is full, so that there is room to say so.
RESERVE_BYTES = 1 << 16
PACKAGES = ("keras", "tensorflow", "numpy", "pandas", "pillow", "scikit-learn", "streamlit", "openvino")


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
        with _heartbeat(run):
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
    settings = run.settings
    dataset = open_dataset(Workspace.at(run.workspace_root), settings.dataset)
    # What is trained on is what the dataset is now: edits made meanwhile are for the next run.
    dataset.pin()
    content = dataset.content
    # One that goes on does so by the names that it began with, whatever its classes are called by now.
    then = (run.class_names.then() if run.has_learned else None) or {}
    dataset.pin(_class_order(run, content, then))
    beginning = _beginning(run, dataset, is_renamed=any(name != before for name, before in then.items()))
    run.update(state="running", stage="Looking at the images", facts=beginning)
    run.events.append("stage", name="start")
    if not run.reading.is_default:
        run.events.append("note", text=f"Pixels: {reading_in_words(run.reading)}.")
    split = settings.split_settings(content.settings)
    table = content.divided(split)
    # Images that stay on one side of the split are drawn together when the result is evaluated.
    table = table.assign(group=content.groups(table, split))
    table = _unchanged(run, dataset, table.assign(label=table["label"].map(lambda name: then.get(name, name))))
    prepared = _prepare(run, dataset, table)
    run.update(facts={"device": device_in_words()})
    if run.ending is not None:
        _evaluate(run, dataset, prepared)
        return run.ending
    fit = _fit(run, dataset, prepared)
    if prepared.then is not None and fit.finished and not run.stop_requested:
        prepared, fit = _fine_tune(run, dataset, prepared, fit)
    best_weights = (prepared.phase or first_phase(run)).best_weights
    if best_weights.exists():
        _predict(run, dataset, prepared, best_weights)
    if fit.diverged:
        return "failed", fit.diverged
    if run.stop_requested and not fit.epochs_done:
        raise Stopped
    return ("stopped", "") if run.stop_requested else ("done", "")


def _beginning(run: Run, dataset: Dataset, is_renamed: bool) -> dict[str, Any]:
    """What the record tells of how a run began; one that goes on reads its images as it did then."""
    content, record = dataset.content, run.record
    reading = run.reading if run.has_learned else content.reading
    return {
        "began": record.began or time.time(),
        "dataset_version": content.version_read_by(reading),
        "reading": reading.to_dict(),
        "classes": list(dataset.network_classes),
        "entries": record.entries if is_renamed else content.edits.entries,
        "versions": _versions(),
    }


def _class_order(run: Run, content: Content, then: Mapping[str, str]) -> tuple[str, ...]:
    """In which order the run's network answers the classes; `then` is what they were called when it began."""
    if run.has_learned:
        # Earlier versions of this program kept no order, and answered the classes as they were shown then.
        kept = run.class_names.of_network
        return kept if set(kept) == {then.get(name, name) for name in content.class_names} else content.class_names
    return content.network_classes


def _fine_tune(run: Run, dataset: Dataset, first: Prepared, done: Fit) -> tuple[Prepared, Fit]:
    """Train the second phase behind the first, which is `done`; what answers best then, and where its fit has ended."""
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


def _unchanged(run: Run, dataset: Dataset, table: pd.DataFrame) -> pd.DataFrame:
    """Without the images that were replaced since the import: what is known of them is not true any more."""
    changed = dataset.changed(table)
    for path in table.loc[changed, "path"]:
        run.events.append("note", text=f"Left out: {path} was changed since it was imported. Read them in again.")
    return table[~changed].reset_index(drop=True)


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
    with replacing(run.folder / "images.parquet") as temporary:
        examples.table.to_parquet(temporary, index=False)
    return prepared


def _tell_problems(run: Run, prepared: Prepared) -> None:
    for problem in prepared.problems:
        run.events.append("note", text=f"Left out: {problem}.")


def _fit(run: Run, dataset: Dataset, prepared: Prepared, before: Prepared | None = None) -> Fit:
    """Train what is prepared; `before` is the phase that came first, where there was one."""
    phase = prepared.phase or first_phase(run)
    state = _state(run, prepared.learner, phase)
    evaluate = partial(_evaluate_so_far, run, dataset, prepared, before)
    return fit_phase(run, prepared, phase, state, len(dataset.class_names), evaluate)


def _state(run: Run, learner: Learner, phase: Phase) -> TrainingState:
    """Where the training stands: at its beginning, or where the checkpoint of an earlier attempt puts the learner."""
    if not phase.checkpoint.exists():
        return TrainingState(best=phase.best_before)
    state = load_checkpoint(phase.checkpoint, learner)
    if phase.checkpoint == run.checkpoint and run.fine_tuning_checkpoint.exists():
        return state  # it is the next phase that goes on
    run.events.append("resume", epochs=phase.epochs_before + state.epochs)
    figures = epoch_table(run.events.read()).tail(1)[["loss", "accuracy", "val_loss", "val_accuracy"]]
    facts = {name: None if pd.isna(value) else value for name, value in figures.squeeze(axis=0).items()}
    epochs, best_epoch = phase.epochs_before + state.epochs, phase.best_epoch(state.best_epoch)
    run.update(facts={"epochs": epochs, "best_epoch": best_epoch} | facts)
    return state


def _evaluate(run: Run, dataset: Dataset, prepared: Prepared) -> None:
    """Evaluate what an earlier attempt has left, training nothing."""
    weights = run.best_weights
    if prepared.then is not None and run.fine_tuned_weights.exists():
        prepared = prepared.then(load_checkpoint(run.checkpoint, prepared.learner))
        weights = run.fine_tuned_weights
    size = batch_size_of(run.settings, run.record.found_batch_size)
    prepared.learner.rows_at_once = min(prepared.learner.rows_at_once, 2 * size)
    _predict(run, dataset, prepared, weights)


def _predict(run: Run, dataset: Dataset, prepared: Prepared, weights: Path) -> None:
    """Evaluate every image by the best weights."""
    examples = prepared.examples
    run.update(stage="Evaluating", done=0, total=0, eta_seconds=None)
    predictions, as_they_are = _answers(run, dataset, prepared, weights)
    if words := prepared.learner.words():
        run.events.append("note", text=words)
    _keep_answers(run, examples, predictions, as_they_are)
    run.forget_evaluation_request()


def _evaluate_so_far(run: Run, dataset: Dataset, prepared: Prepared, before: Prepared | None) -> None:
    """Evaluate every image by the best weights so far, and leave everything else as it was.

    Fine-tuning that has not been better yet than the head it began with has no weights of its own: the head answers.
    """
    run.forget_evaluation_request()
    tuned = before is None or prepared.phase.best_weights.exists()
    answering = prepared if tuned else before
    weights = (answering.phase or first_phase(run)).best_weights
    stage, kept = run.written_status().stage, answering.learner.variables()
    run.update(stage=EVALUATING_SO_FAR)
    try:
        _keep_answers(run, answering.examples, *_answers(run, dataset, answering, weights))
    except Exception as failure:
        if is_out_of_memory(failure):
            raise
        # Whoever asked is told; the training has nothing to do with it.
        run.events.append(EVALUATED, epoch=best_epoch(run.events.read()), error=in_words(failure))
    finally:
        answering.learner.restore(kept)
        run.update(stage=stage)


def _keep_answers(run: Run, examples: Examples, predictions: Predictions, as_they_are: np.ndarray) -> None:
    """Write down what was answered, and how much of the test images' is right."""
    predictions.save(run.predictions_path)
    tested = predictions.of("test")
    accuracy = float((tested.predicted == tested.true).mean())
    facts = {"test_accuracy": accuracy, "views_averaged": examples.views_evaluated, "views": None}
    if examples.views_evaluated > 1:
        is_test = predictions.splits == "test"
        alone = float((as_they_are.argmax(axis=1) == examples.targets)[is_test].mean())
        seconds = seconds_in_stages(run.events.read(), ", view ")
        facts["views"] = {"alone": alone, "averaged": accuracy, "seconds": seconds}
    run.update(facts=facts)
    run.events.append(EVALUATED, epoch=predictions.epoch)


def _answers(run: Run, dataset: Dataset, prepared: Prepared, weights: Path) -> tuple[Predictions, np.ndarray]:
    """What these weights answer to every image; and to the images as they are, where views are averaged as well."""
    prepared.learner.load(weights)
    examples = prepared.examples
    as_they_are, averaged = _probabilities(prepared.learner, examples)
    predictions = Predictions(
        ids=examples.table["path"].to_numpy(dtype=str),
        splits=examples.table["split"].to_numpy(dtype=str),
        true=examples.targets,
        probabilities=averaged,
        class_names=dataset.network_classes,
        epoch=best_epoch(run.events.read()) or None,
    )
    return predictions, as_they_are


def _probabilities(learner: Learner, examples: Examples) -> tuple[np.ndarray, np.ndarray]:
    """What the learner answers to images as they are, and on average over the views that evaluate them.

    Returns
    -------
    as_they_are, averaged : (n, classes) arrays of float64
    """
    views = examples.evaluated()
    _, inputs = next(views)
    as_they_are = learner.probabilities(inputs)
    sums, answers = as_they_are.copy(), np.ones((len(as_they_are), 1))
    for rows, inputs in views:
        sums[rows] += learner.probabilities(inputs)
        answers[rows] += 1
    return as_they_are, sums / answers


def _versions() -> dict[str, str | None]:
    machine = {"python": platform.python_version(), "system": platform.platform()}
    return machine | {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:  # the engine does without OpenVINO
        return None


@contextmanager
def _heartbeat(run: Run) -> Iterator[None]:
    """Give a sign of life every second, whatever the training is busy with."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(SECONDS_BETWEEN_BEATS):
            run.beat()

    run.beat()
    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
