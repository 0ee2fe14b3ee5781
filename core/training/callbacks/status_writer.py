"""Status: how far a training is and how long it will take, for whoever looks on."""

import time
from typing import Any

from core.jobs.job import Job
from core.runs.training_state import TrainingState
from core.training.batches import Batches
from core.training.callbacks.base import Callback, Metrics
from core.training.callbacks.event_writer import OF_AN_EPOCH
from core.training.phase import Phase

SECONDS_BETWEEN_LOOKS = 0.25


class StatusWriter(Callback):
    """Writes into the status how far the training is, a few times a second: a head's epochs are done more quickly.

    Events and checkpoints, by which a run goes on, are written for each epoch.
    """

    def __init__(self, job: Job, batches: Batches, phase: Phase, state: TrainingState):
        self._job, self._batches, self._phase, self._state = job, batches, phase, state
        self._last_batch = self._last_epoch = 0.0
        self._unwritten: dict[str, Any] = {}

    def on_batch_end(self, batch: int, metrics: Metrics) -> None:
        now, epochs = time.monotonic(), self._state.epochs
        if now - self._last_batch >= SECONDS_BETWEEN_LOOKS:
            self._last_batch = now
            self._job.update(**self._progress(self._batches.position(epochs, batch)))

    def on_epoch_end(self, epoch: int, metrics: Metrics) -> None:
        epochs, best = self._state.epochs, self._phase.best_epoch(self._state)
        facts = {"epochs": self._phase.epochs_done(epochs), "best_epoch": best}
        facts |= {name: metrics.get(name) for name in OF_AN_EPOCH}
        self._unwritten = self._progress(epochs) | {"facts": facts}
        if time.monotonic() - self._last_epoch >= SECONDS_BETWEEN_LOOKS:
            self.flush()

    def on_train_end(self) -> None:
        self.flush()

    def flush(self) -> None:
        """Write what was not yet worth writing."""
        if self._unwritten:
            self._job.update(**self._unwritten)
            self._unwritten, self._last_epoch = {}, time.monotonic()

    def _progress(self, position: float) -> dict[str, Any]:
        """How far it is at a position, in epochs of this phase."""
        phase, recent = self._phase, self._state.durations
        eta = (phase.settings.epochs - position) * sum(recent) / len(recent) if recent else None
        return {"done": phase.epochs_done(self._state.epochs), "total": phase.epochs, "eta_seconds": eta}
