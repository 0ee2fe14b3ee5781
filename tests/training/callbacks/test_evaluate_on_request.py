"""Somebody who asks for the best so far is answered between two epochs, as soon as there is something to evaluate."""

import pytest

from core.training.callbacks.best_weights import BestWeights
from core.training.callbacks.evaluate_on_request import EvaluateOnRequest
from core.training.callbacks.status_writer import StatusWriter


@pytest.fixture
def made(training):
    return training(epochs=3)


@pytest.fixture
def evaluated(made, recorder):
    """Trains three epochs and gives what was known at each evaluation: the hooks so far and the epochs told."""
    found = []

    def evaluate():
        made.run.forget_evaluation_request()
        found.append((list(recorder.hooks), made.run.written_status().facts.get("epochs")))

    def fit():
        status = StatusWriter(made.run, made.batches, made.phase, made.state)
        asked = EvaluateOnRequest(made.run, made.phase, made.state, status, evaluate)
        made.fit(asked, recorder, BestWeights(made.learner, made.phase, made.state), status)
        return found

    return fit


def test_nobody_asks_and_nothing_is_evaluated(evaluated):
    assert evaluated() == []


def test_asked_before_there_is_anything_it_waits_for_the_first_epoch(made, evaluated):
    made.run.request_evaluation()
    ((hooks, epochs),) = evaluated()
    assert hooks[-1] == ("epoch end", 0)
    assert epochs == 1, "the status is up to date before a long evaluation"


def test_a_phase_that_has_weights_of_the_one_before_answers_at_once(made, evaluated):
    made.change_phase(epochs_before=4, best_epoch_before=3)
    made.run.request_evaluation()
    ((hooks, _),) = evaluated()
    assert hooks == [("train begin",)]
