"""Log loss, Brier score and top-k against scikit-learn, also where single precision or ties make a difference."""

import math
import warnings

import numpy as np
import pytest
from sklearn import metrics as reference

from core.evaluation.probability_scores import brier, log_loss, top_k_hits


def random_case(k, n, seed):
    generator = np.random.default_rng(seed)
    return generator.integers(0, k, n), generator.dirichlet(np.ones(k), n)


def test_log_loss_of_single_precision_is_clipped_as_double():
    true = np.array([0, 1])
    probabilities = np.array([[0, 1], [0.25, 0.75]], dtype=np.float32)
    expected = reference.log_loss(true, probabilities.astype(np.float64), labels=[0, 1])
    assert log_loss(true, probabilities) == pytest.approx(expected, abs=1e-9)
    assert log_loss([0], np.array([[0.0, 1.0]])) == pytest.approx(52 * math.log(2))


def test_log_loss_does_not_normalise_as_scikit_learn_does_not():
    true, probabilities = np.array([0, 1]), np.array([[0.5, 0.49], [0.2, 0.79]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = reference.log_loss(true, probabilities, labels=[0, 1])
    assert log_loss(true, probabilities) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("k", [2, 21])
def test_the_single_most_probable_class_is_the_answer_among_equals_too(k):
    true, probabilities = random_case(k, 500, seed=3)
    coarse = np.round(probabilities * 4) + 0.25
    coarse /= coarse.sum(axis=1, keepdims=True)
    assert np.array_equal(top_k_hits(true, coarse, 1), coarse.argmax(axis=1) == true)
    assert top_k_hits(true, coarse, k).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda: log_loss([], np.zeros((0, 2))),
        lambda: log_loss([0, 1], np.full((1, 2), 0.5)),
        lambda: log_loss([2], np.full((1, 2), 0.5)),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(ValueError):
        call()


@pytest.mark.parametrize("k", [2, 3, 21, 200])
def test_brier_is_scikit_learns(k):
    generator = np.random.default_rng(k)
    true, probabilities = generator.integers(0, k, 200), generator.dirichlet(np.ones(k), 200)
    expected = reference.brier_score_loss(true, probabilities, labels=np.arange(k))
    assert brier(true, probabilities) == pytest.approx(expected, abs=1e-9)
    assert brier(np.array([0]), np.eye(k)[[0]]) == 0.0
    assert brier(np.array([0]), np.eye(k)[[1]]) == (1.0 if k == 2 else 2.0)
