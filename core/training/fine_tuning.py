"""The second phase of a run on a frozen backbone: its last blocks learn together with the head that has learned."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.datasets.store import Dataset
from core.features.activations import HALF, WHOLE, StoredRows, TooLargeForHalf, check_room, in_half
from core.features.feature_extractor import FeatureExtractor
from core.features.keras_start import start_keras
from core.features.store import FeatureStore
from core.features.views import View
from core.runs.record import Run
from core.runs.settings import RunSettings
from core.runs.training_state import TrainingState
from core.training.examples import Examples
from core.training.phase import Phase, first_phase
from core.training.prepared import Prepared
from core.training.view_examples import gather_examples, views_of

if TYPE_CHECKING:  # takes seconds to load, and is not needed where nothing is fine-tuned
    import keras

    from core.training.keras_learner import KerasLearner

BATCH_SIZE = 32


class FineTuning:
    """Fine-tuning of the last blocks of a run's backbone.

    Parameters
    ----------
    run
        Whose settings say how many blocks.
    dataset
        What it is trained on.
    extractor
        Of the backbone's features.
    """

    def __init__(self, run: Run, dataset: Dataset, extractor: FeatureExtractor):
        self._run, self._dataset, self._settings, self._extractor = run, dataset, run.settings, extractor
        self._architecture = extractor.settings.architecture

    def check_room(self, table: pd.DataFrame, kept_as: str = HALF) -> None:
        """Refuse where the activations at the cut take more than there is room for.

        Parameters
        ----------
        table
            All images, a row each.

        Raises
        ------
        WorkbenchError
            With the reason, and what to choose instead.
        """
        from core.networks.fine_tuning import activation_shape

        blocks = range(1, self._settings.unfreeze + 1)
        shapes = {number: activation_shape(self._extractor.backbone, self._architecture, number) for number in blocks}
        parts = [(View(), table), *views_of(self._settings, table)]
        count = sum(len(part) for _, part in parts)
        stores = [(self._store(view, kept_as), part["pixel_hash"]) for view, part in parts]
        lacking = sum(identity not in store for store, identities in stores for identity in identities)
        check_room(self._extractor.folder, shapes, self._settings.unfreeze, count, lacking, kept_as)

    def prepare(self, table: pd.DataFrame, head: TrainingState) -> Prepared:
        """The last blocks with the head on them, and the activations of all images, computed where they are lacking.

        Parameters
        ----------
        table
            The images that the head was trained on and evaluated by.
        head
            Where the training of the head has ended.
        """
        from core.features.runtimes import runtimes
        from core.networks.fine_tuning import cut_backbone

        lower, tail = cut_backbone(self._extractor.backbone, self._architecture, self._settings.unfreeze)
        compute = runtimes()[self._extractor.plan.runtime].make(lower)
        read = partial(StoredRows, shape=lower.output_shape[1:])
        try:
            activations, problems = self._gather(table, lambda pixels: in_half(compute(pixels)), HALF, read)
        except TooLargeForHalf:
            self.check_room(table, WHOLE)
            activations, problems = self._gather(table, compute, WHOLE, read)
        start_keras(self._settings)
        learner = build_learner(tail, self._run.best_weights, len(self._dataset.class_names), self._settings)
        phase = _phase(self._run, head)
        validation = activations.of("validation")
        if len(validation[1]):
            phase = replace(phase, best_before=learner.validate(*validation)["val_loss"])
        return Prepared(learner, activations, problems, phase)

    def _gather(
        self,
        table: pd.DataFrame,
        compute: Callable[[np.ndarray], np.ndarray],
        kept_as: str,
        read: Callable[[FeatureStore, pd.Series], StoredRows],
    ) -> tuple[Examples, list[str]]:
        def activations_of(part: pd.DataFrame, view: View, number: str) -> tuple[FeatureStore, list[str]]:
            store = self._store(view, kept_as)
            return store, self._extractor.fill(store, part, view, f"Computing activations{number}", compute)

        # `StoredRows` stand for an array in all that examples are asked for; a type that NumPy's arrays share with them
        # would have to list it all.
        return gather_examples(self._settings, self._dataset, table, activations_of, read)  # pyright: ignore[reportArgumentType]

    def _store(self, view: View, kept_as: str) -> FeatureStore:
        """Where the activations of a view are."""
        cut = {"cut": self._architecture.cuts[-self._settings.unfreeze]}
        return FeatureStore(self._extractor.folder, self._extractor.recipe | cut | view.cache_key, kept_as)


def second_phase_settings(settings: RunSettings) -> RunSettings:
    """The settings of a run, but for what is different in fine-tuning."""
    return replace(
        settings,
        epochs=settings.fine_tune_epochs,
        learning_rate=settings.fine_tune_rate,
        batch_size=BATCH_SIZE,
        min_steps_per_epoch=1,
        optimiser="adamw",
        schedule="constant",
        warmup=0.0,
    )


def build_learner(tail: "keras.Model", head_weights: Path, class_count: int, settings: RunSettings) -> "KerasLearner":
    """The last blocks and the head on them, which starts as the first phase left it.

    Parameters
    ----------
    tail
        As `core.networks.fine_tuning.cut_backbone` gives it.
    head_weights
        As the head's learner saved them.
    settings
        Of the run.
    """
    from core.networks.fine_tuning import build_fine_tuned
    from core.networks.network import build_head
    from core.training.keras_learner import KerasLearner

    head = build_head(tail.output_shape[-1], class_count, settings.dropout, settings.hidden)
    head.load_weights(head_weights)
    return KerasLearner(build_fine_tuned(tail, head), second_phase_settings(settings))


def _phase(run: Run, head: TrainingState) -> Phase:
    return Phase(
        "fine_tune",
        "Fine-tuning",
        "fine-tuning rate",
        second_phase_settings(run.settings),
        run.fine_tuning_checkpoint,
        run.fine_tuned_weights,
        epochs_before=head.epochs,
        best_epoch_before=first_phase(run).answering_epoch(head),
        extended_from=max(0, run.record.extended_from - head.epochs),
    )
