"""A linear probe from its sample to what it keeps."""

import warnings

import numpy as np
import pandas as pd
import pytest

from core.advice.linear_probe import FOLDS, MAJORITY, PIXELS, LinearProbe, kept_findings, start_probe
from core.advice.linear_probe_worker import MOST_CLASSES, SAMPLE_IMAGES, Sample, backbones, draw_sample
from core.architectures.registry import find_architecture
from core.architectures.weights import models_folder
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.jobs.job import Job
from core.jobs.queue import Queue
from core.runs.lifecycle import wait


def images(**classes):
    labels = [label for label, count in classes.items() for _ in range(count)]
    splits = ["test" if row % 5 == 4 else "train" for row in range(len(labels))]
    return pd.DataFrame({"path": [f"{row}.png" for row in range(len(labels))], "label": labels, "split": splits})


@pytest.fixture
def colours(workspace, tmp_path, monkeypatch, draw_folder):
    """A dataset that small pixels tell apart; no weights are at hand."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    draw_folder(tmp_path / "colours")
    return run_import(create_from_path(workspace, tmp_path / "colours"))


# The sample ----------------------------------------------------------------------------------------------------------


def test_a_sample_is_the_same_each_time_and_balanced_as_the_images_are():
    table = images(common=3000, rare=1000)
    sample = draw_sample(table)
    assert sample.equals(draw_sample(table))
    assert len(sample) == SAMPLE_IMAGES
    assert sample["label"].value_counts().to_dict() == {"common": 225, "rare": 75}


def test_no_test_image_is_ever_sampled():
    assert "test" not in set(draw_sample(images(a=100, b=100))["split"])


def test_a_rare_class_has_an_image_for_every_fold_where_it_has_as_many():
    counts = draw_sample(images(common=5000, rare=20, tiny=2))["label"].value_counts()
    assert counts["rare"] == FOLDS
    assert 1 <= counts["tiny"] <= 2


def test_of_very_many_classes_some_are_drawn():
    sample = draw_sample(images(**{f"class{number}": 20 for number in range(MOST_CLASSES + 50)}))
    assert sample["label"].nunique() == MOST_CLASSES
    assert len(sample) == MOST_CLASSES * FOLDS


# Cross-validation ----------------------------------------------------------------------------------------------------


def sample_of(targets, groups=None):
    table = pd.DataFrame({"label": [f"class{target}" for target in targets]})
    groups = np.arange(len(targets)) if groups is None else groups
    return Sample(table, np.zeros((len(targets), 2, 2, 3), np.uint8), groups)


def evaluated(sample, features):
    return sample.evaluated(sample.majority(), features).right


def test_features_that_tell_the_classes_apart_are_right_and_noise_is_not():
    rng = np.random.default_rng(0)
    targets = np.repeat([0, 1, 2], 40)
    telling = np.eye(3)[targets] * 5 + rng.normal(size=(120, 3))
    sample = sample_of(targets)
    assert evaluated(sample, telling) > 110
    assert evaluated(sample, rng.normal(size=(120, 50))) < 70
    assert sample.majority().right == 40


def test_what_is_only_recognised_from_the_same_group_counts_for_nothing():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(20), 6)
    targets = np.tile([0, 1], 10)[groups]
    of_the_group = rng.normal(size=(20, 30))[groups]
    assert evaluated(sample_of(targets), of_the_group) == 120
    assert evaluated(sample_of(targets, groups), of_the_group) < 90


def test_classes_with_few_images_do_no_harm():
    targets = np.array([0] * 30 + [1] * 30 + [2] * 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sample = sample_of(targets)
        assert evaluated(sample, np.eye(3)[targets]) >= 60


# The whole -----------------------------------------------------------------------------------------------------------


def test_backbones_whose_weights_are_at_hand_are_tried_smallest_first(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert backbones() == []
    models_folder().mkdir(parents=True)
    for name in ("vgg16", "mobilenet_075"):
        (models_folder() / find_architecture(name).weights.file_name).touch()
    assert [architecture.name for architecture in backbones()] == ["mobilenet_075", "vgg16"]


@pytest.mark.slow
def test_without_weights_there_are_the_baselines(workspace, colours):
    status = wait(start_probe(workspace, colours))
    assert (status.state, status.error) == ("done", "")
    findings = kept_findings(colours)
    assert [candidate.name for candidate in findings.candidates] == [MAJORITY, PIXELS]
    majority, pixels = findings.candidates
    assert pixels.accuracy > 0.95 > 0.6 > majority.accuracy


@pytest.mark.slow
@pytest.mark.usefixtures("warm_starts")
def test_a_damaged_file_of_weights_is_said_and_the_others_stand(workspace, colours):
    models_folder().mkdir(parents=True)
    (models_folder() / find_architecture("mobilenet_075").weights.file_name).write_bytes(
        b"\x89HDF\r\n\x1a\n, but no more"
    )
    status = wait(start_probe(workspace, colours, seconds=200))
    assert (status.state, status.error) == ("done", "")
    damaged = kept_findings(colours).candidates[-1]
    assert damaged.accuracy is None
    assert "is damaged" in damaged.reason and "cannot be read as HDF5" in damaged.reason


@pytest.mark.slow
@pytest.mark.usefixtures("warm_starts")
def test_a_probe_waits_for_a_slot_and_can_be_stopped_meanwhile(workspace, colours, monkeypatch, eventually):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "1")
    slot = Queue(workspace.slots).free_slot()
    assert Queue(workspace.slots).free_slot() is None
    probe = start_probe(workspace, colours)
    eventually(lambda: probe.status().stage == "Waiting for a training to end")
    probe.request_stop()
    assert wait(probe).state == "stopped"
    slot.close()
    assert wait(start_probe(workspace, colours)).state == "done"


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.usefixtures("warm_starts")
def test_photographs_need_more_than_colours(workspace, real_images, real_weights):
    real_weights("mobilenet_075")
    dataset = run_import(create_from_path(workspace, real_images / "cats_dogs"))
    assert wait(start_probe(workspace, dataset, seconds=300)).state == "done"
    findings = kept_findings(dataset)
    _, pixels, *tried = findings.candidates
    assert findings.best.name == tried[0].name == "mobilenet_075"
    assert findings.best.interval[0] > pixels.interval[1]
    assert findings.best.full_seconds > 0
    # What was computed here is found again.
    assert wait(start_probe(workspace, dataset)).facts["features"]["computed"] == 0


def test_the_folder_of_a_probe_lies_as_deep_as_that_of_a_run(workspace):
    assert isinstance(LinearProbe.of(workspace), Job)
    assert LinearProbe.of(workspace).folder.parents[1] == workspace.root
