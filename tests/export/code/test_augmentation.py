"""A recipe as code varies images as the recipe does."""

import math

import keras
import numpy as np
import pytest
from keras import layers, ops

from core.augmentation.layers.mixing import CUTMIX_ALPHA, MIXUP_ALPHA
from core.augmentation.layers.pipeline import draw
from core.augmentation.recipe import TRANSFORMS, Step, usual_step
from core.export.code.augmentation import augmentation_layers, layers_to_define
from core.export.code.rendering import MIXERS, TEMPLATES

SIDE = 24
VARYING = [name for name, transform in TRANSFORMS.items() if not transform.mixes]
# What draws more than an amount: where, and what.
CHANCE = ("quarter_turns", "crop", "noise", "erasing", "randaugment")


@pytest.fixture(scope="module")
def images():
    """Smooth ones, as photographs are."""
    coarse = np.random.default_rng(0).uniform(0, 255, (40, 6, 6, 3))
    return keras.ops.convert_to_numpy(ops.image.resize(coarse, (SIDE, SIDE), "bicubic")).clip(0, 255).astype("uint8")


def varied(step, images, training=True):
    """What the layer that stands in a script makes of images."""
    (call,) = augmentation_layers([step])
    names = {"keras": keras, "layers": layers, "ops": ops, "np": np, "math": math}
    for name in layers_to_define([call]):
        exec((TEMPLATES / "layers" / f"{name}.jinja").read_text(encoding="utf-8"), names)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((SIDE, SIDE, 3)), eval(call.code, names)])
    return keras.ops.convert_to_numpy(model(images.astype("float32"), training=training))


def ends(names):
    """Both ends of the usual range of each transform, or all there is of it."""
    usual = {name: TRANSFORMS[name].default if TRANSFORMS[name].unit else (0,) for name in sorted(names)}
    return [Step(name, end, end) for name, both in usual.items() for end in both]


@pytest.mark.parametrize("step", ends(set(VARYING) - set(CHANCE)), ids=lambda step: f"{step.name} {step.high}")
def test_an_amount_does_the_same(step, images):
    difference = np.abs(varied(step, images) - draw((step,), images, seed=0))
    assert difference.max() <= 1.5  # of the grey levels, which the recipe's are rounded to


@pytest.mark.parametrize("step", ends(CHANCE), ids=lambda step: f"{step.name} {step.high}")
def test_chance_changes_as_much(step, images):
    drawn = draw((step,), images, seed=0).astype("float32"), varied(step, images)
    ours, theirs = (np.abs(each - images).mean() for each in drawn)
    assert theirs == pytest.approx(ours, rel=0.3, abs=0.1)


@pytest.mark.parametrize("name", VARYING)
def test_a_range_is_drawn_from_as_evenly(name, images):
    """By how bright and how rich in contrast images come out: the middle, and the least and greatest tenth."""
    many, step = np.tile(images, (20, 1, 1, 1)), usual_step(name)
    for measure in (np.mean, np.std):
        before = measure(many, axis=(1, 2, 3))
        ours, theirs = (
            np.quantile(measure(each.astype("float32"), axis=(1, 2, 3)) - before, (0.1, 0.5, 0.9))
            for each in (draw((step,), many, seed=0), varied(step, many))
        )
        # Three times what the middle of two samples of 800 from a range of 100 grey levels differs by.
        assert theirs == pytest.approx(ours, rel=0.25, abs=8)


@pytest.mark.parametrize("name", VARYING)
def test_outside_of_training_nothing_is_varied(name, images):
    assert (varied(usual_step(name), images, training=False) == images).all()


def test_a_step_happens_as_often_as_its_probability_says(images):
    many = np.tile(images, (10, 1, 1, 1))
    changed = (varied(Step("flip_horizontal", probability=0.2), many) != many).any(axis=(1, 2, 3)).mean()
    assert 0.13 < changed < 0.27


def test_images_are_mixed_in_the_same_shares():
    assert {"mixup": f"layers.MixUp({MIXUP_ALPHA})", "cutmix": f"layers.CutMix({CUTMIX_ALPHA})"} == MIXERS
