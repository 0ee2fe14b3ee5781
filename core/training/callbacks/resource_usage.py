"""Resource usage: the seconds of an epoch, its throughput, and the memory that the process holds at its end."""

import time

import psutil

from core.runs.training_state import TrainingState
from core.training.batches import Batches
from core.training.callbacks.base import Callback, Metrics

EPOCHS_FOR_ETA = 3


class ResourceUsage(Callback):
    """Adds to an epoch's metrics what it took, and keeps the last durations in the state.

    "seconds" are those of the whole epoch with its validation, "images_per_second" are without it, and "memory_mb" is
    the resident memory in 10⁶ bytes.
    """

    def __init__(self, batches: Batches, state: TrainingState):
        self._batches, self._state = batches, state

    def on_epoch_begin(self, epoch: int) -> None:
        self._began = time.monotonic()

    def on_batch_end(self, batch: int, metrics: Metrics) -> None:
        self._trained = time.monotonic()

    def on_epoch_end(self, epoch: int, metrics: Metrics) -> None:
        seconds = time.monotonic() - self._began
        images = self._batches.passes * self._batches.image_count
        metrics["seconds"] = seconds
        metrics["images_per_second"] = images / max(self._trained - self._began, 1e-9)
        metrics["memory_mb"] = psutil.Process().memory_info().rss / 1e6
        self._state.durations = [*self._state.durations, seconds][-EPOCHS_FOR_ETA:]
