"""The recipe as Keras layers: the very ones that training uses and the preview shows."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from itertools import groupby

import keras
import numpy as np

from core.augmentation.blank import is_blank
from core.augmentation.layers.geometry import MOVING, Geometry
from core.augmentation.layers.mixing import Mixing, mixing_steps
from core.augmentation.layers.pixel_changes import PixelChange
from core.augmentation.layers.variation import WHITE, Variation
from core.augmentation.orientations import QUARTERS, turn
from core.augmentation.recipe import Step
from core.errors import UsageError

# Where a recipe leaves nothing of more images than this share, something is wrong with it, and not with a rare draw.
MOST_BLANK = 0.05
DRAWS_CHECKED = 100


class Augmentation(keras.Sequential):
    """The layers that vary each image for itself, in the recipe's order, for pixels from 0 to 255."""

    def reseed(self, seed: int) -> None:
        """Have everything that is drawn from here on depend on this number alone.

        Parameters
        ----------
        seed
            0 to 2³¹ - 1.
        """
        for place, layer in enumerate(self.layers):
            if isinstance(layer, Variation):
                layer.generator.state.assign([seed, place])


def build_augmentation(recipe: Iterable[Step], seed: int) -> Augmentation:
    """The layers that vary each image for itself.

    Without such steps, images pass unchanged. Those that mix images are `core.augmentation.layers.mixing`'s.

    Parameters
    ----------
    recipe
        What to vary.
    seed
        Of the draws.
    """
    steps = [step for step in recipe if not step.mixes and step.probability]
    groups = [(moves, tuple(group)) for moves, group in groupby(steps, lambda step: step.name in MOVING)]
    makers = []
    for moves, group in groups:
        makers += [partial(Geometry, group)] if moves else [partial(PixelChange, (step,)) for step in group]
    layers = [make(seed + place) for place, make in enumerate(makers)]
    return Augmentation(layers or [keras.layers.Identity()], name="augmentation")


def draw(recipe: tuple[Step, ...], images: np.ndarray, seed: int) -> np.ndarray:
    """Augment images once, and mix them with one another where the recipe mixes in any batch.

    Parameters
    ----------
    images : (n, side, side, 3) array of uint8

    Returns
    -------
    (n, side, side, 3) array of uint8
    """
    return draw_batch(recipe, images, np.zeros(len(images), "int32"), 1, seed)[0]


def draw_batch(
    recipe: tuple[Step, ...], images: np.ndarray, labels: np.ndarray, class_count: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """A batch as training sees it, mixed by every step that mixes any batch.

    Parameters
    ----------
    images : (n, side, side, 3) array of uint8
    labels : (n,) array of int

    Returns
    -------
    images : (n, side, side, 3) array of uint8
    shares : (n, class_count) array of float32
        Of the classes, in each image's label.
    """
    drawn = build_augmentation(recipe, seed)(images.astype("float32"), training=True)
    always = [replace(step, probability=1.0) for step in mixing_steps(recipe) if step.probability]
    drawn, shares, _ = Mixing(always, class_count, seed)(drawn, np.asarray(labels, "int32"))
    return _as_pixels(drawn), keras.ops.convert_to_numpy(shares)


def extremes(recipe: tuple[Step, ...], image: np.ndarray) -> list[np.ndarray]:
    """How far each step goes, alone: an image at the low and the high end of its range, or in all that it may become.

    Parameters
    ----------
    image : (side, side, 3) array of uint8

    Returns
    -------
    list of (k, side, side, 3) arrays of uint8
        One a step: two ends of a range, a flip, three quarter turns, and nothing of a step that mixes images. Where a
        step draws more than its range says, as where to erase, that is always drawn alike.
    """
    return [_extremes(step, image[None]) for step in recipe]


def check_not_blank(recipe: tuple[Step, ...], images: np.ndarray) -> None:
    """Refuse a recipe that leaves nothing of many images but one flat colour.

    Parameters
    ----------
    images : (n, side, side, 3) array of uint8
        Some training images. Those that are blank as they are do not count.

    Raises
    ------
    UsageError
        Naming the step that does it.
    """
    images = images[~is_blank(images)]
    if not len(images):
        return
    drawn = images[np.arange(DRAWS_CHECKED) % len(images)]
    blank = np.zeros(len(drawn), bool)
    for index, step in enumerate(recipe):
        if step.mixes:
            continue
        drawn = draw((step,), drawn, seed=index)
        made_blank = is_blank(drawn) & ~blank
        blank |= made_blank
        if blank.mean() > MOST_BLANK and made_blank.any():
            raise UsageError(
                f"The augmentation {step.name!r} leaves nothing of {100 * blank.mean():.0f} % of the training images: "
                "they would be of one flat colour, under the label of what they showed. Narrow its range, or take it "
                "out."
            )


def _extremes(step: Step, image: np.ndarray) -> np.ndarray:
    if step.mixes:
        return image[:0]
    if step.name == "quarter_turns":
        return np.concatenate([turn(image, orientation) for orientation in range(1, QUARTERS)])
    ends = (step.low, step.high) if step.transform.unit else (0,)
    return np.concatenate([draw((replace(step, low=end, high=end, probability=1.0),), image, seed=0) for end in ends])


def _as_pixels(images) -> np.ndarray:
    return np.clip(np.rint(keras.ops.convert_to_numpy(images)), 0, WHITE).astype("uint8")
