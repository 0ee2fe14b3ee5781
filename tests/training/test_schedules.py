"""The learning rate along a training."""

import pytest

from core.runs.settings import PARAMETERS, read_settings
from core.training.schedules import learning_rate_at


def rates(positions, reductions=0, steps=100, **changes):
    values = {"dataset": "d", "architecture": "small_cnn", "epochs": 10, "learning_rate": 1.0, "decay_epochs": 2}
    settings = read_settings(values | changes)
    return [learning_rate_at(settings, position, steps, reductions) for position in positions]


def test_a_constant_rate_stays():
    assert rates([0.1, 5, 10]) == [1, 1, 1]


def test_steps_fall_at_once():
    assert rates([0.1, 1.9, 2.1, 4.1], schedule="step") == [1, 1, 0.5, 0.25]


def test_an_exponential_falls_evenly():
    assert rates([1, 2, 4], schedule="exponential") == pytest.approx([0.5**0.5, 0.5, 0.25])


def test_a_cosine_ends_at_nothing():
    assert rates([1e-9, 5, 10], schedule="cosine") == pytest.approx([1, 0.5, 0])


def test_a_plateau_falls_with_every_time_there_was_no_progress():
    assert rates([9], reductions=3, schedule="plateau") == [0.125]


def test_an_inverse_time_schedule_is_the_decay_of_keras_2():
    """`lr * 1 / (1 + decay * iterations)`, with the iterations before the step: keras 2.2, `optimizers.SGD`."""
    expected = [0.01 / (1 + 1e-6 * step) for step in range(9)]
    positions = [(step + 1) / 3 for step in range(9)]
    found = rates(positions, steps=3, schedule="inverse_time", decay_rate=1e-6, learning_rate=0.01)
    assert found == pytest.approx(expected, rel=1e-12)
    late = rates([100], steps=100, schedule="inverse_time", decay_rate=1e-6, learning_rate=0.01)
    assert late == pytest.approx([0.01 / 1.009999])


@pytest.mark.parametrize("schedule", [name for name in PARAMETERS["schedule"].options if name != "inverse_time"])
def test_a_warm_up_rises_to_the_rate_and_leaves_the_rest_to_the_schedule(schedule):
    assert rates([0.5, 1, 1.5, 2], schedule=schedule, warmup=0.2) == pytest.approx([0.25, 0.5, 0.75, 1])
