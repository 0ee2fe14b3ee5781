"""The card of an export says loudly what its answers are worth."""

import numpy as np
import pytest

from core.export.network.model_card import model_card, remarks
from core.jobs.job import identity
from core.runs.labels import write_labels

PARTS = np.array(["train", "validation", "test", "test"] * 5)


@pytest.fixture
def run(featured_run):
    return featured_run(np.zeros((20, 4), np.float32), np.arange(20) % 2, PARTS)


def card(run):
    return model_card(run, "ONNX", ("cats", "dogs"), 224, remarks(run), {"onnx": "1.0"}, "onnx==1.0")


def test_untrained_weights_are_said_before_all_else(run):
    assert remarks(run)[0].startswith("UNTRAINED WEIGHTS")
    head, _, rest = card(run).partition("## What it does")
    assert "> **UNTRAINED WEIGHTS" in head
    assert "random numbers, which nobody has a right to" in rest


def test_a_dataset_that_is_gone_is_said(run):
    assert "Its dataset is gone from this workspace." in remarks(run)


def test_a_run_that_still_trains_is_its_best_so_far(run):
    run.update(state="running", processes=[identity()])
    assert "The run still trains: this is its best so far." in remarks(run)


def test_without_validation_images_it_is_not_calibrated(featured_run):
    parts = np.array(["train", "train", "test", "test"] * 5)
    run = featured_run(np.zeros((20, 4), np.float32), np.arange(20) % 2, parts)
    assert any("not calibrated" in line for line in remarks(run))
    assert "Right on 100 % of 10 test images" in card(run)


def test_figures_have_intervals(run):
    text = card(run)
    assert "| Accuracy | 100 % | 72 % to 100 % |" in text
    assert "Images: 5 training, 5 validation, 10 test." in text


def test_a_run_that_was_not_evaluated_says_so(run):
    run.predictions_path.unlink()
    assert "It was not evaluated: nobody knows." in card(run)


def test_names_that_people_gave_are_shown_as_they_are(run):
    write_labels(run, name="*best* <b> | `x`")
    assert card(run).startswith("# \\*best\\* \\<b\\> \\| \\`x\\`: pets\n")
