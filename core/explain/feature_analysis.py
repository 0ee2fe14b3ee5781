"""What the features of a run say of its images: label issues, out of distribution, neighbours, and a map of them.

Results go from one process to another, so that they are made of nothing that Keras or scikit-learn brings.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from core.evaluation.errors import DistantImage, DistantImageList, LabelIssue, LabelIssueList
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


def label_issues(run: Run, machine: str | None = None, report: Report = unheard) -> LabelIssueList:
    """Label issues: all images of a run, the most surely mislabelled first.

    Parameters
    ----------
    machine
        The folder of what all workspaces of the machine share, features among it.
    report
        Told how far it is; features that are not at hand are computed first.
    """
    features = _features(run, machine, report)
    names = np.array(features.predictions.class_names, dtype=object)
    found = find_label_issues(features.vectors, features.predictions.true, features.groups, len(names), report)
    columns = (
        *_places(features, found.rows),
        names[features.predictions.true[found.rows]],
        names[found.likely],
        found.likely_probability,
        found.label_probability,
        found.suspected,
    )
    images = tuple(map(LabelIssue, *(column.tolist() for column in columns)))
    return LabelIssueList(images, features.origin, CAUTION if features.learned_labels else "")


def out_of_distribution(run: Run, machine: str | None = None, report: Report = unheard) -> DistantImageList:
    """Out of distribution: all images of a run, those farthest from its training images first.

    See `core.explain.out_of_distribution.OutOfDistribution`.
    """
    features = _features(run, machine, report)
    found = find_out_of_distribution(features, report)
    columns = (*_places(features, found.rows), found.distance, found.farther_than, found.unlike)
    return DistantImageList(tuple(map(DistantImage, *(column.tolist() for column in columns))), features.origin)


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
    paths, splits = _places(features, np.arange(len(features.table)))
    return {"paths": paths.tolist(), "splits": splits.tolist(), "origin": features.origin} | places


def neighbours(
    run: Run, path: str, count: int = 8, machine: str | None = None, report: Report = unheard
) -> list[dict[str, Any]]:
    """The training images most like an image: see `core.explain.neighbours.Neighbour`."""
    return [asdict(each) for each in nearest(_features(run, machine, report), path, count)]


def _features(run: Run, machine: str | None, report: Report) -> RunFeatures:
    return features_of(run, None if machine is None else Path(machine), report)


def _places(features: RunFeatures, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The paths of some images, and the parts that they are of."""
    return features.predictions.ids[rows], features.predictions.splits[rows]
