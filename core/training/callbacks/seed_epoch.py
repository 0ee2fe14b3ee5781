"""Seeding: what is drawn at random in an epoch depends on the seed and the epoch alone, so that a run can go on."""

from core.training.batches import Batches
from core.training.callbacks.base import Callback
from core.training.learner import Learner


class SeedEpoch(Callback):
    """Draws the order of the images anew for every epoch, and seeds the learner's dropout and augmentation."""

    def __init__(self, learner: Learner, batches: Batches, seed: int):
        self._learner, self._batches, self._seed = learner, batches, seed

    def on_epoch_begin(self, epoch: int) -> None:
        self._batches.begin(epoch)
        self._learner.seed_epoch(self._seed, epoch)
