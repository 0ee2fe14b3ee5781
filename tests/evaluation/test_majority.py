"""The majority baseline."""

import pytest

from core.evaluation.majority import majority_accuracy


def test_majority_is_chosen_on_the_training_part():
    assert majority_accuracy([0, 1, 1], [0, 0, 0, 1], 3) == 0.25
    assert majority_accuracy([2, 1, 1, 2], [1, 1, 2, 0], 3) == 0.5  # a tie: the lowest index
    assert majority_accuracy([2], [0, 1], 3) == 0.0  # missing from the test part


@pytest.mark.parametrize(
    "call",
    [
        lambda: majority_accuracy([], [0], 2),
        lambda: majority_accuracy([0], [], 2),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(ValueError):
        call()
