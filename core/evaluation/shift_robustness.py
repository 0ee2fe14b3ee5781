"""Shift robustness: how accurate a network stays when its images are shifted by a few pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.evaluation.by_groups import interval_by_groups
from core.evaluation.intervals import wilson
from core.evaluation.paired import Difference
from core.evaluation.words import SPLIT_WORDS, percent

MOST_IMAGES = 200  # that a network is asked about
# Beyond a quarter of the image, much of what it shows is gone.
DISTANCES, LARGEST_SHARE = (1, 2, 4, 8, 16, 32), 4
HORIZONTAL, VERTICAL = "left and right", "up and down"

Move = tuple[int, int]


def moves(side: int) -> list[Move]:
    """By how many pixels (right, down) images of a side are shifted: not at all, then either way along both sides."""
    distances = [distance for distance in DISTANCES if distance * LARGEST_SHARE <= side]
    along = [step for distance in distances for step in (-distance, distance)]
    return [(0, 0), *((step, 0) for step in along), *((0, step) for step in along)]


@dataclass(frozen=True, eq=False)
class ShiftRobustness:
    """Which of some images a network is right on, for each shift.

    Parameters
    ----------
    split
        Which part of the split the images are of.
    side
        Of the images that the network is fed, in pixels.
    moves
        By how many pixels (right, down) they were shifted; (0, 0) among them.
    right : (moves, n) array of bool
        Whether each answer is right.
    unread
        How many images more could not be read.
    """

    split: str
    side: int
    moves: Sequence[Move]
    right: np.ndarray
    unread: int = 0

    @property
    def images(self) -> int:
        return self.right.shape[1]

    @cached_property
    def distances(self) -> list[int]:
        """In pixels, without 0."""
        return sorted({abs(right) + abs(down) for right, down in self.moves} - {0})

    def accuracy(self, move: Move = (0, 0)) -> float:
        """The share of the images that it is right on, 0 to 1."""
        return float(self.right[self.moves.index(move)].mean())

    def interval(self, move: Move) -> tuple[float, float]:
        """Of 95 %, by Wilson."""
        return wilson(int(self.right[self.moves.index(move)].sum()), self.images)

    def line(self, direction: str) -> list[Move]:
        """The shifts along one side, `HORIZONTAL` or `VERTICAL`, in their order."""
        axis = (HORIZONTAL, VERTICAL).index(direction)
        return sorted((move for move in self.moves if not move[1 - axis]), key=lambda move: move[axis])

    def change(self, distance: int) -> Difference:
        """How much more accurate it is by a shift of so many pixels, over all four directions, with its 95 % interval.

        Each image is one piece of evidence, however many ways it is shifted.
        """
        still = self.right[self.moves.index((0, 0))]
        rows = [row for row, move in enumerate(self.moves) if sum(map(abs, move)) == distance]
        gains = self.right[rows].astype(int) - still
        images = np.broadcast_to(np.arange(self.images), gains.shape)
        return Difference(float(gains.mean()), *interval_by_groups(gains.ravel(), images.ravel()))

    def words(self) -> str:
        """What shifts cost it, in a few sentences."""
        count = f"{self.images:,} {SPLIT_WORDS[self.split]} image{'' if self.images == 1 else 's'}"
        start = f"It is right on {percent(self.accuracy(), self.images)} of {count} as they are."
        if not self.distances:
            return f"{start} Images of {self.side} pixels a side are too small to be shifted."
        changes = {distance: self.change(distance) for distance in self.distances}
        costly = [distance for distance in self.distances if changes[distance].high < 0]
        harmless = [distance for distance in self.distances if not costly or distance < costly[0]]
        parts = [start]
        if harmless:
            parts.append(f"A shift by up to {_pixels(harmless[-1])} costs it nothing that so many images could show.")
        for distance in dict.fromkeys(costly[:1] + costly[-1:]):
            parts.append(f"A shift by {_pixels(distance)} costs it {_cost(changes[distance])}.")
        if self.unread:
            parts.append(f"{self.unread:,} more could not be read.")
        return " ".join(parts)


def _pixels(distance: int) -> str:
    return f"{distance} pixel{'' if distance == 1 else 's'}"


def _cost(change: Difference) -> str:
    """Such as "4.0 points (95 % interval 1.2 to 6.8)"."""
    value, low, high = (f"{100 * end:.1f}".replace("-", "−") for end in (-change.value, -change.high, -change.low))
    return f"{value} points (95 % interval {low} to {high})"
