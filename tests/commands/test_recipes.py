"""Recipes on the command line."""

import json

from core.augmentation.library import PRESETS
from core.augmentation.recipe import TRANSFORMS, parse_recipe, read_recipe


def test_recipes_and_what_they_are_made_of_are_listed(command):
    code, text, _ = command("recipes")
    assert code == 0
    assert all(name in text for name in (*PRESETS, *TRANSFORMS))


def test_a_recipe_is_saved_listed_and_deleted(command):
    code, text, _ = command("recipes", "--save", "mine", "flip_horizontal,zoom=-5..20@0.7", "--json")
    assert code == 0
    mine = json.loads(text)[-1]
    assert (mine["name"], mine["preset"], mine["typed"]) == ("mine", False, "flip_horizontal,zoom=-5..20@0.7")
    assert read_recipe(mine["recipe"]) == parse_recipe(mine["typed"])
    assert "saved" in command("recipes")[1]
    assert command("recipes", "--delete", "mine")[0] == 0
    assert "saved" not in command("recipes")[1]


def test_what_cannot_be_is_bad_usage(command):
    code, _, complaint = command("recipes", "--save", "mine", "mirror")
    assert (code, "'mirror' is unknown" in complaint) == (2, True)
    code, _, complaint = command("recipes", "--delete", "mine")
    assert (code, "There is no recipe 'mine'" in complaint) == (2, True)


def test_training_takes_a_recipe_by_its_option(command):
    code, _, complaint = command("train", "pets", "--architecture", "small_cnn", "--augmentation", "mirror")
    assert (code, "'mirror' is unknown" in complaint) == (2, True)
    code, _, complaint = command("train", "pets", "--architecture", "small_cnn", "--augmentation", "digits")
    assert (code, "There is no dataset 'pets'" in complaint) == (2, True)
