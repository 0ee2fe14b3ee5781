"""Recipes as people type them and as files keep them."""

import json

import pytest

from core.augmentation.recipe import (
    TRANSFORMS,
    Step,
    in_words,
    parse_recipe,
    read_recipe,
    typed,
    usual_step,
    write_recipe,
)
from core.errors import UsageError

RANGED = [transform for transform in TRANSFORMS.values() if transform.unit]
BOTH_WAYS = [transform for transform in RANGED if transform.minimum < 0]
ONE_WAY = [transform for transform in RANGED if transform.minimum >= 0]
WITHOUT_RANGE = [transform for transform in TRANSFORMS.values() if not transform.unit]
KINDS = (
    "flip_horizontal",
    "flip_vertical",
    "quarter_turns",
    "rotation",
    "zoom",
    "shift",
    "shear",
    "crop",
    "brightness",
    "contrast",
    "colour_jitter",
    "noise",
    "blur",
    "erasing",
    "randaugment",
    "mixup",
    "cutmix",
)


def refusal(read, recipe):
    with pytest.raises(UsageError) as caught:
        read(recipe)
    return str(caught.value)


def by_name(transforms):
    return pytest.mark.parametrize("transform", transforms, ids=lambda transform: transform.name)


def test_the_kinds_of_variation_there_are():
    assert tuple(TRANSFORMS) == KINDS
    assert {name for name, transform in TRANSFORMS.items() if transform.mixes} == {"mixup", "cutmix"}


@by_name(TRANSFORMS.values())
def test_every_transform_is_explained_and_what_is_usual_is_allowed(transform):
    assert transform.title
    assert transform.explanation.endswith(".")
    low, high = transform.default
    assert transform.minimum <= low <= high <= transform.maximum
    assert bool(transform.unit) == (transform.minimum < transform.maximum)
    assert 0 < transform.probability <= 1
    assert read_recipe([{"name": transform.name}]) == (usual_step(transform.name),)


@pytest.mark.parametrize("text", ["", " ", "none", "none,", ","])
def test_nothing_is_the_empty_recipe(text):
    assert parse_recipe(text) == ()
    assert in_words(parse_recipe(text)) == "none"
    assert typed(()) == "none"


def test_a_recipe_keeps_the_order_in_which_it_was_typed():
    recipe = parse_recipe("rotation=15, flip_horizontal ,zoom = -5 .. 20, erasing=5..20@0.3,mixup@ 1")
    assert recipe == (
        Step("rotation", -15, 15),
        Step("flip_horizontal", probability=0.5),
        Step("zoom", -5, 20),
        Step("erasing", 5, 20, 0.3),
        Step("mixup"),
    )


def test_what_is_left_out_is_as_usual():
    assert parse_recipe("contrast,rotation=,noise@0.2") == (
        Step("contrast", -20, 20),
        Step("rotation", -15, 15),
        Step("noise", 0, 15, 0.2),
    )
    assert read_recipe([{"name": "rotation", "low": 5}]) == (Step("rotation", 5, 15),)


@by_name(BOTH_WAYS)
def test_one_number_goes_as_far_either_way(transform):
    assert parse_recipe(f"{transform.name}=12") == (Step(transform.name, -12, 12),)
    assert parse_recipe(f"{transform.name}=0") == (Step(transform.name, 0, 0),)


@by_name(ONE_WAY)
def test_one_number_is_the_farthest_of_what_goes_one_way(transform):
    number = max(transform.minimum, 10)
    expected = Step(transform.name, transform.minimum, number, transform.probability)
    assert parse_recipe(f"{transform.name}={number}") == (expected,)


def steps_of(transform):
    ends = [(0, 0)]
    if transform.unit:
        ends = [transform.default, (transform.minimum, transform.maximum), (transform.maximum, transform.maximum)]
    chances = (0.0, 1 / 3, 1e-5, transform.probability, 1.0)
    return [Step(transform.name, low, high, probability) for low, high in ends for probability in chances]


@by_name(TRANSFORMS.values())
def test_every_step_survives_being_written_and_being_typed(transform):
    for step in steps_of(transform):
        assert read_recipe(json.loads(json.dumps(write_recipe([step])))) == (step,)
        assert parse_recipe(typed([step])) == (step,)


def test_typed_recipes_are_as_short_as_they_can_be():
    text = "flip_horizontal,rotation=15,zoom=-5..20,crop=70..100,noise=8,erasing=5..20@0.3,mixup,cutmix@1"
    assert typed(parse_recipe(text)) == text


def test_a_recipe_in_words_is_a_line():
    recipe = parse_recipe("flip_horizontal,rotation=15,zoom=-5..20,crop=70..100,shift=10@0.25,shear=7..7")
    assert in_words(recipe) == (
        "flip left–right, rotation ±15 °, zoom −5 to 20 %, random crop 70 to 100 %, shift ±10 % in 25 % of images, "
        "shear 7 °"
    )
    assert in_words(parse_recipe("mixup@0.4,cutmix")) == "mixup in 40 % of batches, cutmix in 50 % of batches"


@pytest.mark.parametrize(
    ("entry", "step"),
    [
        ({"name": "rotation", "amount": 15}, Step("rotation", -15, 15)),
        ({"name": "rotation", "amount": 0}, Step("rotation", 0, 0)),
        ({"name": "brightness", "amount": 90}, Step("brightness", -90, 90)),
        ({"name": "flip_vertical", "amount": 0}, Step("flip_vertical", probability=0.5)),
        ({"name": "mixup", "amount": 50}, Step("mixup", probability=0.5)),
        ({"name": "cutmix", "amount": 0}, Step("cutmix", probability=0.0)),
        ({"name": "mixup", "amount": 100}, Step("mixup")),
    ],
)
def test_recipes_of_older_runs_are_read_as_they_were_meant(entry, step):
    assert read_recipe([entry]) == (step,)


def test_an_unknown_transform_is_answered_with_those_there_are():
    message = refusal(parse_recipe, "mirror")
    assert "'mirror' is unknown" in message
    assert all(name in message for name in TRANSFORMS)


def test_the_same_transform_twice_is_refused():
    assert "twice" in refusal(parse_recipe, "zoom=10,zoom=20")


@pytest.mark.parametrize("text", ["rotation=181", "rotation=-1", "zoom=51", "shift=51", "contrast=91", "noise=101"])
def test_a_number_out_of_range_is_refused_with_the_range(text):
    name = text.split("=")[0]
    assert f"from 0 to {TRANSFORMS[name].maximum}" in refusal(parse_recipe, text)


@pytest.mark.parametrize("text", ["rotation=-181..0", "zoom=-5..51", "crop=9..100", "erasing=0..10", "blur=-1..2"])
def test_an_end_out_of_range_is_refused_with_the_range(text):
    transform = TRANSFORMS[text.split("=")[0]]
    assert f"from {transform.minimum} to {transform.maximum}" in refusal(parse_recipe, text)


def test_a_range_the_wrong_way_round_is_refused():
    assert "must begin below its end. Got 20 to -5" in refusal(parse_recipe, "zoom=20..-5")


@pytest.mark.parametrize(
    "span", ["abc", "1.5", "nan", "1e1", "10%", "--1", "..5", "5..", "..", "1..2..3", "0.5..1", "5...9"]
)
def test_a_range_that_is_not_of_whole_numbers_is_refused(span):
    assert "whole number" in refusal(parse_recipe, f"rotation={span}")


@pytest.mark.parametrize("probability", ["", "abc", "nan", "1.1", "-0.1", "inf", "50%", "0.5@1"])
def test_a_probability_that_is_none_is_refused(probability):
    assert "probability of 'rotation' must be a number from 0 to 1" in refusal(
        parse_recipe, f"rotation=5@{probability}"
    )


@by_name([transform for transform in WITHOUT_RANGE if not transform.mixes])
def test_what_has_no_range_takes_none(transform):
    assert "must be left out" in refusal(parse_recipe, f"{transform.name}=5")
    assert "must be left out" in refusal(parse_recipe, f"{transform.name}=0..5")


@pytest.mark.parametrize("value", ["15", None, True, float("nan"), float("inf"), -181, 0.5, 10**400, [15], {}])
@pytest.mark.parametrize("key", ["low", "high", "amount"])
def test_a_file_with_a_wrong_number_is_refused(key, value):
    # 0.5 must not become 0, which would do nothing and say nothing.
    assert "'rotation'" in refusal(read_recipe, [{"name": "rotation", key: value}])


@pytest.mark.parametrize("value", ["0.5", None, True, float("nan"), float("inf"), -0.1, 1.1, 10**400, [1]])
def test_a_file_with_a_wrong_probability_is_refused(value):
    assert "'rotation'" in refusal(read_recipe, [{"name": "rotation", "probability": value}])


@pytest.mark.parametrize("entry", [{}, {"amount": 3}, "rotation", None, 3, {"name": ["rotation"]}, {"name": {}}])
def test_a_file_with_something_else_in_it_is_refused(entry):
    assert "is unknown" in refusal(read_recipe, [entry])


def test_a_misspelt_key_is_not_passed_over():
    assert "has no 'hi'" in refusal(read_recipe, [{"name": "rotation", "hi": 30}])


@pytest.mark.parametrize("values", [5, True, None])
def test_what_is_no_list_is_refused(values):
    assert "must be a list" in refusal(read_recipe, values)
