"""The batches of an epoch, in an order that depends on the seed and the epoch alone."""

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
    ):
        self.batch_size = max(shares, batch_size // shares * shares)
        self._shares = shares
        self._inputs, self._targets, self._seed = inputs, targets, seed
        self._class_weights = class_weights
        self.begin(0)

    @property
    def image_count(self) -> int:
        return len(self._targets) // self._shares * self._shares

    def __len__(self) -> int:
        return math.ceil(self.image_count / self.batch_size)

    def begin(self, epoch: int) -> None:
        """Draw the order of an epoch, counted from 0."""
        self._order = np.random.default_rng([self._seed, epoch]).permutation(len(self._targets))[: self.image_count]

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        rows = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        inputs, targets = self._inputs[rows], self._targets[rows]
        if self._class_weights is None:
            return inputs, targets
        return inputs, targets, self._class_weights[targets]
