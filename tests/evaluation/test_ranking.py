"""ROC and precision–recall curves, their areas, and the means of several, against scikit-learn's."""

import warnings

import numpy as np
import pytest
from sklearn import metrics as reference

from core.evaluation.ranking import (
    average_precisions,
    macro_precision_recall,
    macro_roc,
    micro,
    precision_recall,
    roc,
)


def cases():
    for seed, n in enumerate([2, 3, 10, 57, 400, 3000]):
        generator = np.random.default_rng(seed)
        true = generator.random(n) < 0.3
        true[:2] = [True, False]
        scores = generator.random(n)
        yield f"n={n}", true, scores
        yield f"ties n={n}", true, np.round(scores * 4) / 4
        yield f"single precision n={n}", true, scores.astype(np.float32)
        yield f"all equal n={n}", true, np.full(n, 0.5)
        yield f"perfect n={n}", true, true.astype(float)
        yield f"all wrong n={n}", true, 1.0 - true
    rare = np.arange(1001) == 500
    yield "1:1000", rare, np.random.default_rng(0).random(1001)


CASES = [pytest.param(*case[1:], id=case[0]) for case in cases()]


@pytest.mark.parametrize(("true", "scores"), CASES)
def test_roc_is_scikit_learns(true, scores):
    found = roc(true, scores)
    x, y, thresholds = reference.roc_curve(true, scores, drop_intermediate=False)
    assert found.x == pytest.approx(x, abs=1e-9)
    assert found.y == pytest.approx(y, abs=1e-9)
    assert np.array_equal(found.thresholds, thresholds)
    assert found.area == pytest.approx(reference.roc_auc_score(true, scores), abs=1e-9)


@pytest.mark.parametrize(("true", "scores"), CASES)
def test_precision_and_recall_are_scikit_learns(true, scores):
    found = precision_recall(true, scores)
    precision, recall, thresholds = reference.precision_recall_curve(true, scores)
    assert found.x == pytest.approx(recall, abs=1e-9)
    assert found.y == pytest.approx(precision, abs=1e-9)
    assert np.array_equal(found.thresholds[:-1], thresholds)
    assert found.area == pytest.approx(reference.average_precision_score(true, scores), abs=1e-9)


def test_the_area_is_how_often_a_pair_is_in_the_right_order():
    generator = np.random.default_rng(4)
    true, scores = generator.random(80) < 0.4, np.round(generator.random(80), 1)
    pairs = [(a > b) + (a == b) / 2 for a in scores[true] for b in scores[~true]]
    assert roc(true, scores).area == pytest.approx(np.mean(pairs), abs=1e-12)


@pytest.mark.parametrize("of_class", [True, False])
def test_a_class_without_images_or_without_others_has_no_roc(of_class):
    found = roc(np.full(5, of_class), np.linspace(0, 1, 5))
    assert found.area is None
    assert len(found.x) == len(found.y) == len(found.thresholds) == 0


def test_average_precision_of_a_class_without_images_is_zero_as_scikit_learn_says():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = reference.average_precision_score([False] * 5, np.linspace(0, 1, 5))
    assert precision_recall([False] * 5, np.linspace(0, 1, 5)).area == expected == 0.0
    assert precision_recall([True] * 5, np.linspace(0, 1, 5)).area == 1.0
    assert precision_recall([], []).area is None


@pytest.mark.parametrize("k", [2, 5, 21])
def test_average_precisions_are_the_areas_of_the_curves(k):
    generator = np.random.default_rng(k)
    true, probabilities = generator.integers(0, k, 300), np.round(generator.dirichlet(np.ones(k), 300), 2)
    expected = [precision_recall(true == index, probabilities[:, index]).area for index in range(k)]
    assert average_precisions(true, probabilities) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("k", [2, 5, 21])
def test_means_of_all_classes_are_scikit_learns(k):
    generator = np.random.default_rng(k)
    true, probabilities = np.r_[np.arange(k), generator.integers(0, k, 300)], generator.dirichlet(np.ones(k), 300 + k)
    asked = true[:, None] == np.arange(k)
    for average, found in (("micro", roc(*micro(true, probabilities))), ("macro", macro_roc(true, probabilities))):
        assert found.area == pytest.approx(reference.roc_auc_score(asked, probabilities, average=average), abs=1e-9)
    micro_curve, macro_curve = (
        precision_recall(*micro(true, probabilities)),
        macro_precision_recall(true, probabilities),
    )
    for average, found in (("micro", micro_curve), ("macro", macro_curve)):
        expected = reference.average_precision_score(asked, probabilities, average=average)
        assert found.area == pytest.approx(expected, abs=1e-9)


def test_means_leave_out_classes_without_images():
    true = np.array([0, 0, 1, 1])
    probabilities = np.array([[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.2, 0.7, 0.1], [0.1, 0.5, 0.4]])
    areas = [roc(true == index, probabilities[:, index]).area for index in (0, 1)]
    assert macro_roc(true, probabilities).area == pytest.approx(np.mean(areas))
    assert macro_precision_recall(true, probabilities).area == pytest.approx(
        np.mean(average_precisions(true, probabilities)[:2])
    )
    assert macro_roc(np.zeros(4, dtype=int), probabilities).area is None
    assert macro_precision_recall(np.array([], dtype=int), np.zeros((0, 3))).area is None


def test_the_mean_curves_begin_and_end_where_each_does():
    generator = np.random.default_rng(0)
    true, probabilities = generator.integers(0, 3, 90), generator.dirichlet(np.ones(3), 90)
    curve = macro_roc(true, probabilities)
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0, 0, 1, 1)
    assert (np.diff(curve.y) >= 0).all()
    curve = macro_precision_recall(true, probabilities)
    assert (curve.x[0], curve.x[-1], curve.y[-1]) == (1, 0, 1)
    assert curve.y[0] == pytest.approx(1 / 3, abs=0.1)


@pytest.mark.parametrize("curve", [roc, precision_recall])
def test_what_can_not_be_ranked_is_refused(curve):
    for true, scores in [([True], [0.1, 0.2]), ([True, False], [np.nan, 0.5]), ([[True]], [[0.5]])]:
        with pytest.raises(ValueError):
            curve(true, scores)
