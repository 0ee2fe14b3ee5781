"""An estimate as others see it: its words, its start and refusals, and what is kept of it."""

import json
import time
from dataclasses import replace

import pytest

from core.advice import training_time as module
from core.advice.training_time import (
    Estimate,
    TimingTrial,
    about,
    ago,
    estimate_key,
    gigabytes,
    keep_estimate,
    kept_estimate,
    read_estimate,
    start_estimate,
    what_is_left_out,
    why_not_measured,
)
from core.architectures.weights import models_folder
from core.errors import UsageError
from core.jobs.job import Job, identity
from core.runs.settings import read_settings

SCRATCH = Estimate(
    title="Small CNN",
    frozen=False,
    images=96,
    start_seconds=5.0,
    once_seconds=3.0,
    epoch_seconds=7.0,
    evaluation_seconds=1.0,
    epochs=25,
    memory_bytes=1_900_000_000,
    pixel_bytes=400_000_000,
    disk_bytes=0,
    device="CPU (2 cores)",
    precision="tensorflow-float32",
    batch_size=32,
    measured="96 images read; 20 training steps of 32 images; 30 images validated",
    measured_at=0.0,
    machine="A processor, 25.3 GB of memory",
)
HEAD = replace(SCRATCH, frozen=True, once_seconds=40.0, epoch_seconds=0.12, pixel_bytes=0, disk_bytes=6_000_000)


@pytest.fixture
def pets(imported):
    return imported("pets", {"cats": 20, "dogs": 20})


@pytest.fixture
def launched(monkeypatch):
    started = []

    def launch(job: Job, module: str, **environment: str) -> None:
        started.append((module, environment))
        job.update(state="queued", started=time.time(), processes=[identity()])

    monkeypatch.setattr(Job, "launch", launch)
    return started


def settings(dataset, **changes):
    return read_settings({"dataset": dataset.name, "architecture": "small_cnn"} | changes)


def now(estimate):
    return replace(estimate, measured_at=time.time())


# In words ------------------------------------------------------------------------------------------------------------


def test_the_decisive_figures_are_in_one_sentence():
    assert now(SCRATCH).words() == (
        "About 7 s an epoch on this machine, at most 3 min in all; 1.9 GB of memory: measured on 96 of your images "
        "just now."
    )
    assert now(HEAD).words().startswith("About 40 s for the features once, then 0.1 s an epoch on this machine")


def test_features_that_are_at_hand_are_not_spoken_of():
    assert now(replace(HEAD, once_seconds=0.0)).words().startswith("About 0.1 s an epoch")


def test_the_whole_is_its_parts():
    assert SCRATCH.total_seconds == 5 + 3 + 25 * 7 + 1
    values = dict(SCRATCH.rows())
    assert (values["An epoch"], values["In all, at most"], values["Memory"]) == ("7 s", "3 min", "1.9 GB")
    assert "Features on disk" not in values
    assert dict(HEAD.rows())["Features on disk"] == "6 MB"


@pytest.mark.parametrize(
    "seconds, words",
    [(0, "less than 0.01 s"), (0.037, "0.04 s"), (0.42, "0.4 s"), (7.4, "7 s"), (75, "75 s"), (200, "3 min")],
)
def test_durations_have_the_digits_they_deserve(seconds, words):
    assert about(seconds) == words
    assert about(9000) == "2.5 h"


@pytest.mark.parametrize(
    "seconds, words",
    [(-5, "just now"), (599, "just now"), (1200, "20 minutes ago"), (3700, "1 hour ago"), (200_000, "2 days ago")],
)
def test_how_long_ago_it_was_measured(seconds, words):
    assert ago(seconds) == words


def test_few_bytes_are_no_fraction_of_a_gigabyte():
    assert gigabytes(24e6) == "24 MB"
    assert gigabytes(1.94e9) == "1.9 GB"


def test_more_memory_than_is_free_is_warned_of_with_a_way_out():
    assert SCRATCH.warning(free_bytes=4 * 10**9) == ""
    assert "about 1.9 GB of memory, and 1.0 GB are free. Choose a smaller" in SCRATCH.warning(free_bytes=10**9)


def test_pixels_for_which_a_run_would_be_refused_are_warned_of():
    crowded = replace(SCRATCH, memory_bytes=10**9, pixel_bytes=9 * 10**8)
    assert "The pixels of all images take 0.9 GB" in crowded.warning(free_bytes=2 * 10**9)


def test_what_no_trial_measures_is_said(pets):
    assert what_is_left_out(settings(pets)) == ()
    (fine_tuning,) = what_is_left_out(settings(pets, architecture="mobilenet_075", unfreeze=1))
    assert "Fine-tuning comes on top" in fine_tuning
    assert "learning rate" in what_is_left_out(settings(pets, find_learning_rate=True))[0]


# What is kept --------------------------------------------------------------------------------------------------------


def test_an_estimate_survives_being_written():
    noted = replace(SCRATCH, notes=("A note.",))
    assert read_estimate(json.loads(json.dumps(noted.to_dict()))) == noted


def test_what_was_measured_is_found_again_with_the_epochs_of_now(workspace, pets):
    assert kept_estimate(workspace, pets, settings(pets)) is None
    keep_estimate(workspace.machine, estimate_key(pets, settings(pets)), SCRATCH)
    assert kept_estimate(workspace, pets, settings(pets)) == SCRATCH
    longer = kept_estimate(workspace, pets, settings(pets, epochs=100, learning_rate=0.1, seed=7, dropout=0.5))
    assert longer == replace(SCRATCH, epochs=100)


@pytest.mark.parametrize(
    "changes",
    [{"image_size": 64}, {"batch_size": 8}, {"augmentation": "flip_horizontal"}, {"dropout": 0}, {"optimiser": "sgd"}],
)
def test_of_other_settings_nothing_is_claimed(workspace, pets, changes):
    keep_estimate(workspace.machine, estimate_key(pets, settings(pets)), SCRATCH)
    assert kept_estimate(workspace, pets, settings(pets, **changes)) is None


def test_of_other_images_nothing_is_claimed(workspace, pets, imported):
    keep_estimate(workspace.machine, estimate_key(pets, settings(pets)), SCRATCH)
    other = imported("other", {"a": 10, "b": 10})
    assert kept_estimate(workspace, other, settings(other)) is None


def test_a_longer_run_may_compute_otherwise_where_nothing_was_tried(workspace, pets):
    keep_estimate(workspace.machine, estimate_key(pets, settings(pets)), replace(SCRATCH, assumed=True))
    assert kept_estimate(workspace, pets, settings(pets, epochs=10)) is not None
    assert kept_estimate(workspace, pets, settings(pets, epochs=26)) is None


@pytest.mark.parametrize("text", ["[1]", "{", "{}"])
def test_a_damaged_file_is_worth_no_more_than_none(workspace, pets, text):
    keep_estimate(workspace.machine, estimate_key(pets, settings(pets)), SCRATCH)
    (path,) = (workspace.machine / "estimates").iterdir()
    path.write_text(text)
    assert kept_estimate(workspace, pets, settings(pets)) is None


def test_of_very_many_the_oldest_go(workspace, pets, monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    for size in range(32, 37):
        keep_estimate(workspace.machine, estimate_key(pets, settings(pets, image_size=size)), SCRATCH)
    assert len(list((workspace.machine / "estimates").iterdir())) == 3
    assert kept_estimate(workspace, pets, settings(pets, image_size=36)) == SCRATCH


# Its start -----------------------------------------------------------------------------------------------------------


def test_a_trial_is_started_once_at_a_time(workspace, pets, launched):
    trial = start_estimate(workspace, pets, settings(pets))
    assert launched == [("core.training.training_time_worker", {"WORKBENCH_SLOTS": str(workspace.slots)})]
    assert trial.settings == settings(pets)
    assert trial.title == "Small CNN on pets"
    assert trial.is_of(pets, settings(pets, epochs=3))
    assert not trial.is_of(pets, settings(pets, image_size=64))
    with pytest.raises(UsageError, match="Small CNN on pets is being measured"):
        start_estimate(workspace, pets, settings(pets, image_size=64))


def test_nothing_of_the_last_trial_is_taken_for_this_one(workspace, pets, launched):
    trial = start_estimate(workspace, pets, settings(pets))
    trial.update(state="failed", error="The disk is full.", facts={"device": "CPU"})
    trial.request_stop()
    (trial.folder / "tmp").mkdir()
    for name in ("computing.json", "events.jsonl", "checkpoint.npz", "tmp/best.weights.h5"):
        (trial.folder / name).write_text("{}")
    again = start_estimate(workspace, pets, settings(pets, image_size=64))
    assert {path.name for path in again.folder.iterdir() if path.suffix != ".lock"} == {
        *("request.json", "status.json"),
    }
    assert (again.status().state, again.status().facts) == ("queued", {})
    assert TimingTrial.of(workspace).settings.image_size == 64


def test_without_weights_nothing_is_measured_and_nothing_guessed(workspace, pets, launched, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    wanted = settings(pets, architecture="mobilenet_075")
    with pytest.raises(UsageError, match=r"weights of MobileNet α 0\.75 are not on this machine"):
        start_estimate(workspace, pets, wanted)
    assert launched == []
    assert why_not_measured(settings(pets, architecture="mobilenet_075", weights="untrained")) == ""
    models_folder().mkdir(parents=True)
    (models_folder() / wanted.design.weights.file_name).touch()
    assert why_not_measured(wanted) == ""


def test_what_can_t_be_trained_on_is_refused(workspace, imported, launched):
    single = imported("single", {"cats": 1, "dogs": 1})
    with pytest.raises(UsageError, match="cannot be trained on"):
        start_estimate(workspace, single, settings(single))
    assert launched == []


def test_a_network_that_was_composed_anew_under_its_old_name_is_another(workspace, pets):
    def composed(*kinds):
        blocks = [{"kind": kind} for kind in kinds]
        made = {"name": "mine", "title": "Mine", "image_size": 32, "channels": 3, "blocks": blocks}
        return read_settings({"dataset": pets.name, "architecture": "mine", "network": made})

    keep_estimate(workspace.machine, estimate_key(pets, composed("residual", "flatten")), SCRATCH)
    assert kept_estimate(workspace, pets, composed("residual", "flatten")) is not None
    assert kept_estimate(workspace, pets, composed("residual", "global_average_pool")) is None
