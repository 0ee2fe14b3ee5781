"""Training a head on the features of a frozen backbone, with all views of the recipe."""

import pandas as pd

from core.datasets.store import Dataset
from core.features.extraction_settings import ExtractionSettings
from core.features.feature_extractor import FeatureExtractor
from core.features.store import FeatureStore
from core.features.views import View
from core.images.reading_settings import Reading
from core.runs.record import Run
from core.runs.reporter import RunReporter
from core.runs.settings import RunSettings
from core.training.fine_tuning import FineTuning
from core.training.heads import build_head
from core.training.phase import first_phase
from core.training.prepared import Prepared
from core.training.view_examples import gather_examples


def prepare_frozen(run: Run, dataset: Dataset, table: pd.DataFrame) -> Prepared:
    """The head of a frozen backbone, and the features of all images, computed where they are not at hand."""
    settings = run.settings
    extraction = extraction_settings(settings, run.reading)
    extractor = FeatureExtractor(extraction, run.workspace, dataset, table, RunReporter(run))
    fine_tuning = FineTuning(run, dataset, extractor) if settings.unfreeze else None
    if fine_tuning is not None:
        fine_tuning.check_room(table)

    def features_of(part: pd.DataFrame, view: View, number: str) -> tuple[FeatureStore, list[str]]:
        return extractor.features(part, view, f"Computing features{number}")

    examples, problems = gather_examples(settings, dataset, table, features_of, FeatureStore.gather)
    head = build_head(settings, examples.of("train")[0], len(dataset.class_names))
    prepared = Prepared(head, examples, problems, first_phase(run))
    if fine_tuning is not None:
        prepared.then = lambda state: fine_tuning.prepare(examples.table, state)
    return prepared


def extraction_settings(settings: RunSettings, reading: Reading) -> ExtractionSettings:
    """What of the settings of a run its features depend on; `reading` is how its images are read."""
    return ExtractionSettings(
        settings.design,
        settings.image_size,
        settings.weights,
        settings.seed,
        reading,
        settings.runtime,
        settings.deterministic,
        settings.gpu,
    )
