"""Events: the history of a training, epoch by epoch and a few points within each; see `core.runs.events`."""

import time

from core.runs.events import EventLog
from core.runs.training_state import TrainingState
from core.training.batches import Batches
from core.training.callbacks.base import Callback, Metrics
from core.training.phase import Phase

SECONDS_BETWEEN_POINTS = 0.25
OF_AN_EPOCH = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "images_per_second", "memory_mb")


class EventWriter(Callback):
    """Appends an event for each epoch, and one for a batch every `SECONDS_BETWEEN_POINTS`."""

    def __init__(self, events: EventLog, batches: Batches, phase: Phase, state: TrainingState):
        self._events, self._batches, self._phase, self._state = events, batches, phase, state
        self._last = 0.0

    def on_batch_end(self, batch: int, metrics: Metrics) -> None:
        now = time.monotonic()
        if now - self._last < SECONDS_BETWEEN_POINTS:
            return
        self._last = now
        position = self._phase.epochs_before + self._batches.position(self._state.epochs, batch)
        self._events.append("batch", position=position, loss=metrics["loss"], accuracy=metrics["accuracy"])

    def on_epoch_end(self, epoch: int, metrics: Metrics) -> None:
        state = self._state
        self._events.append(
            "epoch",
            epoch=self._phase.epochs_done(state.epochs),
            seconds=metrics["seconds"],
            best=state.best_epoch == state.epochs,
            kept=self._phase.answering_epoch(state) == state.epochs,
            **{name: metrics.get(name) for name in OF_AN_EPOCH},
        )
