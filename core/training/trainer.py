"""A run from its settings to its predictions."""

import importlib.metadata
import os
import platform
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from core.architectures.registry import find_architecture
from core.datasets.store import Dataset, open_dataset
from core.errors import WorkbenchError, in_words
from core.evaluation.predictions import Predictions
from core.files import replacing, write_json
from core.jobs import Stopped
from core.runs.events import epoch_table
from core.runs.record import Run
from core.runs.settings import ON
from core.training.checkpoint import TrainingState, load_checkpoint
from core.training.examples import Examples
from core.workspace import Workspace

SECONDS_BETWEEN_BEATS = 1.0
# Given up when the disk is full, so that there is room to say so.
RESERVE_BYTES = 1 << 16
PACKAGES = ("keras", "tensorflow", "numpy", "pandas", "pillow", "scikit-learn", "streamlit")


def train(folder: Path) -> int:
    """Train the run in `folder` and write down all that it finds.

    Returns
    -------
    int
        0 where the run is done or was stopped, 1 where it failed; the status holds the reason.
    """
    run = Run(folder)
    try:
        (folder / "reserve").write_bytes(b"\0" * RESERVE_BYTES)
        with _heartbeat(run):
            state, error = _train(run)
    except Stopped:
        state, error = "stopped", "Stopped before the first epoch had ended: there is nothing to judge."
    except Exception as failure:
        (folder / "reserve").unlink(missing_ok=True)
        if not isinstance(failure, WorkbenchError):
            traceback.print_exc()
        state, error = "failed", in_words(failure)
    (folder / "reserve").unlink(missing_ok=True)
    run.update(state=state, stage="", error=error, eta_seconds=0, finished=time.time())
    return 1 if state == "failed" else 0


def _train(run: Run) -> tuple[str, str]:
    settings = run.settings
    dataset = open_dataset(Workspace.at(run.workspace_root), settings.dataset)
    # What is trained on is what the dataset is now: edits made meanwhile are for the next run.
    dataset.pin()
    content = dataset.content
    run.update(state="running", stage="Starting Keras", facts={"dataset_version": content.version})
    run.events.append("stage", name="start")
    table = _unchanged(run, dataset, content.divided(settings.split_settings(content.settings)))

    import keras  # takes seconds, so the status speaks first

    keras.utils.set_random_seed(settings.seed)
    if settings.deterministic == ON:
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    run.update(facts={"device": device_in_words()})
    _write_versions(run)
    model, examples = _prepare(run, dataset, table)
    reporter = _fit(run, model, examples)
    if run.best_weights.exists():
        _predict(run, dataset, model, examples)
    if reporter.diverged:
        return "failed", reporter.diverged
    if run.stop_requested and not reporter.epochs_done:
        raise Stopped
    return ("stopped", "") if run.stop_requested else ("done", "")


def _unchanged(run: Run, dataset: Dataset, table: pd.DataFrame) -> pd.DataFrame:
    """Without the images that were replaced since the import: what is known of them is not true any more."""
    changed = dataset.changed(table)
    for path in table.loc[changed, "path"]:
        run.events.append("note", text=f"Left out: {path} was changed since it was imported. Read them in again.")
    return table[~changed].reset_index(drop=True)


def _prepare(run: Run, dataset: Dataset, table: pd.DataFrame):
    """The network to train, and its examples."""
    from core.training import stages

    prepare = stages.frozen if find_architecture(run.settings.architecture).frozen else stages.scratch
    model, examples, problems = prepare(run, dataset, table)
    for problem in problems:
        run.events.append("note", text=f"Left out: {problem}.")
    for split in ("train", "test"):
        if not len(examples.of(split)[1]):
            raise WorkbenchError(
                f"No {split} image could be read. Were the images of {dataset.info.title} moved or deleted?"
            )
    with replacing(run.folder / "images.parquet") as temporary:
        examples.table.to_parquet(temporary, index=False)
    return model, examples


def _fit(run: Run, model, examples: Examples):
    from core.training.batches import Batches
    from core.training.callbacks import Reporter
    from core.training.optimisers import build_loss, build_optimiser, class_weights

    settings = run.settings
    inputs, targets = examples.training()
    validation = examples.of("validation")
    validated = len(validation[1]) > 0
    batches = Batches(inputs, targets, settings.batch_size, settings.seed, class_weights(settings, targets))
    model.compile(build_optimiser(settings), build_loss(settings), metrics=["accuracy"])
    state = _state(run, model)
    reporter = Reporter(run, validated, batches, state)
    if reporter.finished:
        return reporter
    run.update(stage="Training", done=state.epochs, total=settings.epochs, eta_seconds=None)
    run.events.append("stage", name="train")
    model.fit(
        batches,
        initial_epoch=state.epochs,
        epochs=settings.epochs,
        shuffle=False,  # the batches are in their order already
        validation_data=validation if validated else None,
        validation_batch_size=settings.batch_size,
        callbacks=[reporter],
        verbose=0,
    )
    return reporter


def _state(run: Run, model) -> TrainingState:
    """Where the training stands: at its beginning, or where the checkpoint of an earlier attempt has put the model."""
    if not run.checkpoint.exists():
        return TrainingState()
    state = load_checkpoint(run.checkpoint, model)
    run.events.append("resume", epochs=state.epochs)
    figures = epoch_table(run.events.read()).tail(1)[["loss", "accuracy", "val_loss", "val_accuracy"]]
    facts = {name: None if pd.isna(value) else value for name, value in figures.squeeze(axis=0).items()}
    run.update(facts={"epochs": state.epochs, "best_epoch": state.best_epoch} | facts)
    return state


def _predict(run: Run, dataset: Dataset, model, examples: Examples) -> None:
    """Judge every image by the best weights."""
    run.update(stage="Judging", done=0, total=0, eta_seconds=None)
    model.load_weights(run.best_weights)
    predictions = Predictions(
        ids=examples.table["path"].to_numpy(dtype=str),
        splits=examples.table["split"].to_numpy(dtype=str),
        true=examples.targets,
        probabilities=_probabilities(model, examples, len(dataset.class_names)),
        class_names=dataset.class_names,
    )
    predictions.save(run.predictions_path)
    run.update(facts={"test_accuracy": run.evaluate("test")["accuracy"], "views_averaged": examples.views_judged})


def _probabilities(model, examples: Examples, class_count: int) -> np.ndarray:
    """What the model answers, float64 of shape (n, class_count), on average over the views that judge an image."""
    import keras

    sums, answers = np.zeros((len(examples.table), class_count)), np.zeros((len(examples.table), 1))
    for rows, inputs in examples.judged():
        logits = model.predict(inputs, batch_size=64, verbose=0).astype("float64")
        sums[rows] += keras.ops.convert_to_numpy(keras.ops.softmax(logits))
        answers[rows] += 1
    return sums / answers


def device_in_words() -> str:
    """What trains: the graphics card's name, or the processor and its cores."""
    import keras

    names = keras.distribution.list_devices()
    cards = [name for name in names if not name.lower().startswith("cpu")]
    if cards:
        return f"GPU ({len(cards)} × {cards[0]})" if len(cards) > 1 else f"GPU ({cards[0]})"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"CPU ({cores} cores)"


def _write_versions(run: Run) -> None:
    machine = {"python": platform.python_version(), "system": platform.platform()}
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    write_json(run.folder / "versions.json", machine | versions)


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
