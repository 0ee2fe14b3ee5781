"""Views: exact flips and quarter turns, and draws that depend on nothing but the image."""

import numpy as np
import pytest

from core.augmentation.orientations import turn
from core.augmentation.recipe import parse_recipe
from core.features.views import View, exact_views, training_views

LABEL_SAFE = "flip_horizontal,flip_vertical,rotation=180"
RANDOM = "flip_horizontal,rotation=15,zoom,shift,contrast,brightness,noise@0.5,erasing,randaugment"


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (5, 12, 12, 3), dtype=np.uint8)


def shown(images, orientation_list):
    return {turn(images, orientation)[0].tobytes() for orientation in orientation_list}


def test_label_safe_recipes_show_all_eight_orientations_and_lose_nothing(images):
    views = training_views(parse_recipe(LABEL_SAFE), count=2, seed=0)
    assert [view.orientation for view in views] == [1, 2, 3, 4, 5, 6, 7]
    assert {view.of(images)[0].tobytes() for view in views} | {images[0].tobytes()} == shown(images, range(8))


def test_what_never_happens_makes_no_views(images):
    assert training_views(parse_recipe("rotation=15@0,flip_horizontal@0"), count=2, seed=0) == ()
    (view,) = training_views(parse_recipe("flip_horizontal,rotation=15@0"), count=2, seed=0)
    np.testing.assert_array_equal(view.of(images), images[:, :, ::-1])


def test_a_flip_alone_shows_an_image_plain_and_mirrored(images):
    (view,) = training_views(parse_recipe("flip_horizontal"), count=5, seed=0)
    np.testing.assert_array_equal(view.of(images), images[:, :, ::-1])


def test_exact_views_are_the_same_whatever_the_seed():
    first, second = (training_views(parse_recipe(LABEL_SAFE), 2, seed) for seed in (0, 1))
    assert first == second == tuple(View(orientation) for orientation in range(1, 8))


def test_what_a_label_safe_recipe_has_besides_is_drawn_on_top(images):
    views = training_views(parse_recipe(LABEL_SAFE + ",contrast=50"), count=2, seed=0)
    assert [view.orientation for view in views] == [1, 2, 3, 4, 5, 6, 7]
    assert all((view.of(images) != turn(images, view.orientation)).any() for view in views)


def test_other_recipes_are_drawn_as_often_as_asked(images):
    views = training_views(parse_recipe(RANDOM), count=3, seed=0)
    assert len({view.of(images).tobytes() for view in views} | {images.tobytes()}) == 4


def test_exact_views_are_those_of_flips_and_quarter_turns_alone():
    assert exact_views(parse_recipe(LABEL_SAFE + ",contrast=50")) == tuple(View(number) for number in range(1, 8))
    assert exact_views(parse_recipe("flip_horizontal,rotation=15")) == (View(4),)
    assert exact_views(parse_recipe(RANDOM.replace("flip_horizontal,", ""))) == exact_views(()) == ()


def test_without_a_recipe_there_are_no_views():
    assert training_views((), count=3, seed=0) == ()


def test_a_draw_depends_on_the_image_and_not_on_its_batch(images):
    (view,) = training_views(parse_recipe(RANDOM), count=1, seed=0)
    drawn = view.of(images)
    for order in ([0, 1, 2, 3, 4], [4, 2, 0], [3]):
        np.testing.assert_array_equal(view.of(images[order]), drawn[order])
    np.testing.assert_array_equal(view.of(images[[1, 1]])[0], drawn[1])
    assert view.of(images[:0]).shape == (0, 12, 12, 3)


def test_another_seed_or_number_draws_otherwise(images):
    recipe = parse_recipe(RANDOM)
    made = [View(drawn=recipe, number=number, seed=seed) for number, seed in ((1, 0), (2, 0), (1, 1), (10, 0))]
    assert len({view.of(images).tobytes() for view in made}) == 4
    assert len({str(view.cache_key) for view in made}) == 4


def test_a_view_never_has_the_features_of_another():
    views = [
        View(),
        *training_views(parse_recipe(LABEL_SAFE), 2, 0),
        *training_views(parse_recipe(LABEL_SAFE + ",zoom"), 2, 0),
        *training_views(parse_recipe(RANDOM), 3, 0),
    ]
    assert len({str(view.cache_key) for view in views}) == len(views)
    assert View().cache_key == {}
