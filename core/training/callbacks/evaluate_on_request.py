"""Evaluation on request: the best weights so far are evaluated between two epochs, and the training goes on."""

from collections.abc import Callable

from core.runs.record import Run
from core.runs.training_state import TrainingState
from core.training.callbacks.base import Callback
from core.training.callbacks.status_writer import StatusWriter
from core.training.phase import Phase


class EvaluateOnRequest(Callback):
    """Calls `evaluate` before an epoch where the run was asked for it and has weights to evaluate.

    Parameters
    ----------
    status
        Which is up to date before the evaluation, that may take a while.
    evaluate
        Leaves the learner as it was.
    """

    def __init__(
        self, run: Run, phase: Phase, state: TrainingState, status: StatusWriter, evaluate: Callable[[], None]
    ):
        self._run, self._phase, self._state, self._status = run, phase, state, status
        self._evaluate = evaluate

    def on_epoch_begin(self, epoch: int) -> None:
        if self._phase.best_epoch(self._state) and self._run.evaluation_requested:
            self._status.flush()
            self._evaluate()
