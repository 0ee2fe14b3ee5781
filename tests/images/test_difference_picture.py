"""Where two pictures differ is marked, and nothing where they are the same but for light and saving again."""

import io

import numpy as np
from PIL import Image

from core.images.difference_picture import where_they_differ


def picture(side=96):
    blocks = np.random.default_rng(0).integers(40, 200, (5, 5, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(blocks).resize((side, side), Image.Resampling.BICUBIC))


def saved_again(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=75)
    return np.asarray(Image.open(file))


def test_what_is_there_in_one_only_is_marked_and_nothing_else():
    changed = picture().copy()
    changed[30:40, 50:60] = 250
    marked = where_they_differ(picture(), changed)
    assert marked.heat[32:38, 52:58].min() > 0.5
    assert marked.heat[:25].max() == marked.heat[45:].max() == 0
    assert marked.largest > 50
    assert marked.in_words.startswith("2% of the picture, by up to ")


def test_a_picture_that_was_saved_again_or_brightened_is_not_marked():
    for copy in (saved_again(picture()), (picture() * 0.8).astype(np.uint8)):
        marked = where_they_differ(picture(), copy)
        assert marked.heat.max() == 0
        assert "most likely the same one" in marked.in_words


def test_pictures_of_one_colour_are_compared():
    marked = where_they_differ(np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8))
    assert np.isfinite(marked.heat).all()
    assert where_they_differ(np.zeros((1, 1, 3), np.uint8), np.zeros((1, 1, 3), np.uint8)).largest == 0
