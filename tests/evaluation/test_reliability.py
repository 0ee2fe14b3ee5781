"""Reliability and the expected calibration error, against their definitions."""

import warnings

import numpy as np
import pytest

from core.evaluation.reliability import reliability


def plain_ece(confidence, right, bins):
    """As the definition reads."""
    total = 0.0
    for index in range(bins):
        inside = (confidence > index / bins) & (confidence <= (index + 1) / bins)
        if index == 0:
            inside |= confidence == 0
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


@pytest.mark.parametrize("bins", [1, 2, 10, 15])
@pytest.mark.parametrize("seed", range(5))
def test_calibration_error_is_as_defined(bins, seed):
    generator = np.random.default_rng(seed)
    n = int(generator.integers(1, 400))
    confidence = generator.random(n)
    confidence[:: 1 + seed] = np.round(confidence[:: 1 + seed] * bins) / bins  # on the edges
    right = generator.random(n) < confidence
    assert reliability(confidence, right, bins).ece == pytest.approx(plain_ece(confidence, right, bins), abs=1e-9)


def test_reliability_tells_every_bin():
    found = reliability(np.array([0.0, 0.2, 0.21, 0.9, 1.0]), np.array([0, 1, 0, 1, 1], dtype=bool), bins=5).bins
    assert [entry.count for entry in found] == [2, 1, 0, 0, 2]
    assert [entry.accuracy for entry in found] == [0.5, 0, 0, 0, 1]
    assert found[4].confidence == pytest.approx(0.95)
    assert (found[0].low, found[-1].high) == (0.0, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert reliability(np.array([]), np.array([], dtype=bool)).ece == 0.0


def test_the_diagram_draws_the_bins_that_hold_answers():
    found = reliability(np.array([0.55, 0.6, 0.95, 1.0]), np.array([0, 1, 1, 1], dtype=bool), bins=5)
    bars, diagonal = found.figure().data
    assert list(bars.y) == [0.5, 1.0]
    assert [count for count, _ in bars.customdata] == [2, 2]
    assert list(diagonal.x) == list(diagonal.y) == [0, 1]
    assert found.in_words() == "57% sure: 50% of 2 right; 98% sure: 100% of 2 right"
