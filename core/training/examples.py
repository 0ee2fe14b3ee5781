"""Examples: what a run trains on and evaluates, in memory or, where it is too large for that, on disk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.training.selection import Selection


@dataclass
class Examples:
    """Images in the form that the trained part takes: pixels, or features or activations of a frozen backbone.

    Parameters
    ----------
    table
        A row an image: path, label, split and so on, in the order of `inputs`.
    inputs : (n, ...) array, or rows that are still on disk (`core.features.activations.StoredRows`)
    targets : (n,) array of int
    """

    table: pd.DataFrame
    inputs: np.ndarray
    targets: np.ndarray
    _views: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    _evaluated: list[tuple[np.ndarray, Callable[[], np.ndarray]]] = field(default_factory=list)

    def add(self, inputs: np.ndarray, targets: np.ndarray) -> None:
        """Add an augmented view of the training images."""
        self._views.append((inputs, targets))

    def of(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and targets of one part of the split."""
        rows = (self.table["split"] == split).to_numpy()
        return self.inputs[rows], self.targets[rows]

    def training(self) -> tuple[Selection, np.ndarray]:
        """The training images and all their views, and their targets."""
        rows = np.flatnonzero(self.table["split"] == "train")
        views = [(inputs, np.arange(len(inputs))) for inputs, _ in self._views]
        targets = [self.targets[rows], *(targets for _, targets in self._views)]
        return Selection([(self.inputs, rows), *views]), np.concatenate(targets)

    def evaluate_also(self, rows: np.ndarray, inputs: Callable[[], np.ndarray]) -> None:
        """Add a view that images are evaluated by as well.

        Parameters
        ----------
        rows : (m,) array of int
            Which images.
        inputs
            Makes the (m, ...) array when it is needed, so that pixels are in memory for one view at a time.
        """
        self._evaluated.append((rows, inputs))

    def evaluated(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Rows and inputs of all that images are evaluated by: first every image as it is, then the views."""
        yield np.arange(len(self.table)), self.inputs
        for rows, inputs in self._evaluated:
            yield rows, inputs()

    @property
    def views_evaluated(self) -> int:
        """How many answers are averaged for an image, one of which is to the image as it is."""
        return 1 + len(self._evaluated)
