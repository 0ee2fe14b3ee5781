"""Occlusion: covering what decides costs the class its probability; covering the rest costs nothing."""

import numpy as np
import pytest

from core.errors import UsageError
from core.explain import occlusion
from core.explain.occlusion import GREY, GRIDS, occlude
from core.explain.trained_network import trained_network
from core.jobs.job import Stopped

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")]


def test_covering_the_square_that_decides_costs_the_most(from_scratch, draw):
    network = trained_network(from_scratch)
    found = occlude(network, draw("red", 30, 4, seed=99), [1, 0])
    assert found.grid in GRIDS
    assert found.drops.shape == (2, 48, 48)
    np.testing.assert_allclose(found.probabilities.sum(), 1)
    row, column = np.unravel_index(found.drops[0].argmax(), (48, 48))
    assert (30 - 6 <= row <= 44 + 6) and (4 - 6 <= column <= 18 + 6)
    assert abs(found.drops[0][:20, 28:]).max() < 0.2 * found.drops[0].max() + 0.01
    # What one of two classes loses, the other gains.
    np.testing.assert_allclose(found.drops[0], -found.drops[1], atol=1e-4)


def test_a_slow_network_is_asked_less_often(from_scratch, draw, monkeypatch):
    monkeypatch.setattr(occlusion, "SECONDS", 0.0)
    assert occlude(trained_network(from_scratch), draw("red", 0, 0), [1]).grid == GRIDS[-1]


def test_it_is_told_how_many_places_are_covered_and_stops_in_between(from_scratch, draw, monkeypatch):
    monkeypatch.setattr(occlusion, "SECONDS_BETWEEN_REPORTS", 0.0)
    network, steps = trained_network(from_scratch), []
    whole = occlude(network, draw("red", 30, 4), [1])
    told = occlude(network, draw("red", 30, 4), [1], lambda *step: steps.append(step))
    done = [done for stage, done, _ in steps if stage == occlusion.STAGE]
    assert done == list(range(told.grid**2)), "one place at a time where the network is slow"
    if whole.grid == told.grid:
        np.testing.assert_allclose(whole.drops, told.drops, atol=1e-4)

    def stop(stage, done, total):
        if done == 3:
            raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        occlude(network, draw("red", 30, 4), [1], stop)


def test_a_network_that_takes_too_long_is_not_asked(from_scratch, draw, monkeypatch):
    monkeypatch.setattr(occlusion, "MOST_SECONDS", 0.0)
    with pytest.raises(UsageError, match="would take about"):
        occlude(trained_network(from_scratch), draw("red", 0, 0), [1])


def test_the_square_comes_to_every_place_and_stays_on_the_image():
    image = np.zeros((10, 10, 3), np.uint8)
    covered = occlusion._covered(image, square=4, grid=5, places=np.arange(25))
    assert not image.any()
    sizes = (covered[..., 0] == GREY).sum(axis=(1, 2))
    assert sizes.max() == 16
    assert sizes.min() >= 9, "at a corner, three of its four rows and columns lie on the image"
    assert (covered[..., 0] == GREY).any(axis=0).all()
