"""Nearest neighbours by cosine similarity: how near images are to each other in the feature space."""

from collections.abc import Callable
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from core.errors import UsageError
from core.evaluation.errors import Neighbour
from core.explain.run_features import RunFeatures

MOST_NEIGHBOURS = 50
ROWS_AT_ONCE = 1024


def nearest(features: RunFeatures, path: str, count: int = 8) -> list[Neighbour]:
    """The training images that are most like an image, the nearest first; never the image itself.

    Parameters
    ----------
    path
        Of an image of the run, as in its table.
    count
        How many at most.

    Raises
    ------
    UsageError
        If the run has no such image, or `count` is not in 1..`MOST_NEIGHBOURS`.
    """
    _check_count(count)
    paths = features.table["path"].to_numpy(dtype=str)
    found = np.flatnonzero(paths == path)
    if not len(found):
        raise UsageError(f"The run has no image {path!r}.")
    return _nearest_of(features, features.vectors[found[:1]], paths != path, count)[0]


def nearest_to(features: RunFeatures, vectors: np.ndarray, count: int = 8) -> list[list[Neighbour]]:
    """The training images that are most like new images, the nearest first.

    Parameters
    ----------
    vectors : (n, width) array of float32
        What the same network makes of the new images.
    count
        How many at most of each.

    Raises
    ------
    UsageError
        If `count` is not in 1..`MOST_NEIGHBOURS`.
    """
    _check_count(count)
    return _nearest_of(features, vectors, np.ones(len(features.table), dtype=bool), count)


def _check_count(count: int) -> None:
    if not 1 <= count <= MOST_NEIGHBOURS:
        raise UsageError(f"From 1 to {MOST_NEIGHBOURS} neighbours can be shown. Got {count}.")


def _nearest_of(
    features: RunFeatures, vectors: np.ndarray, may_be_shown: np.ndarray, count: int
) -> list[list[Neighbour]]:
    others = np.flatnonzero((features.table["split"] == "train").to_numpy() & may_be_shown)
    similarity = unit_length(vectors) @ unit_length(features.vectors[others]).T
    paths, labels = (features.table[name].to_numpy(dtype=str)[others] for name in ("path", "label"))
    return [
        [Neighbour(str(paths[i]), str(labels[i]), float(row[i])) for i in np.argsort(-row, kind="stable")[:count]]
        for row in similarity
    ]


def unit_length(vectors: np.ndarray) -> np.ndarray:
    """Vectors of the same directions and of length 1, float32; one of zeros stays."""
    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def kth_distances(
    directions: np.ndarray,
    groups: np.ndarray,
    among: np.ndarray,
    neighbour: int,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> np.ndarray:
    """How far each image is from the `neighbour`-th nearest of some images of other groups.

    Parameters
    ----------
    directions : (n, width) array of float32
        Of unit length.
    groups : (n,) array of int
        Images of one group, and so an image and itself, are not compared.
    among : (m,) array of int
        Rows of the images that they are compared with.
    neighbour
        1 for the nearest. Where an image has fewer to be compared with, the farthest of them counts.
    report
        Called with how many images were compared, and of how many.

    Returns
    -------
    (n,) array of float32
        0 to 2; NaN where there is nothing to compare an image with.
    """
    return distances_to(directions, groups, directions[among], groups[among], neighbour, report)


def distances_to(
    directions: np.ndarray,
    groups: np.ndarray,
    others: np.ndarray,
    their_groups: np.ndarray,
    neighbour: int,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> np.ndarray:
    """As `kth_distances`, from images to others that are (m, width) directions of (m,) groups."""
    distances = np.full(len(directions), np.nan, np.float32)
    with _libraries().limit(limits=1):
        for start in range(0, len(directions) if len(others) else 0, ROWS_AT_ONCE):
            report(start, len(directions))
            rows = slice(start, start + ROWS_AT_ONCE)
            # Of unit vectors, |a - b|² = 2 - 2 a·b. Rounding may leave less than nothing.
            apart = np.sqrt(np.maximum(2 - 2 * (directions[rows] @ others.T), 0))
            apart[groups[rows, None] == their_groups] = np.nan  # which sorting puts last
            place = min(neighbour, len(others))
            nearest_ones = np.sort(np.partition(apart, place - 1, axis=1)[:, :place], axis=1)
            known = np.maximum((~np.isnan(nearest_ones)).sum(axis=1) - 1, 0)
            distances[rows] = nearest_ones[np.arange(len(known)), known]
    return distances


@cache
def _libraries() -> ThreadpoolController:
    """NumPy's libraries of linear algebra: found once, since to look for them takes longer than a few images do."""
    return ThreadpoolController()
