"""How two pictures that look nearly the same differ: hardly at all, in one place, or in many."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter, minimum_filter

from core.datasets.alike.near_duplicates import FRAMES, frame
from core.images.fingerprint import SIDE

# Grey levels by which a field of a copy differs at most, once light and edges are allowed for: of copies that were
# saved again, resized or brightened 1 in 50 has more, of those that lost 3 % of their edges 1 in 4.
SAME_UP_TO = 7.0
# In fur and leaves a field depends on where exactly it was cut: by this share of how much it varies around.
RESTLESS = 0.25
LOCAL_UP_TO = 0.15
HARDLY, LOCAL, MANY = "hardly any difference at a glance", "different in one place", "different in many places"
# Grey levels by which four in five fields differ at most where two pictures lie on each other as they are.
ALIGNED_UP_TO = 2.0
TRIMMED = 0.8


@dataclass(frozen=True)
class Difference:
    """What tells two small grey pictures apart, once the second is laid over the first.

    Attributes
    ----------
    strength : float
        The largest difference of a field, in grey levels of 0..255.
    share : float
        The share of the fields that differ, 0..1.
    """

    strength: float
    share: float

    @property
    def grade(self) -> str:
        return HARDLY if not self.share else LOCAL if self.share <= LOCAL_UP_TO else MANY

    def in_words(self) -> str:
        if self.grade == LOCAL:
            return f"{LOCAL}, {max(1, round(100 * self.share))} % of the picture"
        return self.grade

    @property
    def order(self) -> tuple:
        """The most alike first."""
        return self.share, self.strength


def difference(grey_a: np.ndarray, grey_b: np.ndarray) -> Difference:
    """How two small grey pictures differ, whichever is a slightly smaller part of the other.

    Parameters
    ----------
    grey_a, grey_b : (SIDE²,) arrays of uint8
        As `core.images.fingerprint.fingerprint` gives them.
    """
    a, b = (grey.astype(np.float32).reshape(SIDE, SIDE) for grey in (grey_a, grey_b))
    plain = np.abs(_matched(b.reshape(1, -1), a.ravel())[0] - a.ravel())
    if np.quantile(plain, TRIMMED) <= ALIGNED_UP_TO:
        # They lie on each other as they are: a small thing that comes or goes is no edge that lies elsewhere.
        return Difference(float(plain.max()), float((plain > SAME_UP_TO).mean()))
    plain = _left_over(a, b[None])
    framed = [_left_over(b, _framed(a)), _left_over(a, _framed(b))]
    return min((Difference(*each) for each in (plain, *framed)), key=lambda each: each.order)


def _framed(grey: np.ndarray) -> np.ndarray:
    """What each frame within a picture shows, (frames, SIDE, SIDE)."""
    return np.stack([vertical @ grey @ horizontal.T for vertical in _SIDES for horizontal in _SIDES])


def _left_over(target: np.ndarray, pictures: np.ndarray) -> tuple[float, float]:
    """Strength and share of the difference of the picture that fits a target best, its light matched."""
    rows = pictures.reshape(len(pictures), -1)
    residual = _beyond_neighbours(_matched(rows, target.ravel()).reshape(-1, SIDE, SIDE), target)
    best = residual[np.lexsort((residual.max(axis=1), (residual > SAME_UP_TO).sum(axis=1)))[0]]
    return float(best.max()), float((best > SAME_UP_TO).mean())


def _matched(rows: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The pictures with brightness and contrast matched to what is wanted, by the fields that fit best."""
    weights = np.ones_like(rows)
    for _ in range(3):
        total = weights.sum(axis=1, keepdims=True)
        mean, goal = (weights * rows).sum(1, keepdims=True) / total, (weights * wanted).sum(1, keepdims=True) / total
        spread = (weights * (rows - mean) ** 2).sum(1, keepdims=True)
        slope = (weights * (rows - mean) * (wanted - goal)).sum(1, keepdims=True) / np.maximum(spread, 1e-6)
        slope = np.where(spread > 1e-3, np.clip(slope, 0.5, 2), 1)
        fitted = goal + slope * (rows - mean)
        residual = np.abs(wanted - fitted)
        weights = (residual <= np.quantile(residual, TRIMMED, axis=1, keepdims=True)).astype(np.float32)
    return fitted


def _beyond_neighbours(pictures: np.ndarray, target: np.ndarray) -> np.ndarray:
    """By how much either lies outside of what the other shows in a field or those around it, (pictures, SIDE²).

    An edge that lies half a field further is no difference: no frame fits a crop better than that. Where both are
    restless, as fur and leaves are, they have to lie further apart: there fields depend on where they were cut.
    """
    size = (1, 3, 3)
    low, high = minimum_filter(pictures, size, mode="nearest"), maximum_filter(pictures, size, mode="nearest")
    one, restless = np.maximum(low - target, target - high), high - low
    low, high = minimum_filter(target, 3, mode="nearest"), maximum_filter(target, 3, mode="nearest")
    other = np.maximum(low - pictures, pictures - high)
    beyond = np.maximum(one, other) - RESTLESS * np.minimum(restless, high - low)
    return np.maximum(beyond, 0).reshape(len(pictures), -1)


_SIDES = [
    frame(share, shift).astype(np.float32)
    for share in FRAMES
    for shift in sorted({-(1 - share) / 2, 0.0, (1 - share) / 2})
]
