"""What `evaluate`, `compare` and `errors` print of fixed predictions stays as it was, to the key and the seventh digit.

Scripts of other people read it: to change a file in `frozen/` is to change what they get.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.commands import errors
from core.evaluation.predictions import Predictions
from core.inference import SCHEDULED_TASKS
from core.runs.labels import write_labels
from core.runs.record import create_run
from core.runs.settings import read_settings

FROZEN = Path(__file__).parent / "frozen"
NAMES = ("cats", "dogs", "owls")


def answers(seed: int, sharpness: float, names=NAMES) -> Predictions:
    """Of 60 images; class 2 has no test image."""
    generator = np.random.default_rng(seed)
    true = np.random.default_rng(0).integers(0, len(names), 60)
    splits = np.repeat(["train", "validation", "test"], 20)
    true[(splits == "test") & (true == 2)] = 0
    logits = generator.normal(size=(60, len(names))) + sharpness * np.eye(len(names))[true]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    ids = np.array([f"{index:02}.png" for index in range(60)])
    return Predictions(ids, splits, true, probabilities, names)


@pytest.fixture
def made(workspace):
    """Makes a run with these answers, in groups of two images."""

    def make(predictions: Predictions, **changes):
        run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"} | changes))
        predictions.save(run.predictions_path)
        table = pd.DataFrame({"path": predictions.ids, "group": np.arange(len(predictions)) // 2})
        table.to_parquet(run.folder / "images.parquet")
        run.best_weights.write_bytes(bytes(1000))
        run.update(state="done", started=100.0, finished=160.0, facts={"dataset_version": "1"})
        return run

    return make


@pytest.fixture
def printed(command):
    """What a command prints with --json and without, the runs called by numbers."""

    def read(*arguments, runs):
        outputs = []
        for more in ((), ("--json",)):
            code, output, _ = command(*arguments, *more)
            assert code == 0
            for run in sorted(runs, key=lambda run: -len(run.id)):  # an id may begin as another does
                output = output.replace(run.id, f"RUN_{runs.index(run)}")
            outputs.append(output)
        return {"text": outputs[0].splitlines(), "document": json.loads(outputs[1])}

    return read


def assert_as_frozen(found, name: str) -> None:
    path = FROZEN / f"{name}.json"
    assert_same(found, json.loads(path.read_text(encoding="utf-8")), name)


def assert_same(found, frozen, where: str) -> None:
    assert type(found) is type(frozen), where
    if isinstance(frozen, dict):
        assert set(found) == set(frozen), where
        for key, value in frozen.items():
            assert_same(found[key], value, f"{where}/{key}")
    elif isinstance(frozen, list):
        assert len(found) == len(frozen), where
        for index, value in enumerate(frozen):
            assert_same(found[index], value, f"{where}/{index}")
    else:
        assert found == (pytest.approx(frozen, rel=1e-7, abs=1e-12) if isinstance(frozen, float) else frozen), where


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("evaluate", ()),
        ("evaluate_validation", ("--split", "validation")),
        ("evaluate_calibrated", ("--split", "train", "--calibrate")),
    ],
)
def test_evaluate(printed, made, name, options):
    run = made(answers(1, 1.5))
    assert_as_frozen(printed("evaluate", run.id, *options, runs=[run]), name)


def test_evaluate_by_a_threshold(printed, made):
    run = made(answers(2, 1.0, NAMES[:2]))
    options = ("--threshold", "0.3", "--positive", "cats")
    assert_as_frozen(printed("evaluate", run.id, *options, runs=[run]), "evaluate_threshold")


def test_evaluate_where_nothing_can_be_told(printed, made):
    one_class = np.zeros(60, dtype=int)
    known = answers(1, 1.5)
    sure = np.tile([0.9, 0.1], (60, 1))
    run = made(Predictions(known.ids, known.splits, one_class, sure, NAMES[:2]))
    assert_as_frozen(printed("evaluate", run.id, runs=[run]), "evaluate_undefined")


def test_compare(printed, made):
    runs = [made(answers(1, 1.5)), made(answers(2, 4.0), learning_rate=0.01), made(answers(3, 0.0), seed=3)]
    runs.append(made(answers(4, 1.0, NAMES[:2])))
    for run, name in zip(runs, ("plain", "quick", "seeded", "of two"), strict=True):
        write_labels(run, name=name)
    ids = [run.id for run in runs]
    assert_as_frozen(printed("compare", *ids, runs=runs), "compare")
    assert_as_frozen(printed("compare", *ids[:2], "--split", "validation", runs=runs), "compare_validation")


class InThisProcess:
    """Does the tasks of the inference process without one."""

    def ask(self, task, on_progress=None, **arguments):
        return SCHEDULED_TASKS[task](**arguments)

    def close(self):
        pass


def test_errors(printed, featured_run, monkeypatch):
    monkeypatch.setattr(errors, "InferenceClient", InThisProcess)
    labels = np.repeat([0, 1], 40)
    vectors = np.eye(8)[labels] * 10 + np.random.default_rng(0).normal(size=(80, 8))
    labels[3] = 1
    run = featured_run(vectors, labels, np.where(np.arange(80) % 4 == 2, "test", "train"))
    known = run.predictions()
    probabilities = known.probabilities.copy()
    probabilities[6], probabilities[10], probabilities[5] = [0.1, 0.9], [0.55, 0.45], [0.05, 0.95]
    Predictions(known.ids, known.splits, known.true, probabilities, known.class_names).save(run.predictions_path)
    found = printed("errors", run.id, "--limit", "4", runs=[run])
    assert_as_frozen(rounded(found), "errors")
    assert_as_frozen(rounded(printed("errors", run.id, "--split", "all", "--limit", "2", runs=[run])), "errors_all")


def rounded(found):
    """What an iterative solver found, to the digits that it is sure of."""
    for row in found["document"]["probably_mislabelled"]:
        row |= {name: round(row[name], 2) for name in ("likely_probability", "label_probability")}
    for row in found["document"]["unlike_training"]:
        row["distance"] = round(row["distance"], 4)
    return found
