"""A map of the images of a run, on which those that the network finds alike lie together."""

import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.explain.neighbours import unit_length
from core.explain.run_features import RunFeatures
from core.files import replacing
from core.jobs.progress import Report, unheard

# What t-SNE places in about a minute; beyond, the two directions in which images differ most have to do.
MOST_BY_TSNE = 50_000
# What t-SNE begins from: it needs the images' distances, which these many directions hold.
DIRECTIONS = 50
PERPLEXITY = 30
# Steps while neighbours are drawn to each other more than usual, which finds the islands, and steps afterwards.
EARLY_STEPS, LATE_STEPS = 250, 250
EXAGGERATION, EARLY_MOMENTUM, LATE_MOMENTUM = 12, 0.5, 0.8
STEPS_AT_ONCE, ROWS_AT_ONCE = 5, 1024
# From so many images on, far ones act on each other through a grid (Linderman et al. 2019, Nature Methods 16, 243–245),
# whose cost hardly grows with them; fewer are lumped together by a tree, which then is quicker.
MANY = 4000
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
    kept
        Of PCA, the share of all differences between images (of the variance) that the map holds, 0 to 1; of t-SNE,
        which keeps neighbours and no share of anything, not a number.
    """

    places: np.ndarray
    method: str
    kept: float = float("nan")


def feature_map(features: RunFeatures, folder: Path, report: Report = unheard) -> FeatureMap:
    """The map of these features: the one in `folder` where it is of the same features, else a new one, kept there.

    Up to `MOST_BY_TSNE` images are placed by t-SNE (van der Maaten & Hinton 2008, JMLR 9, 2579–2605), on which near
    ones stay near and far distances mean little; more by PCA, on which far distances mean something and much is hidden.
    """
    mark = zlib.crc32(np.ascontiguousarray(features.vectors).data)
    found = _kept(folder / FILE, mark, len(features.vectors))
    if found is None:
        found = _drawn(features.vectors, report)
        with replacing(folder / FILE, suffix=".npz") as temporary:
            np.savez(temporary, places=found.places, method=found.method, kept=found.kept, mark=mark)
    return found


def _kept(path: Path, mark: int, count: int) -> FeatureMap | None:
    try:
        with np.load(path, allow_pickle=False) as file:
            found = FeatureMap(file["places"], str(file["method"]), float(file["kept"]))
            same = int(file["mark"]) == mark and found.places.shape == (count, 2)
    except Exception:  # NumPy answers a damaged file with nearly every kind of exception
        return None
    return found if same else None


def _drawn(vectors: np.ndarray, report: Report) -> FeatureMap:
    from sklearn.decomposition import PCA
    from threadpoolctl import threadpool_limits

    directions, count = unit_length(vectors), len(vectors)
    kept = min(DIRECTIONS, *directions.shape)
    if count < 4 or kept < 2:  # there is nothing to place
        places = np.zeros((count, 2), np.float32)
        places[:, 0] = np.arange(count)
        return FeatureMap(_fitted(places), "PCA")
    # Of features that are all the same, PCA divides nothing by nothing.
    with threadpool_limits(1), np.errstate(invalid="ignore"):
        report("Finding the directions in which images differ most", 0, 0)
        analysis = PCA(kept, random_state=0)
        reduced = analysis.fit_transform(directions)
        if count > MOST_BY_TSNE:
            return FeatureMap(_fitted(reduced[:, :2]), "PCA", float(analysis.explained_variance_ratio_[:2].sum()))
        if not reduced[:, 0].std() > 0:  # all in one place, from where nothing moves
            return FeatureMap(_fitted(reduced[:, :2]), "PCA")
        placed = _placed(reduced, report)
    return FeatureMap(_fitted(placed), "t-SNE")


def _placed(reduced: np.ndarray, report: Report) -> np.ndarray:
    """Where t-SNE puts images, beginning from the first two directions: (n, 2) array."""
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    # Of so few images, a neighbourhood has to be a part.
    perplexity = min(PERPLEXITY, (len(reduced) - 1) / 3)
    neighbours = PrecomputedNeighbors(*_neighbours(reduced, int(3 * perplexity), report))
    affinities = PerplexityBasedNN(knn_index=neighbours, perplexity=perplexity)
    first = reduced[:, :2] / float(reduced[:, 0].std()) * 1e-4
    done = 0

    def tell(*_) -> None:
        nonlocal done
        done += STEPS_AT_ONCE
        report("Drawing the map", done, EARLY_STEPS + LATE_STEPS)

    placed = TSNEEmbedding(
        first.astype(np.float64),
        affinities,
        negative_gradient_method="fft" if len(reduced) >= MANY else "bh",
        callbacks=tell,
        callbacks_every_iters=STEPS_AT_ONCE,
    )
    placed.optimize(EARLY_STEPS, exaggeration=EXAGGERATION, momentum=EARLY_MOMENTUM, inplace=True)
    placed.optimize(LATE_STEPS, momentum=LATE_MOMENTUM, inplace=True)
    return np.asarray(placed)


def _neighbours(reduced: np.ndarray, count: int, report: Report) -> tuple[np.ndarray, np.ndarray]:
    """Of each image the nearest others, and how far they are: two (n, count) arrays."""
    from sklearn.neighbors import NearestNeighbors

    found = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(reduced)
    parts = []
    for start in range(0, len(reduced), ROWS_AT_ONCE):
        report("Finding which images are near to each other", start, len(reduced))
        some = reduced[start : start + ROWS_AT_ONCE]
        distances, rows = found.kneighbors(some, n_neighbors=count + 1)
        # An image is its own nearest, or the neighbour of one that is just like it.
        others = rows != np.arange(start, start + len(some))[:, None]
        others[others.all(axis=1), -1] = False
        parts.append((rows[others].reshape(-1, count), distances[others].reshape(-1, count)))
    rows, distances = zip(*parts, strict=True)
    return np.concatenate(rows), np.concatenate(distances)


def _fitted(places: np.ndarray) -> np.ndarray:
    """The same picture, from -1 to 1 in its longer direction."""
    centred = places - (places.max(axis=0) + places.min(axis=0)) / 2 if len(places) else places
    return (centred / max(float(np.abs(centred).max(initial=0)), 1e-9)).astype(np.float32)
