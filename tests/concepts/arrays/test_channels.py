"""Channels taken away, painted over, and made one."""

import numpy as np
import pytest
from PIL import Image
from skimage.color import rgb2gray

from core.concepts.arrays.channels import keep_channels, paint_rectangle, to_grey
from core.concepts.pictures import shipped_pixels

CAT = shipped_pixels("chelsea")


def test_channels_that_are_not_kept_are_zero():
    kept = keep_channels(CAT, (True, False, True))
    assert kept.dtype == np.uint8
    assert (kept[..., ::2] == CAT[..., ::2]).all()
    assert not kept[..., 1].any()


def test_a_rectangle_is_painted_and_nothing_else():
    painted = paint_rectangle(CAT, (290, 400), (-5, 10), (0, 255, 0))
    assert (painted[290:, :10] == (0, 255, 0)).all()
    assert (painted != CAT).any(axis=2).sum() == 10 * 10
    assert (CAT[290:, :10] != (0, 255, 0)).any(), "the picture itself stays"


@pytest.mark.parametrize("rows", [(50, 50), (60, 50), (-9, -3), (900, 950)])
def test_a_rectangle_without_pixels_paints_none(rows):
    assert (paint_rectangle(CAT, rows, (0, 10), (0, 255, 0)) == CAT).all()


def test_grey_is_what_other_programs_make_of_it():
    pillow = np.asarray(Image.fromarray(CAT).convert("L")).astype(int)
    assert np.abs(to_grey(CAT) - pillow).max() <= 1
    assert np.abs(to_grey(CAT, "luminance_709") / 255 - rgb2gray(CAT)).max() < 0.51 / 255
    assert (to_grey(CAT, "mean") == np.round(CAT.mean(axis=2))).all()


def test_grey_stays_grey_and_floats_stay_floats():
    for how in ("mean", "luminance", "luminance_709"):
        assert (to_grey(np.full((1, 1, 3), 255, np.uint8), how) == 255).all()
    assert to_grey(np.full((2, 1, 3), 0.5, np.float32)).tolist() == [[0.5], [0.5]]
