"""Two networks on the same images: the test and the interval, held against SciPy and by hand."""

import numpy as np
import pytest
from scipy.stats import binomtest

from core.evaluation.paired import difference, holm, mcnemar


@pytest.mark.parametrize(
    ("only_first", "only_second"), [(5, 14), (14, 5), (0, 0), (1, 0), (0, 1), (0, 29), (7, 7), (7, 8), (1, 3)]
)
def test_the_test_is_scipys(hits, only_first, only_second):
    found = mcnemar(*hits(only_first, only_second))
    assert (found.only_first, found.only_second) == (only_first, only_second)
    n = only_first + only_second
    assert found.p_value == pytest.approx(binomtest(only_first, n).pvalue if n else 1, abs=1e-12)


def test_the_test_is_scipys_on_random_counts(hits):
    draws = np.random.default_rng(0)
    for only_first, only_second in draws.integers(0, 400, (100, 2)).tolist():
        expected = binomtest(only_first, only_first + only_second).pvalue
        assert mcnemar(*hits(only_first, only_second)).p_value == pytest.approx(expected, rel=1e-9)


def test_the_test_stands_many_images(hits):
    assert mcnemar(*hits(12_000, 12_500)).p_value == pytest.approx(binomtest(12_000, 24_500).pvalue, rel=1e-9)
    assert 0 <= mcnemar(*hits(0, 24_500)).p_value < 1e-300


def test_images_are_compared_one_by_one():
    with pytest.raises(ValueError, match="equally long"):
        mcnemar(np.ones(3, bool), np.ones(4, bool))


def test_the_interval_holds_the_difference_and_is_not_nothing(hits):
    found = difference(*hits(5, 14, 30, 5))
    assert found.value == pytest.approx(9 / 54)
    assert found.low < found.value < found.high
    # Bonett and Price, by hand: (15 - 6) / 56 ± 1.96 sqrt((15/56 + 6/56 - (9/56)²) / 56)
    half_width = 1.959963984540054 * np.sqrt((21 / 56 - (9 / 56) ** 2) / 56)
    assert (found.low, found.high) == pytest.approx((9 / 56 - half_width, 9 / 56 + half_width))
    same = difference(*hits(0, 0, 10, 0))
    assert same.value == 0
    assert same.low < 0 < same.high


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    draws = np.random.default_rng(1)
    covered = 0
    for _ in range(2000):
        kinds = draws.choice(4, 60, p=[0.05, 0.15, 0.7, 0.1])
        first, second = np.isin(kinds, [0, 2]), np.isin(kinds, [1, 2])
        found = difference(first, second)
        covered += found.low <= 0.1 <= found.high
    assert covered / 2000 == pytest.approx(0.95, abs=0.02)


def test_ends_stay_within_what_accuracies_allow(hits):
    assert difference(*hits(0, 1, 0, 0)).high <= 1
    assert difference(*hits(1, 0, 0, 0)).low >= -1
    with pytest.raises(ValueError, match="without an image"):
        difference(np.zeros(0, bool), np.zeros(0, bool))


def test_many_comparisons_are_adjusted_as_holm_did():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.6]) == [1, 1]
    assert holm([]) == []
