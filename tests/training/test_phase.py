"""What counts in one training of a run, among those before it."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.runs.settings import read_settings
from core.runs.training_state import TrainingState
from core.training.phase import Phase


@pytest.fixture
def phase():
    settings = read_settings({"dataset": "any", "architecture": "mobilenet_075", "epochs": 10, "patience": 3})
    return Phase("train", "Training", "learning rate", settings, Path("checkpoint.npz"), Path("best.weights.h5"))


def test_a_later_phase_counts_on_from_those_before(phase):
    later = replace(phase, epochs_before=20, best_epoch_before=17)
    assert (phase.is_first, later.is_first) == (True, False)
    assert (phase.epochs, later.epochs) == (10, 30)
    assert (phase.epochs_done(4), later.epochs_done(4)) == (4, 24)
    assert later.best_epoch(TrainingState(epochs=5, best_epoch=2)) == 22
    assert later.best_epoch(TrainingState(epochs=5)) == 17


def test_the_last_epoch_answers_where_the_best_is_not_restored(phase):
    last = replace(phase, settings=replace(phase.settings, restore_best_weights=False), epochs_before=20)
    state = TrainingState(epochs=5, best_epoch=2)
    assert (phase.answering_epoch(state), last.answering_epoch(state)) == (2, 5)
    assert last.best_epoch(state) == 25
    assert last.patience_is_over(state), "the patience is of the loss all the same"


@pytest.mark.parametrize(("epochs", "best", "over"), [(3, 1, False), (4, 1, True), (3, 0, True), (9, 9, False)])
def test_the_patience_is_over_so_many_epochs_behind_the_best(phase, epochs, best, over):
    state = TrainingState(epochs=epochs, best_epoch=best)
    assert phase.patience_is_over(state) is over
    assert phase.is_finished(state) is over


def test_epochs_that_were_added_begin_it_anew(phase):
    assert not replace(phase, extended_from=4).patience_is_over(TrainingState(epochs=6, best_epoch=1))


def test_a_phase_is_finished_when_all_epochs_are_done(phase):
    assert phase.is_finished(TrainingState(epochs=10, best_epoch=10))
