"""The order and the draws of an epoch are those of its number, whatever was before it."""

import numpy as np

from core.training.callbacks.base import Callback
from core.training.callbacks.seed_epoch import SeedEpoch


class Orders(Callback):
    def __init__(self, batches):
        self._batches, self.orders = batches, []

    def on_epoch_begin(self, epoch):
        self.orders.append(self._batches[0][1].tolist())


def fitted(made, first, epochs):
    orders = Orders(made.batches)
    made.state.epochs = first
    made.fit(SeedEpoch(made.learner, made.batches, 0), orders, epochs=epochs)
    return orders.orders


def test_an_epoch_that_is_gone_on_with_is_as_in_a_training_that_was_not_broken_off(training):
    unbroken, broken = training(dropout=0.5), training(dropout=0.5)
    orders = fitted(unbroken, 0, 4)
    assert fitted(broken, 0, 2) + fitted(broken, 2, 4) == orders
    assert len({tuple(order) for order in orders}) > 1
    for name, value in unbroken.learner.variables().items():
        np.testing.assert_array_equal(broken.learner.variables()[name], value, name)
