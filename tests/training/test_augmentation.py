"""Augmentation: what each transform does to pixels, and that draws can be repeated."""

import keras
import numpy as np
import pytest

from core.augmentation.recipe import TRANSFORMS, Step
from core.training.augmentation import build_augmentation, draw

ALONE = [transform for transform in TRANSFORMS.values() if not transform.mixes]  # an image at a time
WITH_AMOUNT = [transform for transform in ALONE if transform.maximum]
DEFAULTS = [Step(transform.name, transform.default) for transform in ALONE]
MAXIMA = [Step(transform.name, transform.maximum) for transform in WITH_AMOUNT]
ZEROS = [Step(transform.name, 0) for transform in WITH_AMOUNT]
ROUNDING = 1e-3  # of float32, where white is interpolated between white and white
EVERYTHING = (*DEFAULTS[:2], *MAXIMA)


def named(step):
    return f"{step.name}-{step.amount}"


@pytest.fixture(scope="module")
def images():
    """Noise over the whole range, of an odd side, with pure black and pure white among it."""
    pixels = np.random.default_rng(0).integers(0, 256, (24, 33, 33, 3), dtype=np.uint8)
    pixels[:4], pixels[4:8] = 0, 255
    pixels[:8, 10:20, 5:15] = 128
    return pixels


@pytest.mark.parametrize("step", DEFAULTS + MAXIMA, ids=named)
def test_each_transform_changes_pixels_and_keeps_their_form(step, images):
    drawn = draw((step,), images, seed=0)
    assert drawn.shape == images.shape
    assert drawn.dtype == np.uint8
    changed = (drawn != images).reshape(len(images), -1).any(axis=1)
    assert changed.sum() > len(images) / 4
    assert len({image.tobytes() for image in drawn[8:]}) == len(images) - 8  # each image is drawn for itself


@pytest.mark.parametrize("step", DEFAULTS + MAXIMA, ids=named)
def test_the_layers_themselves_never_leave_0_to_255(step, images):
    """Training feeds their output to the network as it is, unclipped."""
    for seed in range(5):
        drawn = build_augmentation((step,), seed)(images.astype("float32"), training=True)
        values = keras.ops.convert_to_numpy(drawn)
        assert np.isfinite(values).all()
        assert values.min() >= -ROUNDING
        assert values.max() <= 255 + ROUNDING


def test_all_transforms_at_their_most_together_stay_in_range(images):
    values = keras.ops.convert_to_numpy(build_augmentation(EVERYTHING, 3)(images.astype("float32"), training=True))
    assert values.min() >= -ROUNDING
    assert values.max() <= 255 + ROUNDING
    assert values.std() > 1


@pytest.mark.parametrize("step", ZEROS, ids=named)
def test_an_amount_of_zero_leaves_pixels_as_they_are(step, images):
    np.testing.assert_array_equal(draw((step,), images, seed=0), images)


def test_an_empty_recipe_leaves_pixels_untouched(images):
    np.testing.assert_array_equal(draw((), images, seed=0), images)
    through = build_augmentation((), 0)(images.astype("float32"), training=True)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(through), images)


@pytest.mark.parametrize("step", DEFAULTS, ids=named)
def test_nothing_is_augmented_outside_of_training(step, images):
    judged = build_augmentation((step,), 0)(images.astype("float32"), training=False)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(judged), images)


@pytest.mark.parametrize("step", DEFAULTS, ids=named)
def test_the_same_seed_draws_the_same_and_another_seed_draws_otherwise(step, images):
    once = draw((step,), images, seed=7)
    np.testing.assert_array_equal(draw((step,), images, seed=7), once)
    assert not np.array_equal(draw((step,), images, seed=8), once)


def test_the_given_images_are_not_written_to(images):
    kept = images.copy()
    draw(EVERYTHING, images, seed=0)
    np.testing.assert_array_equal(images, kept)


@pytest.mark.parametrize(("name", "axis"), [("flip_horizontal", 2), ("flip_vertical", 1)])
def test_flips_mirror_about_half_of_the_images_and_do_nothing_else(name, axis):
    images = np.random.default_rng(1).integers(0, 256, (600, 8, 8, 3), dtype=np.uint8)
    drawn = draw((Step(name),), images, seed=0)
    mirrored = (drawn == np.flip(images, axis)).all(axis=(1, 2, 3))
    same = (drawn == images).all(axis=(1, 2, 3))
    assert (mirrored ^ same).all()
    assert 0.44 < mirrored.mean() < 0.56  # three standard deviations either way


def test_a_rotation_turns_and_a_shift_moves_no_farther_than_its_amount():
    """A white dot on black: how far it gets is what the amount says."""
    side, centre = 101, 50
    images = np.zeros((40, side, side, 3), np.uint8)
    images[:, centre - 2 : centre + 3, 88:93] = 255  # 40 pixels to the right of the centre

    def dots(step):
        weight = draw((step,), images, seed=0)[..., 0].astype(float)
        total = weight.sum(axis=(1, 2))
        rows = (weight.sum(axis=2) @ np.arange(side)) / total - centre
        columns = (weight.sum(axis=1) @ np.arange(side)) / total - centre
        return rows, columns

    rows, columns = dots(Step("rotation", 30))
    angles = np.degrees(np.arctan2(rows, columns))
    assert np.abs(angles).max() <= 30.5
    assert angles.min() < -10 < 10 < angles.max()
    np.testing.assert_allclose(np.hypot(rows, columns), 40, atol=1)
    rows, columns = dots(Step("shift", 5))
    assert np.abs(rows).max() <= 0.05 * side + 0.5
    assert np.abs(columns - 40).max() <= 0.05 * side + 0.5
    assert rows.std() > 1
    assert columns.std() > 1


def test_brightness_adds_up_to_its_share_of_the_range():
    grey = np.full((60, 4, 4, 3), 128, np.uint8)
    levels = draw((Step("brightness", 20),), grey, seed=0)[:, 0, 0, 0].astype(int)
    assert np.abs(levels - 128).max() <= 52  # 20 % of 255, rounded
    assert levels.min() < 110 < 146 < levels.max()
    plain = draw((Step("brightness", 20),), grey, seed=0)
    assert (plain == plain[:, :1, :1, :1]).all()  # the whole image alike
