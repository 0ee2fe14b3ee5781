"""Each whole epoch can be gone on from, and none that was stopped half way."""

import numpy as np

from core.runs.training_state import epochs_in
from core.training.callbacks.best_weights import BestWeights
from core.training.callbacks.checkpoint import Checkpoint
from core.training.callbacks.stop_on_request import StopOnRequest
from core.training.checkpoint import load_checkpoint
from core.training.linear_head import LinearHead


def test_it_holds_the_learner_and_the_state_after_the_last_whole_epoch(training):
    made = training()
    made.fit(BestWeights(made.learner, made.phase, made.state), Checkpoint(made.learner, made.phase, made.state))
    again = LinearHead(made.inputs, 2, made.run.settings)
    assert load_checkpoint(made.run.checkpoint, again) == made.state
    for name, value in made.learner.variables().items():
        np.testing.assert_array_equal(again.variables()[name], value, name)


def test_of_an_epoch_that_is_stopped_half_way_it_holds_nothing(training):
    made = training()
    callbacks = BestWeights(made.learner, made.phase, made.state), Checkpoint(made.learner, made.phase, made.state)
    made.fit(*callbacks, epochs=2)
    made.run.request_stop()
    made.fit(StopOnRequest(made.learner, made.run), *callbacks, epochs=5)
    assert epochs_in(made.run.checkpoint) == 2
