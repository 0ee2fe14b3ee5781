"""The features of a run's images: found where they are kept, computed the quickest way where they are not."""

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from core.architectures.weights import fetch_weights
from core.datasets.store import Dataset
from core.features.pixels import load_pixels
from core.features.plan import SAMPLE_IMAGES, Plan, choose_runtime, default_plan, plan_key, remembered_plan
from core.features.store import FeatureStore, cache_key, extract
from core.features.views import FIRST_DRAW, View
from core.jobs.gpus import AUTO
from core.runs.record import Run
from core.training.stages import machine_folder, stage

IMAGES_WORTH_TRYING = 200
IMAGES_LOOKED_AT = 16


class BackboneFeatures:
    """What a frozen backbone says of images. Keras is loaded and the backbone built when something is lacking.

    Parameters
    ----------
    run
        Whose settings name the backbone, its weights and the image size.
    dataset
        That the images are of.
    table
        Its images, among which are those that the way to compute is chosen by.
    """

    def __init__(self, run: Run, dataset: Dataset, table: pd.DataFrame):
        self._run, self._dataset, self._settings = run, dataset, run.settings
        self.architecture = self._settings.design
        self.folder = machine_folder(run) / "features"
        self._found = self._computed = 0
        download = stage(run, f"Downloading the weights of {self.architecture.title} (MB)")
        self._weights = fetch_weights(
            self.architecture,
            self._settings.weights,
            lambda come, expected: download(come // 10**6, expected // 10**6),
        )
        self._reading = run.reading
        plain = cache_key(
            self.architecture.name,
            self._settings.image_size,
            self._weights,
            self._settings.seed,
            reading=self._reading,
        )
        self.plan = self._choose_plan(plain, table["path"].tolist())
        self.recipe = plain | {"precision": self.plan.family}
        run.events.append("note", text=f"Computing features: {self.plan.words()}")
        run.update(facts={"plan": self.plan.to_dict()})

    def of(self, part: pd.DataFrame, view: View, title: str) -> tuple[FeatureStore, list[str]]:
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
            # As texts: to make a path of each takes a second for 50,000 of them, and most are in the store already.
            [os.path.join(self._dataset.info.root, path) for path in part["path"]],
            self._settings.image_size,
            lambda pixels: compute(view.of(pixels)),
            stage(self._run, title),
            self.plan.batch_size,
            self._reading,
        )

    def _count(self, wanted: int, lacking: int) -> None:
        """Tell how many features of this run were there already, over all its views, and how many were not."""
        self._found, self._computed = self._found + wanted - lacking, self._computed + lacking
        self._run.update(facts={"features": {"found": self._found, "computed": self._computed}})

    def _check_recipe(self, lacking: pd.DataFrame, view: View) -> None:
        """Refuse a recipe that leaves nothing of images, before their features are computed."""
        if view.number != FIRST_DRAW or lacking.empty:  # what the first draw leaves, the others leave as well
            return
        from core.augmentation.layers.pipeline import check_not_blank

        paths = [self._dataset.path_of(path) for path in lacking["path"].head(IMAGES_LOOKED_AT)]
        check_not_blank(view.drawn, self._pixels(paths))

    def _pixels(self, paths: list[Path]) -> np.ndarray:
        """What can be read of some images: (n, side, side, 3) uint8."""
        return load_pixels(paths, self._settings.image_size, lambda done: None, self._reading)[1]

    def _choose_plan(self, recipe: dict, paths: list[str]) -> Plan:
        """How to compute the features of these images here."""
        key, folder = plan_key(recipe), machine_folder(self._run) / "plans"
        if self._settings.runtime == AUTO:
            if remembered := remembered_plan(folder, key):
                return remembered
            # Of a few images, the features are computed in less time than it takes to try.
            if len(paths) < IMAGES_WORTH_TRYING:
                return default_plan()
        backbone = self.backbone
        self._run.update(stage="Choosing the quickest way to compute", done=0, total=0)
        chosen = paths[:: max(1, len(paths) // SAMPLE_IMAGES)][:SAMPLE_IMAGES]
        files = [self._dataset.path_of(path) for path in chosen]
        sample = self._pixels(files)
        made = {}
        plan = choose_runtime(backbone, sample, key, folder, self._settings.runtime, made)
        if plan.runtime in made:  # and the others are let go
            self._compute = made[plan.runtime]
        return plan

    @cached_property
    def backbone(self):
        """The backbone in Keras, as `core.networks.backbones.build_backbone` gives it."""
        self._run.update(stage=f"Building {self.architecture.title}", done=0, total=0)
        from core.networks.backbones import build_backbone
        from core.training.keras_start import start_keras

        start_keras(self._settings)
        return build_backbone(self.architecture, self._settings.image_size, self._weights)

    @cached_property
    def _compute(self):
        backbone = self.backbone
        from core.features.runtimes import runtimes

        return runtimes()[self.plan.runtime].make(backbone)
