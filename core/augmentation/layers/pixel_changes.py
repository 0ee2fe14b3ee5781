"""Steps that change the values of pixels: light, colour, grain, sharpness, and parts that are erased."""

import math

import keras
import numpy as np

from core.augmentation.layers.rand_augment import rand_augment
from core.augmentation.layers.variation import WHITE, Draws, Variation, sides_of_area

# How the hue turns along, in degrees around the grey axis, where colour is weakened or strengthened by 100 %.
HUE_DEGREES = 18
# The shape of what is erased, as in Zhong et al. 2017.
WIDEST_ERASED = 1 / 0.3
# NTSC's YIQ: lightness, and two coordinates of colour whose angle is the hue.
YIQ = np.array([[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]], "float32")


class PixelChange(Variation):
    """A single step that changes the values of pixels; RandAugment alone moves some as well."""

    def __init__(self, steps, seed):
        super().__init__(steps, seed)
        self.supports_jit = steps[0].name != "randaugment"  # as in `core.augmentation.layers.geometry`

    def vary(self, images, draws):
        return _CHANGES[self.steps[0].name](images, draws[0])


def _each(values):
    """(n,) to (n, 1, 1, 1): a number for all pixels of an image."""
    return values[:, None, None, None]


def _brightness(images, drawn: Draws):
    return images + _each(WHITE / 100 * drawn.amount)


def _contrast(images, drawn: Draws):
    mean = keras.ops.mean(images, axis=(1, 2), keepdims=True)
    return images + (images - mean) * _each(drawn.amount / 100)


def _colour_jitter(images, drawn: Draws):
    """Both coordinates of colour scaled and turned together, which leaves lightness as it is."""
    angle, scale = drawn.amount / 100 * (HUE_DEGREES * math.pi / 180), 1 + drawn.amount / 100
    along, across = scale * keras.ops.cos(angle), scale * keras.ops.sin(angle)
    back = np.linalg.inv(YIQ)
    # As a difference to no change, which is then exactly none.
    change = (along - 1)[:, None, None] * (back[:, 1:] @ YIQ[1:]).T
    change += across[:, None, None] * (back[:, 2:] @ YIQ[1:2] - back[:, 1:2] @ YIQ[2:]).T
    side = keras.ops.shape(images)[1]
    pixels = keras.ops.reshape(images, (-1, side * side, 3))
    return images + keras.ops.reshape(keras.ops.matmul(pixels, change), keras.ops.shape(images))


def _noise(images, drawn: Draws):
    grain = keras.random.normal(keras.ops.shape(images), seed=drawn.generator)
    return images + grain * _each(drawn.amount)


def _blur(images, drawn: Draws):
    """A Gaussian along each side in turn, as a product with a matrix for each image: σ may differ between them."""
    shape = keras.ops.shape(images)
    weights = _gaussians(drawn.amount, shape[1])
    for _ in range(2):
        rows = keras.ops.reshape(images, (-1, shape[1], shape[2] * 3))
        images = keras.ops.reshape(keras.ops.matmul(weights, rows), shape)
        images = keras.ops.transpose(images, (0, 2, 1, 3))
    return images


def _gaussians(sigma, side):
    """(n, side, side) weights: how much each pixel of a line takes of every other, the edge being a mirror."""
    place = keras.ops.cast(keras.ops.arange(side), "float32")
    here, there, edge = place[:, None], place[None, :], keras.ops.cast(2 * side - 1, "float32")
    scale = -0.5 / keras.ops.square(keras.ops.maximum(sigma, 0.05))[:, None, None]
    distances = (here - there, here + there + 1, edge - here - there)
    weights = sum(keras.ops.exp(scale * keras.ops.square(distance)) for distance in distances)
    return weights / keras.ops.sum(weights, axis=2, keepdims=True)


def _erasing(images, drawn: Draws):
    width, height = sides_of_area(drawn.amount / 100, drawn.dice[:, 0], WIDEST_ERASED)
    side = keras.ops.shape(images)[1]
    middles = (keras.ops.cast(keras.ops.arange(side), "float32") + 0.5) / keras.ops.cast(side, "float32")

    def within(length, dice):
        start = ((1 - length) * dice)[:, None]
        return keras.ops.logical_and(middles >= start, middles < start + length[:, None])

    rows, columns = within(height, drawn.dice[:, 1]), within(width, drawn.dice[:, 2])
    erased = keras.ops.logical_and(rows[:, :, None, None], columns[:, None, :, None])
    noise = keras.random.uniform(keras.ops.shape(images), 0, WHITE, seed=drawn.generator)
    return keras.ops.where(erased, noise, images)


_CHANGES = {
    "brightness": _brightness,
    "contrast": _contrast,
    "colour_jitter": _colour_jitter,
    "noise": _noise,
    "blur": _blur,
    "erasing": _erasing,
    "randaugment": rand_augment,
}
