"""Images that show nothing: one flat colour from edge to edge."""

import numpy as np

LEVELS = 3
"""How many grey levels apart the pixels of a flat colour may be, since interpolation rounds."""


def is_blank(images: np.ndarray) -> np.ndarray:
    """Which images are of one flat colour.

    Parameters
    ----------
    images : (n, height, width, 3) array of uint8

    Returns
    -------
    (n,) array of bool
    """
    return (np.ptp(images, axis=(1, 2)) <= LEVELS).all(axis=-1)
