"""A filter's map follows a shift to the last digit; what is pooled of it follows in whole steps, and holds still."""

import numpy as np
import pytest

from core.concepts.filters.kernels import KERNELS
from core.concepts.pictures import shipped_pixels
from core.concepts.pooling.equivariance import equivariance, invariance, pooled_follows, unchanged_share
from core.concepts.pooling.pooling import AVERAGE, MAX
from core.concepts.pooling.shifting import NEAREST, WRAP, shifted

CAMERA = shipped_pixels("camera")[::2, ::2, 0].astype(float)
SOBEL = KERNELS["sobel_x"].matrix


@pytest.mark.parametrize("kernel", ["sobel_x", "edge", "gradient_x", "gradient_y", "blur"])
@pytest.mark.parametrize(("right", "down"), [(0, 0), (5, 0), (-7, 3), (0, -12)])
def test_inside_the_map_follows_to_the_last_digit(kernel, right, down):
    found = equivariance(CAMERA, KERNELS[kernel].matrix, right, down)
    assert found.largest_inside < 1e-9
    rows, columns = found.inside
    height, width = KERNELS[kernel].matrix.shape
    assert rows.stop - rows.start == 256 - abs(down) - (height - 1)
    assert columns.stop - columns.start == 256 - abs(right) - (width - 1)


def test_at_the_edge_it_does_not_unless_what_leaves_comes_in_at_the_other_side():
    assert equivariance(CAMERA, SOBEL, 9, 0).difference.max() > 1
    around = equivariance(CAMERA, SOBEL, 9, -4, WRAP)
    assert around.difference.max() < 1e-9
    assert around.filtered.max() == around.shifted_then_filtered.max()


def test_a_shift_as_wide_as_the_picture_leaves_nothing_inside():
    assert np.isnan(equivariance(CAMERA, SOBEL, 256, 0).largest_inside)


def test_the_larger_the_window_the_more_cells_stay_as_they_are():
    found = equivariance(CAMERA, SOBEL, 1, 0)
    shares = invariance(found.filtered, found.shifted_then_filtered, [1, 2, 4, 8, 16])
    assert shares == sorted(shares)
    assert shares[0] < 0.15
    assert shares[-1] > 0.7
    whole = equivariance(CAMERA, SOBEL, 30, 20, WRAP)
    assert invariance(whole.filtered, whole.shifted_then_filtered, [256]) == [1.0]
    assert invariance(whole.filtered, whole.shifted_then_filtered, [256], AVERAGE) == [1.0]


def test_unchanged_is_the_same_number():
    assert unchanged_share(np.array([1.0, 2, 3, 4]), np.array([1.0, 2, 5, 4.1])) == 0.5
    assert unchanged_share(np.array([1000.0]), np.array([1000 + 1e-10])) == 1.0


@pytest.mark.parametrize("kind", [MAX, AVERAGE])
@pytest.mark.parametrize("edge", [NEAREST, WRAP])
def test_what_is_pooled_follows_in_whole_steps_only(kind, edge):
    distances = pooled_follows(CAMERA, 4, 4, list(range(9)), kind, edge)
    assert [place for place, distance in enumerate(distances) if distance < 1e-9] == [0, 4, 8]
    assert min(distances[1:4]) > 1
    overlapping = pooled_follows(CAMERA, 3, 2, [0, 1, 2], kind, edge)
    assert overlapping[2] < 1e-9 < overlapping[1]
    each_pixel = pooled_follows(CAMERA, 3, 1, [0, 1, 2], kind, edge)
    assert max(each_pixel) < 1e-9


def test_the_pooled_map_of_a_shifted_picture_is_that_of_the_shifted_map():
    found = equivariance(CAMERA, SOBEL, 4, 0, WRAP)
    np.testing.assert_allclose(found.shifted_then_filtered, shifted(found.filtered, 4, 0, WRAP))
