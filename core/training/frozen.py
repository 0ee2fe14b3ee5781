"""Training a head on the features of a frozen backbone, with all views of the recipe."""

import pandas as pd

from core.datasets.store import Dataset
from core.features.backbone_features import BackboneFeatures
from core.features.store import FeatureStore
from core.features.views import View
from core.runs.record import Run
from core.training.fine_tuning import FineTuning
from core.training.heads import build_head
from core.training.stages import Prepared
from core.training.view_examples import gather_examples


def prepare_frozen(run: Run, dataset: Dataset, table: pd.DataFrame) -> Prepared:
    """The head of a frozen backbone, and the features of all images, computed where they are not at hand."""
    settings = run.settings
    features = BackboneFeatures(run, dataset, table)
    fine_tuning = FineTuning(run, dataset, features) if settings.unfreeze else None
    if fine_tuning is not None:
        fine_tuning.check_room(table)

    def features_of(part: pd.DataFrame, view: View, number: str) -> tuple[FeatureStore, list[str]]:
        return features.of(part, view, f"Computing features{number}")

    examples, problems = gather_examples(settings, dataset, table, features_of, FeatureStore.gather)
    head = build_head(settings, examples.of("train")[0], len(dataset.class_names))
    prepared = Prepared(head, examples, problems)
    if fine_tuning is not None:
        prepared.then = lambda state: fine_tuning.prepare(examples.table, state)
    return prepared
