"""A share with as many digits as so many images can support."""

import pytest

from core.evaluation.words import percent


@pytest.mark.parametrize(
    ("value", "n", "text"),
    [
        (0.5, 1, "50 %"),
        (0.978, 99, "98 %"),
        (0.975, 100, "97.5 %"),
        (0.5, 200, "50.0 %"),
        (0.97531, 9_999, "97.5 %"),
        (0.97531, 10_000, "97.53 %"),
        (0.0, 50, "0 %"),
        (1.0, 50, "100 %"),
    ],
)
def test_percent(value, n, text):
    assert percent(value, n) == text
