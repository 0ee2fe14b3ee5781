"""Equivariance and invariance: what a shift of the picture does to a filter's map, and to what is pooled of it."""

from dataclasses import dataclass

import numpy as np

from core.concepts.filters.convolution import Convolution, convolve
from core.concepts.pooling.pooling import MAX, pool
from core.concepts.pooling.shifting import NEAREST, WRAP, Edge, shifted

# Below this, numbers differ by rounding alone.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Equivariance:
    """A filter and a shift, in either order.

    Parameters
    ----------
    filtered : (height, width) array of float
        The map of the picture.
    filtered_then_shifted, shifted_then_filtered : (height, width) arrays of float
        In either order.
    inside
        The rows and columns that depend on nothing that came in at the edge.
    """

    filtered: np.ndarray
    filtered_then_shifted: np.ndarray
    shifted_then_filtered: np.ndarray
    inside: tuple[slice, slice]

    @property
    def difference(self) -> np.ndarray:
        """How far the two are apart: (height, width) array of float, 0 or more."""
        return np.abs(self.filtered_then_shifted - self.shifted_then_filtered)

    @property
    def largest_inside(self) -> float:
        """The largest difference inside; NaN where nothing is."""
        inside = self.difference[self.inside]
        return float(inside.max()) if inside.size else float("nan")


def equivariance(picture: np.ndarray, kernel: np.ndarray, right: int, down: int, edge: Edge = NEAREST) -> Equivariance:
    """Filter a picture and shift the map, and the other way round: g(f(x)) and f(g(x)).

    Parameters
    ----------
    picture : (height, width) array
    kernel : (rows, columns) array
        Laid over the picture without a flip, with as many values outside as keep its size.
    right, down
        By how many pixels it is shifted.
    edge
        What comes in at the edge, and what the kernel sees outside: as of `shifted`.
    """
    how = Convolution(outside=edge)
    filtered = convolve(picture, kernel, how)
    moved = shifted(filtered, right, down, edge)
    of_moved = convolve(shifted(picture, right, down, edge), kernel, how)
    inside = tuple(
        _inside(side, step, margins, edge)
        for side, step, margins in zip(filtered.shape, (down, right), how.margins(kernel.shape), strict=True)
    )
    return Equivariance(filtered, moved, of_moved, (inside[0], inside[1]))


def unchanged_share(before: np.ndarray, after: np.ndarray) -> float:
    """The share of the cells that hold the same number as before, 0 to 1: the invariance of a map."""
    return float((np.abs(before - after) <= ROUNDING * max(1.0, float(np.abs(before).max()))).mean())


def invariance(before: np.ndarray, after: np.ndarray, sizes: list[int], kind: str = MAX) -> list[float]:
    """The share of the cells that a shift leaves as they were, for maps pooled with windows of some sizes.

    Parameters
    ----------
    before, after : (height, width) arrays
        The map of a picture, and that of the shifted picture.
    sizes
        Sides of the windows, which lie side by side.
    kind
        As of `pool`.
    """
    return [unchanged_share(pool(before, size, kind=kind), pool(after, size, kind=kind)) for size in sizes]


def pooled_follows(
    values: np.ndarray, size: int, stride: int, shifts: list[int], kind: str = MAX, edge: Edge = NEAREST
) -> list[float]:
    """How far a pooled map is from following a shift to the right: 0 where it moves as the map does.

    For each shift the mean distance between the pooled map moved by shift / stride cells, rounded, and the pooled map
    of the shifted map; inside, where nothing depends on what came in at the edge.

    Parameters
    ----------
    values : (height, width) array
        What is pooled.
    size, stride, kind
        As of `pool`.
    shifts
        In pixels, 0 or more.
    """
    pooled, distances = pool(values, size, stride, kind), []
    for shift in shifts:
        cells = -(-shift // stride)
        moved = shifted(pooled, round(shift / stride), 0, edge)
        of_moved = pool(shifted(values, shift, 0, edge), size, stride, kind)
        distances.append(float(np.abs(moved - of_moved)[:, cells:].mean()))
    return distances


def _inside(side: int, step: int, margins: tuple[int, int], edge: Edge) -> slice:
    if edge == WRAP:
        return slice(0, side)
    before, behind = margins
    return slice(max(0, step) + before, max(0, side + min(0, step) - behind))
