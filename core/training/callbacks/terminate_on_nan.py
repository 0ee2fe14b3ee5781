"""Termination on NaN: a loss that is no finite number ends the training, as nothing is learned behind it."""

import math

from core.runs.training_state import TrainingState
from core.training.callbacks.base import Callback, CancelFit, Metrics
from core.training.phase import Phase


class TerminateOnNaN(Callback):
    """Cancels the fit where the training loss or the monitored one is not finite, and says what helps."""

    def __init__(self, phase: Phase, state: TrainingState):
        self._phase, self._state = phase, state

    def on_batch_end(self, batch: int, metrics: Metrics) -> None:
        # The average over the epoch so far: not finite from the first bad batch on.
        self._check(metrics["loss"])

    def on_epoch_end(self, epoch: int, metrics: Metrics) -> None:
        self._check(metrics[self._phase.monitor])

    def _check(self, loss: float) -> None:
        if math.isfinite(loss):
            return
        phase, state = self._phase, self._state
        rate, best = phase.settings.learning_rate, phase.best_epoch(state)
        smaller, epoch = min(rate / 10, 1e-3), phase.epochs_done(state.epochs) + 1
        which = "best" if phase.settings.restore_best_weights else "last"
        kept = f"The {which} weights, of epoch {best}, are kept. " if best else ""
        raise CancelFit(
            f"The loss stopped being a number in epoch {epoch}: the training diverged. {kept}"
            f"Choose a smaller {phase.rate_name} than {rate:,.10g}, for example {smaller:g}."
        )
