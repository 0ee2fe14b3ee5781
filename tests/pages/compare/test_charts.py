"""Charts of runs side by side, and what they say to those who can't see them."""

import numpy as np
import pandas as pd
import pytest

from pages.compare.charts import curves_in_words
from pages.compare.sweep import suggested_range
from pages.components.comparison_matrix import MOST_CLASSES, classes_to_show


def test_the_curves_in_words():
    validated = pd.DataFrame({"epoch": [1, 2, 3], "val_loss": [0.5, 0.3, 0.4]})
    other = pd.DataFrame({"epoch": [1.0], "val_loss": [np.nan]})
    words = curves_in_words(["first", "second"], [validated, other])
    assert words == "first: best validation loss 0.300 in epoch 2; second: no validation loss."


def test_of_many_classes_those_are_shown_that_changed():
    assert classes_to_show(np.zeros((6, 6), int)) == list(range(6))
    assert classes_to_show(np.zeros((21, 21), int)) == []
    changes = np.zeros((200, 200), int)
    changes[150, 7], changes[150, 150] = 3, -3
    assert classes_to_show(changes) == [7, 150]
    changes[np.arange(100), np.arange(100)] = 1
    changes[np.arange(40, 60), 60] = 2
    shown = classes_to_show(changes)
    assert len(shown) == MOST_CLASSES
    assert {7, 150, 60} <= set(shown), "both classes of a mistake"
    assert shown == sorted(shown)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("learning_rate", 0.001, (0.0001, 0.01)),
        ("weight_decay", 0, (1e-5, 1e-3)),
        ("dropout", 0.2, (0, 0.4)),
        ("epochs", 25, (1, 50)),
        ("momentum", 0.9, (0, 0.999)),
        ("views", 0, None),
    ],
)
def test_a_range_is_suggested_around_what_is_set(name, value, expected):
    low, high = suggested_range(name, value)
    assert low < high
    if expected is not None:
        assert (low, high) == pytest.approx(expected)
