"""Charts of runs side by side, and what they say to those who can't see them."""

import numpy as np
import pandas as pd
import pytest

from core.runs.settings import PARAMETERS
from pages.compare.charts import curves_in_words
from pages.compare.sweep import suggested_range


def test_the_curves_in_words():
    validated = pd.DataFrame({"epoch": [1, 2, 3], "val_loss": [0.5, 0.3, 0.4]})
    other = pd.DataFrame({"epoch": [1.0], "val_loss": [np.nan]})
    words = curves_in_words(["first", "second"], [validated, other])
    assert words == "first: best validation loss 0.300 in epoch 2; second: no validation loss."


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
    low, high = suggested_range(PARAMETERS[name], value)
    assert low < high
    if expected is not None:
        assert (low, high) == pytest.approx(expected)
