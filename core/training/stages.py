"""From a table of images to what is trained: pixels for a whole network, or features for the head of a frozen one."""

from collections.abc import Callable
from functools import partial

import keras
import numpy as np
import pandas as pd

from core.architectures.registry import find_architecture
from core.architectures.weights import fetch_weights
from core.augmentation.recipe import write_recipe
from core.datasets.store import Dataset
from core.jobs import Progress
from core.networks.backbones import build_backbone
from core.networks.network import build_head, build_scratch
from core.runs.record import Run
from core.training.augmentation import build_augmentation, draw
from core.training.examples import Examples
from core.training.features import FeatureStore, extract, made_from
from core.training.pixels import load_pixels
from core.workspace import Workspace

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
    return model, Examples(table, pixels, dataset.label_indices(table["label"])), problems


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
    folder = Workspace.at(run.workspace_root).features

    def features_of(part: pd.DataFrame, view: int) -> tuple[FeatureStore, list[str]]:
        recipe = {"recipe": write_recipe(settings.augmentation), "view": view, "seed": settings.seed} if view else {}
        store = FeatureStore(folder, plain | recipe)
        title = f"Computing features, augmented view {view} of {settings.views}" if view else "Computing features"

        def compute(pixels: np.ndarray) -> np.ndarray:
            if view:
                pixels = draw(settings.augmentation, pixels, settings.seed + 1000 * view)
            return backbone.predict_on_batch(pixels.astype("float32"))

        paths = [dataset.path_of(path) for path in part["path"]]
        report = _stage(run, title)
        return store, extract(store, part["pixel_hash"].tolist(), paths, settings.image_size, compute, report)

    store, problems = features_of(table, 0)
    table = _those_in(store, table).reset_index(drop=True)
    examples = Examples(table, store.gather(table["pixel_hash"]), dataset.label_indices(table["label"]))
    training = table[table["split"] == "train"]
    for view in range(1, settings.views + 1) if settings.augmentation else ():
        view_store, view_problems = features_of(training, view)
        # An image may be gone since its own features were computed.
        viewed = _those_in(view_store, training)
        examples.add(view_store.gather(viewed["pixel_hash"]), dataset.label_indices(viewed["label"]))
        problems += [problem for problem in view_problems if problem not in problems]
    head = build_head(backbone.output_shape[-1], len(dataset.class_names), settings.dropout)
    return head, examples, problems


def _those_in(store: FeatureStore, table: pd.DataFrame) -> pd.DataFrame:
    return table[np.array([identity in store for identity in table["pixel_hash"]], dtype=bool)]


def _stage(run: Run, name: str) -> Callable[[int, int], None]:
    """What a stage reports its progress to."""
    return partial(Progress(run, on_stage=lambda stage: run.events.append("stage", name=stage)), name)
