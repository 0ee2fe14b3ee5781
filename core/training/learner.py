"""Learner: what the training of a run asks of whatever learns, be it a Keras model or the linear head in NumPy."""

from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np

from core.training.batches import Batches
from core.training.callbacks.base import Callback
from core.training.selection import Selection


class Learner(ABC):
    """Something with weights and an optimiser that learns from batches."""

    learning_rate: float
    # How many devices share a batch, with as many images each.
    shares: int = 1
    # How many inputs each device answers at a time.
    rows_at_once: int = 64

    @abstractmethod
    def fit(
        self,
        batches: Batches,
        validation: tuple[np.ndarray | Selection, np.ndarray] | None,
        callbacks: Callback,
        first_epoch: int,
        epochs: int,
    ) -> None:
        """Train from `first_epoch` until `epochs` are done, or until it is stopped.

        Parameters
        ----------
        validation
            Inputs and targets, of shapes (n, ...) and (n,); None where there is nothing to validate on.
        callbacks
            Whose hooks are called on the way; several are a `core.training.callbacks.base.CallbackList`.
        """

    @abstractmethod
    def start_at(self, logits: np.ndarray) -> None:
        """Before any training, let the biases of the answer be these (classes,) logits."""

    @abstractmethod
    def stop(self) -> None:
        """End the fit behind the batch or epoch in hand."""

    @abstractmethod
    def seed_epoch(self, seed: int, epoch: int) -> None:
        """Let what is drawn at random in this epoch depend on the seed and the epoch alone."""

    @abstractmethod
    def variables(self) -> dict[str, np.ndarray]:
        """All that it takes to go on from here, the optimiser's included, by name."""

    @abstractmethod
    def restore(self, variables: dict[str, np.ndarray]) -> None:
        """Go back to where `variables` were taken."""

    def kept_before(self) -> dict[str, np.ndarray]:
        """Those of the variables that checkpoints of earlier builds don't hold, as they were then."""
        return {}

    @abstractmethod
    def save(self, path: Path) -> None:
        """Write the weights that answer, in Keras's format; `path` ends in ``.weights.h5``."""

    @abstractmethod
    def load(self, path: Path) -> None:
        """Answer by weights that were saved."""

    @abstractmethod
    def probabilities(self, inputs: np.ndarray) -> np.ndarray:
        """How probable each class is: float64 of shape (n, classes), rows summing to 1."""

    def words(self) -> str:
        """What it chose by itself on the way to the weights that answer, in a sentence; "" where it had no choice."""
        return ""
