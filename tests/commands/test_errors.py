"""The command that lists the images to look at first."""

import numpy as np
import pytest

from core.commands import errors
from core.errors import WorkbenchError
from core.evaluation.predictions import Predictions
from core.jobs.job import identity


@pytest.fixture
def run(featured_run):
    """Forty images of either class and one wrong label; of the test images one is wrong and one unsure."""
    labels = np.repeat([0, 1], 40)
    vectors = np.eye(8)[labels] * 10 + np.random.default_rng(0).normal(size=(80, 8))
    labels[3] = 1
    run = featured_run(vectors, labels, np.where(np.arange(80) % 4 == 2, "test", "train"))
    known = run.predictions()
    probabilities = known.probabilities.copy()
    probabilities[6], probabilities[10], probabilities[5] = [0.1, 0.9], [0.55, 0.45], [0.05, 0.95]
    Predictions(known.ids, known.splits, known.true, probabilities, known.class_names).save(run.predictions_path)
    return run


class NoHelper:
    """A inference process that finds no features."""

    def ask(self, task, **arguments):
        raise WorkbenchError("The weights are gone.")

    def close(self):
        pass


@pytest.mark.slow
def test_all_four_lists(document, command, run):
    code, found = document("errors", run.id)
    assert code == 0
    assert found["confidently_wrong"] == [
        {
            "path": "6.png",
            "split": "test",
            "true": "cats",
            "predicted": "dogs",
            "probability": pytest.approx(0.9),
            "next": "cats",
            "margin": pytest.approx(0.8),
        }
    ]
    assert [row["path"] for row in found["least_sure"]] == ["10.png"]
    first = found["probably_mislabelled"][0]
    assert (first["path"], first["label"], first["likely"], first["suspected"]) == ("3.png", "dogs", "cats", True)
    # The whole order, so that one may look further than the program would.
    assert len(found["probably_mislabelled"]) == len(found["unlike_training"]) == 80
    assert {"path", "split", "distance", "farther_than", "unlike"} == set(found["unlike_training"][0])
    assert found["counts"]["probably_mislabelled"] == sum(row["suspected"] for row in found["probably_mislabelled"])
    assert found["counts"]["unlike_training"] == sum(row["unlike"] for row in found["unlike_training"])
    assert (found["features"], found["remark"]) == ("the features of MobileNet α 0.75", "")
    text = command("errors", run.id)[1]
    assert "6.png" in text
    assert "Probably mislabelled:\nimage" in text


def test_of_another_part_and_the_first_of_each(document, run, monkeypatch):
    monkeypatch.setattr(errors, "InferenceClient", NoHelper)
    code, found = document("errors", run.id, "--split", "all", "--limit", "1")
    assert code == 0
    assert [row["path"] for row in found["confidently_wrong"]] == ["5.png"]
    assert (found["probably_mislabelled"], found["unlike_training"]) == (None, None)
    assert found["remark"] == "The weights are gone."


def test_what_can_be_told_without_features_is_told(command, run, monkeypatch):
    monkeypatch.setattr(errors, "InferenceClient", NoHelper)
    code, text, _ = command("errors", run.id, "--split", "train")
    assert code == 0
    assert "5.png" in text
    assert "The least sure: It hesitates over no image." in text
    assert "can't be told: The weights are gone." in text


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1.5", "²"])
def test_a_limit_that_is_none(document, run, limit):
    code, found = document("errors", run.id, f"--limit={limit}")
    assert code == 2
    assert "--limit must be a whole number from 1" in found["error"]


def test_a_list_that_is_cut_says_how_long_it_is(document, command, run, monkeypatch):
    monkeypatch.setattr(errors, "InferenceClient", NoHelper)
    _, found = document("errors", run.id, "--split", "all", "--limit", "1")
    assert found["counts"] == {"confidently_wrong": 2, "least_sure": 1}
    assert len(found["confidently_wrong"]) == 1
    assert "confidently wrong (1 of 2; --limit shows more):" in command("errors", run.id, "--split=all", "--limit=1")[1]
    assert "confidently wrong:" in command("errors", run.id, "--split=all")[1]


def test_a_run_without_predictions(document, run):
    run.predictions_path.unlink()
    code, found = document("errors", run.id)
    assert code == 1
    assert "has no predictions yet" in found["error"]


def test_a_part_without_images_is_not_called_flawless(document, command, run, monkeypatch):
    monkeypatch.setattr(errors, "InferenceClient", NoHelper)
    assert document("errors", run.id, "--split", "validation")[1]["n"] == 0
    output = command("errors", run.id, "--split", "validation")[1]
    assert output.count("There is no image of that part of the split.") == 2
    assert "No image is taken for another" not in output


def test_an_unfinished_run_says_so_first(document, command, run, monkeypatch):
    monkeypatch.setattr(errors, "InferenceClient", NoHelper)
    run.update(state="running", processes=[identity()])
    assert document("errors", run.id)[1]["judged"]["unfinished"]
    assert command("errors", run.id)[1].startswith("Unfinished: ")
