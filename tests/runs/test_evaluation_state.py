"""Of which epoch predictions are, in words, and asking for newer ones. Nothing trains: a thread answers."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from core.errors import UsageError, WorkbenchError
from core.evaluation.predictions import Predictions
from core.jobs.job import identity
from core.runs.evaluation_state import evaluation_state_of, request_evaluation, wait_for_evaluation
from core.runs.lifecycle import can_evaluate
from core.runs.record import create_run
from core.runs.settings import read_settings

ANSWERS = Predictions(
    np.array(["a.png", "b.png"]), np.array(["train", "test"]), np.array([0, 1]), np.eye(2), ("cats", "dogs")
)


@pytest.fixture
def run(workspace):
    """A run of 12 epochs of which 3 are trained; the second was the best."""
    made = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn", "epochs": 12}))
    for epoch, best in ((1, True), (2, True), (3, False)):
        made.events.append("epoch", epoch=epoch, best=best)
    made.best_weights.write_bytes(b"weights")
    return made


def evaluated(run, epoch):
    replace(ANSWERS, epoch=epoch).save(run.predictions_path)


def going(run, state="running"):
    run.update(state=state, processes=[identity()])


def test_a_finished_run_that_was_evaluated_last_needs_no_words(run):
    evaluated(run, 2)
    run.update(state="done")
    standing = evaluation_state_of(run)
    assert (standing.words(), standing.outdated, standing.can_ask) == ("", False, False)
    assert standing.to_dict() == {
        "status": "done",
        "epoch": 2,
        "best_epoch": 2,
        "epochs": 3,
        "epochs_planned": 12,
        "unfinished": False,
        "outdated": False,
        "words": "",
    }
    assert not can_evaluate(run)


@pytest.mark.parametrize(
    ("epoch", "words"),
    [
        (2, "Unfinished: 3 of 12 epochs are trained. These are the answers of epoch 2, its best so far."),
        (1, "Unfinished: 3 of 12 epochs are trained. These are the answers of epoch 1; epoch 2 was better since."),
        (None, "Unfinished: 3 of 12 epochs are trained. These are the answers of an earlier epoch."),
    ],
)
def test_an_unfinished_run_says_which_epoch_was_evaluated(run, epoch, words):
    evaluated(run, epoch)
    going(run)
    standing = evaluation_state_of(run)
    assert standing.words() == words
    assert standing.can_ask == (epoch != 2)
    assert standing.to_dict()["unfinished"]


def test_answers_from_before_it_was_extended_and_killed_are_told_and_can_be_made_anew(run):
    evaluated(run, 1)
    run.update(state="failed", error="Killed.")
    assert "These are the answers of epoch 1; epoch 2 was better since" in evaluation_state_of(run).words()
    assert can_evaluate(run)
    evaluated(run, 2)
    assert (
        evaluation_state_of(run).words()
        == "The run failed after 3 of 12 epochs; its best weights, of epoch 2, are evaluated."
    )
    assert not can_evaluate(run)


def test_a_run_whose_last_epoch_answers_does_not_call_it_its_best(workspace):
    values = {"dataset": "pets", "architecture": "perceptron", "as_course": True}
    run = create_run(workspace, read_settings(values))
    for epoch, best in ((1, True), (2, False), (3, False)):
        run.events.append("epoch", epoch=epoch, loss=1.0, accuracy=0.5, best=best, kept=True)
    evaluated(run, 2)
    run.update(state="failed", error="Killed.")
    assert "These are the answers of epoch 2; epoch 3 has ended since" in evaluation_state_of(run).words()
    evaluated(run, 3)
    assert "its last weights, of epoch 3, are evaluated" in evaluation_state_of(run).words()


def test_answers_of_which_nobody_wrote_down_the_epoch_count_as_the_newest(run):
    evaluated(run, None)
    run.update(state="stopped")
    assert evaluation_state_of(run).words() == "The run stopped after 3 of 12 epochs; its best weights are evaluated."
    assert not can_evaluate(run)


def test_epochs_of_fine_tuning_come_on_top(workspace):
    settings = {"dataset": "pets", "architecture": "mobilenet_075", "epochs": 12, "unfreeze": 1, "fine_tune_epochs": 5}
    run = create_run(workspace, read_settings(settings))
    assert evaluation_state_of(run).planned == 17
    run.events.append("stage", name="fine_tune", epochs=8)  # the patience was over by then
    assert evaluation_state_of(run).planned == 13


def test_epochs_that_were_lost_do_not_count(run):
    run.events.append("resume", epochs=1)
    assert (evaluation_state_of(run).best_epoch, evaluation_state_of(run).trained) == (1, 1)


def test_only_a_run_of_which_other_answers_are_to_come_is_provisional(run):
    assert not evaluation_state_of(run).provisional
    evaluated(run, 2)
    going(run)
    assert evaluation_state_of(run).provisional
    run.update(state="stopped")
    assert not evaluation_state_of(run).provisional
    evaluated(run, 1)
    assert evaluation_state_of(run).provisional


# Asking ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "words"), [("done", "does not train"), ("queued", "waits for its turn")])
def test_what_does_not_train_can_not_be_asked(run, state, words):
    if state == "queued":
        going(run, state)
    else:
        run.update(state=state)
    with pytest.raises(UsageError, match=words):
        request_evaluation(run)
    assert not run.evaluation_requested


def test_before_the_first_epoch_there_is_nothing_to_evaluate(workspace):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    going(run)
    with pytest.raises(WorkbenchError, match=r"No epoch of the run .* has ended yet"):
        request_evaluation(run)


def answering(run, eventually, **told):
    """The other side: answers as soon as it is asked."""

    def answer():
        eventually(lambda: run.evaluation_requested)
        run.forget_evaluation_request()
        run.events.append("evaluated", epoch=2, **told)

    thread = threading.Thread(target=answer)
    thread.start()
    return thread


def test_the_answer_is_waited_for(run, eventually):
    going(run)
    other = answering(run, eventually)
    seen = []
    wait_for_evaluation(run, seen.append)
    other.join()
    assert all(status.active for status in seen)
    assert not run.evaluation_requested


def test_an_answer_that_came_to_nothing_is_told(run, eventually):
    going(run)
    other = answering(run, eventually, error="The disk is full.")
    with pytest.raises(WorkbenchError, match=r"could not be evaluated: The disk is full\."):
        wait_for_evaluation(run)
    other.join()


def test_a_run_that_ends_meanwhile_needs_no_answer(run):
    going(run)
    wait_for_evaluation(run, lambda status: run.update(state="done"))


def test_an_interrupt_takes_the_question_back_and_stops_nothing(run):
    going(run)

    def interrupt(status):
        assert run.evaluation_requested
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wait_for_evaluation(run, interrupt)
    assert not run.evaluation_requested
    assert not run.stop_requested


def test_beginning_anew_forgets_the_question(run):
    run.request_evaluation()
    run.forget()
    assert not run.evaluation_requested
