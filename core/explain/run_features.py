"""The features by which the images of a run are compared with each other: found where they are kept, else computed."""

import os
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock

import numpy as np
import pandas as pd
from cachetools import LRUCache, cached

from core.architectures.weights import IMAGENET, fetch_weights, file_hash, path_at_hand
from core.datasets.store import open_dataset
from core.errors import WorkbenchError
from core.evaluation.predictions import Predictions
from core.features.feature_extractor import load_backbone
from core.features.plan import default_plan, read_plan
from core.features.store import FeatureStore, extract
from core.jobs.progress import Report, unheard
from core.runs.record import Run
from core.training.frozen import extraction_settings


@dataclass(frozen=True, eq=False)
class RunFeatures:
    """What a network makes of the images of a run.

    Parameters
    ----------
    table
        A row an image, as in the run's ``images.parquet``: path, pixel_hash, label, split and so on.
    predictions
        Of the same images in the same order.
    vectors : (n, width) array of float32
    origin
        Whose features they are, in words.
    learned_labels
        Whether the features themselves were learned from the labels of the training images.
    """

    table: pd.DataFrame
    predictions: Predictions
    vectors: np.ndarray
    origin: str
    learned_labels: bool

    @property
    def groups(self) -> np.ndarray:
        """By number, which images belong together: (n,) array of int."""
        column = next(name for name in ("group", "cluster", "pixel_hash") if name in self.table)
        return self.table[column].factorize()[0]


def _as_of(run: Run, machine: Path | None = None, report: Report = unheard) -> Hashable:
    return run.folder, machine or run.workspace.machine, run.answers_as_of


# The latest alone: of 25,000 images they take up to 200 MB.
@cached(LRUCache(1), key=_as_of, lock=Lock())
def features_of(run: Run, machine: Path | None = None, report: Report = unheard) -> RunFeatures:
    """The features of all images of a run.

    Those of a frozen backbone are at hand since the training. Of a network that was trained from nothing they are the
    averages of its own last maps, computed once and then kept in the same store.

    Parameters
    ----------
    machine
        The folder of what all workspaces of the machine share; by default the one that the run's process would take.
    report
        Told how many features are computed. Where it raises, those are kept, and asking again goes on from there.

    Raises
    ------
    WorkbenchError
        If the run has no predictions, or its images or weights are gone where they are needed.
    """
    machine = machine or run.workspace.machine
    report("Reading the features of the images", 0, 0)
    table, predictions = _images_of(run)
    frozen = run.settings.design.frozen
    store, compute = (_of_backbone if frozen else _of_trained)(run, machine / "features")
    if any(identity not in store for identity in table["pixel_hash"]):
        _compute_lacking(run, store, table, compute, report)
        kept = np.array([identity in store for identity in table["pixel_hash"]], dtype=bool)
        # An image that is gone by now is not compared with others.
        table, predictions = table[kept].reset_index(drop=True), _rows(predictions, kept)
    title = run.settings.design.title
    origin = f"the features of {title}" if frozen else f"what {title} itself has learned to see"
    return RunFeatures(table, predictions, _gather(store, table), origin, learned_labels=not frozen)


def _gather(store: FeatureStore, table: pd.DataFrame) -> np.ndarray:
    if table.empty:
        raise WorkbenchError("None of the images of this run can be read any more. Were they moved or deleted?")
    vectors = store.gather(table["pixel_hash"].tolist()).astype(np.float32, copy=False)
    return vectors.reshape(len(vectors), -1)


def _images_of(run: Run) -> tuple[pd.DataFrame, Predictions]:
    """The images of a run that it has answered, and the answers, in the same order."""
    predictions = run.predictions()
    try:
        table = run.images().drop_duplicates("path").set_index("path", drop=False)
    except WorkbenchError as error:
        raise WorkbenchError(
            f"The run {run.id} has lost its images.parquet, the list of its images. Train it once more."
        ) from error
    known = np.isin(predictions.ids.astype(str), table.index.to_numpy(dtype=str))
    predictions = _rows(predictions, known)
    return table.loc[predictions.ids].reset_index(drop=True), predictions


def _rows(predictions: Predictions, chosen: np.ndarray) -> Predictions:
    return Predictions(
        predictions.ids[chosen],
        predictions.splits[chosen],
        predictions.true[chosen],
        predictions.probabilities[chosen],
        predictions.class_names,
    )


def _of_backbone(run: Run, folder: Path) -> tuple[FeatureStore, Callable]:
    """Where the features of a frozen backbone are, and how they are computed."""
    settings = run.settings
    kept = run.record.plan
    plan = default_plan() if kept is None else read_plan(kept)
    if settings.weights == IMAGENET and path_at_hand(settings.design) is None:
        raise WorkbenchError(
            f"The ImageNet weights of {settings.design.title} are not on this machine any more, by which the features "
            "of this run are known. Get them on the Model page."
        )
    weights = fetch_weights(settings.design, settings.weights, lambda come, expected: None)
    extraction = extraction_settings(settings, run.reading)

    def compute() -> Callable[[np.ndarray], np.ndarray]:
        from core.features.runtimes import runtimes

        return runtimes()[plan.runtime].make(load_backbone(extraction, weights))

    return FeatureStore(folder, extraction.cache_key(weights, plan.family)), compute


def _of_trained(run: Run, folder: Path) -> tuple[FeatureStore, Callable]:
    """Where the averaged last maps of a network of a run are, and how they are computed."""
    if not run.best_weights.exists():
        raise WorkbenchError(f"The run {run.id} has lost its weights, best.weights.h5. Train it once more.")
    settings = run.settings
    recipe = {
        "architecture": settings.architecture,
        "image_size": settings.image_size,
        "weights": file_hash(run.best_weights),
        "of": "averages of the last maps",
    }

    def compute() -> Callable[[np.ndarray], np.ndarray]:
        from core.explain.trained_network import trained_network

        network = trained_network(run)
        return lambda pixels: network.maps(pixels).astype(np.float32).mean(axis=(1, 2))

    return FeatureStore(folder, recipe), compute


def _compute_lacking(run: Run, store: FeatureStore, table: pd.DataFrame, compute: Callable, report: Report) -> None:
    dataset = open_dataset(run.workspace, run.settings.dataset)
    paths = [dataset.path_of(path) for path in table["path"]]
    if not any(os.path.exists(path) for path in paths):
        raise WorkbenchError("None of the images of this run can be read any more. Were they moved or deleted?")
    report("Loading the network", 0, 0)
    told = partial(report, "Computing the features of images")
    names, side = table["pixel_hash"].tolist(), run.settings.image_size
    extract(store, names, paths, side, compute(), told, reading=run.reading)
