"""How many images a batch holds, and what follows for answers."""

import numpy as np
import pytest

from core.runs.settings import read_settings
from core.training.linear_head import LinearHead
from core.training.training_batches import batch_size_of, make_batches

COUNT = 50


def settings(**changes):
    return read_settings({"dataset": "any", "architecture": "mobilenet_075"} | changes)


def batches_of(given, size):
    inputs, targets = np.zeros((COUNT, 4), np.float32), np.arange(COUNT) % 5 // 4
    learner = LinearHead(inputs, 2, given)
    return make_batches(given, learner, inputs, targets, size), learner


@pytest.mark.parametrize(
    ("wanted", "found", "size"),
    [(16, None, 16), (16, 8, 8), (8, 16, 8), (0, 24, 24)],
    ids=["as set", "lowered for memory", "set lower since", "measured"],
)
def test_a_batch_holds_what_is_set_but_no_more_than_was_found(wanted, found, size):
    assert batch_size_of(settings(batch_size=wanted), found) == size


def test_without_either_it_is_what_is_usual_for_the_network():
    head, scratch = settings(batch_size=0), settings(batch_size=0, architecture="small_cnn")
    assert batch_size_of(head) > 0
    assert batch_size_of(scratch) > 0


def test_few_images_are_gone_through_several_times_where_an_epoch_is_to_have_some_steps():
    batches, _ = batches_of(settings(least_steps=7), 25)
    assert (batches.passes, len(batches)) == (4, 8)


def test_images_are_weighed_as_the_settings_say():
    plain, _ = batches_of(settings(), 10)
    balanced, _ = batches_of(settings(class_weights="balanced"), 10)
    assert len(plain[0]) == 2
    _, targets, weights = balanced[0]
    np.testing.assert_allclose(weights, np.where(targets == 1, 2.5, 0.625))


def test_answers_are_given_in_no_more_than_two_batches_at_once():
    _, learner = batches_of(settings(), 3)
    assert learner.rows_at_once == 6
    _, learner = batches_of(settings(), 10_000)
    assert learner.rows_at_once == LinearHead.rows_at_once
