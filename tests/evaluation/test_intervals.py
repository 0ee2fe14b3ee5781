"""The Wilson interval against published values."""

import numpy as np
import pytest

from core.evaluation.intervals import wilson


# Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3; the last two: Wilson's closed form at 0 and n,
# z² / (n + z²) and n / (n + z²).
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
    ],
)
def test_published_values(successes, n, low, high):
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_ends_solve_the_equation_they_are_defined_by():
    """Each end p satisfies (share - p)² = z² p (1 - p) / n, which is the definition and not the formula in use."""
    z = 2.5758293035489004  # 99 %
    for successes, n in [(1, 2), (37, 90), (999, 1000), (5, 100_000)]:
        for end in wilson(successes, n, 0.99):
            assert (successes / n - end) ** 2 == pytest.approx(z * z * end * (1 - end) / n, rel=1e-9)


def test_exact_ends_without_errors_or_without_hits():
    for n in range(1, 200):
        assert wilson(0, n)[0] == 0.0
        assert wilson(n, n)[1] == 1.0
        assert wilson(0, n)[1] == pytest.approx(1 - wilson(n, n)[0])


def test_no_trials_leave_everything_open():
    assert wilson(0, 0) == (0.0, 1.0)


def test_small_numpy_integers_do_not_overflow():
    assert wilson(np.uint8(200), np.uint8(250)) == wilson(200, 250)
    assert all(type(end) is float for end in wilson(np.int64(3), np.int64(4)))


@pytest.mark.parametrize(("successes", "n", "confidence"), [(-1, 5, 0.95), (6, 5, 0.95), (1, 5, 0.0), (1, 5, 1.0)])
def test_impossible_arguments(successes, n, confidence):
    with pytest.raises(ValueError):
        wilson(successes, n, confidence)
