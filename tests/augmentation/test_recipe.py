"""Recipes as people type them and as files keep them."""

import json

import pytest

from core.augmentation.recipe import TRANSFORMS, Step, in_words, parse_recipe, read_recipe, write_recipe
from core.errors import UsageError


def refusal(read, recipe):
    with pytest.raises(UsageError) as caught:
        read(recipe)
    return str(caught.value)


@pytest.mark.parametrize("text", ["", " ", "none", "none,", ","])
def test_nothing_is_the_empty_recipe(text):
    assert parse_recipe(text) == ()
    assert in_words(parse_recipe(text)) == "none"


def test_a_recipe_keeps_the_order_in_which_it_was_typed():
    recipe = parse_recipe("rotation=15, flip_horizontal ,zoom = 10")
    assert recipe == (Step("rotation", 15), Step("flip_horizontal"), Step("zoom", 10))


def test_without_an_amount_the_usual_one_is_taken():
    assert parse_recipe("contrast,rotation=") == tuple(
        Step(name, TRANSFORMS[name].default) for name in ("contrast", "rotation")
    )


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_survives_being_written(name):
    for amount in {0, TRANSFORMS[name].default, TRANSFORMS[name].maximum}:
        recipe = (Step(name, amount),)
        assert read_recipe(json.loads(json.dumps(write_recipe(recipe)))) == recipe


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_is_explained_and_its_usual_amount_is_allowed(name):
    transform = TRANSFORMS[name]
    assert transform.title
    assert transform.explanation.endswith(".")
    assert 0 <= transform.default <= transform.maximum
    assert bool(transform.unit) == bool(transform.maximum)


def test_a_recipe_in_words_is_a_line():
    recipe = parse_recipe("flip_horizontal,rotation=15,shift=10")
    assert in_words(recipe) == "flip left–right, rotation ±15 °, shift ±10 %"
    assert in_words(parse_recipe("mixup=40,cutmix")) == "mixup 40 % of batches, cutmix 50 % of batches"


def test_only_mixup_and_cutmix_make_one_image_of_two():
    assert [step.name for step in parse_recipe(",".join(TRANSFORMS)) if step.mixes] == ["mixup", "cutmix"]


def test_an_unknown_transform_is_answered_with_those_there_are():
    message = refusal(parse_recipe, "mirror")
    assert "'mirror' is unknown" in message
    assert all(name in message for name in TRANSFORMS)


def test_the_same_transform_twice_is_refused():
    assert "twice" in refusal(parse_recipe, "zoom=10,zoom=20")


@pytest.mark.parametrize(
    "text", ["rotation=-1", "rotation=181", "zoom=51", "shift=51", "contrast=91", "brightness=1000"]
)
def test_an_amount_out_of_range_is_refused_with_the_range(text):
    name = text.split("=")[0]
    assert f"from 0 to {TRANSFORMS[name].maximum}" in refusal(parse_recipe, text)


@pytest.mark.parametrize("amount", ["abc", "1.5", "nan", "1e1", "10%", "--1"])
def test_an_amount_that_is_no_whole_number_is_refused(amount):
    assert "whole number" in refusal(parse_recipe, f"rotation={amount}")


def test_a_flip_takes_no_amount():
    assert "must be left out" in refusal(parse_recipe, "flip_horizontal=5")


@pytest.mark.parametrize("amount", ["15", None, True, float("nan"), float("inf"), -1, 0.5, 10**400, [15]])
def test_a_file_with_a_wrong_amount_is_refused(amount):
    # 0.5 must not become 0, which would do nothing and say nothing.
    assert "'rotation'" in refusal(read_recipe, [{"name": "rotation", "amount": amount}])


@pytest.mark.parametrize("entry", [{}, {"amount": 3}, "rotation", None, 3])
def test_a_file_with_something_else_in_it_is_refused(entry):
    assert "is unknown" in refusal(read_recipe, [entry])
