"""Selection: rows of several arrays as one, without a copy of them."""

from collections.abc import Sequence

import numpy as np


class Selection:
    """Rows of arrays, those of one behind those of another, which are read when they are asked for.

    Parameters
    ----------
    parts
        Each an array, in memory or on disk (`core.features.activations.StoredRows`), and which rows of it. The rows of
        all arrays are of one shape.
    """

    def __init__(self, parts: Sequence[tuple[np.ndarray, np.ndarray]]):
        self._arrays = [array for array, _ in parts]
        self._owners = np.repeat(np.arange(len(parts)), [len(rows) for _, rows in parts])
        self._rows = np.concatenate([rows for _, rows in parts])

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self._rows), *self._arrays[0].shape[1:])

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, chosen: np.ndarray | slice) -> np.ndarray:
        """The rows at these places, an array of int of shape (n,) or a slice, in their order: (n, ...)."""
        owners, rows = self._owners[chosen], self._rows[chosen]
        found = np.empty((len(rows), *self.shape[1:]), self._arrays[0].dtype)
        for owner in np.unique(owners):
            own = owners == owner
            found[own] = self._arrays[owner][rows[own]]
        return found
