"""What a script has to know of a run to train what it trained."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from core.architectures.weights import IMAGENET, UNTRAINED
from core.datasets.pixel_scale import reading_in_words
from core.errors import UsageError, WorkbenchError
from core.features.views import View, training_views
from core.hosting import Hosting
from core.images.reading import BY_CONTENT
from core.runs.record import Run
from core.runs.settings import RunSettings
from core.training.batches import passes_for
from core.training.fine_tuning import second_phase_settings
from core.training.heads import is_linear_with_chosen_decay
from core.training.linear_head import saved_penalty, usual_penalty
from core.training.monitored_images import monitored_in_words, monitored_rows
from core.training.training_batches import batch_size_of
from core.training.view_examples import evaluation_views

# Where a script looks for images unless it is told. The folders of a hosted workbench are nobody's business.
UNKNOWN_FOLDER = "images"
LISTED = ["path", "label", "split"]
# Of what a script holds in memory for fine-tuning, in gigabytes: worth a word beyond that.
MUCH_MEMORY = 2


@dataclass(frozen=True)
class Facts:
    """A run as its script sees it.

    Parameters
    ----------
    run
        That is to be reproduced.
    images
        A row an image, with its `path`, `label` and `split`: by the names that classes have now, unless some were put
        together since.
    notes
        What is not as in the run, in sentences.
    """

    run: Run
    images: pd.DataFrame
    notes: tuple[str, ...]

    @cached_property
    def settings(self) -> RunSettings:
        """Of the run, with the learning rate that it found where it looked for one."""
        found = [event["chosen"] for event in self.run.events.read() if event["kind"] == "rates"]
        return replace(self.run.settings, learning_rate=found[-1]) if found else self.run.settings

    @property
    def second_phase(self) -> RunSettings:
        return second_phase_settings(self.settings)

    @cached_property
    def class_count(self) -> int:
        return self.images["label"].nunique()

    def count(self, split: str) -> int:
        """How many images one part of the split has."""
        return int((self.images["split"] == split).sum())

    @property
    def data(self) -> str:
        """The folder that the paths of images start from, as far as that is known and may be told."""
        dataset = self.run.dataset
        if Hosting.from_environment().hosted or not dataset.readable or not dataset.info.root:
            return UNKNOWN_FOLDER
        return str(Path(dataset.info.root).absolute())

    @property
    def weights(self) -> str | None:
        """What Keras takes as the weights of a backbone; None for random numbers."""
        chosen = self.settings.weights
        if chosen == UNTRAINED:
            return None
        if chosen == IMAGENET or Hosting.from_environment().hosted:
            return IMAGENET
        return str(Path(chosen).expanduser().absolute())

    @property
    def dataset_title(self) -> str:
        dataset = self.run.dataset
        return dataset.info.title if dataset.readable else self.settings.dataset

    @property
    def test_images_right(self) -> tuple[int, int] | None:
        """How many test images the run was right on, and of how many; None as long as it is not evaluated."""
        try:
            tested = self.run.answers().of("test")
        except WorkbenchError:
            return None
        return int((tested.predicted == tested.true).sum()), len(tested)

    # Training --------------------------------------------------------------------------------------------------------

    @cached_property
    def batch_size(self) -> int:
        return batch_size_of(self.settings, self.run.record.found_batch_size)

    @property
    def passes(self) -> int:
        """How often an epoch goes through all training images."""
        views = len(self.training_views) if self.settings.design.frozen else 0
        return passes_for(self.settings.min_steps_per_epoch, self.count("train") * (1 + views), self.batch_size)

    @property
    def penalty(self) -> float | None:
        """λ of λ/2 · |W|², of a head whose penalty was chosen by validation; None for all other networks."""
        if not self.settings.design.frozen or not is_linear_with_chosen_decay(self.settings):
            return None
        weights = self.run.best_weights
        return saved_penalty(weights) if weights.exists() else usual_penalty(self.count("train"))

    # Views -----------------------------------------------------------------------------------------------------------

    @cached_property
    def training_views(self) -> tuple[View, ...]:
        """Of a frozen backbone, the views of training images besides these themselves."""
        settings = self.settings
        return training_views(settings.augmentation, settings.views, settings.seed)

    @property
    def evaluation_orientations(self) -> tuple[int, ...]:
        """How images are turned for the answers that are averaged, besides as they are."""
        return tuple(view.orientation for view in evaluation_views(self.settings))


def gather_facts(run: Run) -> Facts:
    """What is needed of a run.

    Raises
    ------
    WorkbenchError
        If the list of its images is gone.
    UsageError
        If it has none yet.
    """
    if not run.images_path.exists() and not run.has_learned:
        raise UsageError(f"The run {run.id} has not read its images yet, so there is nothing to reproduce. Train it.")
    then, now = run.images_then(), run.images()
    if lacking := [name for name in LISTED if name not in then]:
        raise WorkbenchError(f"The list of images of the run {run.id} (images.parquet) has no {' and '.join(lacking)}.")
    put_together = now["label"].nunique() < then["label"].nunique()
    images = (then if put_together else now)[LISTED].reset_index(drop=True)
    notes = [*_of_the_classes(put_together), *_of_the_pixels(run, then), *_of_the_training(run, images)]
    return Facts(run, images, tuple(notes))


def _of_the_classes(put_together: bool) -> list[str]:
    if not put_together:
        return []
    return ["Classes were put together since the run: the script trains the classes as they were then."]


def _of_the_pixels(run: Run, images: pd.DataFrame) -> list[str]:
    """Which images the few lines of the script read otherwise than the workbench."""
    notes = []
    if not run.reading.is_default:
        notes.append(
            f"The run read deep pixels, or many bands, by a scale of the dataset ({reading_in_words(run.reading)}). "
            "The script has Pillow convert them, which is not the same: scale them to 8 bits beforehand."
        )
    odd = pd.Series(False, index=images.index)
    if "format" in images:
        odd |= ~images["format"].isin(BY_CONTENT)
    if "sample_kind" in images:
        odd |= images["sample_kind"] != ""
    if odd.any() and not notes:
        notes.append(
            f"{odd.sum():,} of {len(images):,} images are of kinds that Pillow alone reads otherwise, or not at all "
            f"(such as {images.loc[odd, 'path'].iloc[0]}): convert them to 8-bit PNG beforehand."
        )
    return notes


def _of_the_training(run: Run, images: pd.DataFrame) -> list[str]:
    settings, notes = run.settings, []
    if settings.untrained:
        notes.append("The backbone has random weights, as in the run: this is to try the machinery, not for results.")
    plan = run.record.plan or {}
    if plan.get("family", "float32") != "float32":
        notes.append(f"The run computed in {plan['family']}; the script does in float32, the same but for rounding.")
    splits = images["split"].to_numpy(dtype=str)
    targets = np.unique(images["label"].to_numpy(dtype=str), return_inverse=True)[1]
    if told := monitored_in_words(splits, monitored_rows(splits, targets, settings.seed)):
        notes.append(f"In the run: {told} In the script all validation images choose it, and they alone.")
    if settings.unfreeze and (gigabytes := _activations_gb(settings, images)) > MUCH_MEMORY:
        notes.append(f"The script holds what it fine-tunes on in memory, about {gigabytes:,.0f} GB.")
    if run.status().state not in ("done", "running"):
        notes.append("The run did not come to its end; the script trains all its epochs.")
    return notes


def _activations_gb(settings: RunSettings, images: pd.DataFrame) -> float:
    """What all images are at the cut, in all views and in half precision."""
    design = settings.design
    rows = design.table(settings.image_size, max(2, images["label"].nunique()))
    (shape,) = [row.shape for row in rows if row.layer.name == design.cuts[-settings.unfreeze]]
    trained = training_views(settings.augmentation, settings.views, settings.seed)
    counts = images["split"].value_counts()
    views = len(trained) * counts.get("train", 0) + len(evaluation_views(settings)) * counts.get("test", 0)
    return 2 * (len(images) + views) * math.prod(shape) / 1e9
