"""How far a training is, for whoever looks on: seldom enough to cost nothing, and complete in the end."""

import pytest

from core.training.callbacks import status_writer
from core.training.callbacks.base import Callback
from core.training.callbacks.best_weights import BestWeights
from core.training.callbacks.resource_usage import ResourceUsage
from core.training.callbacks.status_writer import StatusWriter


class Statuses(Callback):
    """What the status says behind every batch and epoch."""

    def __init__(self, run):
        self._run, self.batches, self.epochs = run, [], []

    def on_batch_end(self, batch, metrics):
        self.batches.append(self._run.written_status())

    def on_epoch_end(self, epoch, metrics):
        self.epochs.append(self._run.written_status())


def fitted(made, epochs=3):
    statuses = Statuses(made.run)
    made.fit(
        ResourceUsage(made.batches, made.state),
        BestWeights(made.learner, made.phase, made.state),
        StatusWriter(made.run, made.batches, made.phase, made.state),
        statuses,
        epochs=epochs,
    )
    return statuses


def test_in_the_end_it_tells_all_epochs_however_quick_they_were(training):
    made = training(epochs=3)
    fitted(made)
    status = made.run.written_status()
    assert (status.done, status.total) == (3, 3)
    assert status.facts["epochs"] == 3
    assert status.facts["best_epoch"] == made.state.best_epoch
    assert status.facts["val_loss"] > 0


def test_quick_epochs_are_told_a_few_times_a_second(training):
    made = training(epochs=50)
    told = {status.done for status in fitted(made, 50).epochs}
    assert len(told) < 50


def test_where_there_is_time_every_batch_is_told_with_the_time_that_is_left(training, monkeypatch):
    monkeypatch.setattr(status_writer, "SECONDS_BETWEEN_LOOKS", 0)
    made = training(epochs=3)
    statuses = fitted(made)
    assert [status.done for status in statuses.epochs] == [1, 2, 3]
    first, *later = statuses.batches
    assert (first.done, first.total, first.eta_seconds) == (0, 3, None)
    assert later[4].eta_seconds == pytest.approx(1.8 * made.state.durations[0], rel=1e-6)
    assert statuses.epochs[-1].eta_seconds == 0


def test_a_later_phase_goes_on_counting(training):
    made = training(epochs=3)
    made.change_phase(epochs_before=10, best_epoch_before=7)
    made.state.best = 0.0
    fitted(made, 1)
    status = made.run.written_status()
    assert (status.done, status.total) == (11, 13)
    assert (status.facts["epochs"], status.facts["best_epoch"]) == (11, 7)
