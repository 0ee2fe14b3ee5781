"""Views: the variations of an image that a frozen backbone computes features of, each fixed by the image alone."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.augmentation.orientations import ORIENTATIONS, PLAIN, exact_moves, orientations, turn
from core.augmentation.recipe import Step, write_recipe

FIRST_DRAW = 1
DRAW = "by pixels, in ranges"
"""How a recipe is drawn, by which kept features are told from those of draws that were made otherwise."""


@dataclass(frozen=True)
class View:
    """One variation of every image: how it is turned, and then what is drawn at random.

    Parameters
    ----------
    orientation
        0 (as it is) to 7: quarter turns anticlockwise, from 4 on mirrored left–right before.
    drawn
        The steps that are drawn at random.
    number, seed
        Of the draw. An image is drawn by these and its pixels alone, whichever images are looked at with it.
    """

    orientation: int = PLAIN
    drawn: tuple[Step, ...] = ()
    number: int = 0
    seed: int = 0

    @property
    def cache_key(self) -> dict[str, Any]:
        """What the view's features depend on besides what those of unaltered images do, JSON-ready."""
        turned = {"orientation": self.orientation} if self.orientation else {}
        draw = {"recipe": write_recipe(self.drawn), "view": self.number, "seed": self.seed, "draw": DRAW}
        return turned | (draw if self.drawn else {})

    def of(self, images: np.ndarray) -> np.ndarray:
        """The images as this view shows them.

        Parameters
        ----------
        images : (n, side, side, 3) array of uint8

        Returns
        -------
        (n, side, side, 3) array of uint8
        """
        turned = turn(images, self.orientation)
        return self._draw(turned) if self.drawn and len(images) else turned

    def _draw(self, images: np.ndarray) -> np.ndarray:
        import keras  # which takes seconds to load, and is not needed to know which views there are

        from core.augmentation.layers.pipeline import WHITE, build_augmentation

        augmentation = build_augmentation(self.drawn, self.seed)
        drawn = np.empty_like(images)
        for index, image in enumerate(images):
            # One by one, since Keras draws for a whole batch from one seed.
            augmentation.reseed(self._seed_of(image))
            varied = augmentation(image[None].astype("float32"), training=True)
            drawn[index] = np.clip(np.rint(keras.ops.convert_to_numpy(varied)[0]), 0, WHITE)
        return drawn

    def _seed_of(self, image: np.ndarray) -> int:
        content = hashlib.blake2b(f"{self.seed} {self.number} {image.shape} ".encode(), digest_size=4)
        content.update(np.ascontiguousarray(image).data)
        return int.from_bytes(content.digest()) >> 1  # 31 bits, which a seed of any backend holds


def training_views(recipe: tuple[Step, ...], count: int, seed: int) -> tuple[View, ...]:
    """The views of training images, besides the images themselves.

    A recipe of flips and quarter turns has exact views, every orientation once. So has one that reaches all eight
    orientations, its other steps drawn on top. Any other is drawn at random.

    Parameters
    ----------
    count
        Of views that are drawn at random.
    seed
        Of these draws.
    """
    recipe = tuple(step for step in recipe if step.probability)
    reached = orientations(recipe)
    rest = tuple(step for step in recipe if not exact_moves(step))
    turned = [orientation for orientation in reached if orientation != PLAIN]
    if not rest:
        return tuple(View(orientation) for orientation in turned)
    if len(reached) == ORIENTATIONS:
        return tuple(View(orientation, rest, orientation, seed) for orientation in turned)
    return tuple(View(PLAIN, recipe, number, seed) for number in range(FIRST_DRAW, FIRST_DRAW + count))


def exact_views(recipe: tuple[Step, ...]) -> tuple[View, ...]:
    """The views, besides the image itself, into which the recipe's flips and quarter turns move an image exactly."""
    return tuple(View(orientation) for orientation in orientations(recipe) if orientation != PLAIN)
