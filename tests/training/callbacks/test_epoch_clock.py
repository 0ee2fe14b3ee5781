"""What epochs and their parts take, with all that other callbacks do meanwhile."""

import time

import pytest

from core.training.callbacks.base import Callback
from core.training.callbacks.epoch_clock import EpochClock

ENDLESS = 1e9


class Slow(Callback):
    """Takes its time at the beginning and the end of an epoch and at each batch."""

    def on_epoch_begin(self, epoch):
        time.sleep(0.02)

    def on_batch_begin(self, batch):
        time.sleep(0.01)

    def on_epoch_end(self, epoch, metrics):
        time.sleep(0.03)


def clock_of(made, *others, enough=ENDLESS, **options):
    clock = EpochClock(made.learner, enough)
    made.fit(clock, *others, **options)
    return clock


def test_an_epoch_lasts_until_the_next_one_with_what_others_do_in_it(training):
    began = time.monotonic()
    clock = clock_of(training(), Slow(), epochs=4)
    took = time.monotonic() - began
    assert len(clock.epoch_seconds) == 3, "the first, which may compile, is left out"
    assert all(seconds >= 0.1 for seconds in clock.epoch_seconds)
    assert sum(clock.epoch_seconds) <= took
    assert len(clock.step_seconds) == 3 * 4
    assert min(clock.step_seconds) >= 0.01
    assert clock.steps == 4 * 5


def test_a_single_epoch_is_all_there_is(training):
    clock = clock_of(training(), Slow(), epochs=1)
    assert len(clock.epoch_seconds) == len(clock.validation_seconds) == 1
    assert clock.epoch_seconds[0] >= 0.1


def test_validation_lasts_from_the_last_batch_to_the_end_of_the_epoch(training):
    made = training()
    validate = made.learner._validate
    made.learner._validate = lambda *given: (time.sleep(0.05), validate(*given))[1]
    assert min(clock_of(made, epochs=3).validation_seconds) >= 0.05
    assert max(clock_of(training(), epochs=3, validated=False).validation_seconds) < 0.05


@pytest.mark.parametrize(("enough", "epochs"), [(0, 1), (ENDLESS, 6)])
def test_it_ends_when_it_has_seen_enough(training, recorder, enough, epochs):
    clock_of(training(), recorder, enough=enough, epochs=6)
    assert sum(hook[0] == "epoch end" for hook in recorder.hooks) == epochs
