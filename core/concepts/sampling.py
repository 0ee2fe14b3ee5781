"""Sampling and quantising: fewer pixels, and fewer values of each."""

import numpy as np


def sample(pixels: np.ndarray, factor: int, average: bool = False) -> np.ndarray:
    """One pixel for each square of `factor` × `factor`.

    Parameters
    ----------
    pixels : (height, width) or (height, width, channels) array
    average
        Whether a pixel is the mean of its square, rather than its upper left one. Details that are finer than the
        squares then fade, where they else would come back as coarse patterns that are not there: aliasing. Rows and
        columns that are too few for another square are then left out, unless there are no others.

    Returns
    -------
    array
        Of the type of `pixels`: means of whole numbers are rounded.
    """
    if not average:
        return pixels[::factor, ::factor]
    down, across = min(factor, pixels.shape[0]), min(factor, pixels.shape[1])
    rows, columns = pixels.shape[0] // down, pixels.shape[1] // across
    cut = pixels[: rows * down, : columns * across]
    means = cut.reshape(rows, down, columns, across, *pixels.shape[2:]).mean(axis=(1, 3))
    return means.astype(pixels.dtype) if pixels.dtype.kind == "f" else np.round(means).astype(pixels.dtype)


def quantise(pixels: np.ndarray, levels: int) -> np.ndarray:
    """Each value rounded to the nearest of `levels` evenly spaced ones from 0 to 255.

    Parameters
    ----------
    pixels : array of uint8
    levels
        From 2, black and white, to 256, where nothing changes.
    """
    step = 255 / (levels - 1)
    table = np.round(np.round(np.arange(256) / step) * step).astype(np.uint8)
    return table[pixels]


def bits_per_picture(height: int, width: int, channels: int, levels: int) -> int:
    """How many bits a picture takes where each value is one of `levels`, without any compression."""
    return height * width * channels * int(np.ceil(np.log2(levels)))


def rings(side: int = 512) -> np.ndarray:
    """Rings that become finer to the outside, until a dark and a bright one are a pixel each: a zone plate.

    Returns
    -------
    ndarray of uint8, shape (side, side, 3)
        The frequency grows with the distance from the middle, to half a wave a pixel at the middle of each edge.
    """
    across = np.arange(side) - side / 2
    squares = across[:, None] ** 2 + across**2
    grey = np.round(127.5 * (1 + np.cos(np.pi * squares / side))).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)
