"""The feature extractor: features of images, found where they are kept, else computed the quickest way."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.architectures.weights import fetch_weights
from core.datasets.store import Dataset
from core.features.extraction_settings import ExtractionSettings
from core.features.pixels import load_pixels
from core.features.plan import AUTO, SAMPLE_IMAGES, Plan, choose_runtime, default_plan, plan_key, remembered_plan
from core.features.store import FeatureStore, extract
from core.features.views import FIRST_DRAW, View
from core.jobs.reporter import JobReporter
from core.workspace import Workspace

if TYPE_CHECKING:  # takes seconds to load
    import keras

IMAGES_WORTH_TRYING = 200
IMAGES_LOOKED_AT = 16


class FeatureExtractor:
    """What a frozen backbone says of images. Keras is loaded and the backbone built when something is lacking.

    Parameters
    ----------
    settings
        The backbone, its weights, the image size, and how to compute.
    workspace
        On whose machine features and plans are kept.
    dataset
        That the images are of.
    table
        Its images, among which are those that the way to compute is chosen by.
    reporter
        Told of the stages, of the plan, and how many features were found and computed.

    Raises
    ------
    WorkbenchError
        If the weights are not at hand and can't be fetched, or the runtime that is asked for can't be used here.
    """

    def __init__(
        self,
        settings: ExtractionSettings,
        workspace: Workspace,
        dataset: Dataset,
        table: pd.DataFrame,
        reporter: JobReporter,
    ):
        self.settings, self.folder = settings, workspace.features
        self._plans, self._dataset, self._reporter = workspace.plans, dataset, reporter
        self._found = self._computed = 0
        download = reporter.counted(f"Downloading the weights of {settings.architecture.title} (MB)")
        self._weights = fetch_weights(
            settings.architecture,
            settings.weights,
            lambda come, expected: download(come // 10**6, expected // 10**6),
        )
        plain = settings.cache_key(self._weights)
        self.plan = self._choose_plan(plain, table["path"].tolist())
        self.recipe = plain | {"precision": self.plan.family}
        reporter.note(f"Computing features: {self.plan.words()}")
        reporter.facts(plan=self.plan.to_dict())

    def features(self, part: pd.DataFrame, view: View, title: str) -> tuple[FeatureStore, list[str]]:
        """A store with the features of some images in one view, and why images are not in it.

        Parameters
        ----------
        title
            What the stage is called.
        """
        store = FeatureStore(self.folder, self.recipe | view.cache_key)
        lacking = part[np.array([name not in store for name in part["pixel_hash"]], dtype=bool)]
        self._count(part["pixel_hash"].nunique(), lacking["pixel_hash"].nunique())
        self._check_recipe(lacking, view)
        return store, self.fill(store, part, view, title, lambda pixels: self._compute(pixels))

    def fill(
        self,
        store: FeatureStore,
        part: pd.DataFrame,
        view: View,
        title: str,
        compute: Callable[[np.ndarray], np.ndarray],
    ) -> list[str]:
        """Compute what a store lacks of some images in one view; why images are not in it then, in words.

        Parameters
        ----------
        title
            What the stage is called.
        compute
            From the view's pixels, uint8 of shape (n, side, side, 3), to what the store keeps.
        """
        return extract(
            store,
            part["pixel_hash"].tolist(),
            self._dataset.files_of(part["path"]),
            self.settings.image_size,
            lambda pixels: compute(view.of(pixels)),
            self._reporter.counted(title),
            self.plan.batch_size,
            self.settings.reading,
        )

    def _count(self, wanted: int, lacking: int) -> None:
        """Tell how many features were there already, over all views that were asked for, and how many were not."""
        self._found, self._computed = self._found + wanted - lacking, self._computed + lacking
        self._reporter.facts(features={"found": self._found, "computed": self._computed})

    def _check_recipe(self, lacking: pd.DataFrame, view: View) -> None:
        """Refuse a recipe that leaves nothing of images, before their features are computed."""
        if view.number != FIRST_DRAW or lacking.empty:  # what the first draw leaves, the others leave as well
            return
        from core.augmentation.layers.pipeline import check_not_blank

        paths = [self._dataset.path_of(path) for path in lacking["path"].head(IMAGES_LOOKED_AT)]
        check_not_blank(view.drawn, self._pixels(paths))

    def _pixels(self, paths: list[Path]) -> np.ndarray:
        """What can be read of some images: (n, side, side, 3) uint8."""
        return load_pixels(paths, self.settings.image_size, lambda done: None, self.settings.reading)[1]

    def _choose_plan(self, recipe: dict, paths: list[str]) -> Plan:
        """How to compute the features of these images here."""
        key, folder = plan_key(recipe), self._plans
        if self.settings.runtime == AUTO:
            if remembered := remembered_plan(folder, key):
                return remembered
            # Of a few images, the features are computed in less time than it takes to try.
            if len(paths) < IMAGES_WORTH_TRYING:
                return default_plan()
        backbone = self.backbone
        self._reporter.begin("Choosing the quickest way to compute")
        chosen = paths[:: max(1, len(paths) // SAMPLE_IMAGES)][:SAMPLE_IMAGES]
        files = [self._dataset.path_of(path) for path in chosen]
        sample = self._pixels(files)
        made = {}
        plan = choose_runtime(backbone, sample, key, folder, self.settings.runtime, made)
        if plan.runtime in made:  # and the others are let go
            self._compute = made[plan.runtime]
        return plan

    @cached_property
    def backbone(self) -> "keras.Model":
        """The backbone in Keras, as `core.networks.backbones.build_backbone` gives it."""
        self._reporter.begin(f"Building {self.settings.architecture.title}")
        return load_backbone(self.settings, self._weights)

    @cached_property
    def _compute(self):
        backbone = self.backbone
        from core.features.runtimes import runtimes

        return runtimes()[self.plan.runtime].make(backbone)


def load_backbone(settings: ExtractionSettings, weights: Path | None) -> "keras.Model":
    """A backbone with its weights, in a Keras that is started as the settings say.

    Parameters
    ----------
    weights
        As `core.architectures.weights.fetch_weights` gives them.
    """
    from core.features.keras_start import start_keras
    from core.networks.backbones import build_backbone

    start_keras(settings)
    return build_backbone(settings.architecture, settings.image_size, weights)
