"""What a trial measures: epochs by their parts, memory at its peak, and what others take."""

import time

import numpy as np
import pytest

from core.jobs.job import Stopped
from core.runs.record import create_run
from core.runs.settings import read_settings
from core.training import measuring
from core.training.learner import Learner
from core.training.linear_head import LinearHead
from core.training.measuring import Others, peak_memory, time_epochs


@pytest.fixture
def run(workspace):
    return create_run(workspace, read_settings({"dataset": "pets", "architecture": "mobilenet_075", "batch_size": 4}))


def examples(count, width=6):
    rng = np.random.default_rng(0)
    return rng.standard_normal((count, width), np.float32), np.arange(count) % 2


class Counting(Learner):
    """Learns nothing; notes how many images it is given to train on and to answer."""

    learning_rate = 1e-3

    def __init__(self):
        self.fits = []

    def fit(self, batches, validation, callbacks, first_epoch, epochs):
        self._stopped = False
        self.fits.append((batches.image_count, 0 if validation is None else len(validation[1]), epochs))
        callbacks.on_train_begin()
        for epoch in range(first_epoch, epochs):
            callbacks.on_epoch_begin(epoch)
            for batch in range(len(batches)):
                callbacks.on_batch_begin(batch)
                assert len(batches[batch][0]) == len(batches[batch][1])
                callbacks.on_batch_end(batch, {"loss": 1.0, "accuracy": 0.5})
            callbacks.on_epoch_end(epoch, {"loss": 1.0, "accuracy": 0.5, "val_loss": 1.0, "val_accuracy": 0.5})
            if self._stopped:
                break
        callbacks.on_train_end()

    def start_at(self, logits):
        pass

    def stop(self):
        self._stopped = True

    def seed_epoch(self, seed, epoch):
        pass

    def variables(self):
        return {}

    def restore(self, variables):
        pass

    def save(self, path):
        path.touch()

    def load(self, path):
        pass

    def probabilities(self, inputs):
        return np.full((len(inputs), 2), 0.5)


def test_a_whole_epoch_is_measured_where_it_is_short(run):
    learner = Counting()
    timing = time_epochs(run, run.settings, learner, examples(10), examples(6), 40, 12)
    assert timing.batch_size == 4
    assert learner.fits[0] == (8, 4, 1)
    assert learner.fits[1][:2] == (40, 12)
    assert timing.answers == 12
    assert timing.steps >= 10
    assert timing.epoch_seconds > 0


def test_what_is_not_measured_is_counted_by_what_was(run, monkeypatch):
    monkeypatch.setattr(measuring, "SECONDS_PER_EPOCH", 0.0)
    learner = Counting()
    few = time_epochs(run, run.settings, learner, examples(10), examples(6), 4000, 12)
    assert learner.fits[1][:2] == (12, 12)  # the least there is
    many = time_epochs(run, run.settings, learner, examples(10), examples(6), 4_000_000, 12)
    assert many.epoch_seconds > 10 * few.epoch_seconds


def test_without_validation_and_with_fewer_images_than_a_batch(run):
    learner = Counting()
    timing = time_epochs(run, run.settings, learner, examples(2), examples(0), 2, 0)
    assert learner.fits[1][:2] == (2, 0)
    assert timing.answers == 0
    assert timing.epoch_seconds > 0


def test_a_real_head_is_timed(run):
    training = examples(30)
    timing = time_epochs(run, run.settings, LinearHead(training[0], 2, run.settings), training, examples(10), 30, 10)
    assert 0 < timing.answer_seconds < timing.epoch_seconds


def test_a_stop_is_heard(run):
    run.request_stop()
    with pytest.raises(Stopped):
        time_epochs(run, run.settings, Counting(), examples(10), examples(6), 40, 12)


def test_memory_that_is_held_is_seen_and_stays_seen():
    with peak_memory() as peak:
        before = peak.look()
        held = np.ones(40_000_000, np.uint8)
        peak.look()
        del held
    assert peak.bytes >= before + 30_000_000


def test_what_this_process_computes_is_not_taken_for_others():
    others, end = Others(), time.process_time() + 0.2
    while time.process_time() < end:
        pass
    assert 0 <= others.share() <= 1
