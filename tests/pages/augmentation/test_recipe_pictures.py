"""Pictures of a recipe: what stands under them."""

import numpy as np
import pytest

from core.augmentation.recipe import TRANSFORMS, parse_recipe
from pages.augmentation.recipe_editor import GROUPS
from pages.augmentation.recipe_pictures import ends_in_words, shares_in_words, true_proportions


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([1, 0, 0], ["cat"]),
        ([0.3, 0.7, 0], ["dog 70 %", "cat 30 %"]),
        ([1 / 3, 1 / 3, 1 / 3], ["cat 34 %", "dog 33 %", "owl 33 %"]),
        ([0.001, 0.999, 0], ["dog"]),
    ],
)
def test_a_label_is_a_class_or_shares_that_make_a_hundred(shares, words):
    assert shares_in_words(["cat", "dog", "owl"], np.array(shares, np.float32)) == words


@pytest.mark.parametrize(
    ("step", "count", "words"),
    [
        ("rotation=-20..5", 2, ["−20 °", "5 °"]),
        ("erasing=5..20", 2, ["5 % of the area", "20 % of the area"]),
        ("quarter_turns", 3, ["90 °", "180 °", "270 °"]),
        ("flip_vertical", 1, [""]),
        ("mixup", 0, []),
    ],
)
def test_ends_are_told_with_their_unit(step, count, words):
    assert ends_in_words(parse_recipe(step)[0], count) == words


def test_squares_get_their_proportions_back():
    assert true_proportions(400, 300, np.zeros((9, 96, 96, 3))) == (96, 72)
    assert true_proportions(1, 3000, np.zeros((9, 96, 96, 3))) == (1, 96)


def test_the_menu_has_every_transform_in_one_group():
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(TRANSFORMS)
