"""What happens between the batches and epochs of a training: reports, the best weights, and the reasons to end."""

import math
import time

import keras
import psutil

from core.files import replacing
from core.runs.record import Run
from core.training.batches import Batches
from core.training.checkpoint import TrainingState, save_checkpoint, seed_epoch
from core.training.schedules import learning_rate_at

SECONDS_BETWEEN_POINTS = 0.25
EPOCHS_FOR_ETA = 3
FIGURES = ("loss", "accuracy", "val_loss", "val_accuracy")


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
    batches
        The training images, whose order is drawn anew every epoch.
    state
        Where the training stands; that of a checkpoint where it goes on.
    """

    def __init__(self, run: Run, validated: bool, batches: Batches, state: TrainingState):
        super().__init__()
        self._run, self._monitor = run, "val_loss" if validated else "loss"
        self._settings, self._batches, self._state = run.settings, batches, state
        self._last_point = 0.0
        self.diverged: str = ""

    @property
    def epochs_done(self) -> int:
        return self._state.epochs

    @property
    def finished(self) -> bool:
        """Whether nothing is left to train: all epochs are done, or the patience is over."""
        return self._state.epochs >= self._settings.epochs or self._out_of_patience

    def on_train_begin(self, logs=None):
        self._rate = self._settings.learning_rate

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch, self._epoch_began, self._whole = epoch, time.monotonic(), False
        self._batches.begin(epoch)
        seed_epoch(self.model, self._settings.seed, epoch)

    def on_train_batch_begin(self, batch, logs=None):
        rate = learning_rate_at(self._settings, self._position(batch), self._state.reductions)
        if rate != self._rate or batch == 0:
            self._rate = self.model.optimizer.learning_rate = rate

    def on_train_batch_end(self, batch, logs=None):
        loss = logs["loss"]
        if not math.isfinite(loss):
            # The average over the epoch so far: not finite from the first bad batch on.
            self._end_diverged()
            return
        if self._run.stop_requested:
            self.model.stop_training = True
        now = time.monotonic()
        self._whole = batch + 1 == len(self._batches)
        if self._whole:
            self._trained_seconds = now - self._epoch_began
        if now - self._last_point >= SECONDS_BETWEEN_POINTS:
            self._last_point = now
            position = self._position(batch)
            self._run.events.append("batch", position=position, loss=loss, accuracy=logs["accuracy"])
            self._run.update(done=self._epoch, total=self._settings.epochs, eta_seconds=self._eta(position))

    def on_epoch_end(self, epoch, logs=None):
        # Of an epoch that was stopped half way nothing is kept: going on begins it anew, as if there had been no stop.
        if self.diverged or not self._whole:
            return
        value = logs[self._monitor]
        if not math.isfinite(value):
            self._end_diverged()
            return
        state, seconds = self._state, time.monotonic() - self._epoch_began
        state.durations = [*state.durations, seconds][-EPOCHS_FOR_ETA:]
        state.epochs = epoch + 1
        is_best = state.best is None or value < state.best
        if is_best:
            state.best, state.best_epoch = value, epoch + 1
            self._save(self._run.best_weights)
        self._lower_at_plateau()
        self._save(self._run.last_weights)
        figures = {name: logs.get(name) for name in FIGURES} | self._machine_figures()
        # Told before it is kept: killed in between, the epoch is trained and told once more, never lost.
        self._run.events.append("epoch", epoch=epoch + 1, seconds=seconds, best=is_best, **figures)
        save_checkpoint(self._run.checkpoint, self.model, state)
        facts = {"epochs": epoch + 1, "best_epoch": state.best_epoch} | figures
        eta = self._eta(epoch + 1)
        self._run.update(done=epoch + 1, total=self._settings.epochs, eta_seconds=eta, facts=facts)
        if self._out_of_patience:
            loss = "validation loss" if self._monitor == "val_loss" else "loss"
            text = f"Ended early: no better {loss} for {self._settings.patience} epochs."
            self._run.events.append("note", text=text)
            self.model.stop_training = True

    @property
    def _out_of_patience(self) -> bool:
        # Epochs that somebody added are not taken away again for what was before them.
        since = max(self._state.best_epoch, self._run.extended_from)
        return self._state.epochs - since >= self._settings.patience

    def _lower_at_plateau(self) -> None:
        state = self._state
        if state.epochs - max(state.best_epoch, state.reduced_at) >= self._settings.decay_epochs:
            state.reductions, state.reduced_at = state.reductions + 1, state.epochs

    def _machine_figures(self) -> dict[str, float]:
        return {
            "learning_rate": self._rate,
            "images_per_second": self._batches.image_count / max(self._trained_seconds, 1e-9),
            "memory_mb": psutil.Process().memory_info().rss / 1e6,
        }

    def _position(self, batch: int) -> float:
        """In epochs, at the end of a batch."""
        return self._epoch + (batch + 1) / len(self._batches)

    def _end_diverged(self) -> None:
        rate, best = self._settings.learning_rate, self._state.best_epoch
        kept = f"The best weights, of epoch {best}, are kept. " if best else ""
        self.diverged = (
            f"The loss stopped being a number in epoch {self._epoch + 1}: the training diverged. {kept}"
            f"Choose a smaller learning rate than {rate:,.10g}, for example {min(rate / 10, 1e-3):g}."
        )
        self._run.update(facts={"diverged": True})
        self.model.stop_training = True

    def _eta(self, position: float) -> float | None:
        recent = self._state.durations
        return (self._settings.epochs - position) * sum(recent) / len(recent) if recent else None

    def _save(self, path) -> None:
        with replacing(path, ".weights.h5") as temporary:
            self.model.save_weights(temporary)
