"""What a filter computes, which may be negative or large, as grey levels that a screen shows."""

import numpy as np

SHOWN = {
    "clip": "Clipped: below 0 is black, above 255 white",
    "centre": "Zero is middle grey",
    "stretch": "The least is black, the most white",
}


def shown_range(values: np.ndarray, shown: str = "clip") -> tuple[float, float]:
    """The numbers that are shown black and white.

    Parameters
    ----------
    values : array
        Those that are infinite or NaN do not count.
    shown
        One of `SHOWN`.
    """
    if shown == "clip":
        return 0.0, 255.0
    finite = np.asarray(values, float)[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if shown == "centre":
        high = max(high, -low)
        low = -high
    return (low, high) if low < high else (low - 1, low + 1)


def to_levels(values: np.ndarray, shown: str = "clip") -> np.ndarray:
    """Numbers of any size as grey levels.

    Parameters
    ----------
    values : array
        Infinite ones are black or white, NaN is black.
    shown
        One of `SHOWN`.

    Returns
    -------
    array of uint8
    """
    low, high = shown_range(values, shown)
    values = np.clip(np.asarray(values, float), low, high)
    # Halves, so that the difference of huge numbers is one that a float holds.
    levels = 255 * ((values / 2 - low / 2) / (high / 2 - low / 2))
    return np.rint(np.nan_to_num(levels, nan=0)).astype(np.uint8)
