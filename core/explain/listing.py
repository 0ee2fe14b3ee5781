"""What the features of a run say of its images, by path, in a form that goes from one process to another."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from core.explain.feature_map import feature_map
from core.explain.label_issues import find_label_issues
from core.explain.neighbours import nearest
from core.explain.out_of_distribution import find_out_of_distribution
from core.explain.run_features import RunFeatures, features_of
from core.jobs.progress import Report, unheard
from core.runs.record import Run

CAUTION = (
    "The network learned these features from the very labels that are doubted here, so among training images it finds "
    "fewer wrong ones than a frozen backbone does."
)


def label_issues(run: Run, machine: str | None = None, report: Report = unheard) -> dict[str, Any]:
    """All images of a run, the most surely mislabelled first.

    Parameters
    ----------
    machine
        The folder of what all workspaces of the machine share, features among it.
    report
        Told how far it is; features that are not at hand are computed first.

    Returns
    -------
    dict
        paths, splits, labels, likely (lists of str: the class that its label names and the one that is likelier),
        likely_probability, label_probability (lists of float), suspected (list of bool), and in words the origin of the
        features and, where there is need for it, caution.
    """
    features = _features(run, machine, report)
    names = np.array(features.predictions.class_names, dtype=object)
    found = find_label_issues(features.vectors, features.predictions.true, features.groups, len(names), report)
    return _images(features, found.rows) | {
        "labels": names[features.predictions.true[found.rows]].tolist(),
        "likely": names[found.likely].tolist(),
        "likely_probability": found.likely_probability.tolist(),
        "label_probability": found.label_probability.tolist(),
        "suspected": found.suspected.tolist(),
        "caution": CAUTION if features.learned_labels else "",
    }


def out_of_distribution(run: Run, machine: str | None = None, report: Report = unheard) -> dict[str, Any]:
    """All images of a run, those farthest from its training images first.

    Returns
    -------
    dict
        paths, splits (lists of str), distance, farther_than (lists of float), unlike (list of bool) and origin; see
        `core.explain.out_of_distribution.OutOfDistribution`.
    """
    features = _features(run, machine, report)
    found = find_out_of_distribution(features, report)
    return _images(features, found.rows) | {
        "distance": found.distance.tolist(),
        "farther_than": found.farther_than.tolist(),
        "unlike": found.unlike.tolist(),
    }


def mapped(run: Run, machine: str | None = None, report: Report = unheard) -> dict[str, Any]:
    """Where each image of a run lies on a map of the feature space, which is kept in the run's folder.

    Returns
    -------
    dict
        paths, splits (lists of str), x, y (lists of float, -1 to 1), method ("t-SNE" or "PCA"), kept (float: see
        `core.explain.feature_map.FeatureMap`) and origin.
    """
    features = _features(run, machine, report)
    found = feature_map(features, run.folder, report)
    x, y = found.places.T.tolist()
    places = {"x": x, "y": y, "method": found.method, "kept": found.kept}
    return _images(features, np.arange(len(features.table))) | places


def neighbours(
    run: Run, path: str, count: int = 8, machine: str | None = None, report: Report = unheard
) -> list[dict[str, Any]]:
    """The training images most like an image: see `core.explain.neighbours.Neighbour`."""
    return [asdict(each) for each in nearest(_features(run, machine, report), path, count)]


def _features(run: Run, machine: str | None, report: Report) -> RunFeatures:
    return features_of(run, None if machine is None else Path(machine), report)


def _images(features: RunFeatures, rows: np.ndarray) -> dict[str, Any]:
    predictions = features.predictions
    return {
        "paths": predictions.ids[rows].tolist(),
        "splits": predictions.splits[rows].tolist(),
        "origin": features.origin,
    }
