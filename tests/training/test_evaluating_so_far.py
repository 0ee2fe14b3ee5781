"""A training that is asked to evaluate its best so far answers, and ends as if it had not been asked."""

import numpy as np
import pytest

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.evaluation.predictions import Predictions
from core.runs.evaluation_state import evaluation_state_of, evaluations_of, failed_evaluation
from core.runs.record import create_run
from core.runs.settings import read_settings
from core.training.callbacks.evaluate_on_request import EvaluateOnRequest
from core.training.trainer import train
from core.workspace import Workspace

pytestmark = pytest.mark.slow

SETTINGS = {"dataset": "tiny", "image_size": 32, "epochs": 4, "patience": 100, "deterministic": True}
VARIED = "flip_horizontal,rotation=15"
SCRATCH = {
    "architecture": "small_cnn",
    "batch_size": 8,
    "augmentation": f"{VARIED},mixup@0.5",
    "test_time_augmentation": True,
}
HEAD = {"architecture": "mobilenet_025", "weights": "untrained"}
KERAS_HEAD = HEAD | {"hidden": 8, "optimiser": "sgd"}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory, draw_folder):
    folder = tmp_path_factory.mktemp("tiny")
    draw_folder(folder / "images", 20)
    workspace = Workspace.at(folder / "workspace")
    run_import(create_from_path(workspace, folder / "images", "tiny"))
    return workspace


@pytest.fixture
def trained(tiny):
    """Trains a run in this process."""

    def make(settings):
        run = create_run(tiny, read_settings(SETTINGS | settings))
        train(run.folder)
        assert run.status().state == "done", run.status().error
        return run

    return make


@pytest.fixture
def asked_at_every_epoch(monkeypatch):
    """From now on runs are asked for their best so far at the end of each epoch; gives what was answered meanwhile."""
    found, begin = [], EvaluateOnRequest.on_epoch_begin

    def look(callback, epoch):
        begin(callback, epoch)
        if callback._run.predictions_path.exists():
            found.append(callback._run.predictions())

    monkeypatch.setattr(EvaluateOnRequest, "on_epoch_end", lambda callback, *_: callback._run.request_evaluation())
    monkeypatch.setattr(EvaluateOnRequest, "on_epoch_begin", look)
    return found


@pytest.mark.parametrize("settings", [SCRATCH, HEAD, KERAS_HEAD], ids=["from scratch", "linear head", "hidden layer"])
def test_it_goes_on_as_if_it_had_not_been_asked(trained, settings, request):
    alone = trained(settings)
    found = request.getfixturevalue("asked_at_every_epoch")
    asked = trained(settings)
    assert [answers.epoch for answers in found] == [event["epoch"] for event in evaluations_of(asked)][:-1]
    assert found[0].epoch == 1
    assert all(len(answers) == len(asked.predictions()) for answers in found)
    with np.load(alone.checkpoint) as one, np.load(asked.checkpoint) as other:
        arrays = [name for name in one.files if name != "state"]
        assert [name for name in arrays if not np.array_equal(one[name], other[name])] == []
    assert np.array_equal(alone.predictions().probabilities, asked.predictions().probabilities)
    assert not asked.evaluation_requested
    assert asked.status().facts.keys() == alone.status().facts.keys()
    standing = evaluation_state_of(asked)
    assert (standing.epoch, standing.words()) == (standing.best_epoch, "")


def test_evaluating_that_comes_to_nothing_is_told_and_the_training_goes_on(trained, monkeypatch, asked_at_every_epoch):
    save, calls = Predictions.save, []

    def fail_once(predictions, path):
        calls.append(path)
        if len(calls) == 1:
            raise OSError(28, "No space left on device")
        save(predictions, path)

    monkeypatch.setattr(Predictions, "save", fail_once)
    run = trained(HEAD)
    first, *others = evaluations_of(run)
    assert first["error"].startswith("The disk is full.")
    assert all("error" not in event for event in others)
    assert failed_evaluation(run) == ""
    assert run.status().facts["epochs"] == SETTINGS["epochs"]
