"""Pooling forward and back: which cells a window looks at, who wins, and whether the gradient can be measured."""

import numpy as np

from core.concepts.backpropagation.backpropagation import SHARED
from core.concepts.backpropagation.pooling_pass import PoolingPass
from core.concepts.pooling.pooling import AVERAGE, MAX

TIED = np.array([[5.0, 5, 0, 1], [1, 5, 2, 3]])
DELTA = np.array([[6.0, 4]])


def test_a_window_its_largest_cells_and_the_winner():
    numbers = PoolingPass(TIED, DELTA, 2, 2, MAX)
    assert numbers.pooled.tolist() == [[5, 3]]
    assert numbers.cells((0, 1)) == [(0, 2), (0, 3), (1, 2), (1, 3)]
    assert numbers.largest((0, 0)) == [(0, 0), (0, 1), (1, 1)]
    assert numbers.winner((0, 0)) == (0, 0)
    assert numbers.winner((0, 1)) == (1, 3)


def test_a_gradient_can_be_measured_where_no_cells_tie():
    numbers = PoolingPass(TIED, DELTA, 2, 2, MAX)
    assert numbers.has_ties
    assert not numbers.check().agrees
    assert numbers.gradient(SHARED).tolist() == [[2, 2, 0, 0], [0, 2, 0, 4]]
    apart = PoolingPass(TIED + np.arange(8).reshape(2, 4) / 10, DELTA, 2, 2, MAX)
    assert not apart.has_ties
    assert apart.check().agrees
    assert PoolingPass(1e9 * TIED, DELTA, 2, 1, AVERAGE).pooled.shape == (1, 3)
    assert PoolingPass(1e9 * TIED, np.ones((1, 3)), 2, 1, AVERAGE).check().agrees
