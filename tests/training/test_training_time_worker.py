"""A trial from its slot to what it keeps, with real networks on small images."""

import time

import pytest

from core.advice.training_time import TimingTrial, estimate_key, kept_estimate, start_estimate
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.jobs.queue import Queue
from core.runs.lifecycle import start, wait
from core.runs.record import Run
from core.runs.settings import read_settings
from core.training import training_time_worker as module
from core.training.training_time_worker import StageClock, _about_others, measure


@pytest.fixture
def colours(workspace, tmp_path, draw_folder):
    draw_folder(tmp_path / "colours")
    return run_import(create_from_path(workspace, tmp_path / "colours"))


@pytest.fixture
def settings(colours):
    """Of the small CNN on small images, or with changes."""
    values = {"dataset": colours.name, "architecture": "small_cnn", "image_size": 32}
    return lambda **changes: read_settings(values | changes)


@pytest.mark.slow
def test_a_network_from_scratch_is_tried_and_remembered(workspace, colours, settings):
    wanted = settings(epochs=3, augmentation="flip_horizontal")
    status = wait(start_estimate(workspace, colours, wanted))
    assert (status.state, status.error) == ("done", "")
    estimate = kept_estimate(workspace, colours, wanted)
    assert estimate.images == (colours.images["split"] != "test").sum()
    assert estimate.epochs == 3
    for seconds in (estimate.start_seconds, estimate.once_seconds, estimate.epoch_seconds, estimate.evaluation_seconds):
        assert seconds > 0
    assert estimate.total_seconds > estimate.start_seconds + 3 * estimate.epoch_seconds
    assert estimate.memory_bytes > 100e6  # with all of Keras
    assert estimate.pixel_bytes == len(colours.images) * 32 * 32 * 3
    assert (estimate.batch_size, estimate.precision) == (32, "tensorflow-float32")
    # What was trained is of no use to anybody.
    trial = TimingTrial.of(workspace)
    assert not Run(trial.folder).best_weights.exists()
    assert not Run(trial.folder).checkpoint.exists()
    assert [path for path in trial.folder.iterdir() if path.is_dir()] == []


@pytest.mark.slow
@pytest.mark.usefixtures("warm_starts")
def test_the_run_that_follows_does_not_measure_again(workspace, colours, settings):
    wanted = settings(image_size=96, epochs=100, patience=100)  # long enough for a quicker way to pay
    assert wait(start_estimate(workspace, colours, wanted)).state == "done"
    (plan,) = (workspace.machine / "plans").glob("small_cnn-96-*.json")
    measured = plan.read_bytes(), plan.stat().st_mtime_ns
    run = start(workspace, colours, wanted)
    run.request_stop()
    assert wait(run).state == "stopped"
    assert (plan.read_bytes(), plan.stat().st_mtime_ns) == measured


@pytest.mark.slow
@pytest.mark.usefixtures("warm_starts")
def test_features_are_computed_as_a_run_finds_them_again(workspace, colours, settings):
    wanted = settings(architecture="mobilenet_075", image_size=32, weights="untrained", augmentation="flip_horizontal")
    status = wait(start_estimate(workspace, colours, wanted))
    assert (status.state, status.error) == ("done", "")
    estimate = kept_estimate(workspace, colours, wanted)
    assert estimate.frozen
    assert estimate.memory_bytes > 100e6
    views = 2 * len(colours.images)  # all as they are, and once mirrored
    assert estimate.disk_bytes == views * 768 * 4
    run = start(workspace, colours, read_settings(wanted.to_dict() | {"epochs": 1}))
    status = wait(run)
    assert status.state == "done", status.error
    assert run.record.features["found"] >= estimate.images
    # Now nothing is lacking, so that next time there is nothing to compute.
    assert wait(start_estimate(workspace, colours, wanted)).state == "done"
    estimate = kept_estimate(workspace, colours, wanted)
    assert estimate.once_seconds == 0
    assert "all of whose features were at hand" in estimate.measured


@pytest.mark.slow
@pytest.mark.usefixtures("warm_starts")
def test_a_trial_waits_for_a_slot_and_can_be_stopped_meanwhile(workspace, colours, settings, monkeypatch, eventually):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "1")
    slot = Queue(workspace.slots).free_slot()
    trial = start_estimate(workspace, colours, settings())
    eventually(lambda: trial.status().stage == "Waiting for a training to end")
    trial.request_stop()
    assert wait(trial).state == "stopped"
    assert kept_estimate(workspace, colours, settings()) is None
    slot.close()


@pytest.mark.slow
@pytest.mark.usefixtures("warm_starts")
def test_images_that_are_gone_are_said(workspace, colours, settings, tmp_path):
    for path in (tmp_path / "colours").rglob("*.png"):
        path.unlink()
    status = wait(start_estimate(workspace, colours, settings()))
    assert status.state == "failed"
    assert "No image of colours could be read" in status.error


@pytest.mark.slow
def test_what_takes_too_long_is_ended_in_words(workspace, colours, settings, monkeypatch):
    monkeypatch.setattr(module, "MOST_SECONDS", 0.0)
    monkeypatch.setattr(TimingTrial, "launch", lambda trial, module, **environment: None)
    trial = start_estimate(workspace, colours, settings())
    with pytest.raises(module.WorkbenchError, match="Choose a smaller input size"):
        measure(trial, 0.0)
    assert kept_estimate(workspace, colours, settings()) is None


def test_stages_are_timed_by_their_names(workspace):
    trial = TimingTrial.of(workspace)
    trial.folder.mkdir(parents=True)
    clock = StageClock(trial)
    clock.begin("Choosing the quickest way to train")
    end = time.monotonic() + 0.02
    while time.monotonic() < end:
        clock.facts(plan={})
    clock.begin("Training a few steps")
    assert trial.status().stage == "Training a few steps"
    assert 0.02 <= clock.seconds_choosing() <= sum(clock.seconds_in.values())
    clock.counted("Choosing once more")(1, 2)
    chosen = clock.seconds_choosing()
    time.sleep(0.02)
    clock.begin("Training a few steps")
    assert clock.seconds_choosing() >= chosen + 0.02


def test_others_that_took_their_part_are_said():
    assert _about_others(0, 0.05) == ()
    assert "Another run was training meanwhile" in _about_others(1, 0.9)[0]
    assert "Other programs took 40 % of the processor" in _about_others(0, 0.4)[0]


def test_the_key_of_a_trial_is_that_of_its_settings(workspace, colours, settings, monkeypatch):
    monkeypatch.setattr(TimingTrial, "launch", lambda trial, module, **environment: None)
    trial = start_estimate(workspace, colours, settings())
    assert trial.key == estimate_key(colours, settings())
