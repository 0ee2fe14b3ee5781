"""Pooling forward and back, with every number of it."""

from dataclasses import dataclass

import numpy as np

from core.concepts.backpropagation.backpropagation import FIRST, linear_loss, pooling_gradient
from core.concepts.backpropagation.gradient_check import GradientCheck, central_differences, check_gradients
from core.concepts.pooling.pooling import pool, window, winners

Place = tuple[int, int]


@dataclass(frozen=True)
class PoolingPass:
    """Pooling of a map, and where the gradient goes.

    Parameters
    ----------
    values, delta : arrays
        x, and ∂L/∂y of the shape that pooling gives.
    size, stride, kind
        As of `core.concepts.pooling.pooling.pool`.
    """

    values: np.ndarray
    delta: np.ndarray
    size: int
    stride: int
    kind: str

    @property
    def pooled(self) -> np.ndarray:
        """y."""
        return pool(self.values, self.size, self.stride, self.kind)

    def gradient(self, ties: str = FIRST) -> np.ndarray:
        """∂L/∂x."""
        return pooling_gradient(self.values, self.delta, self.size, self.stride, self.kind, ties)

    def cells(self, place: Place) -> list[Place]:
        """The cells of x that a cell of y comes from, row by row."""
        down, across = window(*place, self.size, self.stride)
        return [(y, x) for y in range(down.start, down.stop) for x in range(across.start, across.stop)]

    def largest(self, place: Place) -> list[Place]:
        """Those of them that hold the largest value: several where they tie."""
        cells = self.cells(place)
        best = max(self.values[cell] for cell in cells)
        return [cell for cell in cells if self.values[cell] == best]

    def winner(self, place: Place) -> Place:
        """The first of them."""
        rows, columns = winners(self.values, self.size, self.stride)
        return int(rows[place]), int(columns[place])

    @property
    def has_ties(self) -> bool:
        """Whether in some window several cells are the largest."""
        return any(len(self.largest(place)) > 1 for place in np.ndindex(self.delta.shape))

    def check(self) -> GradientCheck:
        """The gradient beside the one that is measured, of L = Σ δ · y."""

        def loss(values: np.ndarray) -> float:
            return linear_loss(pool(values, self.size, self.stride, self.kind), self.delta)

        pairs = [(self.gradient(), central_differences(loss, self.values))]
        return check_gradients(pairs, float(np.abs(self.delta * self.pooled).sum()))
