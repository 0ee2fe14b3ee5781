"""The temperature, and what it does to probabilities."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from core.errors import WorkbenchError
from core.evaluation.calibration import fit_temperature, tempered
from core.evaluation.predictions import Predictions
from core.evaluation.probability_scores import log_loss


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
    assert fit_temperature(make(np.array([1, 0]), sure)) == 20.0
    assert fit_temperature(make(np.array([1, 0]), np.full((2, 2), 0.5))) == 1.0
    half_right = np.array([[0.9, 0.1], [0.9, 0.1]])
    assert fit_temperature(make(np.array([0, 1]), half_right)) == 20.0
    certain = fit_temperature(make(np.array([0, 0, 0, 1]), np.eye(2)[[0, 0, 0, 0]]))
    assert 1 < certain <= 20


def test_images_that_are_all_answered_rightly_do_not_make_it_certain():
    assert fit_temperature(make(np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]]))) == 1.0
    assert fit_temperature(make(np.array([0, 1]), np.eye(2))) == 1.0
    nearly = np.array([[0.9, 0.1], [0.2, 0.8], [0.49, 0.51]])
    assert fit_temperature(make(np.array([0, 1, 0]), nearly)) < 1


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
