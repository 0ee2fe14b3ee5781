"""What happens between the batches and epochs of a training: reports, the best weights, and the reasons to end."""

import math
import time
from collections.abc import Callable
from typing import Any

import psutil

from core.files import replacing
from core.runs.record import Run
from core.training.batches import Batches
from core.training.checkpoint import TrainingState, save_checkpoint
from core.training.learner import Learner
from core.training.phase import Phase, first_phase
from core.training.schedules import learning_rate_at

SECONDS_BETWEEN_POINTS = 0.25
EPOCHS_FOR_ETA = 3
FIGURES = ("loss", "accuracy", "val_loss", "val_accuracy")


class Reporter:
    """Writes the events and weights of a run, and ends the training when it should end.

    It ends when the user asks for it, when validation has not improved for `patience` epochs, and, as a failure, when
    the loss is not finite.

    Parameters
    ----------
    run
        Where to write to.
    learner
        What is trained.
    validated
        Whether there are validation images; without them the training loss decides which weights are the best.
    batches
        The training images, whose order is drawn anew every epoch.
    state
        Where the training stands; that of a checkpoint where it goes on.
    phase
        Which training of the run it is; by default the first.
    evaluate
        Evaluates the best weights so far and leaves the learner as it was. Called between two epochs where the user has
        asked for it.
    """

    def __init__(
        self,
        run: Run,
        learner: Learner,
        validated: bool,
        batches: Batches,
        state: TrainingState,
        phase: Phase | None = None,
        evaluate: Callable[[], None] = lambda: None,
    ):
        self._run, self._learner, self._monitor = run, learner, "val_loss" if validated else "loss"
        self.phase, self.state, self._batches = phase or first_phase(run), state, batches
        self._settings, self._evaluate = self.phase.settings, evaluate
        self._last_point = self._last_told = 0.0
        self._untold: dict[str, Any] = {}
        self._rate = learner.learning_rate
        self.diverged: str = ""

    @property
    def epochs_done(self) -> int:
        """Of this phase and those before it."""
        return self.phase.epochs_before + self.state.epochs

    @property
    def best_epoch(self) -> int:
        return self.phase.best_epoch(self.state.best_epoch)

    @property
    def finished(self) -> bool:
        """Whether nothing is left to train: all epochs are done, or the patience is over."""
        return self.state.epochs >= self._settings.epochs or self._out_of_patience

    def epoch_begins(self, epoch: int) -> None:
        if self.best_epoch and self._run.evaluation_requested:
            self._tell_now()
            self._evaluate()
        self._epoch, self._epoch_began, self._whole = epoch, time.monotonic(), False
        self._batches.begin(epoch)
        self._learner.seed_epoch(self._settings.seed, epoch)

    def batch_begins(self, batch: int) -> None:
        rate = learning_rate_at(self._settings, self._position(batch), self.state.reductions)
        if rate != self._rate or batch == 0:
            self._rate = self._learner.learning_rate = rate

    def batch_ended(self, batch: int, figures: dict[str, float]) -> None:
        loss = figures["loss"]
        if not math.isfinite(loss):
            # The average over the epoch so far: not finite from the first bad batch on.
            self._end_diverged()
            return
        if self._run.stop_requested:
            self._tell_now()
            self._learner.stop()
        now = time.monotonic()
        self._whole = batch + 1 == len(self._batches)
        if self._whole:
            self._trained_seconds = now - self._epoch_began
        if now - self._last_point >= SECONDS_BETWEEN_POINTS:
            self._last_point = now
            position, before = self._position(batch), self.phase.epochs_before
            self._run.events.append("batch", position=before + position, loss=loss, accuracy=figures["accuracy"])
            self._run.update(done=before + self._epoch, total=self.phase.epochs, eta_seconds=self._eta(position))

    def epoch_ended(self, epoch: int, figures: dict[str, float]) -> None:
        # Of an epoch that was stopped half way nothing is kept: going on begins it anew, as if there had been no stop.
        if self.diverged or not self._whole:
            return
        value = figures[self._monitor]
        if not math.isfinite(value):
            self._end_diverged()
            return
        state, seconds = self.state, time.monotonic() - self._epoch_began
        state.durations = [*state.durations, seconds][-EPOCHS_FOR_ETA:]
        state.epochs = epoch + 1
        is_best = state.best is None or value < state.best
        if is_best:
            state.best, state.best_epoch = value, epoch + 1
            with replacing(self.phase.best_weights, ".weights.h5") as temporary:
                self._learner.save(temporary)
        self._lower_at_plateau()
        figures = {name: figures.get(name) for name in FIGURES} | self._machine_figures()
        # Told before it is kept: killed in between, the epoch is trained and told once more, never lost.
        self._run.events.append("epoch", epoch=self.epochs_done, seconds=seconds, best=is_best, **figures)
        save_checkpoint(self.phase.checkpoint, self._learner, state)
        facts = {"epochs": self.epochs_done, "best_epoch": self.best_epoch} | figures
        eta = self._eta(epoch + 1)
        self._tell(done=self.epochs_done, total=self.phase.epochs, eta_seconds=eta, facts=facts)
        if self._out_of_patience:
            loss = "validation loss" if self._monitor == "val_loss" else "loss"
            text = f"Ended early: no better {loss} for {self._settings.patience} epochs."
            self._run.events.append("note", text=text)
            self._learner.stop()

    def _tell(self, **changes: Any) -> None:
        """Write into the status how far it is, a few times a second: a head's epochs are done more quickly than told.

        Events and checkpoints, by which a run goes on, are written for each epoch.
        """
        self._untold = changes
        if time.monotonic() - self._last_told >= SECONDS_BETWEEN_POINTS or self.finished or self._run.stop_requested:
            self._tell_now()

    def _tell_now(self) -> None:
        if self._untold:
            self._run.update(**self._untold)
            self._untold, self._last_told = {}, time.monotonic()

    @property
    def _out_of_patience(self) -> bool:
        # Epochs that somebody added are not taken away again for what was before them.
        since = max(self.state.best_epoch, self.phase.extended_from)
        return self.state.epochs - since >= self._settings.patience

    def _lower_at_plateau(self) -> None:
        state = self.state
        if state.epochs - max(state.best_epoch, state.reduced_at) >= self._settings.decay_epochs:
            state.reductions, state.reduced_at = state.reductions + 1, state.epochs

    def _machine_figures(self) -> dict[str, float]:
        return {
            "learning_rate": self._rate,
            "images_per_second": self._batches.passes * self._batches.image_count / max(self._trained_seconds, 1e-9),
            "memory_mb": psutil.Process().memory_info().rss / 1e6,
        }

    def _position(self, batch: int) -> float:
        """In epochs, at the end of a batch."""
        return self._epoch + (batch + 1) / len(self._batches)

    def _end_diverged(self) -> None:
        rate, best = self._settings.learning_rate, self.best_epoch
        smaller, epoch = min(rate / 10, 1e-3), self.phase.epochs_before + self._epoch + 1
        kept = f"The best weights, of epoch {best}, are kept. " if best else ""
        self.diverged = (
            f"The loss stopped being a number in epoch {epoch}: the training diverged. {kept}"
            f"Choose a smaller {self.phase.rate_name} than {rate:,.10g}, for example {smaller:g}."
        )
        self._tell_now()
        self._run.update(facts={"diverged": True})
        self._learner.stop()

    def _eta(self, position: float) -> float | None:
        recent = self.state.durations
        return (self._settings.epochs - position) * sum(recent) / len(recent) if recent else None
