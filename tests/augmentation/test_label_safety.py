"""What in a recipe would change a label is said; what would not, is not."""

import pytest

from core.augmentation.label_preserving import LabelPreserving
from core.augmentation.label_safety import dangers
from core.augmentation.recipe import TRANSFORMS, parse_recipe, usual_step

DIGITS = LabelPreserving(False, False, 15)
ANIMALS = LabelPreserving(True, False, 30)
FROM_ABOVE = LabelPreserving(True, True, 180)


def found(text, allowed):
    return [danger.step_name for danger in dangers(parse_recipe(text), allowed)]


@pytest.mark.parametrize(
    ("text", "allowed", "expected"),
    [
        ("flip_horizontal,flip_vertical", DIGITS, ["flip_horizontal", "flip_vertical"]),
        ("flip_horizontal,flip_vertical", ANIMALS, ["flip_vertical"]),
        ("flip_horizontal,flip_vertical,quarter_turns,rotation=180", FROM_ABOVE, []),
        ("rotation=15", DIGITS, []),
        ("rotation=-16..0", DIGITS, ["rotation"]),
        ("rotation=0..31", ANIMALS, ["rotation"]),
        ("quarter_turns", ANIMALS, ["quarter_turns"]),
        ("quarter_turns", LabelPreserving(True, True, 90), ["quarter_turns"]),
        ("randaugment=50", DIGITS, []),
        ("randaugment=51", DIGITS, ["randaugment"]),
        ("randaugment=100", ANIMALS, []),
    ],
)
def test_what_the_dataset_does_not_allow_is_said(text, allowed, expected):
    assert found(text, allowed) == expected


def test_the_words_say_what_how_far_and_what_to_do():
    (danger,) = dangers(parse_recipe("rotation=-5..40"), DIGITS)
    assert danger.words.startswith("Rotation: it turns by up to 40°")
    assert "only up to 15°" in danger.words
    assert danger.words.endswith("Narrow its range.")


def test_without_an_answer_flips_and_turns_cannot_be_judged():
    assert found("flip_horizontal,flip_vertical,quarter_turns,rotation=180", None) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("zoom", "0..50"),
        ("shift", "-50..0"),
        ("shear", "45"),
        ("crop", "10..100"),
        ("brightness", "-90..10"),
        ("brightness", "0..90"),
        ("contrast", "-90..0"),
        ("colour_jitter", "-100..0"),
        ("noise", "0..100"),
        ("blur", "0..10"),
        ("erasing", "1..50"),
    ],
)
@pytest.mark.parametrize("allowed", [None, FROM_ABOVE])
def test_what_hides_the_class_of_any_image_is_said(name, text, allowed):
    (danger,) = dangers(parse_recipe(f"{name}={text}"), allowed)
    assert danger.step_name == name
    assert danger.words.startswith(f"{TRANSFORMS[name].title}: ")
    assert danger.words.endswith(".")
    assert "{" not in danger.words


@pytest.mark.parametrize("name", TRANSFORMS)
def test_what_is_usual_endangers_nothing_where_every_turn_is_allowed(name):
    assert dangers([usual_step(name)], FROM_ABOVE) == []
    assert dangers([usual_step(name)], None) == []


def test_what_never_happens_endangers_nothing():
    assert found("flip_vertical@0,crop=10..100@0", DIGITS) == []
