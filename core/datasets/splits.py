"""Who trains, who validates, who tests: a seeded division of the images that keeps each class's share."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.errors import UsageError

SPLITS = ("train", "validation", "test")
# A ratio is given in hundredths; 1.2 of them is less than one image in most folders.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class SplitSettings:
    """How to divide.

    Parameters
    ----------
    train, validation, test
        Shares of the images, each 0 to 1, together 1. Training and test must not be empty.
    seed
        Another seed draws another division; the same seed always draws the same.
    """

    train: float = 0.6
    validation: float = 0.2
    test: float = 0.2
    seed: int = 0

    def __post_init__(self):
        shares = (self.train, self.validation, self.test)
        # Put so that a share that is not a number, of which no comparison is true, is refused too.
        if not (min(shares) >= 0 and abs(sum(shares) - 1) <= TOLERANCE and self.train and self.test):
            listed = ", ".join(f"{name} {share:.0%}" for name, share in zip(SPLITS, shares, strict=True))
            raise UsageError(
                f"The shares must add up to 100 %, with something to train on and to test on. Got {listed}."
            )

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "SplitSettings":
        return cls(**values)


def draw_splits(labels: np.ndarray, identities: np.ndarray, given: np.ndarray, settings: SplitSettings) -> np.ndarray:
    """Say for each image whether it trains, validates or tests.

    Within each class the images are put in the order of a hash of their content and the seed, and cut at the shares:
    the result depends on nothing but the images, their labels and the settings, and not on file order.

    Parameters
    ----------
    labels : (n,) array of str or int
    identities : (n,) array of str
        What an image is known by: a hash of its pixels. Equal images get neighbouring places.
    given : (n,) array of str
        The part of a split that a dataset brings along, "" where it brings none. It is kept; only the parts that a
        dataset lacks are cut from its training images.
    settings
        Shares and seed.

    Returns
    -------
    (n,) array of str
        "train", "validation" or "test".
    """
    order_keys = np.array(
        [hashlib.blake2b(f"{settings.seed}:{identity}".encode(), digest_size=8).hexdigest() for identity in identities]
    )
    result = np.array(given, dtype="<U10")
    shares = _shares_to_draw(set(given.tolist()), settings)
    if not shares:
        return result
    free = (result == "") | (result == "train")
    for label in np.unique(labels):
        rows = np.flatnonzero(free & (labels == label))
        rows = rows[np.argsort(order_keys[rows], kind="stable")]
        start = 0
        for name, count in zip(shares, _counts(len(rows), list(shares.values())), strict=True):
            result[rows[start : start + count]] = name
            start += count
    return result


def _shares_to_draw(given: set[str], settings: SplitSettings) -> dict[str, float]:
    """The shares of the parts that a dataset does not bring along, scaled to what is left for them."""
    wanted = {"train": settings.train, "validation": settings.validation, "test": settings.test}
    present = given - {""}
    if not present:
        return wanted
    lacking = {name: share for name, share in wanted.items() if name == "train" or name not in present}
    if set(lacking) == {"train"} and "" not in given:
        return {}
    scale = sum(lacking.values())
    return {name: share / scale for name, share in lacking.items()}


def _counts(n: int, shares: list[float]) -> list[int]:
    """Divide n images by shares: largest remainder, and each part with a share gets one as long as there are enough.

    Where there are not, training goes first and test second, since a class nobody trains on cannot be learned and one
    nobody tests on cannot be judged.
    """
    first = [index for index in (0, *range(len(shares) - 1, 0, -1)) if shares[index] > 0]
    if n <= len(first):
        return [int(index in first[:n]) for index in range(len(shares))]
    exact = np.array(shares) * n
    counts = np.floor(exact + TOLERANCE).astype(int)
    for index in np.argsort(-(exact - counts), kind="stable")[: n - counts.sum()]:
        counts[index] += 1
    for index in first:
        if counts[index] == 0:
            counts[np.argmax(counts)] -= 1
            counts[index] = 1
    return counts.tolist()
