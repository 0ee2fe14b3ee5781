"""Slopes of curves that wobble, and how large the wobble is."""

import numpy as np
import pytest
from scipy.stats import theilslopes

from core.evaluation.trend import roughness, slope, smoothed, wobble

DRAWN = 200


def test_the_slope_and_its_bounds_are_theil_s_and_sen_s():
    values = np.random.default_rng(3).normal(size=30).cumsum()
    found, known = slope(values), theilslopes(values, alpha=0.9)
    assert found.value == pytest.approx(known.slope)
    # SciPy takes the pair of points beside; of five points, the one here is Kendall's exact test at 4 %.
    assert (found.low, found.high) == pytest.approx((known.low_slope, known.high_slope), abs=0.002)


def test_a_few_points_prove_nothing():
    found = slope(np.array([3.0, 2.0, 1.0]))
    assert found.value == -1
    assert not found.falls
    assert slope(np.array([5.0, 4.0, 3.0, 2.0, 1.0])).falls


def test_a_slope_is_not_moved_by_an_outlier():
    line = -np.arange(12.0)
    line[4] = 1000
    assert slope(line).value == pytest.approx(-1, abs=0.1)


def test_level_curves_are_rarely_said_to_fall():
    draw = np.random.default_rng(5)
    assert np.mean([slope(draw.normal(size=12)).falls for _ in range(DRAWN)]) < 0.08


def test_roughness_is_the_standard_deviation_whatever_the_course():
    draw = np.random.default_rng(1)
    course = np.exp(-np.arange(200) / 40) + np.where(np.arange(200) > 100, 5, 0)
    assert roughness(course + draw.normal(0, 0.03, 200)) == pytest.approx(0.03, rel=0.25)
    assert roughness(course[:2]) == 0


def test_a_curve_that_holds_on_to_its_errors_is_less_certain():
    draw = np.random.default_rng(2)
    steps = draw.normal(0, 1, 400)
    held = np.zeros(400)
    for place in range(1, 400):
        held[place] = 0.6 * held[place - 1] + steps[place]
    assert wobble(steps).inflation == pytest.approx(1, abs=0.2)
    assert wobble(held).hold == pytest.approx(0.6, abs=0.12)
    assert wobble(held).size == pytest.approx(1.25, rel=0.15)
    assert slope(held[:40], 0.6).high - slope(held[:40], 0.6).low > slope(held[:40]).high - slope(held[:40]).low


def test_a_mean_of_neighbours_has_fewer_at_the_ends():
    assert smoothed(np.array([3.0, 0.0, 0.0, 6.0])).tolist() == [1.5, 1.0, 2.0, 3.0]
