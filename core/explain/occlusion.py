"""Occlusion: how much less probable a class becomes when a part of the image is covered.

Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks". It looks at answers alone, so that it
works with any network, and takes as many of them as the square has places.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UsageError
from core.explain.grad_cam import enlarged
from core.explain.trained_network import TrainedNetwork
from core.jobs.progress import Report, unheard

GREY = 127
# Of the image's side, about as in the paper.
SQUARE = 0.22
# Places of the square from edge to edge; fewer where the network is slow.
GRIDS = (14, 10, 7, 5)
SECONDS = 10.0
MOST_SECONDS = 60.0  # beyond which it is refused
SECONDS_BETWEEN_REPORTS = 0.5
STAGE = "Covering a part of the image at a time"


@dataclass(frozen=True)
class Occlusion:
    """What covering does.

    Parameters
    ----------
    image : (side, side, 3) array of uint8
        As the network is fed it.
    probabilities : (k,) array of float64
        Of the classes that were asked about, with nothing covered.
    drops : (k, side, side) array of float32
        How much less probable each is when the square is centred there, −1 to 1; below 0 where it gets more probable.
    square
        Side of the square in pixels.
    grid
        How many places it took in a row.
    """

    image: np.ndarray
    probabilities: np.ndarray
    drops: np.ndarray
    square: int
    grid: int


def occlude(network: TrainedNetwork, image: np.ndarray, classes: Sequence[int], report: Report = unheard) -> Occlusion:
    """Slide a grey square over an image.

    Parameters
    ----------
    image : (side, side, 3) array of uint8
        As `TrainedNetwork.read` gives them.
    classes : (k,) ints
        That are asked about.
    report
        Called with how many places were covered.

    Raises
    ------
    UsageError
        If there is no such class, or the network takes longer than anybody would wait.
    """
    chosen = network.check_classes(classes)
    whole = network.probabilities(image[None])[0, chosen]
    square = max(1, round(SQUARE * network.image_size))
    report("Seeing how quick the network is", 0, 0)
    seconds = _seconds_an_image(network, image)
    grid = _grid(network, seconds)
    # So few at a time that one sees it go on.
    at_once = max(1, int(SECONDS_BETWEEN_REPORTS / max(seconds, 1e-6)))
    covered = np.zeros((grid**2, len(whole)))
    for start in range(0, grid**2, at_once):
        report(STAGE, start, grid**2)
        places = np.arange(start, min(start + at_once, grid**2))
        covered[places] = network.probabilities(_covered(image, square, grid, places))[:, chosen]
    drops = (whole - covered).T.reshape(len(chosen), grid, grid)
    return Occlusion(image, whole, np.stack([enlarged(each, len(image)) for each in drops]), square, grid)


def _seconds_an_image(network: TrainedNetwork, image: np.ndarray) -> float:
    """How long an answer takes: of one image alone where that is long, else among as many as the coarsest grid has."""
    seconds = 0.0
    for count in (1, GRIDS[-1] ** 2):
        batch = next(network.batches(np.repeat(image[None], count, axis=0)))
        # Once before, since the first answer of a shape takes longer.
        network.probabilities(batch)
        began = time.monotonic()
        network.probabilities(batch)
        seconds = (time.monotonic() - began) / len(batch)
        if GRIDS[-1] ** 2 * seconds > SECONDS:
            break
    return seconds


def _grid(network: TrainedNetwork, seconds: float) -> int:
    """The finest grid that is answered in time, where an image takes so many seconds."""
    if GRIDS[-1] ** 2 * seconds > MOST_SECONDS:
        raise UsageError(
            f"Covering parts of the image would take about {GRIDS[-1] ** 2 * seconds:.0f} seconds here, since "
            f"{network.title} takes {seconds:.1f} for one image of {network.image_size} pixels. What it looks at "
            "(Grad-CAM) is quicker."
        )
    return next((grid for grid in GRIDS if grid**2 * seconds <= SECONDS), GRIDS[-1])


def _covered(image: np.ndarray, square: int, grid: int, places: np.ndarray) -> np.ndarray:
    """The image with the square at some places, which are counted row by row: (n, side, side, 3) uint8."""
    side = len(image)
    images = np.repeat(image[None], len(places), axis=0)
    # Centred in the cells of the grid; at the edges, only a part of the square lies on the image.
    starts = np.rint((np.arange(grid) + 0.5) * side / grid - square / 2).astype(int)
    for place, covered in zip(places, images, strict=True):
        top, left = starts[place // grid], starts[place % grid]
        covered[max(0, top) : top + square, max(0, left) : left + square] = GREY
    return images
