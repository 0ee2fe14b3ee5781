"""Runs that were evaluated, without the training: files such as one leaves."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.datasets.store import Dataset
from core.evaluation.predictions import Predictions
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.workspace import Workspace


def answered_run(
    workspace: Workspace,
    dataset: Dataset,
    sharpness: float = 2.0,
    seed: int = 0,
    names: Sequence[str] = (),
    **settings: Any,
) -> Run:
    """A run that answers at random, and more often right the sharper it is.

    Parameters
    ----------
    names
        What its classes are called; by default as the dataset calls them.
    """
    chosen = {"dataset": dataset.name, "architecture": "small_cnn", "seed": seed} | settings
    run = create_run(workspace, read_settings(chosen))
    images, names = dataset.images, tuple(names or dataset.class_names)
    images.to_parquet(run.folder / "images.parquet", index=False)
    true = dataset.label_indices(images["label"])
    logits = np.random.default_rng(seed).normal(size=(len(true), len(names))) + sharpness * np.eye(len(names))[true]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    paths, splits = (images[name].to_numpy(dtype=object) for name in ("path", "split"))
    Predictions(paths, splits, true, probabilities, names, epoch=2).save(run.predictions_path)
    for epoch in (1, 2):
        figures = {"loss": 1 / epoch, "accuracy": 0.6, "val_loss": 1.1 / epoch, "val_accuracy": 0.55}
        run.events.append("epoch", epoch=epoch, seconds=1.0, best=True, **figures)
    facts = {"device": "CPU", "dataset_version": dataset.content.version, "versions": {"keras": "3.15.1"}, "epochs": 2}
    run.update(state="done", started=1000.0, finished=1075.0, facts=facts)
    return run
