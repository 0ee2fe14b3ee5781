"""How sure a run is of new images is calibrated as in its evaluation, or it is said that it is not."""

import numpy as np
import pytest

from core.evaluation.predictions import Predictions
from core.prediction.calibration import calibration_of

SPLITS = np.array(["train", "validation", "validation", "test"] * 10)


@pytest.fixture
def run(featured_run):
    """Which is right about every image."""
    labels = np.arange(40) % 2
    return featured_run(np.eye(4)[labels], labels, SPLITS)


def test_by_the_validation_images(run):
    known = run.predictions()
    probabilities = known.probabilities.copy()
    probabilities[1] = probabilities[1, ::-1]
    Predictions(known.ids, known.splits, known.true, probabilities, known.class_names).save(run.predictions_path)
    temperature, words = calibration_of(run)
    assert temperature == run.temperature()
    assert words == f"Its confidence is calibrated by 20 validation images (temperature {temperature:.2f})."


def test_where_all_is_right_that_is_no_measure(run):
    temperature, words = calibration_of(run)
    assert temperature == run.temperature() == 1.0
    assert "right about all 20 validation images" in words


def test_without_validation_images_it_is_not_calibrated(featured_run):
    run = featured_run(np.eye(4), np.array([0, 1, 0, 1]), np.array(["train", "train", "test", "test"]))
    temperature, words = calibration_of(run)
    assert temperature == 1
    assert words.startswith("Its confidence is not calibrated. There are no validation images")
