"""Reducing the learning rate on a plateau: counted for every schedule, and heeded by the one that is called so."""

from core.runs.training_state import TrainingState
from core.training.callbacks.base import Callback, Metrics


class ReduceOnPlateau(Callback):
    """Counts how often the monitored loss has not improved for `patience` epochs.

    `core.training.schedules.learning_rate_at` makes of it how much lower the rate is.
    """

    def __init__(self, state: TrainingState, patience: int):
        self._state, self._patience = state, patience

    def on_epoch_end(self, epoch: int, metrics: Metrics) -> None:
        state = self._state
        if state.epochs - max(state.best_epoch, state.reduced_at) >= self._patience:
            state.reductions, state.reduced_at = state.reductions + 1, state.epochs
