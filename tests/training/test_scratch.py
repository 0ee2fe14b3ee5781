"""What a training from scratch begins with: how it computes is chosen once, said, and kept to."""

import shutil
from dataclasses import replace

import keras
import pytest

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.store import open_dataset
from core.errors import UsageError
from core.features.runtimes import plain_name
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.training import scratch
from core.training.scratch import prepare_scratch
from core.workspace import Workspace


@pytest.fixture
def prepare(tmp_path, draw_folder):
    """A function that prepares a new run, or again one that there is."""
    draw_folder(tmp_path / "images", count=12, side=32)
    workspace = Workspace.at(tmp_path / "workspace")
    run_import(create_from_path(workspace, tmp_path / "images", "tiny"))
    dataset = open_dataset(workspace, "tiny")
    values = {"dataset": "tiny", "architecture": "small_cnn", "image_size": 32}

    def prepared(run: Run | None = None, **changes):
        run = run or create_run(workspace, read_settings(values | changes))
        return run, prepare_scratch(
            run, dataset, dataset.content.divided(run.settings.split_settings(dataset.content.settings))
        )

    return prepared


def notes(run):
    return [event["text"] for event in run.events.read() if event["kind"] == "note"]


def policies(model):
    """What the layers of the network compute in, which is behind the augmentation."""
    layers = model.layers[-1].layers
    return [layer.compute_dtype for layer in layers if not isinstance(layer, keras.layers.InputLayer)]


@pytest.mark.slow
def test_what_is_measured_is_said_and_kept_when_it_goes_on(prepare, monkeypatch):
    monkeypatch.setattr(scratch, "PIXELS_WORTH_TRYING", 0)
    run, _ = prepare(batch_size=0)
    kept = run.record
    plan = kept.plan
    assert (plan["batch_size"], kept.found_batch_size) == (16, 16)
    (note,) = notes(run)
    assert plan["words"] in note
    assert "Batches of 16 images." in note
    # Another machine, or less memory by now: it goes on as it began, in batches that have become smaller.
    shutil.rmtree(run.workspace.machine / "plans")
    run.update(facts={"found_batch_size": 8})
    run.forget()
    prepare(run)
    assert run.record == replace(kept, found_batch_size=8)
    assert run.record.plan == plan
    assert len(notes(run)) == 1


def test_a_short_training_is_not_worth_a_measurement(prepare):
    run, prepared = prepare(epochs=2, batch_size=4)
    assert "too few images" in notes(run)[0]
    assert run.record.found_batch_size == 4
    assert set(policies(prepared.learner.model)) == {"float32"}


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="other precisions are TensorFlow's")
@pytest.mark.parametrize("augmentation", ["none", "mixup"])
def test_a_precision_chosen_by_hand_is_that_of_all_layers_but_the_answer(prepare, augmentation):
    run, prepared = prepare(runtime="tensorflow-bfloat16", augmentation=augmentation)
    *layers, answer = policies(prepared.learner.model)
    assert set(layers) == {"bfloat16"}
    assert answer == "float32"
    assert {weight.dtype for weight in prepared.learner.model.trainable_variables} == {"float32"}
    assert prepared.learner.probabilities(prepared.examples.inputs).shape == (24, 2)
    assert "as the settings ask" in notes(run)[0]


@pytest.mark.slow
def test_measuring_changes_nothing_of_what_is_drawn(prepare, monkeypatch):
    keras.utils.set_random_seed(0)
    _, plain = prepare(runtime=plain_name())
    monkeypatch.setattr(scratch, "PIXELS_WORTH_TRYING", 0)
    _, measured = prepare()
    for left, right in zip(plain.learner.model.get_weights(), measured.learner.model.get_weights(), strict=True):
        assert (left == right).all()


def test_a_recipe_that_leaves_nothing_of_the_images_is_refused_before_the_training(prepare):
    with pytest.raises(UsageError, match="'brightness' leaves nothing of"):
        prepare(augmentation="flip_horizontal,brightness=-100..-95")
