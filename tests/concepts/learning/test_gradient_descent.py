"""Descents: slopes are right, small rates arrive, large ones run away, momentum helps where the valley is long."""

import numpy as np
import pytest

from core.concepts.learning.gradient_descent import STEEP, SURFACES, descend, largest_rate


@pytest.mark.parametrize("name", SURFACES)
@pytest.mark.parametrize("place", [(-1.2, 1.0), (0.3, -0.7), (1.0, 1.0)])
def test_gradients_are_slopes(name, place):
    surface, step = SURFACES[name], 1e-6
    across = (surface.loss(place[0] + step, place[1]) - surface.loss(place[0] - step, place[1])) / (2 * step)
    up = (surface.loss(place[0], place[1] + step) - surface.loss(place[0], place[1] - step)) / (2 * step)
    assert surface.gradient(np.array(place)) == pytest.approx([across, up], abs=1e-6)


@pytest.mark.parametrize("name", SURFACES)
def test_the_minimum_is_flat_and_the_least(name):
    surface = SURFACES[name]
    assert surface.gradient(np.array(surface.minimum)) == pytest.approx([0, 0])
    assert surface.loss(*surface.minimum) == 0


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_a_bowl_is_left_beyond_the_largest_rate_and_not_before(momentum):
    limit = largest_rate(STEEP, momentum)
    assert not descend(SURFACES["bowl"], 0.98 * limit, momentum, False, 400).diverged
    assert descend(SURFACES["bowl"], 1.02 * limit, momentum, False, 400).diverged


def test_a_descent_that_runs_away_ends_in_finite_numbers():
    found = descend(SURFACES["valley"], 0.5, 0.99, True, 200)
    assert found.diverged
    assert np.isfinite(found.path).all()
    assert np.isfinite(found.losses).all()
    assert len(found.path) < 201


def test_momentum_comes_further_along_a_bent_valley():
    plain, rolling, ahead = (
        descend(SURFACES["valley"], 0.05, momentum, nesterov, 60).losses[-1]
        for momentum, nesterov in ((0, False), (0.8, False), (0.8, True))
    )
    assert rolling < plain / 3
    assert ahead < plain / 3


def test_without_momentum_nesterov_changes_nothing():
    plain, ahead = (descend(SURFACES["bowl"], 0.1, 0, nesterov, 10).path for nesterov in (False, True))
    assert plain == pytest.approx(ahead)
