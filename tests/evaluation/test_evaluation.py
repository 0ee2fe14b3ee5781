"""Every score against scikit-learn."""

import json
import math
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics as reference

from core.errors import UsageError, WorkbenchError
from core.evaluation.evaluation import evaluate
from core.evaluation.intervals import wilson
from core.evaluation.predictions import Predictions
from core.evaluation.ranking import macro_roc, micro, roc
from core.evaluation.score import Score
from core.evaluation.verdict import verdict

FIGURES = ("balanced_accuracy", "macro_f1", "weighted_f1", "top_k", "kappa", "mcc", "log_loss", "brier", "ece")
KEYS = {"split", "threshold", "positive", "temperature", "n", "groups", "labels", "missing_classes"}
KEYS |= {"accuracy", "accuracy_ci95", "accuracy_bootstrap_ci95", "majority_accuracy", "majority_class", "chance"}
KEYS |= {*FIGURES, *(f"{name}_ci95" for name in FIGURES), "confusion_matrix", "per_class", "undefined"}
CLOSE = {"rel": 1e-9, "abs": 1e-9}


def make(true, probabilities, train=(0,)):
    """Test rows as given, after training rows with the labels `train`."""
    true, train = np.asarray(true, dtype=int), np.asarray(train, dtype=int)
    k = probabilities.shape[1]
    return Predictions(
        ids=np.array([f"{index}.png" for index in range(len(train) + len(true))]),
        splits=np.array(["train"] * len(train) + ["test"] * len(true)),
        true=np.concatenate([train, true]),
        probabilities=np.concatenate([np.full((len(train), k), 1 / k), probabilities]),
        class_names=tuple(f"class {index}" for index in range(k)),
    )


def random_case(k, n, seed, sharpness=1.0):
    generator = np.random.default_rng(seed)
    return generator.integers(0, k, n), generator.dirichlet(np.full(k, sharpness), n)


def certain(answers, k):
    """Probabilities of exactly 0 and 1."""
    return np.eye(k)[answers]


def cases():
    for k, n in [(2, 1), (2, 57), (2, 400), (21, 630), (200, 150), (200, 2000)]:
        yield f"random k={k} n={n}", *random_case(k, n, seed=k + n)
        yield f"sharp k={k} n={n}", *random_case(k, n, seed=k + n, sharpness=0.05)
    for k in (2, 21, 200):
        true, probabilities = random_case(k, 90, seed=k)
        yield f"one true class k={k}", np.full(90, k - 1), probabilities
        yield f"class missing k={k}", np.where(true == 1, 0, true), probabilities
        yield f"one answer k={k}", true, np.tile(probabilities[0], (90, 1))
        yield f"uniform k={k}", true, np.full((90, k), 1 / k)
        yield f"certain k={k}", true, certain(np.roll(true, 1), k)
        yield f"perfect k={k}", true, certain(true, k)
        yield f"all wrong k={k}", true, certain((true + 1) % k, k)
        yield f"one class, other answer k={k}", np.zeros(90, dtype=int), certain(np.ones(90, dtype=int), k)
        rare = (np.arange(1001) == 500).astype(int)
        yield f"1:1000 k={k}", rare, np.random.default_rng(k).dirichlet(np.ones(k), 1001)


@pytest.mark.parametrize(("true", "probabilities"), [pytest.param(*case[1:], id=case[0]) for case in cases()])
def test_agrees_with_scikit_learn(true, probabilities):
    labels = np.arange(probabilities.shape[1])
    answers = probabilities.argmax(axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = evaluate(make(true, probabilities), resamples=20).to_dict()
    json.dumps(found, allow_nan=False)
    assert found["n"] == len(true)
    assert found["accuracy"] == pytest.approx(reference.accuracy_score(true, answers), **CLOSE)
    assert found["log_loss"] == pytest.approx(reference.log_loss(true, probabilities, labels=labels), **CLOSE)
    assert found["confusion_matrix"] == reference.confusion_matrix(true, answers, labels=labels).tolist()
    expected = reference.precision_recall_fscore_support(true, answers, labels=labels, zero_division=0)
    for name, values in zip(("precision", "recall", "f1", "support"), expected, strict=True):
        assert [row[name] for row in found["per_class"]] == pytest.approx(list(values), **CLOSE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a class has no images
        areas = [reference.average_precision_score(true == label, probabilities[:, label]) for label in labels]
    assert [row["average_precision"] for row in found["per_class"]] == pytest.approx(areas, **CLOSE)
    present = np.unique(true)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a class has no images, or that all answers are of one
        expected = {
            "balanced_accuracy": reference.balanced_accuracy_score(true, answers),
            "macro_f1": reference.f1_score(true, answers, labels=present, average="macro", zero_division=0),
            "weighted_f1": reference.f1_score(true, answers, labels=labels, average="weighted", zero_division=0),
            "kappa": reference.cohen_kappa_score(true, answers, labels=labels, replace_undefined_by=0.0),
            "mcc": reference.matthews_corrcoef(true, answers),
            "brier": reference.brier_score_loss(true, probabilities, labels=labels),
        }
    assert {name: found[name] for name in expected} == pytest.approx(expected, **CLOSE)
    for name in ("accuracy", *FIGURES):
        low, high = found[f"{name}_ci95"]
        value = found[name]["value"] if name == "top_k" else found[name]
        assert low <= value + 1e-12 and value <= high + 1e-12, name


@pytest.mark.parametrize(("true", "probabilities"), [pytest.param(*case[1:], id=case[0]) for case in cases()])
def test_rank_calibration_and_areas_agree_with_their_definitions(true, probabilities):
    k, n = probabilities.shape[1], len(true)
    found = evaluate(make(true, probabilities), resamples=1).to_dict()
    # scikit-learn prefers the highest index among equals and here it is the lowest: turned round, both are the same.
    turned, asked = probabilities[:, ::-1], found["top_k"]["k"]
    if k > 2:
        expected = reference.top_k_accuracy_score(k - 1 - true, turned, k=asked, labels=np.arange(k))
        assert found["top_k"]["value"] == pytest.approx(expected, **CLOSE)
    else:
        assert found["top_k"]["value"] == found["accuracy"]
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == true
    gaps = 0.0
    for low in range(15):
        held = (confidence > low / 15) & (confidence <= (low + 1) / 15)
        gaps += abs(right[held].mean() - confidence[held].mean()) * held.sum() / n if held.any() else 0.0
    assert found["ece"] == pytest.approx(gaps, **CLOSE)
    evaluated = [label for label in range(k) if 0 < (true == label).sum() < n]
    areas = [reference.roc_auc_score(true == label, probabilities[:, label]) for label in evaluated]
    assert macro_roc(true, probabilities).area == (pytest.approx(np.mean(areas), **CLOSE) if evaluated else None)
    pooled = reference.roc_auc_score(np.eye(k)[true].ravel(), probabilities.ravel())
    assert roc(*micro(true, probabilities)).area == pytest.approx(pooled, **CLOSE)


def test_scores_of_nothing_by_nothing_are_undefined_and_say_why():
    """They have the value that scikit-learn gives, so that whoever reads them has to be told that it is no result."""
    one_class = evaluate(make([0] * 9, np.tile([0.9, 0.1], (9, 1))))
    assert one_class.undefined == {
        "kappa": "all images are of one class, and all answers are it",
        "mcc": "all images are of one class",
    }
    assert one_class.mcc == Score(0.0, -1.0, 1.0, "all images are of one class")
    assert (one_class.kappa.low, one_class.kappa.high) == (-1.0, 1.0)
    assert str(one_class.mcc) == "undefined: all images are of one class"
    cats, dogs = (each.to_dict() for each in one_class.classes)
    assert cats["undefined"] == {}
    assert set(dogs["undefined"]) == {"precision", "recall", "f1", "average_precision"}
    one_answer = evaluate(make([0, 1] * 9, np.tile([0.9, 0.1], (18, 1))))
    assert one_answer.undefined == {"mcc": "all answers are the same class"}
    assert one_answer.classes[1].to_dict()["undefined"] == {"precision": "no image is taken for this class"}
    assert evaluate(make([0, 1, 1, 0], np.eye(2)[[0, 1, 1, 0]])).undefined == {}


def test_draws_that_tell_nothing_do_not_widen_an_interval():
    """Of four images all right, one draw in eight holds one class only, of which kappa would be nothing by nothing."""
    found = evaluate(make([0, 1, 1, 0], np.eye(2)[[0, 1, 1, 0]]))
    assert found.kappa == found.mcc == Score(1.0, 1.0, 1.0)


def test_evaluation_is_plain_and_complete():
    found = evaluate(make(*random_case(3, 40, seed=1), train=[2, 2, 0])).to_dict()
    assert set(found) == KEYS
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    columns = ["label", "precision", "recall", "f1", "support", "average_precision", "undefined"]
    assert list(found["per_class"][0]) == columns
    assert found["chance"] == pytest.approx(1 / 3)
    assert (found["threshold"], found["positive"], found["temperature"], found["groups"]) == (None, None, 1.0, 40)
    assert found["labels"] == ["class 0", "class 1", "class 2"] == [row["label"] for row in found["per_class"]]
    assert found["majority_class"] == "class 2"
    assert found["accuracy_ci95"] == list(wilson(round(found["accuracy"] * 40), 40))
    assert found["split"] == "test" and evaluate(make([0], np.eye(2)[[0]]), "train").split == "train"


@pytest.mark.parametrize(("k", "asked"), [(1, 1), (2, 1), (3, 2), (5, 4), (6, 5), (21, 5), (200, 5)])
def test_top_k_is_five_or_all_classes_but_one(k, asked):
    true, probabilities = random_case(k, 300, seed=k)
    found = evaluate(make(true, probabilities), resamples=20)
    assert found.k == asked
    if k > 2:
        expected = reference.top_k_accuracy_score(true, probabilities, k=asked, labels=np.arange(k))
        assert found.top_k.value == pytest.approx(expected, **CLOSE)


def test_classes_without_images_are_left_out_of_averages_and_named():
    true = np.array([0, 0, 2, 2])
    found = evaluate(make(true, certain([0, 1, 2, 2], 3)))
    assert found.missing_classes == ("class 1",)
    assert found.balanced_accuracy.value == pytest.approx((1 / 2 + 1) / 2)
    assert found.macro_f1.value == pytest.approx((2 / 3 + 1) / 2)
    assert verdict(found).endswith("No test image is of “class 1”: averages are over the other classes.")
    many = evaluate(make(np.zeros(5, dtype=int), certain(np.zeros(5, dtype=int), 21)))
    assert "“class 5” and 15 more: averages" in verdict(many)


def test_a_threshold_decides_between_two_classes():
    probabilities = np.array([[0.9, 0.1], [0.7, 0.3], [0.6, 0.4], [0.2, 0.8]])
    rows = make([0, 1, 0, 1], probabilities)
    assert evaluate(rows).confusion_matrix.tolist() == [[2, 0], [1, 1]]
    lower = evaluate(rows, threshold=0.3)
    assert lower.confusion_matrix.tolist() == [[1, 1], [0, 2]]
    assert (lower.threshold, lower.positive) == (0.3, "class 1")
    other = evaluate(rows, threshold=0.65, positive=0)
    assert other.confusion_matrix.tolist() == [[1, 1], [1, 1]]
    assert other.positive == "class 0"
    assert lower.log_loss == evaluate(rows).log_loss
    with pytest.raises(UsageError, match="between two classes, and here are 3"):
        evaluate(make(*random_case(3, 9, seed=0)), threshold=0.5)
    for outside in (-0.1, 1.1, math.nan):
        with pytest.raises(UsageError, match="lies between 0 and 1"):
            evaluate(rows, threshold=outside)


def test_a_temperature_changes_how_sure_it_is_and_no_answer():
    rows = make(*random_case(4, 200, seed=5))
    sharp, soft = evaluate(rows), evaluate(rows, temperature=3.0)
    assert soft.confusion_matrix.tolist() == sharp.confusion_matrix.tolist()
    assert soft.temperature == 3.0
    assert soft.log_loss.value < sharp.log_loss.value


def test_one_image_alone_leaves_every_interval_open():
    found = evaluate(make([0], np.array([[0.75, 0.25]])))
    assert found.macro_f1 == Score(1.0, 0.0, 1.0)
    assert (found.mcc.low, found.mcc.high) == (-1.0, 1.0)
    assert (found.log_loss.low, found.log_loss.high) == (0.0, pytest.approx(36.04, abs=0.01))


def test_without_resamples_only_accuracy_has_an_interval():
    rows = make(*random_case(3, 40, seed=1))
    quick, whole = evaluate(rows, resamples=0), evaluate(rows)
    assert quick.accuracy == whole.accuracy
    assert quick.accuracy.low is not None
    others = {name: score for name, score in quick.scores.items() if name != "accuracy"}
    assert {score.low for score in others.values()} == {None}
    assert {name: score.value for name, score in others.items()} == {name: whole.scores[name].value for name in others}
    assert set(quick.to_dict()) < set(whole.to_dict())


def test_a_score_is_printed_with_its_interval():
    assert str(Score(0.975, 0.943, 0.989)) == "0.975 (95 % interval 0.943 to 0.989)"


def test_a_score_without_an_interval_says_how_to_get_one():
    assert Score(0.975, 0.943, 0.989).interval == (0.943, 0.989)
    with pytest.raises(ValueError, match="evaluate with `resamples`"):
        _ = Score(0.975).interval


def test_missing_predictions_are_explained():
    rows = make(*random_case(2, 5, seed=1))
    with pytest.raises(WorkbenchError, match="no predictions for the validation images: there are none in its split"):
        evaluate(rows, "validation")
    with pytest.raises(WorkbenchError, match="no predictions for the training images"):
        evaluate(rows.of("test"))
    with pytest.raises(ValueError):
        evaluate(rows, "tset")


def test_the_web_process_stays_small():
    """Importing the scores brings in no scikit-learn, SciPy, TensorFlow or Plotly."""
    heavy = ("sklearn", "scipy", "tensorflow", "plotly")
    program = f"import sys, core.evaluation.evaluation; sys.exit(any(name in sys.modules for name in {heavy}))"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root).returncode == 0
