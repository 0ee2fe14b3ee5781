"""Heat over an image: what shows through, what is light, and what is told apart."""

import numpy as np

from core.figures.heat import AGAINST, FOR, INFERNO, LUMINANCE, overlay, overlay_signed

IMAGE = np.full((2, 2, 3), (100, 150, 200), np.uint8)
GREY = round(float(IMAGE[0, 0] @ LUMINANCE))


def test_where_it_is_cold_the_image_shows_in_grey():
    heat = np.array([[0, 1], [0.5, 0]])
    found = overlay(IMAGE, heat, 0.8)
    assert (found.shape, found.dtype) == (IMAGE.shape, np.uint8)
    assert found[0, 0].tolist() == found[1, 1].tolist() == [GREY] * 3
    assert (overlay(IMAGE, heat, 0.0) == GREY).all()


def test_hotter_is_lighter_in_full_strength():
    heat = np.linspace(0.3, 1, 12)[None]
    found = overlay(np.zeros((1, 12, 3), np.uint8), heat, 1.0)
    lightness = found @ LUMINANCE
    assert (np.diff(lightness[0]) > 0).all()
    np.testing.assert_allclose(found[0, -1], INFERNO[-1], atol=1)


def test_for_and_against_have_a_colour_each():
    values = np.array([[0.2, -0.2], [0.0, 0.4]])
    found = overlay_signed(IMAGE, values, largest=0.2, strength=1.0)
    assert found[0, 0].tolist() == found[1, 1].tolist() == FOR.tolist()
    assert found[0, 1].tolist() == AGAINST.tolist()
    assert found[1, 0].tolist() == [GREY] * 3
