"""Early stopping: no more epochs once the monitored loss has not improved for as many as the patience is."""

from core.runs.events import EventLog
from core.runs.training_state import TrainingState
from core.training.callbacks.base import Callback, Metrics
from core.training.learner import Learner
from core.training.phase import Phase


class EarlyStopping(Callback):
    """Stops the learner where the patience is over, and notes why. The best weights are kept by `BestWeights`."""

    def __init__(self, learner: Learner, events: EventLog, phase: Phase, state: TrainingState):
        self._learner, self._events, self._phase, self._state = learner, events, phase, state

    def on_epoch_end(self, epoch: int, metrics: Metrics) -> None:
        if not self._phase.patience_is_over(self._state):
            return
        loss = "validation loss" if self._phase.monitor == "val_loss" else "loss"
        text = f"Ended early: no better {loss} for {self._phase.settings.patience} epochs."
        self._events.append("note", text=text)
        self._learner.stop()
