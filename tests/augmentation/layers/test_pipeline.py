"""Augmentation: what each step does to pixels, how far and how often, and that draws can be repeated."""

import keras
import numpy as np
import pytest

from core.augmentation.layers.pipeline import build_augmentation, check_not_blank, draw, draw_batch, extremes
from core.augmentation.layers.rand_augment import OPERATIONS
from core.augmentation.library import PRESETS
from core.augmentation.recipe import TRANSFORMS, Step, parse_recipe, usual_step
from core.errors import UsageError

ALONE = [name for name, transform in TRANSFORMS.items() if not transform.mixes]  # an image at a time
RANGED = [name for name in ALONE if TRANSFORMS[name].unit]
USUAL = [usual_step(name) for name in ALONE]
WIDEST = [Step(name, TRANSFORMS[name].minimum, TRANSFORMS[name].maximum) for name in ALONE]
# Which range, of nothing else, leaves an image as it is; what is covered or turned always is something.
NOTHING = [Step(name, *((100, 100) if name == "crop" else (0, 0))) for name in RANGED if name != "erasing"]
ROUNDING = 1e-3  # of float32, where white is interpolated between white and white
SIDE, CENTRE = 101, 50


def always(name, low=0, high=0):
    return (Step(name, low, high, 1.0),)


def named(step):
    return f"{step.name} {step.low} to {step.high}"


@pytest.fixture(scope="module")
def images():
    """Noise over the whole range, of an odd side, with pure black and pure white among it."""
    pixels = np.random.default_rng(0).integers(0, 256, (24, 33, 33, 3), dtype=np.uint8)
    pixels[:4], pixels[4:8] = 0, 255
    pixels[:8, 10:20, 5:15] = 128
    return pixels


def spots(step, column, row=CENTRE, count=60):
    """Where a white spot on black gets, from the centre to the right and downwards, and how large it is then."""
    pixels = np.zeros((count, SIDE, SIDE, 3), np.uint8)
    pixels[:, row - 2 : row + 3, column - 2 : column + 3] = 255
    weight = draw(step, pixels, seed=0)[..., 0].astype(float)
    total = weight.sum(axis=(1, 2))
    right = (weight.sum(axis=1) @ np.arange(SIDE)) / total - CENTRE
    down = (weight.sum(axis=2) @ np.arange(SIDE)) / total - CENTRE
    return right, down, total / 255


def reaches(values, low, high, tolerance):
    """Whether the draws keep to a range, and reach over more than half of it at both its ends."""
    quarter = (high - low) / 4
    kept = low - tolerance <= values.min() and values.max() <= high + tolerance
    return kept and values.min() < low + quarter and values.max() > high - quarter


# What holds for all ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", USUAL + WIDEST, ids=named)
def test_each_step_changes_pixels_and_keeps_their_form(step, images):
    drawn = draw((step,), images, seed=0)
    assert drawn.shape == images.shape
    assert drawn.dtype == np.uint8
    changed = (drawn != images).reshape(len(images), -1).any(axis=1)
    assert changed.sum() > len(images) / 5
    assert len({image.tobytes() for image in drawn[8:]}) == len(images) - 8  # each image is drawn for itself


@pytest.mark.parametrize("step", USUAL + WIDEST, ids=named)
def test_the_layers_themselves_never_leave_0_to_255(step, images):
    """Training feeds their output to the network as it is, unclipped."""
    for seed in range(3):
        values = keras.ops.convert_to_numpy(build_augmentation((step,), seed)(images.astype("float32"), training=True))
        assert values.dtype == np.float32
        assert np.isfinite(values).all()
        assert values.min() >= 0
        assert values.max() <= 255


def test_all_steps_at_their_widest_together_stay_in_range(images):
    values = keras.ops.convert_to_numpy(build_augmentation(WIDEST, 3)(images.astype("float32"), training=True))
    assert values.shape == images.shape
    assert np.isfinite(values).all()
    assert values.min() >= 0
    assert values.max() <= 255
    assert values.std() > 1


@pytest.mark.parametrize("name", ALONE)
def test_what_is_to_happen_never_does_not_and_what_is_to_happen_always_does(name, images):
    transform = TRANSFORMS[name]
    high = transform.maximum if name != "crop" else 40
    noise = images[8:]
    np.testing.assert_array_equal(draw((Step(name, high, high, 0.0),), noise, seed=0), noise)
    drawn = draw((Step(name, high, high, 1.0),), noise, seed=0)
    assert (drawn != noise).reshape(len(noise), -1).any(axis=1).all()


@pytest.mark.parametrize("name", [name for name in ALONE if name != "randaugment"])
def test_a_probability_is_the_share_of_images_it_happens_to(name):
    noise = np.random.default_rng(1).integers(40, 200, (400, 8, 8, 3), dtype=np.uint8)
    high = 40 if name == "crop" else min(TRANSFORMS[name].maximum, 40)
    drawn = draw((Step(name, high, high, 0.3),), noise, seed=0)
    changed = (drawn != noise).reshape(len(noise), -1).any(axis=1)
    assert 0.23 < changed.mean() < 0.37  # three standard deviations either way


@pytest.mark.parametrize("step", NOTHING, ids=named)
def test_a_range_of_nothing_leaves_pixels_as_they_are(step, images):
    np.testing.assert_array_equal(draw((step,), images, seed=0), images)


def test_an_empty_recipe_leaves_pixels_untouched(images):
    np.testing.assert_array_equal(draw((), images, seed=0), images)
    through = build_augmentation((), 0)(images.astype("float32"), training=True)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(through), images)


@pytest.mark.parametrize("step", USUAL, ids=named)
def test_nothing_is_augmented_outside_of_training(step, images):
    evaluated = build_augmentation((step,), 0)(images.astype("float32"), training=False)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(evaluated), images)


@pytest.mark.parametrize("step", USUAL, ids=named)
def test_the_same_seed_draws_the_same_and_another_seed_draws_otherwise(step, images):
    once = draw((step,), images, seed=7)
    np.testing.assert_array_equal(draw((step,), images, seed=7), once)
    assert not np.array_equal(draw((step,), images, seed=8), once)


def test_reseeding_repeats_what_was_drawn(images):
    augmentation = build_augmentation(USUAL, seed=0)
    pixels = images.astype("float32")

    def drawn(seed):
        augmentation.reseed(seed)
        return keras.ops.convert_to_numpy(augmentation(pixels, training=True))

    once = drawn(5)
    assert not np.array_equal(keras.ops.convert_to_numpy(augmentation(pixels, training=True)), once)
    np.testing.assert_array_equal(drawn(5), once)
    assert not np.array_equal(drawn(6), once)
    build_augmentation((), seed=0).reseed(2**31 - 1)  # of nothing


def test_the_given_images_are_not_written_to(images):
    kept = images.copy()
    draw(tuple(WIDEST), images, seed=0)
    np.testing.assert_array_equal(images, kept)


def test_steps_are_done_in_the_recipes_order():
    """A quarter of the image to the right and then turned is elsewhere than turned and then to the right."""
    pixels = np.zeros((1, SIDE, SIDE, 3), np.uint8)
    pixels[:, CENTRE, CENTRE] = 255
    shift, turned = Step("shift", 20, 20), Step("rotation", 90, 90)
    shifted_first = draw((shift, turned), pixels, seed=0)[0, ..., 0]
    turned_first = draw((turned, shift), pixels, seed=0)[0, ..., 0]
    np.testing.assert_allclose(np.argwhere(shifted_first > 20).mean(axis=0), [CENTRE - 20, CENTRE + 20], atol=1)
    np.testing.assert_allclose(np.argwhere(turned_first > 20).mean(axis=0), [CENTRE + 20, CENTRE + 20], atol=1)


def test_moves_that_follow_one_another_are_one_interpolation():
    layers = build_augmentation(parse_recipe("flip_vertical,rotation,zoom,noise,shift,crop"), seed=0).layers
    assert [[step.name for step in layer.steps] for layer in layers] == [
        ["flip_vertical", "rotation", "zoom"],
        ["noise"],
        ["shift", "crop"],
    ]


# What moves pixels ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "axis"), [("flip_horizontal", 2), ("flip_vertical", 1)])
@pytest.mark.parametrize("besides", [(), (Step("rotation", 0, 0),)])
def test_flips_mirror_about_half_of_the_images_and_do_nothing_else(name, axis, besides):
    pixels = np.random.default_rng(1).integers(0, 256, (600, 8, 8, 3), dtype=np.uint8)
    drawn = draw((usual_step(name), *besides), pixels, seed=0)
    mirrored = (drawn == np.flip(pixels, axis)).all(axis=(1, 2, 3))
    same = (drawn == pixels).all(axis=(1, 2, 3))
    assert (mirrored ^ same).all()
    assert 0.44 < mirrored.mean() < 0.56  # three standard deviations either way


@pytest.mark.parametrize("side", [8, 9])
def test_quarter_turns_are_exact_and_each_as_often(side):
    pixels = np.random.default_rng(1).integers(0, 256, (600, side, side, 3), dtype=np.uint8)
    drawn = draw((usual_step("quarter_turns"),), pixels, seed=0)
    turned = [(drawn == np.rot90(pixels, k, axes=(1, 2))).all(axis=(1, 2, 3)) for k in range(4)]
    assert (np.sum(turned, axis=0) == 1).all()
    assert all(0.19 < share.mean() < 0.31 for share in turned)


@pytest.mark.parametrize(("low", "high"), [(-30, 30), (10, 50), (-40, -20)])
def test_a_rotation_turns_anticlockwise_by_angles_of_its_range(low, high):
    # Not farther out, from where its mirror image would come in at the corners.
    right, down, _ = spots(always("rotation", low, high), column=CENTRE + 25)
    assert reaches(np.degrees(np.arctan2(-down, right)), low, high, 0.5)
    np.testing.assert_allclose(np.hypot(right, down), 25, atol=0.5)


@pytest.mark.parametrize(("low", "high"), [(-50, 50), (10, 30), (-20, 0)])
def test_a_zoom_brings_closer_where_it_is_positive(low, high):
    right, down, area = spots(always("zoom", low, high), column=CENTRE + 20)
    scale = right / 20
    assert reaches(100 * (1 - 1 / scale), low, high, 1)
    np.testing.assert_allclose(down, 0, atol=0.1)
    np.testing.assert_allclose(area, 25 * scale**2, rtol=0.2)


@pytest.mark.parametrize(("low", "high"), [(-20, 20), (5, 15)])
def test_a_shift_moves_to_the_right_and_down_each_for_itself(low, high):
    right, down, _ = spots(always("shift", low, high), column=CENTRE)
    for moved in (right, down):
        assert reaches(100 * moved / SIDE, low, high, 0.5)
    assert np.corrcoef(right, down)[0, 1] < 0.5


@pytest.mark.parametrize(("low", "high"), [(-40, 40), (10, 30)])
def test_a_shear_leans_the_top_to_the_right_where_it_is_positive(low, high):
    right, down, _ = spots(always("shear", low, high), column=CENTRE, row=CENTRE - 30)
    assert reaches(np.degrees(np.arctan2(right, 30)), low, high, 0.5)
    np.testing.assert_allclose(down, -30, atol=0.1)


@pytest.mark.parametrize(("low", "high"), [(30, 60), (70, 100), (100, 100)])
def test_a_crop_enlarges_a_part_that_has_its_share_of_the_area(low, high):
    """Read off a gradient to the right and one downwards: how far apart, and where, the edges of the part are."""
    ramp = np.linspace(0, 255, 64).astype(np.uint8)
    pixels = np.zeros((200, 64, 64, 3), np.uint8)
    pixels[..., 0], pixels[..., 1] = ramp[None, None, :], ramp[None, :, None]
    drawn = draw(always("crop", low, high), pixels, seed=0).astype(float)
    width = (drawn[:, 32, -1, 0] - drawn[:, 32, 0, 0]) / 255
    height = (drawn[:, -1, 32, 1] - drawn[:, 0, 32, 1]) / 255
    assert reaches(100 * width * height, low, high, 3) or low == high
    assert (width / height).min() > 0.7
    assert (width / height).max() < 1.4
    if low < 100:
        narrow = width < 0.95
        left = (drawn[:, 32, 0, 0] / 255 / (1 - width + 1e-9))[narrow]
        assert left.min() < 0.15
        assert left.max() > 0.85
        assert (width / height).std() > 0.02


# What changes pixels ----------------------------------------------------------------------------------------------


def greys(step, level=128, count=60):
    grey = np.full((count, 4, 4, 3), level, np.uint8)
    drawn = draw(step, grey, seed=0)
    assert (drawn == drawn[:, :1, :1, :1]).all()  # the whole image alike
    return drawn[:, 0, 0, 0].astype(int)


@pytest.mark.parametrize(("low", "high"), [(-20, 20), (10, 40), (-50, 0)])
def test_brightness_adds_a_share_of_the_way_from_black_to_white(low, high):
    assert reaches((greys(always("brightness", low, high)) - 128) / 2.55, low, high, 0.5)


@pytest.mark.parametrize(("low", "high"), [(-50, 50), (-90, -40), (10, 60)])
def test_contrast_stretches_around_the_mean(low, high):
    pixels = np.full((60, 8, 8, 3), 100, np.uint8)
    pixels[:, ::2] = 140
    drawn = draw(always("contrast", low, high), pixels, seed=0).astype(float)
    np.testing.assert_allclose(drawn.mean(axis=(1, 2, 3)), 120, atol=0.5)
    apart = drawn[:, 0, 0, 0] - drawn[:, 1, 0, 0]
    assert reaches(100 * (apart / 40 - 1), low, high, 3)


def test_colour_jitter_leaves_grey_and_lightness_and_makes_grey_at_its_least():
    np.testing.assert_array_equal(greys(always("colour_jitter", -100, 100)), 128)
    pixels = np.full((60, 4, 4, 3), (150, 120, 100), np.uint8)
    without = draw(always("colour_jitter", -100, -100), pixels, seed=0)[0, 0, 0].astype(int)
    assert np.ptp(without) <= 1
    drawn = draw(always("colour_jitter", -50, 50), pixels, seed=0)[:, 0, 0].astype(float)
    np.testing.assert_allclose(drawn @ [0.299, 0.587, 0.114], without.mean(), atol=1.5)
    saturation = np.ptp(drawn, axis=1)
    assert saturation.min() < 35 < 65 < saturation.max()
    # The hue turns along: green's place between red and blue is not the same.
    place = (drawn[:, 1] - drawn[:, 2]) / saturation
    assert np.ptp(place) > 0.1


@pytest.mark.parametrize(("low", "high"), [(0, 30), (10, 20)])
def test_noise_has_the_deviation_that_was_drawn(low, high):
    grey = np.full((60, 32, 32, 3), 128, np.uint8)
    drawn = draw(always("noise", low, high), grey, seed=0).astype(float)
    assert reaches(drawn.std(axis=(1, 2, 3)), low, high, 1)
    np.testing.assert_allclose(drawn.mean(axis=(1, 2, 3)), 128, atol=2)
    assert np.corrcoef(drawn[0, ..., 0].ravel(), drawn[0, ..., 1].ravel())[0, 1] < 0.2


@pytest.mark.parametrize(("low", "high"), [(0, 4), (3, 6)])
def test_a_blur_spreads_a_point_by_the_deviation_that_was_drawn(low, high):
    pixels = np.zeros((40, 65, 65, 3), np.uint8)
    pixels[:, 32, 32] = 255
    values = build_augmentation(always("blur", low, high), 0)(pixels.astype("float32"), training=True)
    weight = keras.ops.convert_to_numpy(values)[..., 0].astype(float)
    np.testing.assert_allclose(weight.sum(axis=(1, 2)), 255, rtol=1e-3)
    distance = (np.arange(65) - 32.0) ** 2
    for axis in (1, 2):
        assert reaches(np.sqrt(weight.sum(axis=axis) @ distance / 255), low, high, 0.3)


def test_a_blur_takes_nothing_from_outside_of_the_image():
    np.testing.assert_array_equal(greys(always("blur", 1, 10), level=200), 200)


@pytest.mark.parametrize(("low", "high"), [(5, 20), (30, 50)])
def test_erasing_covers_a_rectangle_of_its_share_of_the_area_with_noise(low, high):
    white = np.full((80, 64, 64, 3), 255, np.uint8)
    erased = (draw(always("erasing", low, high), white, seed=0) < 250).any(axis=-1)
    shares, shapes = [], []
    for mask in erased:
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert mask.sum() > 0.98 * height * width
        shares.append(100 * height * width / 64**2)
        shapes.append(width / height)
    assert reaches(np.array(shares), low, high, 2)
    assert max(shapes) < 4
    assert min(shapes) > 1 / 4
    assert max(shapes) > 1.4
    assert min(shapes) < 0.7
    assert 0.2 < erased[:, :32].sum() / erased.sum() < 0.8  # anywhere


def test_rand_augment_draws_two_operations_for_each_image_and_grows_with_its_strength():
    pixels = np.random.default_rng(0).integers(0, 256, (300, 24, 24, 3)).astype(np.uint8)
    pixels[:, 8:16, 8:16] = (200, 80, 40)
    ramp = np.sort(pixels, axis=2)
    weak, strong = (
        np.abs(draw(always("randaugment", end, end), ramp, seed=0).astype(int) - ramp).mean(axis=(1, 2, 3))
        for end in (10, 90)
    )
    assert weak.mean() < strong.mean() / 2
    assert len(np.unique(strong.round(1))) > 100  # each image its own
    assert len(OPERATIONS) == 10


# Presets, extremes, batches -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_drawn(name, images):
    drawn = draw(PRESETS[name].recipe, images, seed=0)
    assert drawn.shape == images.shape
    assert (drawn != images).any()


def test_the_extremes_of_a_range_are_both_of_its_ends():
    image = np.full((16, 16, 3), 128, np.uint8)
    (ends,) = extremes((Step("brightness", -50, 25, 0.1),), image)
    np.testing.assert_allclose(ends[:, 0, 0, 0], [128 - 127.5, 128 + 63.75], atol=1)


def test_the_extremes_are_one_set_of_images_a_step(images):
    image = images[-1]
    recipe = tuple(usual_step(name) for name in TRANSFORMS)
    found = dict(zip(TRANSFORMS, extremes(recipe, image), strict=True))
    np.testing.assert_array_equal(found["flip_horizontal"], image[None, :, ::-1])
    np.testing.assert_array_equal(found["flip_vertical"], image[None, ::-1])
    np.testing.assert_array_equal(found["quarter_turns"], [np.rot90(image, turns) for turns in (1, 2, 3)])
    assert found["mixup"].shape == found["cutmix"].shape == (0, *image.shape)
    for name in RANGED:
        assert found[name].shape == (2, *image.shape)
        assert found[name].dtype == np.uint8
    again = extremes(recipe, image)
    assert all(np.array_equal(one, other) for one, other in zip(again, found.values(), strict=True))
    assert extremes((), image) == []


def test_a_batch_has_the_shares_of_what_its_images_are_made_of():
    shades = np.array([0, 100, 250], np.uint8)
    labels = np.arange(12) % 3
    pixels = np.broadcast_to(shades[labels][:, None, None, None], (12, 16, 16, 3))
    recipe = parse_recipe("flip_horizontal,mixup@0.01")
    batch, shares = draw_batch(recipe, pixels, labels, 3, seed=1)
    assert (batch.shape, batch.dtype) == (pixels.shape, np.uint8)
    assert (shares.shape, shares.dtype) == ((12, 3), np.float32)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert ((shares > 0.02).sum(axis=1) == 2).any()
    np.testing.assert_allclose(shares @ shades, batch.mean(axis=(1, 2, 3)), atol=1)
    _, plain = draw_batch(parse_recipe("flip_horizontal,mixup@0,cutmix@0"), pixels, labels, 3, seed=1)
    np.testing.assert_array_equal(plain, np.eye(3)[labels])


# Blank images -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def photographs():
    """Smooth noise in the middle greys, as photographs have it."""
    return np.random.default_rng(0).integers(60, 190, (8, 4, 4, 3), np.uint8).repeat(8, axis=1).repeat(8, axis=2)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("flip_horizontal,brightness=-100..-90", "brightness"),
        ("brightness=80..100,noise=5..5@0.1", "brightness"),
        ("contrast=20,brightness=-100..100", "brightness"),
    ],
)
def test_a_recipe_that_leaves_nothing_is_refused_with_the_step_that_does_it(photographs, text, name):
    with pytest.raises(UsageError, match=f"'{name}' leaves nothing of"):
        check_not_blank(parse_recipe(text), photographs)


def test_a_digit_that_is_moved_out_of_the_picture_is_nothing():
    digits = np.zeros((4, 28, 28, 3), np.uint8)
    digits[:, 10:18, 12:16] = 255
    with pytest.raises(UsageError, match="'crop'"):
        check_not_blank(parse_recipe("rotation=10,crop=10..12"), digits)
    check_not_blank(PRESETS["digits"].recipe, digits)


@pytest.mark.parametrize("recipe", [preset.recipe for preset in PRESETS.values()], ids=list(PRESETS))
def test_no_preset_leaves_nothing(photographs, recipe):
    check_not_blank(recipe, photographs)


def test_images_that_are_blank_as_they_are_are_not_the_recipes_fault(photographs):
    with_blank = np.concatenate([photographs[:1], np.zeros_like(photographs)])
    check_not_blank(parse_recipe("rotation=10,mixup"), with_blank)
    check_not_blank(parse_recipe("brightness=-100..-100"), with_blank[1:])
    check_not_blank((), photographs)
    check_not_blank(parse_recipe("brightness=-100..-100@0"), photographs)
