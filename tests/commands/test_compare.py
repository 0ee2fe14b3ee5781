"""Comparing, naming and starring runs from the command line."""

import numpy as np
import pytest

from core.evaluation.predictions import Predictions
from core.jobs.job import identity
from core.runs.record import create_run
from core.runs.settings import read_settings


@pytest.fixture
def finished(workspace):
    def make(wrong, **changes):
        run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"} | changes))
        true = np.tile([0, 1], 50)
        given = np.where(np.arange(100) < wrong, 1 - true, true)
        ids = np.array([f"{index}.png" for index in range(100)])
        probabilities = np.where(given[:, None] == [0, 1], 0.9, 0.1)
        Predictions(ids, np.repeat(["test"], 100), true, probabilities, ("cats", "dogs")).save(run.predictions_path)
        run.update(state="done", started=100.0, finished=160.0, facts={"dataset_version": "1"})
        return run

    return make


def test_runs_are_compared(document, command, finished):
    better, worse = finished(3), finished(20, seed=5)
    code, found = document("compare", worse.id, better.id)
    assert code == 0
    assert found["best"] == better.id
    assert [row["accuracy"] for row in found["runs"]] == [0.8, 0.97]
    assert found["settings"] == {"seed": [5, 0]}
    assert found["pairs"][0]["proven"]
    code, output, _ = command("compare", worse.id, better.id)
    assert code == 0
    assert output.startswith("B (Small CNN, seed 0) is better than A (Small CNN, seed 5), by more than chance")
    assert "97.0 %" in output
    assert "Seed" in output
    assert "B is better than A on images like these." in output


def test_one_run_is_not_enough(document, finished):
    run = finished(3)
    assert document("compare", run.id)[0] == 2
    code, found = document("compare", run.id, run.id)
    assert code == 2
    assert "compared with itself" in found["error"]
    assert document("compare", run.id, "nothing")[0] == 2


def test_a_run_is_named_noted_and_starred(document, finished):
    run = finished(3)
    expected = {"run": run.id, "name": "first", "notes": "", "star": True}
    assert document("label", run.id, "--name", "first", "--star") == (0, expected)
    assert document("label", run.id, "--notes", "slow", "--no-star")[1] == expected | {"notes": "slow", "star": False}
    code, found = document("label", run.id, "--name", "x" * 61)
    assert code == 2
    assert "may have up to 60 letters" in found["error"]


def test_an_unfinished_run_is_told_from_the_others(document, command, finished):
    done, going = finished(3), finished(20, seed=5)
    going.update(state="running", processes=[identity()])
    (words,) = document("compare", done.id, going.id)[1]["provisional"]
    assert words.startswith("B: Unfinished: ")
    assert words in command("compare", done.id, going.id)[1]
