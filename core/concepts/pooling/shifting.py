"""Shifting a picture by whole pixels."""

from typing import Literal

import numpy as np

from core.errors import UsageError

Edge = Literal["nearest", "wrap"]
NEAREST: Edge = "nearest"
WRAP: Edge = "wrap"
EDGES = {
    NEAREST: "What comes in at the edge repeats the pixels there.",
    WRAP: "What leaves at one side comes in at the other.",
}


def shifted(pixels: np.ndarray, right: int, down: int, edge: Edge = NEAREST, first_axis: int = 0) -> np.ndarray:
    """Pixels moved by whole steps, in an array of the same shape.

    Parameters
    ----------
    pixels
        With rows along `first_axis` and columns along the next: one picture, or with 1 several in a row.
    right, down
        By how many pixels; below 0 to the left, and up.
    edge
        What comes in where pixels have left: one of `EDGES`.

    Raises
    ------
    UsageError
        If there is no such edge.
    """
    if edge not in EDGES:
        raise UsageError(f"There is no edge {edge!r}. There are: {', '.join(EDGES)}.")
    for axis, steps in ((first_axis, down), (first_axis + 1, right)):
        side = pixels.shape[axis]
        places = np.arange(side) - steps
        places = places % side if edge == WRAP else places.clip(0, side - 1)
        pixels = pixels.take(places, axis)
    return pixels
