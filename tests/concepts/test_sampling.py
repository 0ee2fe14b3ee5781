"""Fewer pixels, and fewer values of each."""

import numpy as np
import pytest

from core.concepts.sampling import bits_per_picture, quantise, rings, sample

PICTURE = np.arange(7 * 10 * 3, dtype=np.uint8).reshape(7, 10, 3)


def test_every_third_pixel_stays():
    assert (sample(PICTURE, 3) == PICTURE[::3, ::3]).all()
    assert (sample(PICTURE, 1) == PICTURE).all()


def test_a_mean_is_that_of_its_square():
    means = sample(PICTURE, 2, average=True)
    assert means.shape == (3, 5, 3)
    assert means.dtype == np.uint8
    assert means[1, 2, 0] == round(PICTURE[2:4, 4:6, 0].mean())


@pytest.mark.parametrize("average", [False, True])
def test_there_is_always_a_pixel_left(average):
    assert sample(PICTURE, 64, average).shape == (1, 1, 3)
    assert sample(np.full((1, 1), 7, np.uint8), 2, average).tolist() == [[7]]


def test_means_have_no_pattern_where_skipping_has_one():
    stripes = np.tile(np.array([0, 255], np.uint8), (8, 4))  # as fine as pixels can be
    assert set(sample(stripes, 2).ravel()) == {0}, "skipping makes black of grey"
    assert set(sample(stripes, 2, average=True).ravel()) == {128}
    assert sample(rings(), 4).std() > 5 * sample(rings(), 4, average=True)[:32, 32:96].std()


def test_levels_are_evenly_spaced_from_black_to_white():
    every = np.arange(256, dtype=np.uint8)
    for levels in (2, 3, 4, 16, 255, 256):
        found = np.unique(quantise(every, levels))
        assert len(found) == levels
        assert (found[0], found[-1]) == (0, 255)
        assert np.abs(quantise(every, levels).astype(int) - every).max() <= 255 / (levels - 1) / 2 + 0.5
    assert (quantise(every, 256) == every).all()


def test_how_much_a_picture_takes():
    assert bits_per_picture(512, 512, 3, 256) == 8 * 512 * 512 * 3
    assert bits_per_picture(2, 3, 1, 5) == 18
