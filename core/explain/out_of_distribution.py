"""Out of distribution: images unlike anything that a run was trained on, far away in the feature space."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from core.explain.neighbours import distances_to, unit_length
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


class TrainingDistances:
    """How far the training images of a run are from each other, by which any image can be measured.

    Parameters
    ----------
    features
        Of the run.
    report
        Told how many images were compared.
    """

    def __init__(self, features: RunFeatures, report: Report = unheard):
        trained = np.flatnonzero((features.table["split"] == "train").to_numpy())
        among = trained[:: -(-len(trained) // MOST_COMPARED) or 1]
        self._directions, self._groups = unit_length(features.vectors[among]), features.groups[among]
        distances = self.distances(features.vectors[among], self._groups, report)
        self._usual = np.sort(distances[~np.isnan(distances)])

    def distances(self, vectors: np.ndarray, groups: np.ndarray, report: Report = unheard) -> np.ndarray:
        """To the `NEIGHBOUR`-th nearest training image of another group: (n,) float32, NaN where there is none.

        Parameters
        ----------
        vectors : (n, width) array
            What the network makes of images.
        groups : (n,) array of int
            Of the images, as the run numbers them; -1 for images that are none of the run's.
        """
        told = partial(report, "Comparing each image with the training images")
        return distances_to(unit_length(vectors), groups, self._directions, self._groups, NEIGHBOUR, told)

    def farther_than(self, distances: np.ndarray) -> np.ndarray:
        """The share of the training images that are nearer to theirs than so far: (n,) float, NaN where not known."""
        if not len(self._usual):
            return np.full(len(distances), np.nan)
        shares = np.searchsorted(self._usual, distances) / len(self._usual)
        return np.where(np.isnan(distances), np.nan, shares)

    def of_new(self, vectors: np.ndarray) -> np.ndarray:
        """`farther_than` of images that are none of the run's."""
        return self.farther_than(self.distances(vectors, np.full(len(vectors), -1)))


def is_unlike(farther_than: np.ndarray) -> np.ndarray:
    """Whether images are out of distribution: (n,) array of bool, False where nothing is known."""
    return np.nan_to_num(farther_than, nan=0.0) >= FARTHER_THAN


def false_alarms(features: RunFeatures, training: TrainingDistances) -> tuple[int, int]:
    """How many test images, which are like those that were trained on, are found unlike them all the same; of how many.

    They are measured by as many, evenly chosen, as training images are compared.
    """
    tested = np.flatnonzero((features.table["split"] == "test").to_numpy())
    tested = tested[:: -(-len(tested) // MOST_COMPARED) or 1]
    distances = training.distances(features.vectors[tested], features.groups[tested])
    return int(is_unlike(training.farther_than(distances)).sum()), len(tested)


def find_out_of_distribution(features: RunFeatures, report: Report = unheard) -> OutOfDistribution:
    """Order the images of a run by how far they are from what it was trained on.

    Without at least two groups of training images there is nothing to measure by, and no image is unlike the others.
    """
    training = TrainingDistances(features)
    distances = np.nan_to_num(training.distances(features.vectors, features.groups, report), nan=0.0)
    farther_than = np.nan_to_num(training.farther_than(distances), nan=0.0)
    order = np.argsort(-distances, kind="stable")
    unlike = is_unlike(farther_than)
    return OutOfDistribution(order, distances[order].astype(np.float64), farther_than[order], unlike[order])
