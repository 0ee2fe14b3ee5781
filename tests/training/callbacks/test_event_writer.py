"""The history of a training: an event an epoch, and points within."""

import pytest

from core.runs.events import batch_table, epoch_table
from core.training.callbacks import event_writer
from core.training.callbacks.best_weights import BestWeights
from core.training.callbacks.event_writer import EventWriter
from core.training.callbacks.learning_rate_scheduler import LearningRateScheduler
from core.training.callbacks.resource_usage import ResourceUsage
from tests.training.callbacks.small_training import Loss


def fitted(made, *first, **options):
    made.fit(
        ResourceUsage(made.batches, made.state),
        LearningRateScheduler(made.learner, made.batches, made.run.settings, made.state),
        *first,
        BestWeights(made.learner, made.phase, made.state),
        EventWriter(made.run.events, made.batches, made.phase, made.state),
        **options,
    )
    return made.run.events.read()


def test_an_epoch_is_an_event_with_all_its_figures(training, recorder):
    made = training()
    table = epoch_table(fitted(made, recorder, epochs=3))
    assert table["epoch"].tolist() == [1, 2, 3]
    assert table.notna().all(axis=None)
    for name in ("loss", "accuracy", "val_loss", "val_accuracy", "seconds", "images_per_second"):
        assert table[name].tolist() == [metrics[name] for metrics in recorder.metrics]


def test_it_says_which_epochs_were_the_best_so_far(training):
    made = training()
    table = epoch_table(fitted(made, Loss(made.state, 3.0, 4.0, 2.0), epochs=3))
    assert table["best"].tolist() == [True, False, True]


def test_figures_of_a_validation_that_is_not_there_are_null(training):
    made = training()
    made.change_phase(monitor="loss")
    fitted(made, epochs=1, validated=False)
    (event,) = made.events("epoch")
    assert event["val_loss"] is None
    assert event["val_accuracy"] is None


def test_the_epochs_of_a_later_phase_are_counted_behind_those_before(training, monkeypatch):
    monkeypatch.setattr(event_writer, "SECONDS_BETWEEN_POINTS", 0)
    made = training()
    made.change_phase(epochs_before=10)
    events = fitted(made, epochs=1)
    assert epoch_table(events)["epoch"].tolist() == [11]
    assert batch_table(events)["position"].tolist() == pytest.approx([10.2, 10.4, 10.6, 10.8, 11.0])


def test_there_are_a_few_points_a_second_however_many_batches(training):
    made = training()
    fitted(made, epochs=40)
    assert 1 <= len(made.events("batch")) < 40
