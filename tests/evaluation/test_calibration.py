"""Reliability, calibration error and Brier score, the temperature, and risk_coverage the least sure."""

import warnings

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from sklearn import metrics as reference

from core.errors import WorkbenchError
from core.evaluation.calibration import brier, ece, fit_temperature, reliability, risk_coverage, tempered
from core.evaluation.metrics import log_loss
from core.evaluation.predictions import Predictions


def make(true, probabilities):
    n, k = probabilities.shape
    return Predictions(
        np.arange(n).astype(str), np.array(["validation"] * n), true, probabilities, tuple("abcdefg"[:k])
    )


def sampled(n=4000, k=4, temperature=1.0, seed=0, dtype=np.float64):
    """Answers of a network whose probabilities are true ones, sharpened by a temperature below 1."""
    generator = np.random.default_rng(seed)
    probabilities = generator.dirichlet(np.full(k, 0.7), n)
    true = (generator.random((n, 1)) > probabilities.cumsum(axis=1)[:, :-1]).sum(axis=1)
    powers = probabilities ** (1 / temperature)
    return make(true, (powers / powers.sum(axis=1, keepdims=True)).astype(dtype))


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
    assert ece(confidence, right, bins) == pytest.approx(plain_ece(confidence, right, bins), abs=1e-9)


def test_reliability_tells_every_bin():
    found = reliability(np.array([0.0, 0.2, 0.21, 0.9, 1.0]), np.array([0, 1, 0, 1, 1], dtype=bool), bins=5)
    assert [entry.count for entry in found] == [2, 1, 0, 0, 2]
    assert [entry.accuracy for entry in found] == [0.5, 0, 0, 0, 1]
    assert found[4].confidence == pytest.approx(0.95)
    assert (found[0].low, found[-1].high) == (0.0, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ece(np.array([]), np.array([], dtype=bool)) == 0.0


@pytest.mark.parametrize("k", [2, 3, 21, 200])
def test_brier_is_scikit_learns(k):
    generator = np.random.default_rng(k)
    true, probabilities = generator.integers(0, k, 200), generator.dirichlet(np.ones(k), 200)
    expected = reference.brier_score_loss(true, probabilities, labels=np.arange(k))
    assert brier(true, probabilities) == pytest.approx(expected, abs=1e-9)
    assert brier(np.array([0]), np.eye(k)[[0]]) == 0.0
    assert brier(np.array([0]), np.eye(k)[[1]]) == (1.0 if k == 2 else 2.0)


@pytest.mark.parametrize(("sharpened", "k"), [(0.5, 2), (0.5, 4), (1.0, 4), (2.0, 4)])
def test_the_temperature_is_the_one_that_sharpened_the_probabilities(sharpened, k):
    rows = sampled(k=k, temperature=sharpened)
    assert fit_temperature(rows) == pytest.approx(1 / sharpened, rel=0.1)


@pytest.mark.parametrize("seed", range(8))
def test_no_other_temperature_gives_a_lower_log_loss(seed):
    generator = np.random.default_rng(seed)
    rows = sampled(int(generator.integers(20, 500)), 5, generator.uniform(0.3, 3), seed, np.float32)

    def loss(temperature):
        return log_loss(rows.true, tempered(rows, temperature).probabilities)

    best = minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-9})
    found = fit_temperature(rows)
    assert loss(found) <= best.fun + 1e-9
    assert found == pytest.approx(best.x, rel=1e-3)


def test_temperatures_stay_within_bounds_where_there_is_no_best():
    sure = np.array([[0.9, 0.1], [0.2, 0.8]])
    assert fit_temperature(make(np.array([0, 1]), sure)) == 0.05
    assert fit_temperature(make(np.array([1, 0]), sure)) == 20.0
    assert fit_temperature(make(np.array([1, 0]), np.full((2, 2), 0.5))) == 1.0
    assert fit_temperature(make(np.array([0, 1]), np.eye(2))) == 0.05
    half_right = np.array([[0.9, 0.1], [0.9, 0.1]])
    assert fit_temperature(make(np.array([0, 1]), half_right)) == 20.0
    certain = fit_temperature(make(np.array([0, 0, 0, 1]), np.eye(2)[[0, 0, 0, 0]]))
    assert 1 < certain <= 20


def test_a_temperature_needs_validation_images():
    with pytest.raises(WorkbenchError, match="no validation images"):
        fit_temperature(make(np.array([], dtype=int), np.zeros((0, 2))))


def test_tempered_answers_are_the_same_answers():
    rows = sampled(500, 6, dtype=np.float32)
    for temperature in (0.05, 0.5, 3, 20):
        other = tempered(rows, temperature)
        assert np.array_equal(other.predicted, rows.predicted)
        assert np.array_equal(other.ids, rows.ids)
        assert other.probabilities.sum(axis=1) == pytest.approx(np.ones(500))
    assert tempered(rows, 1) is rows
    twice = tempered(tempered(sampled(50), 2.0), 0.5)
    assert twice.probabilities == pytest.approx(sampled(50).probabilities, abs=1e-9)
    for impossible in (0, -1, np.nan):
        with pytest.raises(ValueError, match="must be positive"):
            tempered(rows, impossible)


def test_tempering_zeros_gives_probabilities():
    softened = tempered(make(np.array([0, 1]), np.eye(3, dtype=np.float32)[:2]), 5.0).probabilities
    assert np.isfinite(softened).all()
    assert (softened[:, :2] > 0).all()


def test_the_least_sure_are_refused_first():
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.45, 0.55]])
    found = risk_coverage(make(np.array([0, 1, 1, 1]), probabilities))
    assert found.answered.tolist() == [0.25, 0.5, 0.75, 1]
    assert found.accuracy == pytest.approx([1, 1, 2 / 3, 3 / 4])
    assert found.confidence.tolist() == [0.9, 0.8, 0.6, 0.55]
    assert found.at(0.5) == (1.0, 0.8, 2)
    assert found.at(0.9) == (pytest.approx(2 / 3), 0.6, 3)
    assert found.at(0.0) == (1.0, 0.9, 1)
    assert found.at(1.0)[2] == 4
