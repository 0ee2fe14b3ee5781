"""Noise is what was asked for, and each filter removes what it is good for."""

import numpy as np
import pytest
from scipy import ndimage

from core.concepts.filters.denoising import (
    REMOVERS,
    gaussian_filter,
    mean_filter,
    median_filter,
    root_mean_square_error,
)
from core.concepts.filters.noise import add_gaussian_noise, add_salt_and_pepper
from core.concepts.pictures import shipped_pixels

EVEN = np.full((200, 200), 128, np.uint8)


@pytest.fixture(scope="module")
def photograph() -> np.ndarray:
    return shipped_pixels("camera")[::2, ::2, 0]


@pytest.mark.parametrize("variance", [0, 25, 400])
def test_gaussian_noise_has_the_variance_that_was_asked_for(variance):
    noisy = add_gaussian_noise(EVEN, variance)
    assert noisy.dtype == np.uint8
    assert np.var(noisy.astype(float)) == pytest.approx(variance, rel=0.03)
    assert np.array_equal(noisy, add_gaussian_noise(EVEN, variance))


def test_salt_and_pepper_hits_a_pixel_in_all_its_channels_and_leaves_the_others():
    colour = np.repeat(EVEN[..., None], 3, axis=2)
    noisy = add_salt_and_pepper(colour)
    assert set(np.unique(noisy)) == {0, 128, 255}
    assert (np.ptp(noisy, axis=2) == 0).all()
    for level in (0, 255):
        assert np.mean(noisy == level) == pytest.approx(1 / 21, rel=0.1)


@pytest.mark.parametrize("side", [2, 3, 5, 8])
def test_the_median_is_that_of_scipy(photograph, side):
    expected = ndimage.median_filter(photograph, side)
    assert np.array_equal(median_filter(photograph, side), expected)
    assert np.array_equal(median_filter(photograph.astype(float), side), expected)


def test_the_mean_is_that_of_scipy(photograph):
    expected = ndimage.uniform_filter(photograph.astype(float), 5)
    assert np.allclose(mean_filter(photograph, 5), expected)


def test_the_median_is_best_against_salt_and_pepper(photograph):
    noisy = add_salt_and_pepper(photograph)
    left = {name: root_mean_square_error(remover.apply(noisy, 5), photograph) for name, remover in REMOVERS.items()}
    assert min(left, key=left.__getitem__) == "median"
    assert left["median"] < root_mean_square_error(noisy, photograph) / 2


def test_wiener_is_best_against_gaussian_noise(photograph):
    noisy = add_gaussian_noise(photograph, 400)
    left = {name: root_mean_square_error(remover.apply(noisy, 5), photograph) for name, remover in REMOVERS.items()}
    assert min(left, key=left.__getitem__) == "wiener"
    assert left["wiener"] < root_mean_square_error(noisy, photograph) / 1.5


def test_a_gaussian_that_is_not_normalised_makes_a_picture_brighter_by_its_sum():
    assert gaussian_filter(EVEN, 20)[100, 100] == pytest.approx(128)
    assert gaussian_filter(EVEN, 20, normalised=False)[100, 100] == pytest.approx(128 * 31.4155, rel=1e-5)


@pytest.mark.parametrize("remover", REMOVERS.values(), ids=lambda remover: remover.name)
@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 3), (7, 5, 3)])
def test_small_and_even_pictures_stay_as_they_are(remover, shape):
    answer = remover.apply(np.full(shape, 200, np.uint8), 15)
    assert answer.shape == shape
    assert np.allclose(answer, 200)
