"""The clock of a trial: when the epochs and batches of a few epochs began and ended, from which a run is estimated."""

import time
from itertools import pairwise

from core.training.callbacks.base import Callback, Metrics
from core.training.learner import Learner


class EpochClock(Callback):
    """Notes how long epochs and their parts take, and stops the learner when it has seen enough.

    It has to be the first of a list. An epoch then lasts from its beginning to that of the next, or to the end of the
    fit, so that what the other callbacks do is a part of it.

    Parameters
    ----------
    enough_seconds
        No other epoch is begun when so many have passed.
    """

    def __init__(self, learner: Learner, enough_seconds: float):
        self._learner, self._enough = learner, enough_seconds
        self._started = time.monotonic()
        self._epochs: list[_Epoch] = []

    def on_epoch_begin(self, epoch: int) -> None:
        self._end_epoch()
        self._epochs.append(_Epoch())

    def on_batch_end(self, batch: int, metrics: Metrics) -> None:
        self._epochs[-1].batch_ends.append(time.monotonic())

    def on_epoch_end(self, epoch: int, metrics: Metrics) -> None:
        now = time.monotonic()
        self._epochs[-1].validated = now
        if now - self._started > self._enough:
            self._learner.stop()

    def on_train_end(self) -> None:
        self._end_epoch()

    @property
    def steps(self) -> int:
        return sum(len(epoch.batch_ends) for epoch in self._epochs)

    @property
    def step_seconds(self) -> list[float]:
        """Between the ends of two whole batches of an epoch; of an epoch of a single batch there are none."""
        return [after - before for epoch in self._settled for before, after in pairwise(epoch.batch_ends)]

    @property
    def validation_seconds(self) -> list[float]:
        return [max(0.0, epoch.validated - epoch.batch_ends[-1]) for epoch in self._settled]

    @property
    def epoch_seconds(self) -> list[float]:
        return [epoch.ended - epoch.began for epoch in self._settled]

    @property
    def _settled(self) -> "list[_Epoch]":
        """The epochs behind the first, where there are any."""
        return self._epochs[1:] or self._epochs

    def _end_epoch(self) -> None:
        if self._epochs:
            self._epochs[-1].ended = time.monotonic()


class _Epoch:
    """The times of an epoch, in seconds of `time.monotonic`."""

    def __init__(self):
        self.began = self.validated = self.ended = time.monotonic()
        self.batch_ends: list[float] = []
