"""What is said about curves, by curves that are drawn here."""

import numpy as np
import pandas as pd

from core.runs.diagnosis import diagnose

EPOCHS = np.arange(1, 21)
FALLING = np.exp(-EPOCHS / 5) + 0.1


def curves(loss, val_loss=None, accuracy=0.9):
    missing = val_loss is None
    return pd.DataFrame(
        {
            "epoch": EPOCHS[: len(loss)],
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
