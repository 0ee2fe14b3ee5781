"""Checkpointing: after each whole epoch, all that it takes to go on from there."""

from core.runs.training_state import TrainingState
from core.training.callbacks.base import Callback, Metrics
from core.training.checkpoint import save_checkpoint
from core.training.learner import Learner
from core.training.phase import Phase


class Checkpoint(Callback):
    """Writes the phase's checkpoint."""

    def __init__(self, learner: Learner, phase: Phase, state: TrainingState):
        self._learner, self._phase, self._state = learner, phase, state

    def on_epoch_end(self, epoch: int, metrics: Metrics) -> None:
        save_checkpoint(self._phase.checkpoint, self._learner, self._state)
