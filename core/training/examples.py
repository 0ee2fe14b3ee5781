"""What a run trains on and judges, in memory."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass
class Examples:
    """Images in the form that the trained part takes: pixels, or features of a frozen backbone.

    Parameters
    ----------
    table
        A row an image: path, label, split and so on, in the order of `inputs`.
    inputs : (n, ...) array
    targets : (n,) array of int
    """

    table: pd.DataFrame
    inputs: np.ndarray
    targets: np.ndarray
    _views: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)

    def add(self, inputs: np.ndarray, targets: np.ndarray) -> None:
        """Add an augmented view of the training images."""
        self._views.append((inputs, targets))

    def of(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and targets of one part of the split."""
        rows = (self.table["split"] == split).to_numpy()
        return self.inputs[rows], self.targets[rows]

    def training(self) -> tuple[np.ndarray, np.ndarray]:
        """The training images and all their views."""
        inputs, targets = zip(self.of("train"), *self._views, strict=True)
        return np.concatenate(inputs), np.concatenate(targets)
