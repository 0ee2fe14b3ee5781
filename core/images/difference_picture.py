"""Where two pictures that look alike differ, to be laid over them."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter

# What saving a picture again changes, in levels of 0..255; and the least difference that is shown in full.
UNSEEN, FULL = 8.0, 48.0
TRIMMED = 0.8


@dataclass(frozen=True, eq=False)
class Marked:
    """Where two pictures differ.

    Attributes
    ----------
    heat : (height, width) array of float32
        0 where they are alike but for what saving again changes, to 1 where they differ most; all far below 1 where
        nothing differs much.
    largest : float
        The largest difference, in levels of 0..255.
    """

    heat: np.ndarray
    largest: float

    @property
    def in_words(self) -> str:
        share = float((self.heat > 0).mean())
        if not share:
            return "no more than saving a picture again changes: most likely the same one"
        percent = f"{share:.0%}" if share >= 0.01 else "less than 1%"
        return f"{percent} of the picture, by up to {self.largest:.0f} of 255 levels"


def where_they_differ(first: np.ndarray, second: np.ndarray) -> Marked:
    """How much each place of two pictures of one size differs, once their light is matched.

    Parameters
    ----------
    first, second : (height, width, 3) arrays of uint8

    """
    a, b = first.astype(np.float32), _with_the_light_of(first, second)
    apart = uniform_filter(np.abs(a - b).max(axis=2), 3)
    largest = float(apart.max(initial=0))
    return Marked(np.clip((apart - UNSEEN) / (max(largest, FULL) - UNSEEN), 0, 1), largest)


def _with_the_light_of(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The second picture with the brightness and contrast of the first, by the places that fit best."""
    a, b = first.reshape(-1, 3).astype(np.float32), second.reshape(-1, 3).astype(np.float32)
    fits = np.ones(len(a), dtype=bool)
    fitted = b
    for _ in range(3):
        mean, goal = b[fits].mean(axis=0), a[fits].mean(axis=0)
        spread = ((b[fits] - mean) ** 2).sum()
        slope = ((b[fits] - mean) * (a[fits] - goal)).sum() / spread if spread > len(b) else 1.0
        fitted = goal + np.clip(slope, 0.5, 2) * (b - mean)
        apart = np.abs(fitted - a).max(axis=1)
        fits = apart <= np.quantile(apart, TRIMMED)
    return fitted.reshape(second.shape)
