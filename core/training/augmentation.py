"""The recipe as Keras layers: the very ones that training uses and the preview shows."""

import keras
import numpy as np

from core.augmentation.recipe import Step
from core.training.mixing import Mixing, mixing_steps

WHITE = 255.0


def build_augmentation(recipe: tuple[Step, ...], seed: int) -> keras.Sequential:
    """The layers that vary each image for itself, in the recipe's order, for pixels from 0 to 255.

    Without such steps, images pass unchanged. Those that mix images are `core.training.mixing`'s.

    Parameters
    ----------
    recipe
        What to vary.
    seed
        Of the draws.
    """
    layers = [_build(step, seed + index) for index, step in enumerate(recipe) if not step.mixes]
    return keras.Sequential(layers or [keras.layers.Identity()], name="augmentation")


def draw(recipe: tuple[Step, ...], images: np.ndarray, seed: int) -> np.ndarray:
    """Augment images once, and mix them with one another where the recipe mixes in any batch.

    Parameters
    ----------
    images : (n, side, side, 3) array of uint8

    Returns
    -------
    (n, side, side, 3) array of uint8
    """
    drawn = build_augmentation(recipe, seed)(images.astype("float32"), training=True)
    always = [Step(step.name, 100) for step in mixing_steps(recipe) if step.amount]
    if always:
        drawn, *_ = Mixing(always, classes=1, seed=seed)(drawn, np.zeros(len(images), "int32"))
    return np.clip(np.rint(keras.ops.convert_to_numpy(drawn)), 0, WHITE).astype("uint8")


def _build(step: Step, seed: int) -> keras.layers.Layer:
    layers, share = keras.layers, step.amount / 100
    make = {
        "flip_horizontal": lambda: layers.RandomFlip("horizontal", seed=seed),
        "flip_vertical": lambda: layers.RandomFlip("vertical", seed=seed),
        "rotation": lambda: layers.RandomRotation(step.amount / 360, fill_mode="reflect", seed=seed),
        "zoom": lambda: layers.RandomZoom((-share, share), fill_mode="reflect", seed=seed),
        "shift": lambda: layers.RandomTranslation(share, share, fill_mode="reflect", seed=seed),
        "contrast": lambda: layers.RandomContrast(share, value_range=(0, WHITE), seed=seed),
        "brightness": lambda: layers.RandomBrightness(share, value_range=(0, WHITE), seed=seed),
    }
    return make[step.name]()
