"""RandAugment: two different operations for each image, drawn from a list, with a strength that is drawn too.

Cubuk et al. 2019, "RandAugment: Practical automated data augmentation with a reduced search space", arXiv:1909.13719.
Of its list, the operations that have a strength, so that none of it leaves an image as it is; without sharpness. At
full strength each goes as far as its authors'. Keras's own layer draws two operations for a whole batch, and turns by
up to its factor of a full circle.
"""

import keras

from core.augmentation.label_safety import RANDAUGMENT_ROTATION
from core.augmentation.layers.geometry import move, rotation, shear, shift
from core.augmentation.layers.variation import WHITE, Draws

FARTHEST_SHEAR = 0.3
FARTHEST_SHIFT = 0.3
FARTHEST_LIGHT = 0.9
# Of 256 grey levels, 16 are left.
COARSEST_LEVELS = 16
OPERATIONS = (
    "rotation",
    "shear_x",
    "shear_y",
    "shift_x",
    "shift_y",
    "brightness",
    "contrast",
    "colour",
    "posterise",
    "solarise",
)
# Of red, green and blue, as Pillow makes images grey.
GREY = (0.299, 0.587, 0.114)


def rand_augment(images, drawn: Draws):
    """Do two operations to each image; the moving ones first, in a single movement.

    Parameters
    ----------
    images : (n, side, side, 3) tensor of float32
    drawn
        Its amount is the percentage of full strength, 0 to 100.
    """
    by_name = _strengths(drawn)
    moved = _moved(images, by_name)
    return _solarised(_posterised(_lit(moved, by_name), by_name["posterise"]), by_name["solarise"])


def _strengths(drawn: Draws) -> dict:
    """For each operation an (n,) tensor from -1 to 1: how far it goes, and which way; 0 where it is not drawn."""
    count = len(OPERATIONS)
    first = keras.ops.floor(drawn.dice[:, 0] * count)
    second = keras.ops.mod(first + 1 + keras.ops.floor(drawn.dice[:, 1] * (count - 1)), count)
    # The third number is for both signs: which half it lies in, and which quarter.
    quarter = keras.ops.floor(drawn.dice[:, 2] * 4)
    signs = 1 - 2 * keras.ops.floor(quarter / 2), 1 - 2 * keras.ops.mod(quarter, 2)
    chosen = [
        keras.ops.one_hot(keras.ops.cast(which, "int32"), count) * sign[:, None]
        for which, sign in zip((first, second), signs, strict=True)
    ]
    strengths = (chosen[0] + chosen[1]) * (drawn.amount / 100)[:, None]
    return {name: strengths[:, index] for index, name in enumerate(OPERATIONS)}


def _moved(images, strengths: dict):
    slopes = (FARTHEST_SHEAR * strengths[name] for name in ("shear_x", "shear_y"))
    ways = (FARTHEST_SHIFT * strengths[name] for name in ("shift_x", "shift_y"))
    return move(images, [rotation(RANDAUGMENT_ROTATION * strengths["rotation"]), shear(*slopes), shift(*ways)])


def _lit(images, strengths: dict):
    """Brightness, contrast and colour, each of which blends the image with black, its mean grey, or itself in grey."""
    brightness, contrast, colour = (
        FARTHEST_LIGHT * strengths[name][:, None, None, None] for name in ("brightness", "contrast", "colour")
    )
    grey = sum(share * images[..., index : index + 1] for index, share in enumerate(GREY))
    images = images + (images - grey) * colour
    mean = keras.ops.mean(grey, axis=(1, 2), keepdims=True)
    images = images + (images - mean) * contrast
    return keras.ops.clip(images * (1 + brightness), 0, WHITE)


def _posterised(images, strengths):
    step = (1 + (COARSEST_LEVELS - 1) * keras.ops.abs(strengths))[:, None, None, None]
    return keras.ops.where(step > 1, keras.ops.floor(images / step) * step, images)


def _solarised(images, strengths):
    threshold = ((WHITE + 1) * (1 - keras.ops.abs(strengths)))[:, None, None, None]
    return keras.ops.where(images >= threshold, WHITE - images, images)
