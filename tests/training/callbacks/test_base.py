"""Hooks are called in the documented order, by both learners, and a list tells them in an order of its own."""

import inspect

import numpy as np
import pytest

from core.training.callbacks.base import Callback, CallbackList, CancelFit
from tests.training.callbacks.small_training import COUNT, WIDTH, Recorder

BATCHES = 5


class StopAt(Callback):
    """Stops the learner at the end of a batch, counted over all epochs."""

    def __init__(self, learner, at):
        self._learner, self._left = learner, at

    def on_batch_end(self, batch, metrics):
        self._left -= 1
        if not self._left:
            self._learner.stop()


class CancelAt(Callback):
    """Cancels the fit in one hook of one epoch."""

    def __init__(self, hook, epoch):
        self._hook, self._at = hook, epoch

    def on_epoch_begin(self, epoch):
        self._epoch = epoch

    def on_batch_end(self, batch, metrics):
        if (self._hook, self._at) == ("batch", self._epoch):
            raise CancelFit("it went wrong")

    def on_epoch_end(self, epoch, metrics):
        if (self._hook, self._at) == ("epoch", epoch):
            raise CancelFit("it went wrong")


def whole_epoch(number):
    batches = [(f"batch {side}", batch) for batch in range(BATCHES) for side in ("begin", "end")]
    return [("epoch begin", number), *batches, ("epoch end", number)]


def keras_learner(training):
    from core.training.heads import build_head

    learner = build_head(training(hidden=4).run.settings, np.zeros((COUNT, WIDTH), np.float32), 2)
    assert type(learner).__name__ == "KerasLearner"
    return learner


@pytest.fixture(params=["linear head", pytest.param("Keras", marks=pytest.mark.slow)])
def small(training, request):
    """A training of each kind of learner."""
    made = training()
    if request.param == "Keras":
        made.learner = keras_learner(training)
    return made


def test_a_callback_that_overrides_nothing_does_nothing(training):
    alone, told = training(), training()
    alone.fit(epochs=2)
    told.fit(Callback(), epochs=2)
    for name, value in alone.learner.variables().items():
        np.testing.assert_array_equal(told.learner.variables()[name], value, name)


def test_every_hook_says_when_it_is_called():
    for name, hook in inspect.getmembers(Callback, inspect.isfunction):
        assert hook.__doc__, name


def test_a_list_hands_on_every_hook():
    hooks = {name for name, _ in inspect.getmembers(Callback, inspect.isfunction)}
    assert hooks <= set(vars(CallbackList))


def test_hooks_are_called_around_batches_epochs_and_the_fit(small, recorder):
    small.fit(recorder, epochs=2)
    assert recorder.hooks == [("train begin",), *whole_epoch(0), *whole_epoch(1), ("train end",)]
    assert set(recorder.metrics[0]) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_without_validation_there_are_no_figures_of_it(small, recorder):
    small.fit(recorder, epochs=1, validated=False)
    assert set(recorder.metrics[0]) == {"loss", "accuracy"}


def test_an_epoch_that_is_stopped_half_way_does_not_end(small, recorder):
    small.fit(recorder, StopAt(small.learner, BATCHES + 2), epochs=5)
    begun = [("epoch begin", 1), ("batch begin", 0), ("batch end", 0), ("batch begin", 1), ("batch end", 1)]
    assert recorder.hooks == [("train begin",), *whole_epoch(0), *begun, ("train end",)]


def test_an_epoch_that_is_stopped_at_its_last_batch_is_a_whole_one(small, recorder):
    small.fit(recorder, StopAt(small.learner, BATCHES), epochs=5)
    assert recorder.hooks == [("train begin",), *whole_epoch(0), ("train end",)]
    assert "val_loss" in recorder.metrics[0]


def test_a_list_tells_its_callbacks_in_their_order(training):
    order = []

    class Named(Callback):
        def __init__(self, name):
            self.name = name

        def on_epoch_end(self, epoch, metrics):
            order.append(self.name)

    training().fit(*[Named(name) for name in "cab"], epochs=2)
    assert order == list("cabcab")


def test_what_one_adds_to_the_metrics_is_seen_by_those_behind_it(training, recorder):
    class Adds(Callback):
        def on_epoch_end(self, epoch, metrics):
            metrics["more"] = 7

    before = Recorder()
    training().fit(before, Adds(), recorder, epochs=1)
    assert "more" not in before.metrics[0]
    assert recorder.metrics[0]["more"] == 7


def test_a_fit_that_is_cancelled_in_a_batch_tells_those_behind_it_of_the_end_alone(small, recorder):
    before = Recorder()
    callbacks = small.fit(before, CancelAt("batch", 1), recorder, epochs=5)
    assert callbacks.cancelled == "it went wrong"
    begun = [("epoch begin", 1), ("batch begin", 0)]
    assert recorder.hooks == [("train begin",), *whole_epoch(0), *begun, ("train end",)]
    assert before.hooks == [("train begin",), *whole_epoch(0), *begun, ("batch end", 0), ("train end",)]


def test_a_fit_that_is_cancelled_at_the_end_of_an_epoch_keeps_that_epoch_from_those_behind(small, recorder):
    callbacks = small.fit(CancelAt("epoch", 1), recorder, epochs=5)
    assert callbacks.cancelled
    assert recorder.hooks == [("train begin",), *whole_epoch(0), *whole_epoch(1)[:-1], ("train end",)]


def test_a_fit_that_ends_well_was_not_cancelled(training):
    assert training().fit(Callback()).cancelled == ""
