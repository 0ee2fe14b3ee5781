"""A loss that is no finite number ends the training, in words that help."""

import math

import pytest

from core.training.callbacks.base import CancelFit
from core.training.callbacks.terminate_on_nan import TerminateOnNaN


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_in_a_batch_it_says_the_epoch_and_a_smaller_rate(training, loss):
    made = training(learning_rate=0.5)
    made.state.epochs = 2
    with pytest.raises(CancelFit) as error:
        TerminateOnNaN(made.phase, made.state).on_batch_end(0, {"loss": loss, "accuracy": 0.5})
    assert "stopped being a number in epoch 3" in str(error.value)
    assert "Choose a smaller learning rate than 0.5, for example 0.001." in str(error.value)
    assert "are kept" not in str(error.value)


def test_it_names_the_epoch_whose_weights_are_kept(training):
    made = training(learning_rate=0.005)
    made.state.epochs, made.state.best_epoch = 4, 3
    made.change_phase(epochs_before=10, rate_name="fine-tuning rate")
    with pytest.raises(
        CancelFit, match=r"in epoch 15: .* of epoch 13, are kept\. .* fine-tuning rate than 0\.005, .* 0\.0005"
    ):
        TerminateOnNaN(made.phase, made.state).on_batch_end(0, {"loss": math.nan})


def test_a_monitored_loss_that_is_no_number_is_as_bad(training):
    made = training()
    metrics = {"loss": 1.0, "val_loss": math.nan}
    with pytest.raises(CancelFit):
        TerminateOnNaN(made.phase, made.state).on_epoch_end(0, metrics)
    made.change_phase(monitor="loss")
    TerminateOnNaN(made.phase, made.state).on_epoch_end(0, metrics)


def test_a_finite_loss_is_passed(training):
    made = training()
    assert made.fit(TerminateOnNaN(made.phase, made.state)).cancelled == ""
