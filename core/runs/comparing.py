"""Runs side by side: what differs in their settings, what they reached, what they cost, and which is better."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

import numpy as np

from core.architectures.registry import ARCHITECTURES
from core.augmentation.recipe import in_words as recipe_in_words
from core.augmentation.recipe import read_recipe
from core.errors import UsageError
from core.evaluation.comparison import Judged, compare_with, right, settings_that_differ
from core.evaluation.intervals import wilson
from core.evaluation.metrics import confusion_matrix, log_loss, per_class
from core.evaluation.predictions import Predictions
from core.runs.cost import cost_of
from core.runs.labels import read_labels
from core.runs.record import Run
from core.runs.settings import CHOICES, PARAMETERS

MOST_RUNS = 26  # each is called by a letter
# A name is not to become a list of settings.
SETTINGS_IN_NAME = 2
TITLES = {"architecture": "Network", "network": "Blocks", "image_size": "Input size", "augmentation": "Augmentation"}
TITLES |= {"split_seed": "Split", "fold": "Fold", "runtime": "Computed by", "gpu": "GPU", "weights": "Weights"}


def trained_on(run: Run) -> tuple:
    """What two runs have to agree in to be comparable, as far as their settings and status tell without a look."""
    settings = run.settings
    return settings.dataset, run.status().facts.get("dataset_version"), settings.split_seed, settings.fold


def setting_title(name: str) -> str:
    """What people call a setting."""
    known = CHOICES | PARAMETERS
    return known[name].title if name in known else TITLES.get(name, name)


def setting_value(name: str, value: Any) -> str:
    """A setting's value as people read it; "" where there is none."""
    if value is None:
        return "the dataset's own" if name in ("split_seed", "fold") else ""
    if name == "augmentation":
        return recipe_in_words(read_recipe(value))
    if name == "architecture" and value in ARCHITECTURES:
        return ARCHITECTURES[value].title
    if name == "network":
        return f"{len(value.get('blocks', ()))} blocks of one's own"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def values_in_words(values: Mapping[str, Any]) -> str:
    """Several settings in a line, such as "learning rate 0.01, dropout 0.2"."""
    return ", ".join(f"{setting_title(name).lower()} {setting_value(name, value)}" for name, value in values.items())


def names_of(runs: Sequence[Run]) -> list[str]:
    """A name for each run that no other of them has: its own, else its network and what sets it apart.

    Where settings do not tell two runs apart, the time they were started does.
    """
    own = [read_labels(run).name for run in runs]
    names = [name or run.settings.design.title for name, run in zip(own, runs, strict=True)]
    for title in [name for name, count in Counter(names).items() if count > 1]:
        alike = [index for index, name in enumerate(names) if name == title]
        differing = settings_that_differ([runs[index].settings.to_dict() for index in alike])
        differing = {name: values for name, values in differing.items() if name != "network"}
        for place, index in enumerate(alike):
            parts = [
                f"{setting_title(name).lower()} {setting_value(name, values[place])}"
                for name, values in list(differing.items())[:SETTINGS_IN_NAME]
                if values[place] not in (None, "", [])
            ]
            names[index] = ", ".join([title, *parts])
    repeated = {name for name, count in Counter(names).items() if count > 1}
    return [f"{name}, {_clock(run)}" if name in repeated else name for name, run in zip(names, runs, strict=True)]


def letter(index: int) -> str:
    """What the run of this place in a list is called for short: A, B and so on."""
    return ascii_uppercase[index]


def judged(run: Run, name: str, predictions: Predictions) -> Judged:
    """What `core.evaluation.comparison` has to know of a run, which its words will call `name`."""
    return Judged(name, run.settings.dataset, run.status().facts.get("dataset_version"), predictions)


def compare_runs(
    runs: Sequence[Run], split: str = "test", read: Callable[[Run], Predictions] = Run.predictions
) -> dict[str, Any]:
    """Put runs side by side: what page and command line show.

    Parameters
    ----------
    runs
        At least two, none twice.
    split
        "test", "validation" or "train".
    read
        Gives the predictions of a run; for those who keep them at hand.

    Returns
    -------
    dict
        JSON-ready. "split"; "best": the id of the run that is right most often; "runs": of each its "run" (id),
        "letter" (what all words call it), "name", "star", "notes", "untrained", "n", "accuracy", "accuracy_ci95",
        "log_loss", "macro_f1", "seconds", "parameters" and "bytes_on_disk"; "settings": by name, the values of those
        that are not the same in all; and "pairs": the best beside each other one, as
        `core.evaluation.comparison.Pair.to_dict` gives them, with both ids.

    Raises
    ------
    UsageError
        If there are too few or too many runs, or one is named twice.
    WorkbenchError
        If a run has no predictions of that split.
    """
    if len({run.id for run in runs}) < len(runs):
        raise UsageError("A run can't be compared with itself. Name each run once.")
    if not 2 <= len(runs) <= MOST_RUNS:
        raise UsageError(f"Name from 2 to {MOST_RUNS} runs to compare. Got {len(runs)}.")
    entries = [judged(run, letter(index), read(run)) for index, run in enumerate(runs)]
    names = names_of(runs)
    rows = [_row(*triple, split) for triple in zip(runs, entries, names, strict=True)]
    best = max(range(len(rows)), key=lambda index: rows[index]["accuracy"])
    others = [index for index in range(len(rows)) if index != best]
    pairs = compare_with(entries[best], [entries[index] for index in others], split)
    ids = [{"first_run": runs[best].id, "second_run": runs[index].id} for index in others]
    return {
        "split": split,
        "best": runs[best].id,
        "runs": rows,
        "settings": settings_that_differ([run.settings.to_dict() for run in runs]),
        "pairs": [run_ids | pair.to_dict() for run_ids, pair in zip(ids, pairs, strict=True)],
    }


def _row(run: Run, entry: Judged, name: str, split: str) -> dict[str, Any]:
    rows, labels = entry.predictions.of(split), read_labels(run)
    if not len(rows):
        raise UsageError(f"The run {run.id} has no {split} images to be compared by.")
    count, n, hits = len(rows.class_names), len(rows), int(right(rows).sum())
    cost = cost_of(run, count)
    classes = per_class(confusion_matrix(rows.true, rows.predicted, count))
    return {
        "run": run.id,
        "letter": entry.name,
        "name": name,
        "star": labels.star,
        "notes": labels.notes,
        "untrained": run.settings.untrained,
        "n": n,
        "accuracy": hits / n,
        "accuracy_ci95": list(wilson(hits, n)),
        "log_loss": log_loss(rows.true, rows.probabilities),
        "macro_f1": float(np.mean([row["f1"] for row in classes])),
        "seconds": cost.seconds,
        "parameters": cost.parameters,
        "bytes_on_disk": cost.bytes_on_disk,
    }


def _clock(run: Run) -> str:
    """When a run was started, by its id, with the number of those that were started in the same second."""
    number = run.id.rpartition(run.settings.architecture)[2]
    return f"{run.id[9:11]}:{run.id[11:13]}:{run.id[13:15]}{number}"
