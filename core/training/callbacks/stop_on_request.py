"""Stopping on request: between two batches, once the user has asked for it."""

from core.jobs.job import Job
from core.training.callbacks.base import Callback, Metrics
from core.training.learner import Learner


class StopOnRequest(Callback):
    """Stops the learner where its job was asked to stop."""

    def __init__(self, learner: Learner, job: Job):
        self._learner, self._job = learner, job

    def on_batch_end(self, batch: int, metrics: Metrics) -> None:
        if self._job.stop_requested:
            self._learner.stop()
