"""`evaluate --json` on a run that was trained on real images, beside scikit-learn on the predictions it left."""

import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn import calibration, dummy
from sklearn import metrics as reference

from core.runs.record import find_run

CLOSE = {"rel": 1e-9, "abs": 1e-9}
NOT_FIGURES = {"run", "untrained", "judged", "split", "threshold", "positive", "temperature", "groups", "undefined"}
NOT_FIGURES |= {"diagnosis"}
BOOTSTRAPPED = ("balanced_accuracy", "macro_f1", "weighted_f1", "kappa", "mcc", "log_loss", "brier", "ece", "top_k")


def left_by(run):
    """The predictions of a run as any program can read them: for each split, true classes and probabilities."""
    table = pd.read_parquet(run.predictions_path)
    columns = [name for name in table.columns if name not in ("id", "split", "true")]
    return {
        split: SimpleNamespace(true=rows["true"].to_numpy(), probabilities=rows[columns].to_numpy(np.float64))
        for split, rows in table.groupby("split")
    }


def figures(true, probabilities, true_train):
    """What scikit-learn says of predictions, by the names that `evaluate --json` has for it."""
    classes = np.arange(probabilities.shape[1])
    answers, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    commonest = dummy.DummyClassifier(strategy="most_frequent").fit(np.zeros((len(true_train), 1)), true_train)
    low, high = binomtest(int((answers == true).sum()), len(true)).proportion_ci(method="wilson")
    return {
        "n": len(true),
        "accuracy": reference.accuracy_score(true, answers),
        "accuracy_ci95": [low, high],
        "balanced_accuracy": reference.balanced_accuracy_score(true, answers),
        "macro_f1": reference.f1_score(true, answers, average="macro", zero_division=0),
        "weighted_f1": reference.f1_score(true, answers, average="weighted", zero_division=0),
        "kappa": reference.cohen_kappa_score(true, answers),
        "mcc": reference.matthews_corrcoef(true, answers),
        "log_loss": reference.log_loss(true, probabilities, labels=classes),
        "brier": reference.brier_score_loss(true, probabilities, labels=classes),
        "ece": calibration_error(answers == true, confidence),
        "top_k": reference.top_k_accuracy_score(true, probabilities, k=5, labels=classes),
        "majority_accuracy": commonest.score(np.zeros((len(true), 1)), true),
        "chance": 1 / len(classes),
        "confusion_matrix": reference.confusion_matrix(true, answers, labels=classes).tolist(),
    }


def calibration_error(right, confidence, bins=15):
    """Of scikit-learn's reliability diagram, whose bins are (low, high]."""
    accuracy, sure = calibration.calibration_curve(right, confidence, n_bins=bins)
    numbers = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence)
    counts = np.bincount(numbers, minlength=bins)
    return abs(accuracy - sure) @ counts[counts > 0] / len(right)


def figures_by_class(true, probabilities):
    """Precision, recall, F1, support and average precision: one array for each, an entry a class."""
    classes, answers = np.arange(probabilities.shape[1]), probabilities.argmax(axis=1)
    values = reference.precision_recall_fscore_support(true, answers, labels=classes, zero_division=0)
    areas = [reference.average_precision_score(true == each, probabilities[:, each]) for each in classes]
    return dict(zip(("precision", "recall", "f1", "support", "average_precision"), (*values, areas), strict=True))


def tempered(probabilities, temperature):
    powers = probabilities ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.fixture
def aerial_run(workspace, command, document, real_images, real_weights):
    """A head on the frozen MobileNet, trained on the 21 kinds of aerial scenes."""
    real_weights("mobilenet_075")
    assert command("import", real_images / "aerial_scenes", "--name", "aerial")[0] == 0
    code, found = document("train", "aerial", "--architecture", "mobilenet_075", "--epochs", "15", "--seed", "1")
    assert (code, found["untrained"]) == (0, False)
    return find_run(workspace, found["run"])


@pytest.mark.slow
@pytest.mark.usefixtures("warm_starts")
def test_every_figure_of_the_aerial_scenes_is_scikit_learns(document, aerial_run):
    left = left_by(aerial_run)
    for split in ("test", "validation", "train"):
        for options in ((), ("--calibrate",)):
            _, found = document("evaluate", aerial_run.id, "--split", split, *options)
            true, probabilities = left[split].true, left[split].probabilities
            if options:
                assert found["temperature"] != 1
                probabilities = tempered(probabilities, found["temperature"])
            assert_alike(found, true, probabilities, left["train"].true)


def assert_alike(found, true, probabilities, true_train):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that single precision does not sum to 1 in double
        expected = figures(true, probabilities, true_train)
        by_class = figures_by_class(true, probabilities)
    assert len(found["labels"]) == 21
    assert found["top_k"]["k"] == 5
    for name, value in expected.items():
        mine = found[name]["value"] if name == "top_k" else found[name]
        assert mine == (value if name == "confusion_matrix" else pytest.approx(value, **CLOSE)), name
    for name, values in by_class.items():
        assert [row[name] for row in found["per_class"]] == pytest.approx(list(values), **CLOSE), name
    for name in BOOTSTRAPPED:
        low, high = found[f"{name}_ci95"]
        assert low - 1e-12 <= expected[name] <= high + 1e-12, name
    intervals = {f"{name}_ci95" for name in BOOTSTRAPPED} | {"accuracy_bootstrap_ci95"}
    names = {"labels", "missing_classes", "majority_class", "per_class"}
    assert set(found) == {*expected, *intervals, *names, *NOT_FIGURES}, "a figure that nothing is held against"
