"""Two networks on images that belong together: the test and the interval that count groups."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import binomtest

from core.evaluation.by_groups import interval_by_groups, sign_flips
from core.evaluation.paired import difference


def by_hand(sums):
    """The share of all ways to choose signs that make a sum as far from nothing as the one found."""
    flipped = [abs(sum(sign * amount for sign, amount in zip(signs, sums, strict=True))) for signs in SIGNS[len(sums)]]
    return np.mean([total >= abs(sum(sums)) for total in flipped])


SIGNS = {count: list(product([-1, 1], repeat=count)) for count in range(1, 11)}


def of_groups(sums, size=6):
    """Images of groups of one size, whose gains add up to these sums."""
    gains = np.concatenate([np.repeat([np.sign(total), 0], [abs(total), size - abs(total)]) for total in sums])
    return gains, np.repeat(np.arange(len(sums)), size)


@pytest.mark.parametrize("seed", range(20))
def test_all_ways_to_choose_signs_are_counted(seed):
    draws = np.random.default_rng(seed)
    sums = draws.integers(-6, 7, draws.integers(1, 11)).tolist()
    found = sign_flips(*of_groups(sums))
    assert found.p_value == pytest.approx(by_hand(sums), rel=1e-12)
    assert (found.groups, found.ahead_second) == (len(sums), sum(total > 0 for total in sums))
    assert found.ahead_first == sum(total < 0 for total in sums)


def test_with_one_image_to_a_group_it_is_mcnemars():
    draws = np.random.default_rng(0)
    for only_first, only_second in draws.integers(0, 300, (50, 2)).tolist():
        gains = np.repeat([-1, 1, 0], [only_first, only_second, 20])
        expected = binomtest(only_first, only_first + only_second).pvalue
        assert sign_flips(gains, draws.permutation(len(gains))).p_value == pytest.approx(expected, rel=1e-9)


def test_copies_of_an_image_prove_nothing_more():
    gains = np.repeat([1, -1, 0], [9, 2, 20])
    once = sign_flips(gains, np.arange(31)).p_value
    assert once < 0.07
    ten_times = sign_flips(np.repeat(gains, 10), np.repeat(np.arange(31), 10)).p_value
    assert ten_times == pytest.approx(once, rel=1e-12)


def test_nothing_is_told_by_one_group_or_by_none_that_differs():
    assert sign_flips(np.ones(8, int), np.zeros(8, int)).p_value == 1
    assert sign_flips(np.zeros(8, int), np.arange(8)).p_value == 1
    assert interval_by_groups(np.ones(8, int), np.zeros(8, int)) == (-1, 1)


def test_equally_good_networks_are_rarely_told_apart_by_groups():
    """On patients of ten images each, McNemar's test would find a difference in four of ten cases."""
    draws = np.random.default_rng(0)
    found = covered = trusting = 0
    for _ in range(400):
        groups = np.repeat(np.arange(12), 10)
        leaning = draws.normal(0, 1.2, 12)[groups] + draws.normal(size=120)
        gains = (leaning > 1).astype(int) - (leaning < -1)
        low, high = interval_by_groups(gains, groups)
        covered += low <= 0 <= high
        found += sign_flips(gains, groups).p_value < 0.05
        trusting += sign_flips(gains, np.arange(120)).p_value < 0.05
    assert found / 400 <= 0.06
    assert covered / 400 == pytest.approx(0.95, abs=0.03)
    assert trusting / 400 > 0.2


def test_the_interval_of_single_images_is_about_the_usual_one():
    gains = np.repeat([1, -1, 0], [15, 6, 200])
    expected = difference(gains < 0, gains > 0)
    found = interval_by_groups(gains, np.arange(len(gains)))
    assert found == pytest.approx((expected.low, expected.high), abs=5e-4)


def test_the_interval_holds_the_difference_and_stays_within_what_accuracies_allow():
    assert interval_by_groups(np.ones(40, int), np.repeat(np.arange(4), 10))[1] == 1
    low, high = interval_by_groups(np.zeros(40, int), np.repeat(np.arange(4), 10))
    assert low < 0 < high


def test_every_image_needs_a_group():
    with pytest.raises(ValueError, match="a group for each image"):
        sign_flips(np.ones(3, int), np.arange(4))
