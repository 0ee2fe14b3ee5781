"""The eight orientations of an image: the flips and quarter turns that lose no pixel, and which a recipe reaches."""

from collections.abc import Iterable

import numpy as np

from core.augmentation.recipe import Step

QUARTERS = 4
# The eight ways to lay a square on itself: by quarter turns anticlockwise, from MIRRORED on mirrored left–right before.
PLAIN, MIRRORED, ORIENTATIONS = 0, QUARTERS, 2 * QUARTERS
UPSIDE_DOWN = MIRRORED + 2


def turn(images: np.ndarray, orientation: int) -> np.ndarray:
    """Mirror and turn without loss: each pixel keeps its value, only its place is another.

    Parameters
    ----------
    images : (n, side, side, channels) array
    orientation
        0 (as it is) to 7: quarter turns anticlockwise, from 4 on mirrored left–right before.
    """
    mirrored = images[:, :, ::-1] if orientation >= MIRRORED else images
    return np.rot90(mirrored, orientation % QUARTERS, axes=(1, 2))


def orientations(recipe: Iterable[Step]) -> tuple[int, ...]:
    """In which orientations the recipe's flips and quarter turns may show an image; always as it is.

    A rotation counts where its range has the angle in it. With both flips, ±90° makes all eight.
    """
    reached = {PLAIN}
    for step in recipe:
        moves = exact_moves(step)
        reached |= {_after(first, move) for first in reached for move in moves}
    return tuple(sorted(reached))


def exact_moves(step: Step) -> tuple[int, ...]:
    """The orientations, besides none, into which a step moves an image exactly."""
    if not step.probability:
        return ()
    if step.name == "rotation":
        turns = {angle // 90 % QUARTERS for angle in (-180, -90, 90, 180) if step.low <= angle <= step.high}
        return tuple(sorted(turns))
    moves = {"flip_horizontal": (MIRRORED,), "flip_vertical": (UPSIDE_DOWN,), "quarter_turns": (1, 2, 3)}
    return moves.get(step.name, ())


def _after(first: int, then: int) -> int:
    """The orientation that two, one after the other, amount to."""
    mirrored = (first >= MIRRORED) != (then >= MIRRORED)
    turns = then - first if then >= MIRRORED else then + first  # a mirror turns what was turned before the other way
    return turns % QUARTERS + MIRRORED * mirrored
