"""A rate that is looked for on a trial: what it suggests, and that the trial leaves nothing behind."""

import numpy as np
import pytest

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.runs.events import epoch_table
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.training.batches import Batches
from core.training.heads import build_head
from core.training.learning_rate_finder import (
    LEAST_RATE,
    LEAST_RATE_OF_SGD,
    find_learning_rate,
    smoothed,
    suggested_rate,
)
from core.training.trainer import train


@pytest.fixture
def features():
    """Two clouds that a line tells apart, and the class of each point."""
    draw = np.random.default_rng(0)
    targets = draw.integers(0, 2, 400)
    return (draw.normal(size=(400, 20)) + 2 * targets[:, None]).astype(np.float32), targets


def settings_of(**changes):
    return read_settings({"dataset": "pets", "architecture": "mobilenet_075", "find_learning_rate": True} | changes)


def curve_of(features, targets, settings, **options):
    head = build_head(settings, features, 2)
    return head, find_learning_rate(head, Batches(features, targets, 32, settings.seed), settings, **options)


def test_the_suggested_rate_learns_and_the_loss_falls_there(features):
    _, curve = curve_of(*features, settings_of())
    assert 1e-4 < curve.suggestion < 0.3
    assert curve.suggestion in curve.rates
    assert curve.rates[0] == LEAST_RATE
    assert curve.rates == sorted(curve.rates)
    assert len(curve.losses) == len(curve.rates)
    assert min(curve.losses) < curve.losses[0] / 2


def test_the_trial_leaves_nothing_behind(features):
    inputs, targets = features
    settings = settings_of()
    untouched = build_head(settings, inputs, 2)
    tried, _ = curve_of(inputs, targets, settings)
    assert tried.learning_rate == untouched.learning_rate
    before, after = untouched.variables(), tried.variables()
    assert before.keys() == after.keys()
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value, name)


def test_a_fall_behind_the_least_loss_is_no_suggestion():
    """As the course's cervix network has it: the loss explodes, and comes back at rates that nothing is learned by."""
    rates = np.geomspace(1e-6, 1, 60)
    raw = np.concatenate([np.full(30, 1.1), np.linspace(1.1, 0.9, 10), np.linspace(2, 3, 10), np.full(10, 1.2)])
    suggestion = suggested_rate(rates, smoothed(raw.tolist()), raw)
    assert rates[29] < suggestion <= rates[39]


def test_labels_that_are_noise_suggest_no_rate():
    noise = np.random.default_rng(1).normal(size=(4000, 5)).astype(np.float32)
    _, curve = curve_of(noise, np.random.default_rng(2).integers(0, 2, 4000), settings_of())
    assert curve.suggestion is None
    assert len(curve.rates) == len(curve.losses)


def test_a_trial_that_is_given_up_ends_at_once(features):
    _, curve = curve_of(*features, settings_of(), is_over=lambda: True)
    assert len(curve.losses) == 1
    assert curve.suggestion is None


@pytest.mark.slow
def test_a_keras_model_is_put_back_as_well(features):
    """Its weights, its optimiser and what its dropout would draw next."""
    inputs, targets = features
    settings = settings_of(hidden=16, optimiser="sgd")
    head = build_head(settings, inputs, 2)
    before = {name: value.copy() for name, value in head.variables().items()}
    curve = find_learning_rate(head, Batches(inputs, targets, 32, 0), settings)
    assert curve.suggestion is not None
    assert curve.rates[0] == LEAST_RATE_OF_SGD
    for name, value in head.variables().items():
        np.testing.assert_array_equal(value, before[name], name)


@pytest.mark.slow
def test_a_run_trains_with_the_rate_it_found_and_goes_on_with_it(workspace, draw_folder, tmp_path):
    draw_folder(tmp_path / "images", 10)
    run_import(create_from_path(workspace, tmp_path / "images", "tiny"))
    settings = {"dataset": "tiny", "architecture": "mobilenet_075", "weights": "untrained", "image_size": 32}
    run = create_run(workspace, read_settings(settings | {"find_learning_rate": True, "epochs": 2}))
    assert train(run.folder) == 0, run.status().error
    (found,) = events(run, "rates")
    assert found["chosen"] > 0
    assert len(found["rates"]) == len(found["losses"])
    assert any(note["text"].startswith("Learning rate: ") for note in events(run, "note"))
    run.save_settings(read_settings(run.settings.to_dict() | {"epochs": 4}))
    assert train(run.folder) == 0, run.status().error
    assert len(events(run, "rates")) == 1, "it is looked for once"
    rates = epoch_table(run.events.read())["learning_rate"]
    assert rates.tolist() == [found["chosen"]] * 4


def events(run: Run, kind):
    return [event for event in run.events.read() if event["kind"] == kind]
