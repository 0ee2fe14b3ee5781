"""Orientations: exact flips and quarter turns, and those that a recipe reaches."""

import itertools
from functools import partial

import numpy as np
import pytest

from core.augmentation.orientations import orientations, turn
from core.augmentation.recipe import parse_recipe


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (5, 12, 12, 3), dtype=np.uint8)


def shown(images, orientation_list):
    return {turn(images, orientation)[0].tobytes() for orientation in orientation_list}


def test_the_eight_orientations_are_all_different_and_keep_every_pixel(images):
    assert len(shown(images, range(8))) == 8
    for orientation in range(8):
        turned = turn(images, orientation)
        np.testing.assert_array_equal(np.sort(turned, axis=None), np.sort(images, axis=None))
    np.testing.assert_array_equal(turn(images, 0), images)
    np.testing.assert_array_equal(turn(images, 1), np.rot90(images, axes=(1, 2)))
    np.testing.assert_array_equal(turn(images, 4), images[:, :, ::-1])
    np.testing.assert_array_equal(turn(images, 6), images[:, ::-1])


def by_doing(image, recipe):
    """Every picture that flips and quarter turns, done one after the other, can make."""
    does = {
        "flip_horizontal": (lambda picture: picture, np.fliplr),
        "flip_vertical": (lambda picture: picture, np.flipud),
        "rotation": (lambda picture: picture, np.rot90, lambda picture: np.rot90(picture, 3)),
        "quarter_turns": tuple(partial(np.rot90, k=turns) for turns in range(4)),
    }
    made = set()
    for chosen in itertools.product(*(does[step.name] for step in recipe)):
        picture = image
        for do in chosen:
            picture = do(picture)
        made.add(picture.tobytes())
    return made


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("none", 1),
        ("flip_horizontal", 2),
        ("flip_vertical", 2),
        ("flip_horizontal,flip_vertical", 4),
        ("rotation=90", 3),
        ("quarter_turns", 4),
        ("flip_horizontal@0.01,quarter_turns@0.01", 8),
        ("flip_vertical,rotation=90", 6),
        ("rotation=90,flip_horizontal", 6),
        ("flip_vertical,rotation=90,flip_horizontal", 8),
        ("flip_horizontal,flip_vertical,rotation=90", 8),
    ],
)
def test_a_recipe_reaches_the_orientations_that_doing_its_steps_reaches(images, text, count):
    recipe = parse_recipe(text)
    reached = orientations(recipe)
    assert len(reached) == count
    assert shown(images, reached) == by_doing(images[0], recipe)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("rotation=180", 4),
        ("rotation=89", 1),
        ("rotation=0..90", 2),
        ("rotation=-90..0", 2),
        ("rotation=10..180", 3),
        ("rotation=100..170", 1),
        ("rotation=180@0", 1),
        ("quarter_turns@0,flip_vertical@0", 1),
        ("flip_vertical,rotation=180", 8),
    ],
)
def test_a_rotation_turns_by_quarters_as_far_as_it_goes(text, count):
    assert len(orientations(parse_recipe(text))) == count
