"""From a table of images to what is trained: pixels for a whole network, or features for the head of a frozen one."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from core.architectures.registry import find_architecture
from core.architectures.weights import fetch_weights
from core.datasets.store import Dataset
from core.jobs import Progress
from core.networks.backbones import build_backbone
from core.networks.network import build_scratch
from core.runs.record import Run
from core.runs.settings import RunSettings
from core.training.augmentation import build_augmentation
from core.training.examples import Examples
from core.training.features import FeatureStore, extract, made_from
from core.training.heads import build_head
from core.training.pixels import load_pixels
from core.training.plan import SAMPLE_IMAGES, Plan, choose_runtime, plan_key
from core.training.runtimes import runtimes
from core.training.views import PLAIN, View, orientations, training_views, turn
from core.workspace import Workspace

IMAGES_WORTH_TRYING = 200
Prepared = tuple[keras.Model, Examples, list[str]]


def scratch(run: Run, dataset: Dataset, table: pd.DataFrame) -> Prepared:
    """A network to train from nothing, behind its augmentation, and the pixels of all images."""
    settings = run.settings
    report = _stage(run, "Reading images")
    paths = [dataset.path_of(path) for path in table["path"]]
    rows, pixels, problems = load_pixels(paths, settings.image_size, lambda done: report(done, len(paths)))
    table = table.iloc[rows].reset_index(drop=True)
    network = build_scratch(
        find_architecture(settings.architecture), settings.image_size, len(dataset.class_names), settings.dropout
    )
    augmentation = build_augmentation(settings.augmentation, settings.seed)
    model = keras.Sequential([keras.Input(pixels.shape[1:]), augmentation, network])
    examples = Examples(table, pixels, dataset.label_indices(table["label"]))
    judged = np.flatnonzero(table["split"] != "train")
    for view in _judging_views(settings):
        examples.judge_also(judged, partial(_turned, pixels, judged, view))
    return model, examples, problems


def frozen(run: Run, dataset: Dataset, table: pd.DataFrame) -> Prepared:
    """The head of a frozen backbone, and the features of all images, computed where they are not at hand."""
    settings = run.settings
    architecture = find_architecture(settings.architecture)
    download = _stage(run, f"Downloading the weights of {architecture.title} (MB)")
    weights = fetch_weights(
        architecture, settings.weights, lambda come, expected: download(come // 10**6, expected // 10**6)
    )
    plain = made_from(architecture.name, settings.image_size, weights, settings.seed)
    run.update(stage=f"Building {architecture.title}", done=0, total=0)
    backbone = build_backbone(architecture, settings.image_size, weights)
    plan = _plan(run, backbone, plain, [dataset.path_of(path) for path in table["path"]])
    compute_features, plain = runtimes()[plan.runtime].make(backbone), plain | {"precision": plan.family}
    # Ways that copy the network draw its first weights on the way; what is drawn from here on is the same without.
    keras.utils.set_random_seed(settings.seed)
    folder = _machine_folder(run) / "features"

    def features_of(part: pd.DataFrame, view: View, title: str) -> tuple[FeatureStore, list[str]]:
        store = FeatureStore(folder, plain | view.made_from)

        def compute(pixels: np.ndarray) -> np.ndarray:
            return compute_features(view.of(pixels))

        names, paths = part["pixel_hash"].tolist(), [dataset.path_of(path) for path in part["path"]]
        report = _stage(run, title)
        return store, extract(store, names, paths, settings.image_size, compute, report, plan.batch_size)

    store, problems = features_of(table, View(), "Computing features")
    table = _those_in(store, table).reset_index(drop=True)
    examples = Examples(table, store.gather(table["pixel_hash"]), dataset.label_indices(table["label"]))
    is_train = (table["split"] == "train").to_numpy()
    trained = training_views(settings.augmentation, settings.views, settings.seed)
    judged = _judging_views(settings)
    views = tuple(dict.fromkeys((*trained, *judged)))
    for number, view in enumerate(views, 1):
        part = table[(is_train & (view in trained)) | (~is_train & (view in judged))]
        view_store, view_problems = features_of(part, view, f"Computing features, view {number} of {len(views)}")
        # An image may be gone since its own features were computed.
        _add_view(examples, _those_in(view_store, part), view_store)
        problems += [problem for problem in view_problems if problem not in problems]
    head = build_head(settings, examples.of("train")[0], len(dataset.class_names))
    return head, examples, problems


def _plan(run: Run, backbone: keras.Model, recipe: dict[str, Any], paths: list[Path]) -> Plan:
    """How to compute the features of these images here; the run says so in its events and facts."""
    settings = run.settings
    run.update(stage="Choosing the quickest way to compute", done=0, total=0)
    # Of a few images, the features are computed in less time than it takes to try.
    worth_trying = len(paths) >= IMAGES_WORTH_TRYING
    chosen = paths[:: max(1, len(paths) // SAMPLE_IMAGES)][:SAMPLE_IMAGES] if worth_trying else []
    sample = load_pixels(chosen, settings.image_size, lambda done: None)[1]
    plan = choose_runtime(backbone, sample, plan_key(recipe), _machine_folder(run) / "plans", settings.runtime)
    run.events.append("note", text=f"Computing features: {plan.words()}")
    run.update(facts={"plan": plan.to_dict()})
    return plan


def _machine_folder(run: Run) -> Path:
    """What the runs of all visitors share; a run is told where as it is told where the waiting places are."""
    places = os.environ.get("WORKBENCH_PLACES")
    return Path(places).parent if places else Workspace.at(run.workspace_root).machine


def _turned(pixels: np.ndarray, rows: np.ndarray, view: View) -> np.ndarray:
    return turn(pixels[rows], view.orientation)


def _judging_views(settings: RunSettings) -> tuple[View, ...]:
    """The exact views, besides the image itself, that validation and test images are judged by."""
    turned = orientations(settings.augmentation) if settings.average_views else (PLAIN,)
    return tuple(View(orientation) for orientation in turned if orientation != PLAIN)


def _add_view(examples: Examples, part: pd.DataFrame, store: FeatureStore) -> None:
    """Train on the features of a view, or judge by them, as each image's part of the split has it."""
    features, is_train = store.gather(part["pixel_hash"]), (part["split"] == "train").to_numpy()
    if is_train.any():
        rows = part.index[is_train].to_numpy()
        examples.add(features[is_train], examples.targets[rows])
    if not is_train.all():
        examples.judge_also(part.index[~is_train].to_numpy(), partial(np.asarray, features[~is_train]))


def _those_in(store: FeatureStore, table: pd.DataFrame) -> pd.DataFrame:
    return table[np.array([identity in store for identity in table["pixel_hash"]], dtype=bool)]


def _stage(run: Run, name: str) -> Callable[[int, int], None]:
    """What a stage reports its progress to."""
    return partial(Progress(run, on_stage=lambda stage: run.events.append("stage", name=stage)), name)
