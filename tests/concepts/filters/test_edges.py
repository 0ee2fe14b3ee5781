"""Gradients point where brightness changes, and the stages of Canny's algorithm lead to scikit-image's edges."""

import numpy as np
import pytest
from skimage.feature import canny

from core.concepts.arrays.grey_levels import shown_range, to_levels
from core.concepts.filters.edges import GRADIENTS, canny_stages, gradients
from core.concepts.pictures import shipped_pixels

BRIGHTER = np.add.outer(10.0 * np.arange(6), 3.0 * np.arange(8))


@pytest.mark.parametrize("kind", GRADIENTS)
def test_a_sign_is_that_of_the_brighter_side(kind):
    rising, falling = gradients(BRIGHTER, kind, "rising"), gradients(BRIGHTER, kind, "falling")
    assert (rising.across[2:4, 2:6] > 0).all() and (rising.down[2:4, 2:6] > 0).all()
    assert np.array_equal(falling.across, -rising.across) and np.array_equal(falling.down, -rising.down)
    assert np.array_equal(falling.magnitude, rising.magnitude)


def test_the_signs_of_the_material_differ_from_each_other_in_sobel():
    given = gradients(BRIGHTER, "sobel")
    assert given.across[3, 3] == -8 * 3
    assert given.down[3, 3] == 8 * 10
    assert given.magnitude[3, 3] == pytest.approx(8 * np.hypot(3, 10))


@pytest.mark.parametrize(("sigma", "low", "high"), [(1, 25, 50), (2, 10, 80), (3, 40, 40), (0.5, 0, 200)])
def test_the_stages_of_canny_lead_to_the_edges_of_scikit_image(sigma, low, high):
    picture = shipped_pixels("coins")[..., 0].astype(float)
    found = canny_stages(picture, sigma, low, high)
    assert np.array_equal(found.edges, canny(picture, sigma, low, high, mode="nearest"))
    assert not (found.strong & ~found.weak).any()
    assert not (found.edges & ~found.weak).any()
    assert found.edges.any()


def test_a_low_threshold_above_the_high_one_counts_as_the_high_one():
    picture = shipped_pixels("coins")[..., 0]
    assert np.array_equal(canny_stages(picture, 2, 90, 50).edges, canny_stages(picture, 2, 50, 50).edges)


@pytest.mark.parametrize("shape", [(1, 1), (2, 5), (30, 30)])
def test_an_even_surface_has_no_edges(shape):
    assert not canny_stages(np.full(shape, 90)).edges.any()
    assert not gradients(np.full(shape, 90)).magnitude.any()


def test_numbers_of_any_size_become_grey_levels():
    values = np.array([-200.0, 0, 50, 400, np.inf, -np.inf, np.nan])
    assert to_levels(values).tolist() == [0, 0, 50, 255, 255, 0, 0]
    assert to_levels(values, "centre").tolist() == [64, 128, 143, 255, 255, 0, 0]
    assert to_levels(values, "stretch").tolist() == [0, 85, 106, 255, 255, 0, 0]
    assert to_levels(np.array([-1e308, 0, 1e308]), "stretch").tolist() == [0, 128, 255]


@pytest.mark.parametrize("shown", ["centre", "stretch"])
def test_what_is_all_the_same_is_grey(shown):
    for values in (np.zeros(3), np.full(3, np.nan)):
        low, high = shown_range(values, shown)
        assert low < high
        assert to_levels(values, shown).dtype == np.uint8
