"""What a run will cost, on the page of the model: its measurement, its figures, and what keeps it from being made."""

from dataclasses import replace

import pytest

from core.advice.training_time import Estimate, TimingTrial, estimate_key, keep_estimate, start_estimate
from core.runs.draft import Draft
from core.runs.settings import read_settings

MEASURED = Estimate(
    title="Small CNN",
    frozen=False,
    images=32,
    start_seconds=5.0,
    once_seconds=3.0,
    epoch_seconds=7.0,
    evaluation_seconds=1.0,
    epochs=25,
    memory_bytes=10**9,
    pixel_bytes=10**6,
    disk_bytes=0,
    device="CPU (2 cores)",
    precision="tensorflow-float32",
    batch_size=32,
    measured="32 images read; 20 training steps of 32 images; 8 images validated",
    measured_at=0.0,
    machine="A processor, 25.3 GB of memory",
    notes=("Other programs took 40 % of the processor meanwhile.",),
)


@pytest.fixture
def scratch(pets):
    Draft(pets).choose(architecture="small_cnn")
    return pets


@pytest.fixture
def costs(visit):
    """The page of the model with the part on the cost open."""

    def open_page(**query):
        page = visit("model", **query)
        page.at.session_state[f"timer_{query.get('dataset', 'pets')}"] = True
        return page.run()

    return open_page


def keep(workspace, dataset, estimate):
    keep_estimate(workspace.machine, estimate_key(dataset, Draft(dataset).settings()), estimate)


def test_a_trial_is_started_followed_and_stopped(costs, scratch, workspace, launched):
    page = costs()
    assert "A few training steps with your own images" in page.words
    page.press("Measure on this machine")
    assert launched == [("core.training.training_time_worker", "current")]
    TimingTrial.of(workspace).update(state="running", stage="Reading images", done=32, total=128)
    assert "Reading images · 32 of 128" in page.run().words
    page.press("Stop measuring")
    assert TimingTrial.of(workspace).stop_requested
    assert page.button("Stop measuring").disabled


def test_what_was_measured_shows_at_once(costs, scratch, workspace):
    keep(workspace, scratch, MEASURED)
    page = costs()
    assert "About 7 s an epoch on this machine, at most 3 min in all; 1.0 GB of memory" in page.words
    assert "| In all, at most | 3 min |" in page.words
    assert "Other programs took 40 % of the processor meanwhile." in page.words
    assert "Measure again" in page.buttons


def test_more_memory_than_there_is_is_warned_of(costs, scratch, workspace):
    keep(workspace, scratch, replace(MEASURED, memory_bytes=10**15))
    page = costs()
    assert any("1000000.0 GB of memory" in warning.value.replace("\\", "") for warning in page.at.warning)


def test_figures_of_other_settings_are_not_shown(costs, scratch, workspace):
    keep(workspace, scratch, MEASURED)
    Draft(scratch).choose(image_size=64)
    page = costs()
    assert "7 s an epoch" not in page.words
    assert "Measure on this machine" in page.buttons


def test_a_trial_of_other_settings_is_named(costs, scratch, workspace, launched):
    start_estimate(workspace, scratch, read_settings({"dataset": scratch.name, "architecture": "small_cnn"}))
    Draft(scratch).choose(image_size=64)
    assert "Small CNN on pets is being measured." in costs().words


def test_a_trial_that_failed_says_why(costs, scratch, workspace, launched):
    trial = start_estimate(workspace, scratch, Draft(scratch).settings())
    trial.update(state="failed", error="The disk *is* full.\nLast lines of its log:\nx")
    assert costs().errors == ["The disk *is* full."]


def test_without_weights_there_is_nothing_to_press(costs, pets):
    Draft(pets).choose(architecture="mobilenet_075")
    page = costs()
    assert "so nothing can be measured, and nothing is guessed" in page.words
    assert "Measure on this machine" not in page.buttons
