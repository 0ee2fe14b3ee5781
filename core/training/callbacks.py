"""What happens between the batches and epochs of a training: reports, the best weights, and the reasons to end."""

import math
import time

import keras

from core.files import replacing
from core.runs.record import Run

SECONDS_BETWEEN_POINTS = 0.25
EPOCHS_FOR_ETA = 3


class Reporter(keras.callbacks.Callback):
    """Writes the events and weights of a run, and ends the training when it should end.

    It ends when the user asks for it, when validation has not improved for `patience` epochs, and, as a failure, when
    the loss is not finite.

    Parameters
    ----------
    run
        Where to write to.
    validated
        Whether there are validation images; without them the training loss decides which weights are the best.
    """

    def __init__(self, run: Run, validated: bool):
        super().__init__()
        self._run, self._monitor = run, "val_loss" if validated else "loss"
        self._epochs, self._patience = run.settings.epochs, run.settings.patience
        self._durations: list[float] = []
        self._last_point = 0.0
        self._best = math.inf
        self.best_epoch = 0
        self.epochs_done = 0
        self.diverged: str = ""

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch, self._epoch_began = epoch, time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        loss = logs["loss"]
        if not math.isfinite(loss):
            # The average over the epoch so far: not finite from the first bad batch on.
            self._end_diverged()
            return
        if self._run.stop_requested:
            self.model.stop_training = True
        now = time.monotonic()
        if now - self._last_point >= SECONDS_BETWEEN_POINTS:
            self._last_point = now
            position = self._epoch + (batch + 1) / self.params["steps"]
            self._run.events.append("batch", position=position, loss=loss, accuracy=logs["accuracy"])
            self._run.update(done=self._epoch, total=self._epochs, eta_seconds=self._eta(position))

    def on_epoch_end(self, epoch, logs=None):
        if self.diverged:
            return
        value = logs[self._monitor]
        if not math.isfinite(value):
            self._end_diverged()
            return
        seconds = time.monotonic() - self._epoch_began
        self._durations.append(seconds)
        self.epochs_done = epoch + 1
        is_best = value < self._best
        if is_best:
            self._best, self.best_epoch = value, epoch + 1
            self._save(self._run.best_weights)
        self._save(self._run.last_weights)
        figures = {name: logs.get(name) for name in ("loss", "accuracy", "val_loss", "val_accuracy")}
        self._run.events.append("epoch", epoch=epoch + 1, seconds=seconds, best=is_best, **figures)
        facts = {"epochs": epoch + 1, "best_epoch": self.best_epoch} | figures
        self._run.update(done=epoch + 1, total=self._epochs, eta_seconds=self._eta(epoch + 1), facts=facts)
        if epoch + 1 - self.best_epoch >= self._patience:
            loss = "validation loss" if self._monitor == "val_loss" else "loss"
            text = f"Ended early: no better {loss} for {self._patience} epochs."
            self._run.events.append("note", text=text)
            self.model.stop_training = True

    def _end_diverged(self) -> None:
        rate = self._run.settings.learning_rate
        kept = f"The best weights, of epoch {self.best_epoch}, are kept. " if self.best_epoch else ""
        self.diverged = (
            f"The loss stopped being a number in epoch {self._epoch + 1}: the training diverged. {kept}"
            f"Choose a smaller learning rate than {rate:,.10g}, for example {min(rate / 10, 1e-3):g}."
        )
        self.model.stop_training = True

    def _eta(self, position: float) -> float | None:
        if not self._durations:
            return None
        recent = self._durations[-EPOCHS_FOR_ETA:]
        return (self._epochs - position) * sum(recent) / len(recent)

    def _save(self, path) -> None:
        with replacing(path, ".weights.h5") as temporary:
            self.model.save_weights(temporary)
