"""Which rules a system keeps, and what its impulse response says of it."""

import numpy as np
import pytest

from core.concepts.signals.linear_shift_invariant import (
    adding,
    clipped,
    every_second,
    filtered,
    impulse_response,
    median_of_three,
    plus_one,
    scaling,
    shift,
    shifted_impulses,
    shifted_responses,
    shifting,
)

SIGNAL, OTHER = np.array([1.0, 2, 2, 0, 0, 0]), np.array([0.0, 3, 0, 1, 0, 0])
KERNEL = np.array([3.0, 2, 1])


@pytest.mark.parametrize(
    ("system", "scales", "adds", "shifts"),
    [
        (filtered(KERNEL), True, True, True),
        (filtered(np.array([1 / 3] * 3)), True, True, True),
        (median_of_three, True, False, True),
        (clipped, False, False, True),
        (plus_one, False, False, False),
        (every_second, True, True, False),
    ],
)
def test_which_rules_a_system_keeps(system, scales, adds, shifts):
    assert scaling(system, SIGNAL, 2.5).holds == scales
    assert adding(system, SIGNAL, OTHER).holds == adds
    assert shifting(system, SIGNAL, 1).holds == shifts


def test_a_comparison_shows_both_ways():
    tried = adding(clipped, SIGNAL, OTHER)
    assert tried.before.tolist() == [1, 3, 2, 1, 0, 0]
    assert tried.after.tolist() == [1, 5, 2, 1, 0, 0]


@pytest.mark.parametrize("steps", [0, 2, 6, 9])
def test_a_shifted_signal_keeps_its_length(steps):
    shifted = shift(SIGNAL, steps)
    assert shifted.tolist() == ([0.0] * steps + SIGNAL.tolist())[:6]


def test_the_impulse_response_fixes_a_filter():
    response = impulse_response(filtered(KERNEL), 6)
    assert response.tolist() == [3, 2, 1, 0, 0, 0]
    assert shifted_responses(SIGNAL, response).sum(axis=0)[:6].tolist() == filtered(KERNEL)(SIGNAL).tolist()


def test_a_picture_is_a_sum_of_shifted_impulses():
    picture = np.arange(6).reshape(2, 3)
    parts = shifted_impulses(picture)
    assert parts.shape == (6, 2, 3)
    assert parts[5].tolist() == [[0, 0, 0], [0, 0, 5]]
    assert (parts.sum(axis=0) == picture).all()
