"""A threshold between two classes: what it finds, by recall and by cost, against trying every one."""

import numpy as np
import pytest
from sklearn import metrics as reference

from core.errors import UsageError, WorkbenchError
from core.evaluation.predictions import Predictions
from core.evaluation.threshold import answers, at, cheapest, for_recall


def make(true, scores, dtype=np.float64):
    scores = np.asarray(scores, dtype=dtype)
    n = len(scores)
    probabilities = np.stack([1 - scores, scores], axis=1)
    return Predictions(np.arange(n).astype(str), np.array(["test"] * n), true, probabilities, ("well", "ill"))


def random_rows(seed, dtype=np.float64):
    generator = np.random.default_rng(seed)
    n = int(generator.integers(2, 200))
    true = (generator.random(n) < 0.3).astype(int)
    true[0] = 1
    scores = np.clip(generator.normal(0.35 + 0.3 * true, 0.25), 0, 1)
    return make(true, np.round(scores, 2) if seed % 2 else scores, dtype)


SEEDS = [(seed, dtype) for seed in range(6) for dtype in (np.float32, np.float64)]


@pytest.mark.parametrize(("seed", "dtype"), SEEDS)
@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 0.77, 1.0])
def test_what_a_threshold_finds_and_misses(seed, dtype, threshold):
    rows = random_rows(seed, dtype)
    point = at(rows, 1, threshold)
    given = answers(rows, 1, threshold)
    (let_pass, false_alarms), (missed, found) = reference.confusion_matrix(rows.true, given, labels=[0, 1])
    assert (point.let_pass, point.false_alarms, point.missed, point.found) == (let_pass, false_alarms, missed, found)
    assert point.recall == pytest.approx(reference.recall_score(rows.true, given, zero_division=0), abs=1e-9)
    assert point.precision == pytest.approx(reference.precision_score(rows.true, given, zero_division=0), abs=1e-9)
    assert point.accuracy == pytest.approx(reference.accuracy_score(rows.true, given), abs=1e-9)
    assert point.cost(5, 2) == 5 * missed + 2 * false_alarms


@pytest.mark.parametrize(("seed", "dtype"), SEEDS)
@pytest.mark.parametrize("recall", [0.01, 0.5, 0.9, 1.0])
def test_the_recall_that_was_asked_for_is_reached_by_the_highest_threshold(seed, dtype, recall):
    rows = random_rows(seed, dtype)
    point = for_recall(rows, 1, recall)
    assert point.recall >= recall - 1e-9
    higher = [score for score in rows.probabilities[:, 1] if score > point.threshold]
    assert all(at(rows, 1, float(score)).recall < recall for score in higher)


@pytest.mark.parametrize(("seed", "dtype"), SEEDS)
@pytest.mark.parametrize(("miss", "alarm"), [(1, 1), (50, 1), (1, 50), (0.5, 0)])
def test_no_threshold_costs_less_than_the_cheapest(seed, dtype, miss, alarm):
    rows = random_rows(seed, dtype)
    best = cheapest(rows, 1, miss, alarm).cost(miss, alarm)
    tried = [0.0, 1.0, *np.unique(rows.probabilities[:, 1]).tolist()]
    assert best == min(at(rows, 1, threshold).cost(miss, alarm) for threshold in tried)


def test_among_equally_cheap_ones_the_fewest_alarms():
    rows = make([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.9])
    assert cheapest(rows, 1, 1, 1).threshold == 0.7
    assert cheapest(rows, 1, 0, 0).threshold == 1.0


def test_either_class_may_be_the_one_that_matters():
    rows = make([0, 1, 1], [0.25, 0.5, 0.75])
    assert answers(rows, 0, 0.5).tolist() == [0, 0, 1]
    assert answers(rows, 1, 0.5).tolist() == [0, 1, 1]
    assert at(rows, 0, 0.5).found == 1


def test_one_class_of_many_against_the_rest():
    probabilities = np.array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.3, 0.4, 0.3]])
    rows = Predictions(np.array(["a", "b", "c"]), np.array(["test"] * 3), [0, 1, 1], probabilities, ("x", "y", "z"))
    point = at(rows, 1, 0.4)
    assert (point.found, point.missed, point.false_alarms, point.let_pass) == (2, 0, 0, 1)
    with pytest.raises(UsageError, match="between two classes, and here are 3"):
        answers(rows, 1, 0.4)


def test_degenerate_images_give_defined_figures():
    none_ill = make([0, 0], [0.5, 0.5])
    point = at(none_ill, 1, 0.7)
    assert (point.recall, point.precision, point.false_alarm_rate, point.accuracy) == (0.0, 0.0, 0.0, 1.0)
    assert cheapest(none_ill, 1, 1, 1).false_alarms == 0
    with pytest.raises(WorkbenchError, match="None of these images is of “ill”"):
        for_recall(none_ill, 1, 0.9)
    all_equal = make([0, 1], [0.5, 0.5])
    assert for_recall(all_equal, 1, 1.0).threshold == 0.5
    assert for_recall(all_equal, 1, 0.0).threshold == 1.0


def test_what_makes_no_sense_is_refused_in_words():
    rows = random_rows(0)
    for call, words in [
        (lambda: at(rows, 2, 0.5), "no class 2"),
        (lambda: at(rows, 1, 1.5), "threshold lies between 0 and 1"),
        (lambda: for_recall(rows, 1, np.nan), "recall lies between 0 and 1"),
        (lambda: cheapest(rows, 1, -1, 1), "0 or more"),
        (lambda: cheapest(rows, 1, np.inf, 1), "0 or more"),
    ]:
        with pytest.raises(UsageError, match=words):
            call()
