"""Recipes by name: presets that are fit to use, and those that people keep."""

import json

import pytest

from core.augmentation.label_safety import dangers
from core.augmentation.library import MOST_RECIPES, PRESETS, RecipeLibrary, find_recipe
from core.augmentation.recipe import Step, parse_recipe, typed
from core.datasets.cards import load_cards
from core.errors import UsageError, WorkbenchError

RECIPE = parse_recipe("flip_horizontal,zoom=-5..20@0.7")
CARDS = load_cards()


@pytest.fixture
def library(workspace):
    return RecipeLibrary(workspace)


def refusal(do, *arguments, **options):
    with pytest.raises(UsageError) as caught:
        do(*arguments, **options)
    return str(caught.value)


def test_there_are_presets_for_the_usual_kinds_of_images():
    assert list(PRESETS) == ["photographs", "from_above", "medical", "digits", "strong"]
    for preset in PRESETS.values():
        assert preset.title
        assert preset.explanation.endswith(".")
        assert parse_recipe(typed(preset.recipe)) == preset.recipe
        # With a frozen backbone as well as from scratch.
        assert not any(step.mixes for step in preset.recipe)


@pytest.mark.parametrize(
    ("preset", "card"),
    [("photographs", "cats_vs_dogs"), ("from_above", "uc_merced"), ("digits", "mnist"), ("medical", "cervix")],
)
def test_a_preset_keeps_the_labels_of_the_images_it_is_meant_for(preset, card):
    assert dangers(PRESETS[preset].recipe, CARDS[card].label_preserving) == []


def test_what_is_saved_is_found_by_any_later_visit(workspace, library):
    assert library.names() == []
    library.save("My_cats", RECIPE)
    library.save("aerial-2", ())
    again = RecipeLibrary(workspace)
    assert again.names() == ["aerial-2", "My_cats"]
    assert again.find("My_cats") == RECIPE
    assert again.find("aerial-2") == ()
    (path,) = (workspace.root / "recipes").glob("My_cats.json")
    assert json.loads(path.read_text())[1] == {"name": "zoom", "low": -5, "high": 20, "probability": 0.7}


def test_a_name_is_given_once_unless_it_is_to_be_replaced(library):
    library.save("mine", RECIPE)
    assert "already a recipe 'mine'" in refusal(library.save, "Mine", ())
    assert library.find("mine") == RECIPE
    library.save("Mine", (), replace=True)
    assert library.names() == ["Mine"]
    assert library.find("Mine") == ()


@pytest.mark.parametrize("name", ["photographs", "Strong", "rotation", "none", "MixUp"])
@pytest.mark.parametrize("replace", [True, False])
def test_what_means_something_already_is_no_name(library, name, replace):
    assert "program's own" in refusal(library.save, name, RECIPE, replace=replace)


@pytest.mark.parametrize("name", ["", " ", "../up", "a/b", "a\\b", ".hidden", "x" * 61, "a,b", "a=1", "a b"])
def test_a_name_that_can_be_no_file_is_refused(workspace, library, name):
    assert "cannot be used" in refusal(library.save, name, RECIPE)
    assert not list(workspace.root.rglob("*.json"))


def test_the_longest_name_fits(library):
    library.save("é" * 60, RECIPE)
    assert library.find("é" * 60) == RECIPE


def test_no_more_are_kept_than_a_person_can_look_through(library, monkeypatch):
    monkeypatch.setattr("core.augmentation.library.MOST_RECIPES", 3)
    for number in range(3):
        library.save(f"r{number}", RECIPE)
    assert "3 recipes are kept" in refusal(library.save, "one_more", RECIPE)
    library.save("r1", (), replace=True)
    library.delete("r2")
    library.save("one_more", RECIPE)
    assert library.names() == ["one_more", "r0", "r1"]
    assert MOST_RECIPES == 100


def test_what_is_deleted_is_gone(library):
    library.save("mine", RECIPE)
    library.delete("mine")
    assert library.names() == []
    assert "There is no recipe 'mine'" in refusal(library.find, "mine")


@pytest.mark.parametrize("name", ["../draft", "x" * 5000, "a\0b", "photographs"])
def test_only_what_was_saved_can_be_deleted(workspace, library, name):
    other = workspace.root / "draft.json"
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_text("[]")
    assert "There is no recipe" in refusal(library.delete, name)
    assert other.exists()


@pytest.mark.parametrize("text", ["{", "5", '[{"name": "mirror"}]', '["rotation"]'])
def test_a_damaged_file_is_said_to_be_damaged_and_can_be_deleted(workspace, library, text):
    library.save("mine", RECIPE)
    (workspace.root / "recipes" / "mine.json").write_text(text)
    assert library.names() == ["mine"]
    with pytest.raises(WorkbenchError, match=r"[Dd]elete"):
        library.find("mine")
    library.delete("mine")
    assert library.names() == []


def test_a_recipe_is_named_or_typed(workspace, library):
    library.save("mine", RECIPE)
    assert find_recipe(" mine ", workspace) == RECIPE
    assert find_recipe("digits", workspace) == PRESETS["digits"].recipe == library.find("digits")
    assert find_recipe("rotation=5", workspace) == (Step("rotation", -5, 5),)
    assert find_recipe("none", workspace) == ()
    assert "'yours' is unknown" in refusal(find_recipe, "yours", workspace)
