"""Scenes: so many pictures of one place or thing that near copies of each other are all there is.

A fixed camera, or one hand before one wall: what matters is a small part of the picture, and by the rest all are near
copies. Kept on one side of a split, they would leave nothing to test on.
"""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

FEWEST = 16
SHARE_OF_ALL, SHARE_OF_A_CLASS = 0.2, 0.5

SAME = 0.998
"""Correlation of small grey pictures from which two of a scene count as copies: at the contrast of a photograph, a root
mean square of 2.5 grey levels, of which saving again makes 1, and one finger more or less in a hand 10."""

FAINT = 10.0
"""Contrast in grey levels below which it is not made up for: what is left then is noise."""

FARTHEST = 10.0
"""Grey levels by which no field of two copies differs more: a small thing that comes or goes changes few fields."""

COMPARED = 4000


def scenes(clusters: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Which images are of a scene: of a cluster with a fifth of all images, or with more than half of a class.

    Parameters
    ----------
    clusters : (n,) array of int
        Equal for near copies, as `core.datasets.alike.near_duplicates.clusters` numbers them.
    labels : (n,) array of str

    Returns
    -------
    (n,) array of bool
    """
    _, cluster, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    if sizes.max(initial=0) < FEWEST:  # as nearly always
        return np.zeros(len(clusters), dtype=bool)
    _, label, of_class = np.unique(labels, return_inverse=True, return_counts=True)
    is_scene = (sizes >= FEWEST) & (sizes > SHARE_OF_ALL * len(clusters))
    pairs, counts = np.unique(cluster * len(of_class) + label, return_counts=True)
    crowded = (counts >= FEWEST) & (counts > SHARE_OF_A_CLASS * of_class[pairs % len(of_class)])
    is_scene[pairs[crowded] // len(of_class)] = True
    return is_scene[cluster]


def copies_within(greys: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Which pictures of a scene are copies of each other, by a far closer look than at pictures of all kinds.

    Parameters
    ----------
    greys, colours : (n, …) arrays of uint8
        As `core.images.fingerprint.fingerprint` gives them.

    Returns
    -------
    (n,) array of int
        Equal for copies, also along chains of them, from 0. Of more than `COMPARED` pictures each is compared with
        those that are nearly as bright.
    """
    order = np.argsort(greys.mean(axis=1), kind="stable")
    described = np.concatenate([_described(greys), _described(colours) * 0.5], axis=1)[order]
    described /= np.linalg.norm(described, axis=1, keepdims=True).clip(1e-6)
    edges = [np.empty((0, 2), np.intp)]
    for begin in range(0, len(order), COMPARED // 8):
        rows = np.arange(begin, min(begin + COMPARED // 8, len(order)))
        others = np.arange(max(0, begin - COMPARED), rows[-1] + 1)
        similarity = described[rows] @ described[others].T
        similarity[others[None] >= rows[:, None]] = -1
        # Two edges hold a picture to its copies: to the first of them, and to the nearest.
        for column in ((similarity >= SAME).argmax(axis=1), similarity.argmax(axis=1)):
            found = similarity[np.arange(len(rows)), column] >= SAME
            near = np.column_stack([rows[found], others[column[found]]])
            edges.append(near[_farthest_apart(greys[order[near]]) <= FARTHEST])
    pairs = order[np.concatenate(edges)]
    graph = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(len(order), len(order)))
    return connected_components(graph, directed=False)[1]


def _farthest_apart(pairs: np.ndarray) -> np.ndarray:
    """By how much the field of a pair that differs most does so, brightness and contrast matched, (pairs,)."""
    if not len(pairs):
        return np.zeros(0)
    values = pairs.astype(np.float32)
    values -= values.mean(axis=2, keepdims=True)
    spread = np.maximum(values.std(axis=2, keepdims=True), FAINT)
    values *= spread.mean(axis=1, keepdims=True) / spread
    return np.abs(values[:, 0] - values[:, 1]).max(axis=1)


def _described(values: np.ndarray) -> np.ndarray:
    centred = values.astype(np.float32)
    centred -= centred.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    return centred / np.maximum(spread, FAINT) / np.sqrt(values.shape[1])
