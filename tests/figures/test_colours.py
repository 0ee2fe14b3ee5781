"""Colours of classes and parts of the split."""

import re

import pytest

from core.datasets.splits import SPLITS
from core.figures.colours import LINE_STYLES, SPLIT_COLOURS, class_colours


def names(count):
    return tuple(f"class {number}" for number in range(count))


@pytest.mark.parametrize("count", [0, 1, 2, 8, 9, 21, 200])
def test_every_class_has_a_colour_of_its_own(count):
    colours = class_colours(names(count))
    assert list(colours) == list(names(count))
    assert len(set(colours.values())) == count
    assert all(re.fullmatch("#[0-9a-fA-F]{6}", colour) for colour in colours.values())


def test_a_class_keeps_its_colour_on_every_page():
    assert class_colours(names(21)) == class_colours(names(21))
    assert class_colours(names(3)) == {name: class_colours(names(8))[name] for name in names(3)}


def test_each_part_of_the_split_has_a_colour_and_a_line():
    assert set(SPLIT_COLOURS) == set(LINE_STYLES) == set(SPLITS)
    assert len(set(SPLIT_COLOURS.values())) == len(set(LINE_STYLES.values())) == 3, "colour is never the only sign"
