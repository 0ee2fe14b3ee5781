"""Runs that fine-tune: a second phase behind the head's, which is stopped, resumed and extended as any training."""

import threading

import keras
import numpy as np
import pytest

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.errors import UsageError
from core.runs.evaluation_state import evaluations_of
from core.runs.events import epoch_table
from core.runs.lifecycle import extend, wait
from core.runs.record import create_run
from core.runs.settings import read_settings
from core.runs.training_state import epochs_in
from core.training.callbacks.evaluate_on_request import EvaluateOnRequest
from core.training.trainer import train
from core.workspace import Workspace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file"),
]

HEAD_EPOCHS, EPOCHS = 3, 4
SETTINGS = {
    "dataset": "tiny",
    "architecture": "mobilenet_075",
    "image_size": 32,
    "epochs": HEAD_EPOCHS,
    "unfreeze": 2,
    "fine_tune_epochs": EPOCHS,
    "fine_tune_rate": 1e-3,
    "augmentation": "flip_horizontal",
    "patience": 100,
    "deterministic": True,
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory, draw_folder):
    folder = tmp_path_factory.mktemp("tiny")
    draw_folder(folder / "images", 30)
    workspace = Workspace.at(folder / "workspace")
    run_import(create_from_path(workspace, folder / "images", "tiny"))
    return workspace


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """With weights whose batch normalisation knows images: untrained, nearly nothing would reach the last blocks."""
    keras.utils.set_random_seed(0)
    network = keras.applications.MobileNet(alpha=0.75, include_top=False, weights=None, input_shape=(32, 32, 3))
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    network(np.random.default_rng(0).uniform(-1, 1, (64, 32, 32, 3)), training=True)
    path = tmp_path_factory.mktemp("weights") / "mobilenet.h5"
    network.save(path)
    return SETTINGS | {"weights": str(path)}


@pytest.fixture
def new_run(tiny, settings):
    return lambda **changes: create_run(tiny, read_settings(settings | changes))


@pytest.fixture(scope="module")
def unbroken(tiny, settings):
    run = create_run(tiny, read_settings(settings))
    assert train(run.folder) == 0, run.status().error
    return run


def told(run):
    columns = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "best", "learning_rate"]
    return epoch_table(run.events.read())[columns].to_dict("list")


def assert_same(run, other):
    for ours, theirs in (
        (run.checkpoint, other.checkpoint),
        (run.fine_tuning_checkpoint, other.fine_tuning_checkpoint),
    ):
        with np.load(ours) as left, np.load(theirs) as right:
            assert left.files == right.files
            for name in set(left.files) - {"state"}:
                np.testing.assert_array_equal(left[name], right[name], err_msg=name)
    assert told(run) == told(other)
    np.testing.assert_array_equal(run.predictions().probabilities, other.predictions().probabilities)
    for fact in ("best_epoch", "epochs"):
        assert run.status().facts[fact] == other.status().facts[fact]
    assert run.record.fine_tuned == other.record.fine_tuned


def test_epochs_number_on_behind_those_of_the_head_and_the_gain_is_told(unbroken):
    assert told(unbroken)["epoch"] == list(range(1, HEAD_EPOCHS + EPOCHS + 1))
    record = unbroken.record
    assert unbroken.status().facts["epochs"] == HEAD_EPOCHS + EPOCHS
    assert (record.fine_tuned["blocks"], record.fine_tuned["epochs"]) == (2, EPOCHS)
    gain = record.fine_tuned["gain"]
    assert gain["after"] < gain["before"]
    assert gain["after"] == min(told(unbroken)["val_loss"][HEAD_EPOCHS:])
    assert gain["before"] == pytest.approx(min(told(unbroken)["val_loss"][:HEAD_EPOCHS]), rel=0.05)
    begun = [event for event in unbroken.events.read() if event.get("name") == "fine_tune"]
    assert [event["epochs"] for event in begun] == [HEAD_EPOCHS]
    assert record.views_averaged == 2
    assert record.views["averaged"] == record.test_accuracy
    assert 0 <= record.views["alone"] <= 1
    assert record.views["seconds"] > 0, "they had to be computed"


def test_a_run_that_was_stopped_while_it_fine_tuned_goes_on_to_the_same_bits(unbroken, new_run, eventually):
    run = new_run()

    def stop():
        eventually(lambda: epochs_in(run.fine_tuning_checkpoint) >= 1)
        run.request_stop()

    stopper = threading.Thread(target=stop)
    stopper.start()
    assert train(run.folder) == 0
    stopper.join()
    assert len(run.predictions()) == 60
    run.forget()
    assert train(run.folder) == 0, run.status().error
    assert_same(run, unbroken)


def test_asked_to_evaluate_its_best_so_far_at_every_epoch_it_ends_as_if_it_had_not_been(unbroken, new_run, monkeypatch):
    """Until fine-tuning has been better than the head it began with, it is the head that answers."""
    run = new_run()
    monkeypatch.setattr(EvaluateOnRequest, "on_epoch_end", lambda *_: run.request_evaluation())
    assert train(run.folder) == 0, run.status().error
    answered = [event["epoch"] for event in evaluations_of(run)]
    assert answered[HEAD_EPOCHS - 1] <= HEAD_EPOCHS < answered[HEAD_EPOCHS]
    assert not any("error" in event for event in evaluations_of(run))
    assert_same(run, unbroken)


def test_a_run_stopped_before_it_fine_tuned_is_evaluated_by_the_head_and_goes_on(unbroken, new_run, eventually):
    run = new_run(unfreeze=3)  # whose activations are not at hand
    run_stops = threading.Thread(
        target=lambda: (eventually(lambda: epochs_in(run.checkpoint) == HEAD_EPOCHS), run.request_stop())
    )
    run_stops.start()
    assert train(run.folder) == 0
    run_stops.join()
    assert run.status().state == "stopped"
    assert len(run.predictions()) == 60
    run.forget()
    assert train(run.folder) == 0, run.status().error
    assert told(run)["epoch"] == list(range(1, HEAD_EPOCHS + EPOCHS + 1))


def test_epochs_that_are_added_are_epochs_of_fine_tuning(tiny, unbroken, new_run):
    short = new_run(fine_tune_epochs=2)
    assert train(short.folder) == 0
    extend(tiny, short, 2)
    assert wait(short).state == "done", short.status().error
    assert short.settings.fine_tune_epochs == EPOCHS
    assert_same(short, unbroken)


def test_where_fine_tuning_only_does_harm_the_head_answers(new_run):
    harmed, head = new_run(fine_tune_rate=0.5, fine_tune_epochs=2), new_run(unfreeze=0)
    assert train(head.folder) == 0
    train(harmed.folder)  # done, or failed since it diverged
    assert not harmed.fine_tuned_weights.exists()
    assert harmed.status().facts["best_epoch"] == head.status().facts["best_epoch"]
    np.testing.assert_array_equal(harmed.predictions().probabilities, head.predictions().probabilities)


def test_a_head_with_a_hidden_layer_is_fine_tuned_as_well(new_run):
    run = new_run(hidden=8, fine_tune_epochs=1)
    assert train(run.folder) == 0, run.status().error
    gain = run.record.fine_tuned["gain"]
    assert gain["before"] == pytest.approx(min(told(run)["val_loss"][:HEAD_EPOCHS]), rel=0.05)


def test_activations_beyond_the_quota_are_refused_before_anything_is_trained(new_run, monkeypatch):
    monkeypatch.setenv("WORKBENCH_FEATURES_GB", "0.00001")
    run = new_run()
    assert train(run.folder) == 1
    assert "To fine-tune the last 2 blocks" in run.status().error
    assert not run.checkpoint.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"architecture": "inception_v3", "image_size": 75, "unfreeze": 11}, "must be from 0 to 10: InceptionV3 has"),
        ({"architecture": "small_cnn", "weights": "", "unfreeze": 1}, "Small CNN is trained from scratch"),
        ({"architecture": "vgg16", "unfreeze": 5}, "must be from 0 to 4"),
    ],
)
def test_blocks_that_are_not_there_are_refused_in_words(changes, words):
    with pytest.raises(UsageError, match=words):
        read_settings(SETTINGS | changes)


def test_the_same_activations_are_computed_once(unbroken, new_run):
    run = new_run(fine_tune_epochs=1)
    assert train(run.folder) == 0
    stages = [event["name"] for event in run.events.read() if event["kind"] == "stage"]
    assert "Computing activations" in [event["name"] for event in unbroken.events.read() if event["kind"] == "stage"]
    assert "Computing activations" not in stages
