"""A training of milliseconds for the tests of callbacks, and callbacks that note or pretend what they are told."""

from dataclasses import replace

import numpy as np

from core.runs.record import create_run
from core.runs.settings import read_settings
from core.runs.training_state import TrainingState
from core.training.batches import Batches
from core.training.callbacks.base import Callback, CallbackList
from core.training.linear_head import LinearHead
from core.training.phase import first_phase

COUNT, WIDTH, BATCH_SIZE = 40, 6, 8


class Training:
    """A linear head on made-up features, with all that a run has at hand while it trains."""

    def __init__(self, workspace, **settings):
        values = {
            "dataset": "pets",
            "architecture": "mobilenet_075",
            "batch_size": BATCH_SIZE,
            "min_steps_per_epoch": 1,
        }
        self.run = create_run(workspace, read_settings(values | settings))
        draw = np.random.default_rng(0)
        self.targets = draw.integers(0, 2, COUNT)
        self.inputs = draw.standard_normal((COUNT, WIDTH), np.float32) + self.targets[:, None]
        self.learner = LinearHead(self.inputs, 2, self.run.settings)
        self.learner.seed_epoch(0, 0)
        self.batches = Batches(self.inputs, self.targets, BATCH_SIZE, seed=0)
        self.phase, self.state = first_phase(self.run), TrainingState()

    def change_phase(self, **changes):
        self.phase = replace(self.phase, **changes)

    def fit(self, *callbacks, epochs=3, validated=True):
        """Train with these callbacks, in their order, and give the list that they were told by."""
        told = CallbackList(self.learner, *callbacks)
        validation = (self.inputs, self.targets) if validated else None
        self.learner.fit(self.batches, validation, told, self.state.epochs, epochs)
        return told

    def events(self, kind):
        return [event for event in self.run.events.read() if event["kind"] == kind]


class Recorder(Callback):
    """Notes every hook that is called, and what for."""

    def __init__(self):
        self.hooks, self.metrics = [], []

    def on_train_begin(self):
        self.hooks.append(("train begin",))

    def on_epoch_begin(self, epoch):
        self.hooks.append(("epoch begin", epoch))

    def on_batch_begin(self, batch):
        self.hooks.append(("batch begin", batch))

    def on_batch_end(self, batch, metrics):
        self.hooks.append(("batch end", batch))

    def on_epoch_end(self, epoch, metrics):
        self.hooks.append(("epoch end", epoch))
        self.metrics.append(dict(metrics))

    def on_train_end(self):
        self.hooks.append(("train end",))


class Loss(Callback):
    """Lets the callbacks behind it see these monitored losses, epoch by epoch, and none of the metrics of a batch."""

    def __init__(self, state, *losses, name="val_loss"):
        self._state, self._losses, self._name = state, losses, name

    def on_epoch_end(self, epoch, metrics):
        metrics[self._name] = self._losses[epoch]
