"""From what is kept of images in their views to the examples that something learns from and is evaluated by."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from core.datasets.store import Dataset
from core.features.store import FeatureStore
from core.features.views import View, exact_views, training_views
from core.runs.settings import RunSettings
from core.training.examples import Examples


def gather_examples(
    settings: RunSettings,
    dataset: Dataset,
    table: pd.DataFrame,
    fill: Callable[[pd.DataFrame, View, str], tuple[FeatureStore, list[str]]],
    read: Callable[[FeatureStore, pd.Series], np.ndarray],
) -> tuple[Examples, list[str]]:
    """All images as they are, and in the views that their part of the split is trained on or evaluated by.

    Parameters
    ----------
    table
        A row an image of the dataset.
    fill
        From rows of the table, a view, and words that number it, to the store that holds them, and why images are not
        in it.
    read
        From a store and pixel hashes to an array of as many rows, in memory or on disk.

    Returns
    -------
    examples : Examples
        Without the images that could not be read.
    problems : list of str
        Why these are missing, in words.
    """
    store, problems = fill(table, View(), "")
    table = _those_in(store, table).reset_index(drop=True)
    targets = dataset.label_indices(table["label"], dataset.network_classes)
    examples = Examples(table, read(store, table["pixel_hash"]), targets)
    parts = list(views_of(settings, table))
    for number, (view, part) in enumerate(parts, 1):
        view_store, view_problems = fill(part, view, f", view {number} of {len(parts)}")
        # An image may be gone since it was read as it is.
        _add_view(examples, _those_in(view_store, part), view_store, read)
        problems += [problem for problem in view_problems if problem not in problems]
    return examples, problems


def views_of(settings: RunSettings, table: pd.DataFrame) -> Iterator[tuple[View, pd.DataFrame]]:
    """The views besides the images as they are, each with the rows of the images that it is needed of."""
    is_train = (table["split"] == "train").to_numpy()
    trained = training_views(settings.augmentation, settings.views, settings.seed)
    evaluated = evaluation_views(settings)
    for view in dict.fromkeys((*trained, *evaluated)):
        yield view, table[(is_train & (view in trained)) | (~is_train & (view in evaluated))]


def evaluation_views(settings: RunSettings) -> tuple[View, ...]:
    """The exact views, besides the image itself, that validation and test images are evaluated by."""
    return exact_views(settings.augmentation) if settings.test_time_augmentation else ()


def _add_view(examples: Examples, part: pd.DataFrame, store: FeatureStore, read: Callable) -> None:
    """Train on a view, or evaluate by it, as each image's part of the split has it."""
    is_train = (part["split"] == "train").to_numpy()
    if is_train.any():
        trained = part[is_train]
        examples.add(read(store, trained["pixel_hash"]), examples.targets[trained.index])
    if not is_train.all():
        evaluated = part[~is_train]
        inputs = read(store, evaluated["pixel_hash"])
        examples.evaluate_also(evaluated.index.to_numpy(), lambda: inputs)


def _those_in(store: FeatureStore, table: pd.DataFrame) -> pd.DataFrame:
    return table[np.array([identity in store for identity in table["pixel_hash"]], dtype=bool)]
