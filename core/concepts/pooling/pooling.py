"""Pooling: of each window the largest value, or the mean."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.errors import UsageError

MAX, AVERAGE = "max", "average"
KINDS = {MAX: "the largest value of each window", AVERAGE: "the mean of each window"}


def pool(values: np.ndarray, size: int, stride: int | None = None, kind: str = MAX) -> np.ndarray:
    """Pool a map, without padding: what is left at the right and the bottom fills no window and is left out.

    Parameters
    ----------
    values : (height, width) or (height, width, channels) array
        Each channel is pooled by itself.
    size
        Side of the window.
    stride
        How far it moves, in both directions; None for its own side, so that windows lie side by side.
    kind
        `MAX` or `AVERAGE`.

    Returns
    -------
    array
        ⌊(height − size) / stride⌋ + 1 high, and as wide by the same formula. The largest values keep their type; means
        are float64.

    Raises
    ------
    UsageError
        If the window is larger than the map, nothing is moved by the stride, or there is no such kind of pooling.
    """
    values, stride = _checked(values, size, stride)
    if kind not in KINDS:
        raise UsageError(f"There is no pooling {kind!r}. There are: {', '.join(KINDS)}.")
    # Along one side after the other, which takes 2 · size steps for each value instead of size².
    if kind == MAX:
        return _along(_along(values, size, stride, 0, np.max), size, stride, 1, np.max)
    sums = _along(_along(values.astype(np.float64), size, stride, 0, np.sum), size, stride, 1, np.sum)
    return sums / size**2


def winners(values: np.ndarray, size: int, stride: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The cell of each window that holds its largest value; of equals the first, row by row.

    Parameters
    ----------
    values, size, stride
        As of `pool`.

    Returns
    -------
    rows, columns : arrays of int, shaped as what `pool` gives
        Of the cells, in `values`.

    Raises
    ------
    UsageError
        As `pool` does.
    """
    values, stride = _checked(values, size, stride)
    windows = sliding_window_view(values, (size, size), axis=(0, 1))[::stride, ::stride]
    within = windows.reshape(*windows.shape[:-2], size**2).argmax(axis=-1)
    down, across = np.indices(within.shape)[:2] * stride
    return down + within // size, across + within % size


def window(row: int, column: int, size: int, stride: int | None = None) -> tuple[slice, slice]:
    """The rows and columns of a map that a cell of its pooled map comes from."""
    stride = stride or size
    top, left = row * stride, column * stride
    return slice(top, top + size), slice(left, left + size)


def _checked(values: np.ndarray, size: int, stride: int | None) -> tuple[np.ndarray, int]:
    values, stride = np.asarray(values), size if stride is None else stride
    if values.ndim not in (2, 3):
        raise UsageError(f"A map has rows and columns, and perhaps channels. Got {values.ndim} dimensions.")
    height, width = values.shape[:2]
    if not 1 <= size <= min(height, width):
        raise UsageError(
            f"A window of {size} × {size} does not fit on a map of {height} × {width}. Its side must be from 1 to "
            f"{min(height, width)}."
        )
    if stride < 1:
        raise UsageError(f"The stride must be at least 1. Got {stride}.")
    return values, stride


def _along(values: np.ndarray, size: int, stride: int, axis: int, reduce) -> np.ndarray:
    windows = sliding_window_view(values, size, axis=axis)
    return reduce(windows[(slice(None),) * axis + (slice(None, None, stride),)], axis=-1)
