"""What all layers of augmentation have in common: they draw for each image, how much and whether at all."""

from dataclasses import dataclass
from typing import Any

import keras

from core.augmentation.recipe import Step

WHITE = 255.0
# Numbers drawn evenly from 0 to 1 for each image and step: whether it happens, how much, and what else a step needs.
DICE = 6
# What a transform does nothing at; the others do nothing at 0.
NEUTRAL = {"crop": 100.0}


@dataclass(frozen=True)
class Draws:
    """What one step draws for each of n images.

    Parameters
    ----------
    amount, amount_across : (n,) tensors
        Within the step's range, in the unit of its transform; 1 where it has none. What does nothing where the step
        does not happen. The second is for steps that go two ways.
    dice : (n, 3) tensor
        Drawn evenly from 0 to 1.
    generator
        For what is drawn beyond that, pixel by pixel.
    """

    amount: Any
    amount_across: Any
    dice: Any
    generator: keras.random.SeedGenerator


class Variation(keras.layers.Layer):
    """Steps of a recipe as a layer, for pixels from 0 to 255, which it does not leave.

    Every image draws its own numbers, whatever batch it is in. Outside of training, images pass unchanged.

    Parameters
    ----------
    steps
        What is done, one after the other. None of them mixes images.
    seed
        Of the draws.
    """

    def __init__(self, steps: tuple[Step, ...], seed: int):
        super().__init__(name="_".join(step.name for step in steps), dtype="float32")
        self.steps = steps
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        if not training:
            return images
        images = keras.ops.cast(images, "float32")
        dice = keras.random.uniform((keras.ops.shape(images)[0], len(self.steps), DICE), seed=self.generator)
        draws = [self._draws(step, dice[:, index]) for index, step in enumerate(self.steps)]
        return keras.ops.clip(self.vary(images, draws), 0, WHITE)

    def vary(self, images, draws: list[Draws]):
        """Do the steps, of each of which one of the draws is.

        Parameters
        ----------
        images : (n, side, side, 3) tensor of float32

        Returns
        -------
        (n, side, side, 3) tensor of float32
        """
        raise NotImplementedError

    def compute_output_shape(self, input_shape):
        return input_shape

    def _draws(self, step: Step, dice) -> Draws:
        low, high = (step.low, step.high) if step.transform.unit else (1, 1)
        happens, nothing = dice[:, 0] < step.probability, NEUTRAL.get(step.name, 0.0)
        along, across = (keras.ops.where(happens, low + (high - low) * dice[:, index], nothing) for index in (1, 2))
        return Draws(along, across, dice[:, 3:], self.generator)


def sides_of_area(area, dice, widest: float):
    """Sides of a rectangle with a share of an image's area, of a shape that is drawn.

    Parameters
    ----------
    area : (n,) tensor
        0 to 1.
    dice : (n,) tensor
        Drawn evenly from 0 to 1.
    widest
        How many times as wide as high it may be, or as high as wide; less where it would not fit into the image.

    Returns
    -------
    width, height : (n,) tensors
        Shares of the image's side.
    """
    log_widest = keras.ops.minimum(keras.ops.log(widest), -keras.ops.log(keras.ops.maximum(area, 1e-6)))
    root = keras.ops.exp((dice - 0.5) * log_widest)  # of width over height
    side = keras.ops.sqrt(area)
    return side * root, side / root
