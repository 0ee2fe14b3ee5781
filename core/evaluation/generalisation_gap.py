"""Generalisation gap: whether a network does on new images what it does on those it learned from, in words."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.evaluation.intervals import wilson
from core.evaluation.predictions import Predictions

# Less is of no consequence, even where many images prove it.
SMALL_GAP = 0.02
# Half the width of a 95 % interval, in standard errors.
STANDARD_ERRORS = 1.96


@dataclass(frozen=True)
class GeneralisationGap:
    """Generalisation gap: what a network does on images that it learned from, beside what it does on others.

    Only classes that both sides have images of count: one that nobody trained on, or nobody tests on, says nothing of
    over-fitting.

    Parameters
    ----------
    train_right, train_n, other_right, other_n
        How many of how many images it is right on.
    majority
        The accuracy of always answering the commonest class on the training images, 0 to 1.
    gain_low
        How much better its probabilities are on training images than the classes' shares, in nats a image: the lower
        end of the 95 % interval of the mean.
    images
        What the others are, such as "test".
    """

    train_right: int
    train_n: int
    other_right: int
    other_n: int
    majority: float
    gain_low: float
    images: str

    @property
    def gap(self) -> float:
        """How much more accurate it is on training images, -1 to 1."""
        return self.train_right / self.train_n - self.other_right / self.other_n

    @property
    def interval(self) -> tuple[float, float]:
        """Of 95 %: see `gap_interval`."""
        return gap_interval(self.train_right, self.train_n, self.other_right, self.other_n)

    @property
    def over_fitted(self) -> bool:
        """Whether it is more accurate on training images by more than chance, and by so much that it matters."""
        return self.interval[0] > 0 and self.gap >= SMALL_GAP

    @property
    def learned_nothing(self) -> bool:
        """Whether it can't be told from a constant answer, on the very images that it learned from."""
        return wilson(self.train_right, self.train_n)[0] <= self.majority and self.gain_low <= 0

    @property
    def only_begun(self) -> bool:
        """Whether its answers are no better than a constant one, on the images that it learned from."""
        return self.train_right <= self.majority * self.train_n

    def words(self) -> str:
        """A word on over-fitting and under-fitting: one sentence or two.

        Over-fitting is spoken of only where the whole of `interval` lies above 0.
        """
        (low, high), gap = self.interval, self.gap
        points = f"{100 * gap:.1f} points".replace("-", "−")
        within = f"95 % interval {100 * low:.1f} to {100 * high:.1f}".replace("-", "−")
        if self.majority == 1:
            return "All training images are of one class, so there was nothing to tell apart."
        if self.learned_nothing:
            return (
                "It is hardly better than a constant answer even on the images it learned from: it has learned too "
                "little. A larger network, more epochs or another learning rate may help."
            )
        if self.only_begun:
            return (
                "It has only begun to learn: its probabilities are better than the classes' shares, but its answers "
                "are right no more often than a constant one, even on the images it learned from. More epochs, a "
                "larger network or another learning rate may help, and class weights where one class is far larger "
                "than others."
            )
        if low <= 0 and gap >= SMALL_GAP:
            return (
                f"No sign of over-fitting beyond luck: on training images it is {points} more accurate than on "
                f"{self.images} images, which with so few may be chance ({within})."
            )
        if low <= 0:
            accurate = "more accurate than" if high < 0 else "as accurate as"
            return (
                f"No sign of over-fitting: on {self.images} images it is {accurate} on training images "
                f"({points}, {within})."
            )
        if not self.over_fitted:
            return (
                f"Hardly over-fitted: on training images it is {points} more accurate ({within}), which matters little."
            )
        return (
            f"Over-fitted to some degree: on training images it is {points} more accurate than on {self.images} images "
            f"({within}). More images or augmentation narrow such a gap, as do more dropout and fewer epochs."
        )

    def gap_in_words(self) -> str:
        """Such as "19.0 points (95 % interval 13.8 to 25.2)"."""
        low, high = self.interval
        within = f"95 % interval {100 * low:.1f} to {100 * high:.1f}"
        return f"{100 * self.gap:.1f} points ({within})".replace("-", "−")


def generalisation_gap(predictions: Predictions, split: str, images: str) -> GeneralisationGap | None:
    """Generalisation gap between the training images and another part of the split; None where they share no class.

    Parameters
    ----------
    predictions
        Of all parts.
    split : {"test", "validation"}
        The other part.
    images
        What its images are called.
    """
    train, other = predictions.of("train"), predictions.of(split)
    k = len(predictions.class_names)
    shared = (np.bincount(train.true, minlength=k) > 0) & (np.bincount(other.true, minlength=k) > 0)
    ours, theirs = shared[train.true], shared[other.true]
    if not ours.any() or not theirs.any():
        return None
    shares = np.bincount(train.true[ours], minlength=k) / ours.sum()
    return GeneralisationGap(
        int((train.predicted == train.true)[ours].sum()),
        int(ours.sum()),
        int((other.predicted == other.true)[theirs].sum()),
        int(theirs.sum()),
        float(shares.max()),
        _gain_low(train.probabilities[ours], train.true[ours], shares),
        images,
    )


def _gain_low(probabilities: np.ndarray, true: np.ndarray, shares: np.ndarray) -> float:
    given = np.clip(probabilities[np.arange(len(true)), true], np.finfo(np.float64).eps, 1)
    gains = np.log(given) - np.log(shares[true])
    return float(gains.mean() - STANDARD_ERRORS * gains.std() / sqrt(len(gains)))


def gap_interval(train_right: int, train_n: int, other_right: int, other_n: int) -> tuple[float, float]:
    """How much more accurate a network is on training images, with 95 % confidence.

    Newcombe's interval from the two Wilson intervals (1998, Statistics in Medicine 17, 873–890, method 10).

    Parameters
    ----------
    train_right, other_right : int
        How many of the images it is right on.
    train_n, other_n : int
        How many there are, 1 or more.

    Returns
    -------
    tuple of float
        Lower and upper end of the difference, each in [-1, 1].

    Raises
    ------
    ValueError
        If there are no images, or more are right than there are.
    """
    if not train_n or not other_n:
        raise ValueError("a gap needs images on both sides")
    train, other = train_right / train_n, other_right / other_n
    train_low, train_high = wilson(train_right, train_n)
    other_low, other_high = wilson(other_right, other_n)
    gap = train - other
    return (
        gap - sqrt((train - train_low) ** 2 + (other_high - other) ** 2),
        gap + sqrt((train_high - train) ** 2 + (other - other_low) ** 2),
    )
