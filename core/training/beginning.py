"""The beginning of a run: what it is trained on, and what its record tells of that from now on."""

import time
from collections.abc import Mapping
from typing import Any

import pandas as pd

from core.datasets.content import Content
from core.datasets.pixel_scale import reading_in_words
from core.datasets.store import Dataset
from core.runs.record import Run
from core.runs.versions import versions_in_use


def begin(run: Run, dataset: Dataset) -> pd.DataFrame:
    """Set a run going on a dataset as it is now, or as it was when the run began, and say so in its record.

    Returns
    -------
    pandas.DataFrame
        The images with their "label", "split" and "group"; those that must stay on one side of the split are drawn
        together when the result is evaluated.
    """
    content = dataset.content
    # One that goes on does so by the names that it began with, whatever its classes are called by now.
    then = (run.class_names.then() if run.has_learned else None) or {}
    dataset.pin(_class_order(run, content, then))
    beginning = _beginning(run, dataset, is_renamed=any(name != before for name, before in then.items()))
    run.update(state="running", stage="Looking at the images", facts=beginning)
    run.events.append("stage", name="start")
    if not run.reading.is_default:
        run.events.append("note", text=f"Pixels: {reading_in_words(run.reading)}.")
    split = run.settings.split_settings(content.settings)
    table = content.divided(split)
    table = table.assign(
        group=content.groups(table, split), label=table["label"].map(lambda name: then.get(name, name))
    )
    return _unchanged(run, dataset, table)


def _beginning(run: Run, dataset: Dataset, is_renamed: bool) -> dict[str, Any]:
    """What the record tells of how a run began; one that goes on reads its images as it did then."""
    content, record = dataset.content, run.record
    reading = run.reading if run.has_learned else content.reading
    return {
        "began": record.began or time.time(),
        "dataset_version": content.version_read_by(reading),
        "reading": reading.to_dict(),
        "classes": list(dataset.network_classes),
        "entries": record.entries if is_renamed else content.edits.entries,
        "versions": versions_in_use(),
    }


def _class_order(run: Run, content: Content, then: Mapping[str, str]) -> tuple[str, ...]:
    """In which order the run's network answers the classes; `then` is what they were called when it began."""
    if run.has_learned:
        # Earlier versions of this program kept no order, and answered the classes as they were shown then.
        kept = run.class_names.of_network
        return kept if set(kept) == {then.get(name, name) for name in content.class_names} else content.class_names
    return content.network_classes


def _unchanged(run: Run, dataset: Dataset, table: pd.DataFrame) -> pd.DataFrame:
    """Without the images that were replaced since the import: what is known of them is not true any more."""
    changed = dataset.changed(table)
    for path in table.loc[changed, "path"]:
        run.events.append("note", text=f"Left out: {path} was changed since it was imported. Read them in again.")
    return table[~changed].reset_index(drop=True)
