"""Best weights: those of the epoch with the least monitored loss, or of the last one, which answer in the end."""

from core.files import replacing
from core.runs.training_state import TrainingState
from core.training.callbacks.base import Callback, Metrics
from core.training.learner import Learner
from core.training.phase import Phase


class BestWeights(Callback):
    """Counts a whole epoch in the state, and saves the learner's weights where they answer by now."""

    def __init__(self, learner: Learner, phase: Phase, state: TrainingState):
        self._learner, self._phase, self._state = learner, phase, state

    def on_epoch_end(self, epoch: int, metrics: Metrics) -> None:
        state, value = self._state, metrics[self._phase.monitor]
        state.epochs = epoch + 1
        if state.best is None or value < state.best:
            state.best, state.best_epoch = value, state.epochs
        if self._phase.answering_epoch(state) == state.epochs:
            with replacing(self._phase.best_weights, ".weights.h5") as temporary:
                self._learner.save(temporary)
