"""The weights that answer in the end are those of the epoch with the least monitored loss."""

import numpy as np
import pytest

from core.training.callbacks.best_weights import BestWeights
from core.training.linear_head import LinearHead
from tests.training.callbacks.small_training import Loss, Recorder


def answers_of(made, path):
    head = LinearHead(made.inputs, 2, made.run.settings)
    head.load(path)
    return head.probabilities(made.inputs)


def test_the_best_epoch_is_kept_and_later_ones_that_are_worse_are_not(training):
    made, kept = training(), []

    class Answers(Recorder):
        def on_epoch_end(self, epoch, metrics):
            kept.append(made.learner.probabilities(made.inputs))

    losses = Loss(made.state, 3.0, 1.0, 2.0, 1.0)
    made.fit(losses, Answers(), BestWeights(made.learner, made.phase, made.state), epochs=4)
    assert (made.state.epochs, made.state.best, made.state.best_epoch) == (4, 1.0, 2)
    np.testing.assert_allclose(answers_of(made, made.run.best_weights), kept[1], atol=1e-5)


def test_without_restoring_the_best_the_last_epoch_is_kept(training):
    made, kept = training(restore_best_weights=False), []

    class Answers(Recorder):
        def on_epoch_end(self, epoch, metrics):
            kept.append(made.learner.probabilities(made.inputs))

    losses = Loss(made.state, 3.0, 1.0, 2.0)
    made.fit(losses, Answers(), BestWeights(made.learner, made.phase, made.state), epochs=3)
    assert (made.state.best, made.state.best_epoch) == (1.0, 2), "which early stopping waits for"
    np.testing.assert_allclose(answers_of(made, made.run.best_weights), kept[2], atol=1e-5)


def test_without_validation_it_is_the_training_loss(training):
    made = training()
    made.change_phase(monitor="loss")
    losses = Loss(made.state, 2.0, 5.0, name="loss")
    made.fit(losses, BestWeights(made.learner, made.phase, made.state), epochs=2, validated=False)
    assert made.state.best_epoch == 1


def test_a_phase_that_is_never_better_than_what_was_before_it_saves_nothing(training):
    made = training()
    made.state.best = 0.5
    made.fit(Loss(made.state, 1.0, 0.7), BestWeights(made.learner, made.phase, made.state), epochs=2)
    assert (made.state.epochs, made.state.best_epoch) == (2, 0)
    assert not made.run.best_weights.exists()


def test_the_weights_are_replaced_as_a_whole(training):
    """Nothing but the file itself is left, and one that cannot be written leaves the one before."""
    made = training()
    callback = BestWeights(made.learner, made.phase, made.state)
    callback.on_epoch_end(0, {"val_loss": 2.0})
    before = made.run.best_weights.read_bytes()

    def fail(path):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    made.learner.save = fail
    with pytest.raises(OSError, match="No space left"):
        callback.on_epoch_end(1, {"val_loss": 1.0})
    assert made.run.best_weights.read_bytes() == before
    assert [path.name for path in made.run.folder.glob("*.h5*")] == ["best.weights.h5"]
