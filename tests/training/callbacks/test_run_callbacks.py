"""The order of a run's callbacks, and what it is good for."""

import pytest

from core.runs.events import epoch_table
from core.runs.training_state import epochs_in
from core.training.callbacks.run_callbacks import run_callbacks

ORDER = """
EvaluateOnRequest ResourceUsage SeedEpoch LearningRateScheduler TerminateOnNaN StopOnRequest
BestWeights ReduceOnPlateau EventWriter Checkpoint StatusWriter EarlyStopping
"""


@pytest.fixture
def made(training):
    return training(epochs=3)


def callbacks_of(made):
    return run_callbacks(made.run, made.learner, made.batches, made.phase, made.state)


def test_they_are_told_in_this_order(made):
    assert [type(callback).__name__ for callback in callbacks_of(made)] == ORDER.split()


def test_an_epoch_that_is_killed_while_it_is_kept_was_told_and_will_be_trained_again(made):
    made.fit(*callbacks_of(made), epochs=1)
    variables, calls = made.learner.variables, []

    def killed():
        calls.append(1)
        raise KeyboardInterrupt

    made.learner.variables = killed
    with pytest.raises(KeyboardInterrupt):
        made.fit(*callbacks_of(made), epochs=3)
    made.learner.variables = variables
    assert calls, "it was killed in the checkpoint"
    assert epoch_table(made.run.events.read())["epoch"].tolist() == [1, 2]
    assert epochs_in(made.run.checkpoint) == 1


def test_nothing_is_kept_of_an_epoch_that_diverged(made):
    made.fit(*callbacks_of(made), epochs=1)
    before = {path.name: path.read_bytes() for path in (made.run.best_weights, made.run.checkpoint)}
    made.inputs[0] = float("nan")
    callbacks = made.fit(*callbacks_of(made), epochs=3)
    assert "the training diverged. The best weights, of epoch 1, are kept." in callbacks.cancelled
    assert before == {path.name: path.read_bytes() for path in (made.run.best_weights, made.run.checkpoint)}
    assert epoch_table(made.run.events.read())["epoch"].tolist() == [1]
    assert made.state.epochs == 1


def test_a_run_that_is_trained_by_them_has_all_its_files(made):
    made.fit(*callbacks_of(made))
    assert epochs_in(made.run.checkpoint) == made.run.written_status().facts["epochs"] == 3
    assert made.run.best_weights.exists()
    assert epoch_table(made.run.events.read())["epoch"].tolist() == [1, 2, 3]
