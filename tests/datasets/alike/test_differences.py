"""How two pictures differ: hardly where one is a copy, in one place where a small thing comes or goes."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.datasets.alike.differences import HARDLY, LOCAL, MANY, difference
from core.datasets.samples.faults import FAULTS, NEAR_KINDS
from core.images.fingerprint import fingerprint
from core.images.reading import open_rgb

GENERATOR = np.random.default_rng(0)


def wall(seed, side=128):
    blocks = np.random.default_rng(seed).integers(40, 220, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(blocks).resize((side, side), Image.Resampling.BICUBIC)


def grey_of(picture):
    return np.frombuffer(fingerprint(picture).grey, np.uint8)


def with_a_thing(picture):
    changed = picture.copy()
    ImageDraw.Draw(changed).rectangle((40, 40, 56, 60), fill=(20, 20, 20))
    return changed


@pytest.mark.parametrize("kind", NEAR_KINDS)
def test_a_copy_hardly_differs(kind):
    for seed in range(5):
        picture = wall(seed)
        copy = open_rgb(io.BytesIO(FAULTS[kind].make(picture, GENERATOR)))
        assert difference(grey_of(picture), grey_of(copy)).grade == HARDLY


def test_a_small_thing_that_comes_or_goes_is_one_place():
    for seed in range(5):
        found = difference(grey_of(wall(seed)), grey_of(with_a_thing(wall(seed))))
        assert found.grade == LOCAL
        assert 0 < found.share < 0.1
        assert found.in_words().startswith("different in one place, ")


def test_the_light_makes_no_difference_and_does_not_hide_one():
    darker = Image.fromarray((np.asarray(wall(1)) * 0.8).astype(np.uint8))
    assert difference(grey_of(wall(1)), grey_of(darker)).grade == HARDLY
    assert difference(grey_of(wall(1)), grey_of(with_a_thing(darker))).grade == LOCAL


def test_other_pictures_differ_in_many_places():
    assert difference(grey_of(wall(1)), grey_of(wall(2))).grade == MANY


def test_it_does_not_matter_which_comes_first():
    a, b = grey_of(wall(1)), grey_of(with_a_thing(wall(1)))
    assert difference(a, b).grade == difference(b, a).grade


def test_blank_pictures_are_compared_too():
    blank, other = (np.full(576, value, np.uint8) for value in (0, 255))
    assert difference(blank, blank).share == 0
    assert difference(blank, other).grade == HARDLY, "but for their light, there is nothing in them"


def test_the_more_alike_come_first():
    a = grey_of(wall(1))
    same, thing, other = (difference(a, grey_of(each)) for each in (wall(1), with_a_thing(wall(1)), wall(2)))
    assert sorted([other, thing, same], key=lambda each: each.order) == [same, thing, other]
