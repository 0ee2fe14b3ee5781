"""A run that does what the course does: its epochs, its decay, its first biases, and the last epoch's answers."""

import keras
import numpy as np
import pytest

from core.advice.diagnosis import diagnosis_of
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.runs.events import best_epoch, epoch_table
from core.runs.record import create_run
from core.runs.settings import read_settings
from core.training.optimisers import build_optimiser
from core.training.schedules import learning_rate_at
from core.training.trainer import train
from core.workspace import Workspace

pytestmark = pytest.mark.slow
EPOCHS = 4


@pytest.fixture(scope="module")
def run(tmp_path_factory, draw_folder):
    """Of the perceptron, by an SGD whose rate decays in a few steps."""
    place = tmp_path_factory.mktemp("as_course")
    draw_folder(place / "images", 12)
    workspace = Workspace.at(place / "home")
    run_import(create_from_path(workspace, place / "images", "tiny"))
    values = {"dataset": "tiny", "architecture": "perceptron", "as_course": True, "epochs": EPOCHS, "seed": 1}
    values |= {"optimiser": "sgd", "learning_rate": 0.5, "schedule": "inverse_time", "decay_rate": 0.1}
    run = create_run(workspace, read_settings(values))
    assert train(run.folder) == 0, run.status().error
    return run


def test_all_epochs_are_trained_and_the_last_one_answers(run):
    events = run.events.read()
    table = epoch_table(events)
    assert list(table["epoch"]) == [1, 2, 3, 4]
    assert best_epoch(events) == EPOCHS
    assert run.predictions().epoch == EPOCHS
    assert run.status().facts["best_epoch"] == EPOCHS
    validated = run.predictions().of("validation")
    losses = -np.log(validated.probabilities[np.arange(len(validated)), validated.true])
    assert losses.mean() == pytest.approx(table["val_loss"].iloc[-1], rel=1e-3)


def test_the_learning_rate_decays_step_by_step(run):
    settings, batches = run.settings, 1
    rates = epoch_table(run.events.read())["learning_rate"]
    expected = [learning_rate_at(settings, epoch, batches) for epoch in range(1, EPOCHS + 1)]
    assert list(rates) == pytest.approx(expected)
    assert rates.iloc[-1] == pytest.approx(0.5 / 1.3)


def test_it_computes_in_float32_and_says_what_departs(run):
    assert run.record.plan["family"] == "float32"
    assert "best epoch is kept" not in diagnosis_of(run).words


def test_the_slides_sgd_moves_the_weights_as_keras_does_with_its_inverse_time_decay():
    """Step by step on a parabola, by the rates of the schedule and by Keras's own `InverseTimeDecay`."""
    values = {"dataset": "x", "architecture": "cnn_32_32_64_64", "as_course": True, "decay_rate": 0.05}
    settings = read_settings(values)
    ours, theirs = (keras.Variable([3.0, -2.0]) for _ in range(2))
    optimiser = build_optimiser(settings)
    decay = keras.optimizers.schedules.InverseTimeDecay(settings.learning_rate, 1, 0.05)
    keras_own = keras.optimizers.SGD(decay, momentum=0.9, nesterov=True)
    for step in range(1, 21):
        optimiser.learning_rate = learning_rate_at(settings, step / 10, 10)
        optimiser.apply([2 * ours.value], [ours])
        keras_own.apply([2 * theirs.value], [theirs])
    np.testing.assert_allclose(*(keras.ops.convert_to_numpy(each) for each in (ours, theirs)), rtol=1e-5)
