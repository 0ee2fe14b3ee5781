"""Batches: how many steps an epoch has, and noise that falls with the root of the batch's size."""

import numpy as np
import pytest

from core.concepts.learning.batches import (
    EXAMPLES,
    batch_gradients,
    example_gradients,
    expected_noise,
    last_batch,
    measured_noise,
    steps_an_epoch,
)


@pytest.mark.parametrize(
    ("images", "size", "steps", "rest"),
    [(60_000, 256, 235, 96), (64, 32, 2, 32), (65, 32, 3, 1), (1, 512, 1, 1), (10, 1, 10, 1)],
)
def test_an_epoch_sees_every_image_once(images, size, steps, rest):
    assert (steps_an_epoch(images, size), last_batch(images, size)) == (steps, rest)
    assert (steps - 1) * size + rest == images


@pytest.mark.parametrize("size", [1, 8, 32, 128])
def test_the_measured_noise_is_that_of_the_formula(size):
    assert measured_noise(size) == pytest.approx(expected_noise(size), rel=0.12)


def test_four_times_the_batch_is_half_the_noise():
    assert expected_noise(8) / expected_noise(2) == pytest.approx(0.5, rel=0.01)


def test_a_batch_of_all_is_the_full_gradient():
    assert batch_gradients(EXAMPLES) == pytest.approx(np.tile(example_gradients().mean(axis=0), (600, 1)))
    assert expected_noise(EXAMPLES) == 0
