"""Steps that move pixels: flips, turns, zoom, shift, shear and crop, in one go where they follow one another."""

import math

import keras

from core.augmentation.layers.variation import Draws, Variation, sides_of_area

# How a crop may be stretched, as in Szegedy et al. 2015.
WIDEST_CROP = 4 / 3
DEGREE = math.pi / 180
# The side that each flip reverses, of (n, side, side, channels).
FLIPS = {"flip_horizontal": 2, "flip_vertical": 1}


class Geometry(Variation):
    """Steps that move pixels. Several are one movement, so that an image is interpolated once and not once a step."""

    def __init__(self, steps, seed):
        super().__init__(steps, seed)
        names = {step.name for step in steps}
        self._flips_only = names <= set(FLIPS)
        self.supports_jit = self._flips_only  # no compiler of TensorFlow's moves pixels
        self._interpolation = "nearest" if names <= {*FLIPS, "quarter_turns"} else "bilinear"

    def vary(self, images, draws):
        pairs = list(zip(self.steps, draws, strict=True))
        if not self._flips_only:
            return move(images, [_MOVES[step.name](drawn) for step, drawn in pairs], self._interpolation)
        for step, drawn in pairs:  # in half the time
            happens = drawn.amount[:, None, None, None] > 0
            images = keras.ops.where(happens, keras.ops.flip(images, axis=FLIPS[step.name]), images)
        return images


def move(images, matrices, interpolation="bilinear"):
    """Move the pixels of images. What comes in from outside is the image mirrored at its edge.

    Parameters
    ----------
    images : (n, side, side, channels) tensor
    matrices
        One after the other, each an (n, 3, 3) tensor: from where each place of the result is taken, as x to the right
        and y downwards from the centre, in sides of the image.
    """
    matrix = matrices[0]
    for following in matrices[1:]:
        # The last looks up in what the one before has made.
        matrix = keras.ops.matmul(matrix, following)
    side = keras.ops.cast(keras.ops.shape(images)[1], "float32")
    centre = (side - 1) / 2
    (a, b, x), (c, d, y) = ([matrix[:, row, column] for column in range(3)] for row in range(2))
    zero = keras.ops.zeros_like(a)
    offset_x = x * side + centre * (1 - a - b)
    offset_y = y * side + centre * (1 - c - d)
    flat = keras.ops.stack([a, b, offset_x, c, d, offset_y, zero, zero], axis=1)
    return keras.ops.image.affine_transform(
        images, flat, interpolation=interpolation, fill_mode="reflect", data_format="channels_last"
    )


def rotation(degrees):
    """Anticlockwise."""
    return _turn(keras.ops.cos(degrees * DEGREE), keras.ops.sin(degrees * DEGREE))


def shear(slope_x, slope_y):
    """The top to the right, and the left side downwards, by this share of the distance from the centre."""
    one = keras.ops.ones_like(slope_x)
    return matrices_of([[one, slope_x, 0 * one], [slope_y, one, 0 * one]])


def shift(right, down):
    """By shares of the side."""
    one = keras.ops.ones_like(right)
    return matrices_of([[one, 0 * one, -right], [0 * one, one, -down]])


def scaled(width, height, right, down):
    """What a window shows, of these sides, whose centre lies that far from the image's, all in sides of the image."""
    zero = keras.ops.zeros_like(width)
    return matrices_of([[width, zero, right], [zero, height, down]])


def matrices_of(rows):
    """The first two rows of (n, 3, 3) matrices, given as (n,) tensors, with 0 0 1 below them."""
    zero = keras.ops.zeros_like(rows[0][0])
    rows = [*rows, [zero, zero, zero + 1]]
    return keras.ops.stack([keras.ops.stack(row, axis=1) for row in rows], axis=1)


def _turn(cosine, sine):
    zero = keras.ops.zeros_like(cosine)
    return matrices_of([[cosine, -sine, zero], [sine, cosine, zero]])


def _flip_horizontal(drawn: Draws):
    zero = 0 * drawn.amount
    return scaled(1 - 2 * drawn.amount, zero + 1, zero, zero)


def _flip_vertical(drawn: Draws):
    zero = 0 * drawn.amount
    return scaled(zero + 1, 1 - 2 * drawn.amount, zero, zero)


def _quarter_turns(drawn: Draws):
    angle = drawn.amount * (1 + keras.ops.floor(3 * drawn.dice[:, 0])) * (math.pi / 2)
    return _turn(keras.ops.round(keras.ops.cos(angle)), keras.ops.round(keras.ops.sin(angle)))


def _zoom(drawn: Draws):
    side = 1 - drawn.amount / 100
    return scaled(side, side, 0 * side, 0 * side)


def _shear(drawn: Draws):
    return shear(keras.ops.tan(drawn.amount * DEGREE), 0 * drawn.amount)


def _crop(drawn: Draws):
    width, height = sides_of_area(drawn.amount / 100, drawn.dice[:, 0], WIDEST_CROP)
    return scaled(width, height, (1 - width) * (drawn.dice[:, 1] - 0.5), (1 - height) * (drawn.dice[:, 2] - 0.5))


_MOVES = {
    "flip_horizontal": _flip_horizontal,
    "flip_vertical": _flip_vertical,
    "quarter_turns": _quarter_turns,
    "rotation": lambda drawn: rotation(drawn.amount),
    "zoom": _zoom,
    "shift": lambda drawn: shift(drawn.amount / 100, drawn.amount_across / 100),
    "shear": _shear,
    "crop": _crop,
}
MOVING = tuple(_MOVES)
"""The steps that move pixels, by their names."""
