"""Every step has the rate of its place in the training."""

import pytest

from core.training.callbacks.base import Callback
from core.training.callbacks.learning_rate_scheduler import LearningRateScheduler
from core.training.schedules import learning_rate_at

BATCHES = 5


class Rates(Callback):
    def __init__(self, learner):
        self._learner, self.rates = learner, []

    def on_batch_end(self, batch, metrics):
        self.rates.append(self._learner.learning_rate)


class CountEpochs(Callback):
    def __init__(self, state):
        self._state = state

    def on_epoch_end(self, epoch, metrics):
        self._state.epochs = epoch + 1


def fitted(made, recorder, epochs=3):
    rates = Rates(made.learner)
    scheduler = LearningRateScheduler(made.learner, made.batches, made.run.settings, made.state)
    made.fit(scheduler, CountEpochs(made.state), rates, recorder, epochs=epochs)
    return rates.rates


@pytest.mark.parametrize("schedule", ["constant", "step", "exponential", "cosine", "inverse_time"])
def test_a_step_has_the_rate_of_the_schedule(training, recorder, schedule):
    made = training(schedule=schedule, warmup=0.2, epochs=3, decay_epochs=1, decay_rate=0.1)
    rates = fitted(made, recorder)
    expected = [learning_rate_at(made.run.settings, step / BATCHES, BATCHES) for step in range(1, 3 * BATCHES + 1)]
    assert rates == pytest.approx(expected)


def test_an_epoch_tells_the_rate_of_its_last_step(training, recorder):
    rates = fitted(training(schedule="cosine", epochs=3), recorder)
    assert [metrics["learning_rate"] for metrics in recorder.metrics] == rates[BATCHES - 1 :: BATCHES]


def test_a_rate_that_was_restored_with_the_weights_is_set_again(training):
    made = training(learning_rate=0.01)
    scheduler = LearningRateScheduler(made.learner, made.batches, made.run.settings, made.state)
    made.learner.learning_rate = 5.0
    scheduler.on_batch_begin(0)
    assert made.learner.learning_rate == 0.01


def test_a_plateau_lowers_the_rate(training):
    made = training(learning_rate=0.01, schedule="plateau", decay_factor=0.5)
    made.state.reductions = 2
    LearningRateScheduler(made.learner, made.batches, made.run.settings, made.state).on_batch_begin(3)
    assert made.learner.learning_rate == pytest.approx(0.0025)
