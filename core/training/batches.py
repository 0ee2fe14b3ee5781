"""Batches of an epoch, in an order that depends on the seed and the epoch alone."""

import math

import numpy as np

from core.training.selection import Selection


class Batches:
    """Training images in batches, in another order every epoch.

    Keras's own shuffling goes on from a hidden state, which a process that continues a run does not have.

    Parameters
    ----------
    inputs : (n, ...) array or `core.training.selection.Selection`
    targets : (n,) array of int
    batch_size
        How many images a batch holds; the last one may hold fewer.
    seed
        Of the order.
    class_weights : (classes,) array of float, optional
        How much an image of each class counts.
    passes
        How often an epoch goes through all images, each time in another order.
    shares
        How many devices share a batch, with as many images each. The fewer than `shares` images for which that does
        not come out even are left out, others in every epoch.
    """

    def __init__(
        self,
        inputs: np.ndarray | Selection,
        targets: np.ndarray,
        batch_size: int,
        seed: int,
        class_weights: np.ndarray | None = None,
        shares: int = 1,
        passes: int = 1,
    ):
        self.batch_size = max(shares, batch_size // shares * shares)
        self._shares = shares
        self._inputs, self._targets, self._seed = inputs, targets, seed
        self._class_weights, self.passes = class_weights, passes
        self.begin(0)

    @property
    def image_count(self) -> int:
        return len(self._targets) // self._shares * self._shares

    def __len__(self) -> int:
        return self.passes * self._in_a_pass

    @property
    def _in_a_pass(self) -> int:
        return math.ceil(self.image_count / self.batch_size)

    def begin(self, epoch: int) -> None:
        """Draw the orders of an epoch, counted from 0."""
        seeds = [[self._seed, epoch, *([number] if number else [])] for number in range(self.passes)]
        draws = (np.random.default_rng(seed).permutation(len(self._targets)) for seed in seeds)
        self._orders = [draw[: self.image_count] for draw in draws]

    def size_of(self, index: int) -> int:
        """How many images a batch holds."""
        return min(self.batch_size, self.image_count - index % self._in_a_pass * self.batch_size)

    def position(self, epoch: int, batch: int) -> float:
        """Where the end of a batch lies in the training, in epochs: 1.5 is half way through the second."""
        return epoch + (batch + 1) / len(self)

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        number, place = divmod(index, self._in_a_pass)
        rows = self._orders[number][place * self.batch_size : (place + 1) * self.batch_size]
        inputs, targets = self._inputs[rows], self._targets[rows]
        if self._class_weights is None:
            return inputs, targets
        return inputs, targets, self._class_weights[targets]


def passes_for(min_steps: int, image_count: int, batch_size: int) -> int:
    """How often an epoch goes through all images so that it has at least so many steps."""
    return math.ceil(min_steps / max(1, math.ceil(image_count / batch_size)))
