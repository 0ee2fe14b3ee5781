"""Labels as rows with a single 1, and predictions counted by a product and a sum."""

import numpy as np
import pytest

from core.concepts.arrays.one_hot import ROWS_AT_ONCE, count_correct, count_equal, one_hot
from core.errors import UsageError


def test_a_label_is_a_row_with_a_single_one():
    assert one_hot(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert one_hot(np.array([], int), 3).shape == (0, 3)


def test_the_sum_of_the_product_is_the_number_of_equal_labels():
    generator = np.random.default_rng(1)
    true, predicted = generator.integers(0, 5, (2, 1000))
    assert count_correct(one_hot(true, 5), one_hot(predicted, 5)) == (true == predicted).sum()


def test_many_predictions_are_counted_in_parts():
    generator = np.random.default_rng(2)
    true, predicted = generator.integers(0, 3, (2, 2 * ROWS_AT_ONCE + 7))
    assert count_equal(true, predicted, 3) == (true == predicted).sum()
    assert count_equal(true[:0], predicted[:0], 3) == 0


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_without_a_class_is_refused(label):
    with pytest.raises(UsageError, match=f"no class {label}"):
        one_hot(np.array([0, label]), 3)


def test_shapes_that_numpy_would_stretch_are_refused():
    with pytest.raises(UsageError, match="do not match"):
        count_correct(one_hot(np.array([0]), 3), one_hot(np.array([0, 1]), 3))
