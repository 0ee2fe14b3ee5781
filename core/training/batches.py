"""The batches of an epoch, in an order that depends on the seed and the epoch alone."""

import math

import keras
import numpy as np


class Batches(keras.utils.PyDataset):
    """Training images in batches, in another order every epoch.

    Keras's own shuffling goes on from a hidden state, which a process that continues a run does not have.

    Parameters
    ----------
    inputs : (n, ...) array
    targets : (n,) array of int
    batch_size
        How many images a batch holds; the last one may hold fewer.
    seed
        Of the order.
    class_weights : (classes,) array of float, optional
        How much an image of each class counts.
    """

    def __init__(
        self,
        inputs: np.ndarray,
        targets: np.ndarray,
        batch_size: int,
        seed: int,
        class_weights: np.ndarray | None = None,
    ):
        super().__init__()
        self._inputs, self._targets, self._batch_size, self._seed = inputs, targets, batch_size, seed
        self._class_weights = class_weights
        self.begin(0)

    @property
    def image_count(self) -> int:
        return len(self._targets)

    def __len__(self) -> int:
        return math.ceil(self.image_count / self._batch_size)

    def begin(self, epoch: int) -> None:
        """Draw the order of an epoch, counted from 0."""
        self._order = np.random.default_rng([self._seed, epoch]).permutation(len(self._targets))

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        rows = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        inputs, targets = self._inputs[rows], self._targets[rows]
        if self._class_weights is None:
            return inputs, targets
        return inputs, targets, self._class_weights[targets]
