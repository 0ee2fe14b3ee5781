"""A training ends when nothing has got better for its patience, unless early stopping is off."""

import numpy as np

from core.training.callbacks.best_weights import BestWeights
from core.training.callbacks.early_stopping import EarlyStopping
from core.training.linear_head import LinearHead
from tests.training.callbacks.small_training import Loss, Recorder

LOSSES = 2.0, 1.0, 3.0, 3.0, 3.0, 3.0, 3.0


def fitted(made, losses=LOSSES, **options):
    made.fit(
        Loss(made.state, *losses, name=made.phase.monitor),
        BestWeights(made.learner, made.phase, made.state),
        EarlyStopping(made.learner, made.run.events, made.phase, made.state),
        epochs=len(losses),
        **options,
    )
    return made.state.epochs


def notes(made):
    return [event["text"] for event in made.events("note")]


def test_it_ends_when_the_patience_is_over_and_says_so(training):
    made = training(patience=3)
    assert fitted(made) == 5
    assert made.state.best_epoch == 2
    assert notes(made) == ["Ended early: no better validation loss for 3 epochs."]


def test_a_loss_that_falls_goes_on_to_the_last_epoch(training):
    made = training(patience=1)
    assert fitted(made, (4.0, 3.0, 2.0, 1.0)) == 4
    assert notes(made) == []


def test_without_validation_it_looks_at_the_training_loss(training):
    made = training(patience=2)
    made.change_phase(monitor="loss")
    assert fitted(made, validated=False) == 4
    assert notes(made) == ["Ended early: no better loss for 2 epochs."]


def test_epochs_that_were_added_begin_the_patience_anew(training):
    made = training(patience=3)
    made.change_phase(extended_from=4)
    assert fitted(made) == 7
    assert len(notes(made)) == 1, "the patience of three epochs is over behind the seventh"


def test_switched_off_it_goes_on_to_the_last_epoch_and_the_best_weights_are_kept(training):
    made, answers = training(patience=1, early_stopping=False, epochs=len(LOSSES)), []

    class Answers(Recorder):
        def on_epoch_end(self, epoch, metrics):
            answers.append(made.learner.probabilities(made.inputs))

    made.fit(
        Loss(made.state, *LOSSES),
        Answers(),
        BestWeights(made.learner, made.phase, made.state),
        EarlyStopping(made.learner, made.run.events, made.phase, made.state),
        epochs=len(LOSSES),
    )
    assert made.state.epochs == len(LOSSES)
    assert notes(made) == []
    head = LinearHead(made.inputs, 2, made.run.settings)
    head.load(made.run.best_weights)
    np.testing.assert_allclose(head.probabilities(made.inputs), answers[1], atol=1e-5)


def test_switched_off_a_run_is_finished_after_its_epochs_alone(training):
    made = training(patience=1, early_stopping=False, epochs=9)
    made.state.epochs, made.state.best_epoch = 8, 1
    assert not made.phase.is_finished(made.state)
    made.state.epochs = 9
    assert made.phase.is_finished(made.state)
