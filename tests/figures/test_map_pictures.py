"""Maps and kernels as pictures: what is black, grey and white, and how they lie on a sheet."""

import numpy as np
import pytest

from core.figures.map_pictures import MOST_PIXELS, contact_sheet, enlarged, kernels_as_pictures, maps_as_pictures


def test_black_is_nothing_and_white_the_largest():
    maps = np.array([[[0.0, 1.0], [2.0, -1.0]]])
    assert maps_as_pictures(maps, 2.0).tolist() == [[[0, 128], [255, 0]]]
    assert maps_as_pictures(maps, 2.0, signed=True).tolist() == [[[128, 191], [255, 64]]]


def test_each_map_may_have_a_scale_of_its_own():
    maps = np.array([[[1.0]], [[4.0]], [[0.0]]])
    own = np.abs(maps).max(axis=(1, 2), keepdims=True)
    assert maps_as_pictures(maps, own).ravel().tolist() == [255, 255, 0]


def test_large_maps_are_made_smaller_in_their_proportions():
    assert maps_as_pictures(np.ones((2, 300, 150)), 1.0).shape == (2, MOST_PIXELS, MOST_PIXELS // 2)


def test_kernels_are_in_colours_or_in_the_grey_of_their_mean():
    colours = np.zeros((1, 1, 2, 3))
    colours[0, 0, 0] = [2, 0, -2]
    assert kernels_as_pictures(colours)[0, 0].tolist() == [[255, 128, 0], [128, 128, 128]]
    deep = np.zeros((1, 1, 2, 4))
    deep[0, 0, 0], deep[0, 0, 1] = -1, [1, 0, 0, 0]
    assert kernels_as_pictures(deep)[0, 0].tolist() == [[0, 0, 0], [159, 159, 159]]


@pytest.mark.parametrize(("side", "times"), [(9, 3), (10, 3), (2, 1)])
def test_pixels_become_squares(side, times):
    pixels = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    found = enlarged(pixels, side)
    assert found.shape == (3 * times, 3 * times, 3)
    assert np.array_equal(found[::times, ::times], pixels)


def test_a_sheet_has_the_pictures_in_rows():
    pictures = np.arange(5, dtype=np.uint8)[:, None, None] * np.ones((1, 2, 2), np.uint8)
    sheet = contact_sheet(pictures, gap=1)
    assert sheet.shape == (2 * 2 + 1, 3 * 2 + 2)
    assert sheet[0].tolist() == [0, 0, 255, 1, 1, 255, 2, 2]
    assert sheet[3].tolist() == [3, 3, 255, 4, 4, 255, 255, 255]
    assert contact_sheet(pictures, columns=5, gap=0).shape == (2, 10)
    assert contact_sheet(np.zeros((1, 4, 6, 3), np.uint8)).shape == (4, 6, 3)
