"""What is said about curves, by curves that are drawn here."""

import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from core.advice.diagnosis import diagnose, diagnosis_of
from core.evaluation.predictions import Predictions
from core.runs.record import create_run
from core.runs.settings import read_settings

EPOCHS = np.arange(1, 21)
FALLING = np.exp(-EPOCHS / 5) + 0.1


def curves(loss, val_loss=None, accuracy=0.9):
    missing = val_loss is None
    return pd.DataFrame(
        {
            "epoch": np.arange(1, len(loss) + 1),
            "loss": loss,
            "accuracy": accuracy,
            "val_loss": np.nan if missing else val_loss,
            "val_accuracy": np.nan if missing else accuracy,
        }
    )


def test_a_few_epochs_say_nothing():
    assert diagnose(curves(FALLING[:4], FALLING[:4]), 0.5) == ""
    assert diagnose(curves(FALLING[:0]), 0.5) == ""


def test_a_validation_loss_that_rises_while_training_falls_is_over_fitting():
    rising = np.concatenate([FALLING[:8], FALLING[7] + 0.05 * np.arange(12)])
    assert diagnose(curves(FALLING, rising), 0.5).startswith("Over-fitting")


def test_an_accuracy_about_that_of_the_most_frequent_class_is_not_learning():
    assert diagnose(curves(FALLING, FALLING, accuracy=0.82), 0.8).startswith("Not learning")
    assert not diagnose(curves(FALLING, FALLING, accuracy=0.82), 0.5).startswith("Not learning")


def test_a_training_loss_above_its_first_is_diverging():
    assert diagnose(curves(1 + EPOCHS / 5, 1 + EPOCHS / 5), 0.5).startswith("Diverging")


def test_a_loss_that_still_falls_in_the_last_epoch_asks_for_more():
    steep = np.linspace(1, 0.5, 20)
    assert "train longer" in diagnose(curves(steep, steep), 0.5)
    assert "train longer" in diagnose(curves(steep), 0.5), "without validation the training loss tells"


def test_a_loss_that_has_levelled_off_has_converged():
    level = np.concatenate([FALLING[:10], np.full(10, FALLING[9])])
    assert diagnose(curves(level, level), 0.5).startswith("Converged")


# A property of many curves --------------------------------------------------------------------------------------------


DRAWN = 200


def kinds(draw_curves, epochs, seed=0, **facts):
    """How often what is said of drawn curves begins with which word."""
    draw, places = np.random.default_rng(seed), np.arange(epochs)
    said = []
    for _ in range(DRAWN):
        loss, val_loss = draw_curves(draw, places, epochs)
        said.append(diagnose(curves(loss, val_loss), 0.5, **facts).partition(" ")[0].strip(":"))
    return Counter(said)


def noise(draw, epochs, size):
    return 1 + size * draw.standard_normal(epochs)


@pytest.mark.parametrize("size", [0.02, 0.05, 0.1])
@pytest.mark.parametrize("epochs", [10, 25, 60])
@pytest.mark.parametrize("training_falls", [False, True])
def test_noise_around_what_has_converged_is_never_over_fitting(size, epochs, training_falls):
    def converged(draw, places, epochs):
        floor = 0.02 if training_falls else 0.3
        loss = floor + (1 - floor) * np.exp(-places / (epochs / (4 if training_falls else 10)))
        val_loss = 0.4 + 0.6 * np.exp(-places / (epochs / 10))
        return loss * noise(draw, epochs, 0.02), val_loss * noise(draw, epochs, size)

    found = kinds(converged, epochs)
    assert found["Over-fitting"] == found["Getting"] == found["Diverging"] == 0
    if not training_falls:
        assert found["Converged"] > 0.7 * DRAWN


@pytest.mark.parametrize(("epochs", "size"), [(10, 0.02), (15, 0.05), (25, 0.05), (40, 0.1), (60, 0.1)])
def test_what_learns_by_heart_is_called_so(epochs, size):
    def over_fitting(draw, places, epochs):
        rise = 0.4 * np.maximum(0, places - epochs / 3) / (epochs * 2 / 3)
        val_loss = 0.4 + 0.6 * np.exp(-places / (epochs / 12)) + rise
        return np.exp(-places / (epochs / 4)) * noise(draw, epochs, 0.03), val_loss * noise(draw, epochs, size)

    assert kinds(over_fitting, epochs)["Over-fitting"] >= 0.95 * DRAWN
    assert kinds(over_fitting, epochs, validation_images=200)["Over-fitting"] >= 0.95 * DRAWN


@pytest.mark.parametrize(("epochs", "size"), [(10, 0.02), (20, 0.05), (40, 0.1), (60, 0.1)])
def test_what_still_improves_is_called_so(epochs, size):
    def improving(draw, places, epochs):
        loss, val_loss = np.exp(-places / (epochs / 1.5)), 0.1 + np.exp(-places / (epochs / 1.5))
        return loss * noise(draw, epochs, 0.02), val_loss * noise(draw, epochs, size)

    found = kinds(improving, epochs)
    assert found["Still"] >= 0.95 * DRAWN
    assert found["Converged"] == 0
    assert kinds(improving, epochs, active=True)["Improving"] >= 0.95 * DRAWN


# Single curves -------------------------------------------------------------------------------------------------------


def test_a_wobble_of_a_few_thousandths_where_all_is_right_is_neither_here_nor_there():
    loss = 0.3 * np.exp(-EPOCHS / 3)
    val_loss = np.concatenate([np.linspace(0.3, 0.010, 8), np.linspace(0.0102, 0.013, 12)])
    assert diagnose(curves(loss, val_loss, accuracy=1.0), 0.5).startswith("Converged")
    larger = np.concatenate([np.linspace(0.3, 0.03, 8), np.linspace(0.031, 0.08, 12)])
    assert diagnose(curves(loss, larger, accuracy=0.98), 0.5).startswith("Over-fitting")
    assert diagnose(curves(loss, larger, accuracy=1.0), 0.5).startswith("Converged"), "every image is still right"


def test_a_rise_that_a_single_image_makes_is_no_over_fitting():
    rising = np.concatenate([FALLING[:8], FALLING[7] + 0.02 * np.arange(12)])
    assert diagnose(curves(FALLING, rising), 0.5, validation_images=500).startswith("Over-fitting")
    assert not diagnose(curves(FALLING, rising), 0.5, validation_images=8).startswith("Over-fitting")


def test_a_validation_loss_that_rises_without_training_getting_better_is_no_learning_by_heart():
    loss = np.concatenate([FALLING[:8], np.full(12, FALLING[7])])
    rising = np.concatenate([FALLING[:8], FALLING[7] + 0.05 * np.arange(12)])
    assert diagnose(curves(loss, rising), 0.5).startswith("Getting worse")


def test_what_moves_more_than_it_may_fall_is_not_called_converged():
    draw = np.random.default_rng(4)
    val_loss = 0.5 * noise(draw, 20, 0.2)
    said = diagnose(curves(FALLING, val_loss), 0.5)
    assert said.startswith("Whether it still improves can't be told")
    assert "Train longer" in said


def test_a_head_whose_training_loss_lies_above_its_validation_loss_has_converged():
    val_loss = 0.2 + 0.8 * np.exp(-EPOCHS / 2)
    draw = np.random.default_rng(8)
    loss = (val_loss + 0.35) * noise(draw, 20, 0.01)
    assert diagnose(curves(loss, val_loss), 0.5).startswith("Converged")


def test_a_single_bad_epoch_is_not_a_trend():
    val_loss = FALLING + 0.0
    val_loss[-1] = 0.9
    loss = FALLING + 0.0
    loss[-1] = 2.0
    assert diagnose(curves(FALLING, val_loss), 0.5).startswith(("Converged", "Still", "Whether"))
    assert not diagnose(curves(loss, FALLING), 0.5).startswith("Diverging")


def test_a_majority_that_leaves_no_room_is_beaten_by_the_loss():
    shares = np.array([0.98, 0.02])
    uninformed = float(-(shares * np.log(shares)).sum())
    falling = uninformed * (0.3 + 0.7 * np.exp(-EPOCHS / 3))
    assert not diagnose(curves(falling, falling, accuracy=0.982), 0.98, uninformed).startswith("Not learning")
    level = np.full(20, uninformed)
    assert diagnose(curves(level, level, accuracy=0.98), 0.98, uninformed).startswith("Not learning")
    assert not diagnose(curves(falling, falling, accuracy=0.995), 0.98).startswith("Not learning")


# Runs -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def run_with(workspace):
    """Makes a run with these curves that is right on so many of 100 images of each part."""

    def make(loss, val_loss, right=None, state="done", **facts):
        run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn", "epochs": 40}))
        for epoch, (training, validation) in enumerate(zip(loss, val_loss, strict=True), 1):
            figures = {"loss": training, "accuracy": 0.9, "val_loss": validation, "val_accuracy": 0.88}
            best = validation == min(val_loss[:epoch])
            run.events.append("epoch", epoch=epoch, seconds=1.0, best=bool(best), **figures)
        splits = np.repeat(["train", "validation", "test"], 100)
        true = np.tile([0, 1], 150)
        label = np.array(["cats", "dogs"])[true]
        images = pd.DataFrame({"path": [f"{row}.png" for row in range(300)], "label": label, "split": splits})
        images.assign(pixel_hash=images["path"], group=range(300)).to_parquet(run.folder / "images.parquet")
        if right is not None:
            hits = np.concatenate([np.arange(100) < right[part] for part in ("train", "validation", "test")])
            given = np.where(hits, true, 1 - true)
            probabilities = np.where(given[:, None] == [0, 1], 0.9, 0.1)
            ids = images["path"].to_numpy(dtype=str)
            Predictions(ids, splits, true, probabilities, ("cats", "dogs")).save(run.predictions_path)
        run.update(state=state, facts={"epochs": len(loss)} | facts)
        return run

    return make


LEVEL = np.concatenate([FALLING[:8], np.full(12, FALLING[8])])
GOOD, GAP = {"train": 95, "validation": 93, "test": 94}, {"train": 100, "validation": 80, "test": 78}


def test_the_curves_and_the_answers_make_one_verdict(run_with):
    rising = np.concatenate([FALLING[:8], FALLING[7] + 0.05 * np.arange(12)])
    found = diagnosis_of(run_with(FALLING, rising, GOOD))
    assert found.kind == "over-fitting"
    assert "since epoch 8 the validation loss has risen" in found.words
    assert (
        "Epoch 8, which is evaluated, does not show it yet: on training images it is ahead by 1.0 points" in found.words
    )
    assert "No sign" not in found.words
    found = diagnosis_of(run_with(FALLING, rising, GAP))
    assert "Even epoch 8 is more accurate on training images than on test images by 22.0 points" in found.words


def test_a_gap_is_over_fitting_whatever_the_curves_say(run_with):
    found = diagnosis_of(run_with(LEVEL, LEVEL, GAP))
    assert found.kind == "over-fitting"
    assert "Converged" not in found.words
    assert found.to_dict()["gap"] == pytest.approx(0.22)
    found = diagnosis_of(run_with(LEVEL, LEVEL, GOOD))
    assert found.kind == "converged"
    assert "No sign of over-fitting" in found.words


def test_what_still_improves_and_has_a_gap_is_told_both(run_with):
    steep = np.linspace(1, 0.5, 20)
    found = diagnosis_of(run_with(steep, steep, GAP))
    assert found.kind == "improving"
    assert "train longer" in found.words
    assert "by 22.0 points" in found.words
    assert "fewer epochs" not in found.words


def test_a_run_that_has_few_epochs_is_evaluated_by_its_answers(run_with):
    assert diagnosis_of(run_with(FALLING[:3], FALLING[:3])).to_dict()["kind"] == ""
    assert diagnosis_of(run_with(FALLING[:3], FALLING[:3], GAP)).kind == "over-fitting"
    nothing = {"train": 52, "validation": 50, "test": 49}
    assert diagnosis_of(run_with(FALLING[:3], FALLING[:3], nothing)).kind == "not learning"


def test_what_learned_by_heart_from_the_first_epoch_has_not_learned_too_little(run_with):
    nothing = {"train": 52, "validation": 50, "test": 49}
    found = diagnosis_of(run_with(FALLING, 0.7 + 0.3 * np.random.default_rng(0).random(20), nothing))
    assert found.kind == "over-fitting"
    assert "its last epochs are right on 90 % of the training images" in found.words
    assert "too little" not in found.words


def test_a_run_that_diverged_is_told_so(run_with):
    found = diagnosis_of(run_with(FALLING, FALLING, GOOD, state="failed", diverged=True))
    assert (found.kind, found.words.startswith("Diverged")) == ("diverging", True)


def test_only_the_epochs_since_blocks_were_unfrozen_count(run_with):
    run = run_with(LEVEL, LEVEL)
    run.events.append("stage", name="fine_tune", epochs=20)
    assert diagnosis_of(run).kind == "", "nothing is known of fine-tuning before it has begun"
    for epoch in range(21, 41):
        figures = {"loss": 0.6 - epoch / 80, "accuracy": 0.9, "val_loss": 0.7 - epoch / 80, "val_accuracy": 0.88}
        run.events.append("epoch", epoch=epoch, seconds=1.0, best=True, **figures)
    assert diagnosis_of(run).kind == "improving"


def test_page_and_command_line_say_the_same(run_with, command):
    run = run_with(LEVEL, LEVEL, GAP)
    words = diagnosis_of(run).words
    assert words in command("evaluate", run.id)[1]
    assert json.loads(command("evaluate", run.id, "--json")[1])["diagnosis"]["words"] == words
