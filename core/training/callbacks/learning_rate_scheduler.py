"""Learning rate schedule: the rate of every step, as `core.training.schedules` has it for its place in the training."""

from core.runs.settings import RunSettings
from core.runs.training_state import TrainingState
from core.training.batches import Batches
from core.training.callbacks.base import Callback, Metrics
from core.training.learner import Learner
from core.training.schedules import learning_rate_at


class LearningRateScheduler(Callback):
    """Sets the learning rate before each batch, and adds that of the last one to an epoch's metrics."""

    def __init__(self, learner: Learner, batches: Batches, settings: RunSettings, state: TrainingState):
        self._learner, self._batches, self._settings, self._state = learner, batches, settings, state
        self._rate = learner.learning_rate

    def on_batch_begin(self, batch: int) -> None:
        position = self._batches.position(self._state.epochs, batch)
        rate = learning_rate_at(self._settings, position, len(self._batches), self._state.reductions)
        if rate != self._rate or batch == 0:
            self._rate = self._learner.learning_rate = rate

    def on_epoch_end(self, epoch: int, metrics: Metrics) -> None:
        metrics["learning_rate"] = self._rate
