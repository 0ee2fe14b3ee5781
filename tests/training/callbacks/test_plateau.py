"""A plateau is as many epochs without a better loss as the patience is, counted anew after each reduction."""

from core.training.callbacks.best_weights import BestWeights
from core.training.callbacks.plateau import ReduceOnPlateau
from tests.training.callbacks.small_training import Loss


def reduced(made, patience, *losses):
    """The epochs behind which the rate was reduced."""
    counted = BestWeights(made.learner, made.phase, made.state)
    callbacks = Loss(made.state, *losses), counted, ReduceOnPlateau(made.state, patience)
    epochs = []
    for epoch in range(len(losses)):
        before, metrics = made.state.reductions, {}
        for callback in callbacks:
            callback.on_epoch_end(epoch, metrics)
        if made.state.reductions > before:
            epochs.append(epoch + 1)
    return epochs


def test_a_loss_that_falls_reduces_nothing(training):
    assert reduced(training(), 1, 5, 4, 3, 2) == []


def test_it_is_reduced_whenever_the_patience_has_passed(training):
    assert reduced(training(), 2, 1, 2, 2, 2, 2) == [3, 5]


def test_a_better_loss_begins_the_count_anew(training):
    made = training()
    assert reduced(made, 2, 3, 4, 2, 4, 4) == [5]
    assert (made.state.reductions, made.state.reduced_at) == (1, 5)
