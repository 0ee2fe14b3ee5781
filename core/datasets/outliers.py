"""How unlike the rest of its class an image is, by its colours and what they do: what a glance at thumbnails tells."""

import numpy as np
import pandas as pd

NEIGHBOURS = 5
# Distances to all others of a class would grow with its square; a sample of them tells as well what is usual.
REFERENCES = 2000
# A class of fewer has no usual look.
FEWEST = 12
COLOURS, FIGURES = 48, 3
SHARPNESS_FLOOR = 0.01
# Squared distance up to which two points are one; rounding puts a point this far from itself at most.
SAME = 1e-3
# The median absolute deviation of a normal distribution is this share of its standard deviation.
MAD_TO_SIGMA = 1.4826


def unlikeness(labels: np.ndarray, looks: np.ndarray) -> np.ndarray:
    """How far each image lies from the nearest others of its class, measured by what is usual there.

    The mean distance to the nearest five others of the class, as a logarithm, less its median over the class, in robust
    standard deviations (median absolute deviation × 1.4826; Rousseeuw and Croux, 1993).

    Parameters
    ----------
    labels : (n,) array of str
    looks : (n, d) array of float
        See `looks_of`.

    Returns
    -------
    (n,) array of float32
        About 0 for what is usual, above 5 for what hardly belongs; 0 in classes of fewer than twelve.
    """
    result = np.zeros(len(labels), dtype=np.float32)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        if len(rows) >= FEWEST:
            result[rows] = _robust_score(np.log(_distances(looks[rows]) + 1e-6))
    return result


def looks_of(table: pd.DataFrame) -> np.ndarray:
    """What images are compared by: (n, 51) array of float32: 4 × 4 colour fields, brightness, contrast, sharpness.

    Each column has a standard deviation of one; the three figures then count as much as a quarter of the colours.
    """
    colours = np.frombuffer(b"".join(table["colours"]), dtype=np.uint8).reshape(len(table), COLOURS)
    sharpness = np.log(table["sharpness"].to_numpy(dtype=float) + SHARPNESS_FLOOR)
    looks = np.column_stack([colours, table["brightness"], table["contrast"], sharpness]).astype(np.float32)
    if len(looks):
        spread = looks.std(axis=0)
        looks /= np.where(spread > 0, spread, 1)
    looks[:, COLOURS:] *= np.sqrt(COLOURS / 4 / FIGURES)
    return looks


def _distances(points: np.ndarray) -> np.ndarray:
    """Mean distance of each point to its nearest neighbours among an even sample of the points."""
    # Around 0 the rounding of single precision is least; else a point would pass for a neighbour of itself.
    points = points - points.mean(axis=0)
    references = points[:: -(-len(points) // REFERENCES)]
    nearest = np.empty(len(points), dtype=np.float32)
    squares = (references**2).sum(axis=1)
    for start in range(0, len(points), REFERENCES):
        part = points[start : start + REFERENCES]
        squared = np.maximum((part**2).sum(axis=1)[:, None] - 2 * part @ references.T + squares, 0)
        squared[squared < SAME] = np.inf  # itself, and exact copies, which are no witnesses
        squared.partition(NEIGHBOURS - 1, axis=1)
        closest = np.sqrt(squared[:, :NEIGHBOURS])
        nearest[start : start + len(part)] = np.where(np.isfinite(closest), closest, 0).mean(axis=1)
    return nearest


def _robust_score(values: np.ndarray) -> np.ndarray:
    median = np.median(values)
    spread = np.median(np.abs(values - median)) * MAD_TO_SIGMA
    return (values - median) / max(spread, 0.05)
