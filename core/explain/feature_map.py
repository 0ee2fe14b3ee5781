"""A map of the images of a run, on which those that the network finds alike lie together."""

import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.explain.neighbours import unit_length
from core.explain.run_features import RunFeatures
from core.files import replacing

# What t-SNE sorts out while one waits; beyond, the two directions in which images differ most have to do.
MOST_BY_TSNE = 5000
# What t-SNE begins from: it needs the images' distances, which these many directions hold.
DIRECTIONS = 50
PERPLEXITY = 30
# How coarsely far images are lumped together: more than usual, which takes less time.
ANGLE = 0.8
FILE = "feature_map.npz"


@dataclass(frozen=True, eq=False)
class FeatureMap:
    """Where each image lies.

    Parameters
    ----------
    places : (n, 2) array of float32
        From -1 to 1, the rows in the order of the features' table.
    method
        "t-SNE" or "PCA".
    """

    places: np.ndarray
    method: str


def feature_map(features: RunFeatures, folder: Path) -> FeatureMap:
    """The map of these features: the one in `folder` where it is of the same features, else a new one, kept there.

    Up to `MOST_BY_TSNE` images are placed by t-SNE (van der Maaten & Hinton 2008, JMLR 9, 2579–2605), on which near
    ones stay near and far distances mean little; more by PCA, on which far distances mean something and much is hidden.
    """
    mark = zlib.crc32(np.ascontiguousarray(features.vectors))
    found = _kept(folder / FILE, mark, len(features.vectors))
    if found is None:
        found = _drawn(features.vectors)
        with replacing(folder / FILE, suffix=".npz") as temporary:
            np.savez(temporary, places=found.places, method=found.method, mark=mark)
    return found


def _kept(path: Path, mark: int, count: int) -> FeatureMap | None:
    try:
        with np.load(path, allow_pickle=False) as file:
            found = FeatureMap(file["places"], str(file["method"]))
            same = int(file["mark"]) == mark and found.places.shape == (count, 2)
    except Exception:  # NumPy answers a damaged file with nearly every kind of exception
        return None
    return found if same else None


def _drawn(vectors: np.ndarray) -> FeatureMap:
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    directions, count = unit_length(vectors), len(vectors)
    kept = min(DIRECTIONS, *directions.shape)
    if count < 4 or kept < 2:  # there is nothing to place
        places = np.zeros((count, 2), np.float32)
        places[:, 0] = np.arange(count)
        return FeatureMap(_fitted(places), "PCA")
    # Of features that are all the same, PCA divides nothing by nothing.
    with threadpool_limits(1), np.errstate(invalid="ignore"):
        reduced = PCA(kept, random_state=0).fit_transform(directions)
        if count > MOST_BY_TSNE:
            return FeatureMap(_fitted(reduced[:, :2]), "PCA")
        # Of so few images, a neighbourhood has to be a part.
        perplexity = min(PERPLEXITY, (count - 1) / 3)
        first = (reduced[:, :2] / max(float(reduced[:, 0].std()), 1e-9) * 1e-4).astype(np.float32)
        tsne = TSNE(perplexity=perplexity, init=first, angle=ANGLE, random_state=0, max_iter=500)
        placed = tsne.fit_transform(reduced)
    return FeatureMap(_fitted(placed), "t-SNE")


def _fitted(places: np.ndarray) -> np.ndarray:
    """The same picture, from -1 to 1 in its longer direction."""
    centred = places - (places.max(axis=0) + places.min(axis=0)) / 2 if len(places) else places
    return (centred / max(float(np.abs(centred).max(initial=0)), 1e-9)).astype(np.float32)
