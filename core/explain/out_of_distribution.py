"""Out of distribution: images unlike anything that a run was trained on, far away in the feature space."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from core.explain.neighbours import kth_distances, unit_length
from core.explain.run_features import RunFeatures
from core.jobs.progress import Report, unheard

# Not the very nearest, which may be as odd as the image itself (Sun et al. 2022, arXiv:2204.06507).
NEIGHBOUR = 5
# Farther away than so many of the training images are from each other is unlike them.
FARTHER_THAN = 0.99
# So many, evenly chosen, stand for all training images: 25,000 images are compared with them in seconds.
MOST_COMPARED = 4000


@dataclass(frozen=True, eq=False)
class OutOfDistribution:
    """Out of distribution: all images, the one farthest from the training images first.

    Parameters
    ----------
    rows : (n,) array of int
        Which images these are.
    distance : (n,) array of float
        To the `NEIGHBOUR`-th nearest training image of another group, 0 to 2: the length between the tips of unit
        vectors.
    farther_than : (n,) array of float
        The share of the training images that are nearer to theirs, 0 to 1.
    unlike : (n,) array of bool
        Whether that is `FARTHER_THAN` of them or more.
    """

    rows: np.ndarray
    distance: np.ndarray
    farther_than: np.ndarray
    unlike: np.ndarray


def find_out_of_distribution(features: RunFeatures, report: Report = unheard) -> OutOfDistribution:
    """Order the images of a run by how far they are from what it was trained on.

    Without at least two groups of training images there is nothing to measure by, and no image is unlike the others.
    """
    trained = np.flatnonzero((features.table["split"] == "train").to_numpy())
    among = trained[:: -(-len(trained) // MOST_COMPARED) or 1]
    told = partial(report, "Comparing each image with the training images")
    distances = kth_distances(unit_length(features.vectors), features.groups, among, NEIGHBOUR, told)
    usual = np.sort(distances[among][~np.isnan(distances[among])])
    distances = np.nan_to_num(distances, nan=0.0)
    farther_than = np.searchsorted(usual, distances) / max(len(usual), 1)
    order = np.argsort(-distances, kind="stable")
    unlike = farther_than >= FARTHER_THAN
    return OutOfDistribution(order, distances[order].astype(np.float64), farther_than[order], unlike[order])
