"""Images as arrays: what the course's material states in numbers."""

import numpy as np

from core.concepts.arrays.channels import keep_channels, paint_rectangle, to_grey
from core.concepts.arrays.depth import to_depth, value_count
from core.concepts.arrays.one_hot import count_correct, one_hot
from core.concepts.pictures import shipped_pixels
from core.concepts.worked_example import WorkedExample

_SOURCE = "Images as arrays"


def _red_only() -> np.ndarray:
    """What is left of each channel, as a share of what it was."""
    astronaut = shipped_pixels("astronaut")
    return keep_channels(astronaut, (True, False, False)).sum(axis=(0, 1)) / astronaut.sum(axis=(0, 1))


def _painted() -> np.ndarray:
    floats = to_depth(shipped_pixels("astronaut"), "float32")
    return paint_rectangle(floats, (100, 200), (150, 350), (0, 1, 0))[100:200, 150:350].mean(axis=(0, 1))


def _correct() -> int:
    return count_correct(one_hot(np.array([0, 1, 2, 1, 0]), 3), one_hot(np.array([0, 1, 1, 1, 2]), 3))


EXAMPLES: tuple[WorkedExample, ...] = (
    WorkedExample(
        "rgb-shape",
        "arrays",
        "An RGB image is height × width × 3: the cat is 300 × 451 × 3.",
        [300, 451, 3],
        lambda: shipped_pixels("chelsea").shape,
        {"image": "shipped:chelsea"},
        _SOURCE,
    ),
    WorkedExample(
        "grey-shape",
        "arrays",
        "A grey image is height × width: of three channels one is left.",
        [300, 451],
        lambda: to_grey(shipped_pixels("chelsea")).shape,
        {"image": "shipped:chelsea", "view": "grey"},
        _SOURCE,
    ),
    WorkedExample(
        "eight-bits",
        "arrays",
        "8 bits a channel hold 256 values, from 0, black, to 255, white.",
        256,
        lambda: value_count("uint8"),
        {"view": "depth", "depth": "uint8"},
        _SOURCE,
    ),
    WorkedExample(
        "png-as-floats",
        "arrays",
        "Matplotlib reads PNG as floats from 0 to 1: 0 becomes 0, 255 becomes 1.",
        [0, 1],
        lambda: to_depth(np.array([0, 255], np.uint8), "float32"),
        {"view": "depth", "depth": "float32"},
        _SOURCE,
    ),
    WorkedExample(
        "red-only",
        "arrays",
        "Setting channels 1 and 2 to 0 leaves a red image: all of red stays, nothing of green and blue.",
        [1, 0, 0],
        _red_only,
        {"image": "shipped:astronaut", "view": "channels", "green": "false", "blue": "false"},
        _SOURCE,
    ),
    WorkedExample(
        "green-rectangle",
        "arrays",
        "Writing (0, 1, 0) into a rectangle paints it green.",
        [0, 1, 0],
        _painted,
        {"image": "shipped:astronaut", "view": "paint"},
        _SOURCE,
    ),
    WorkedExample(
        "one-hot-count",
        "arrays",
        "(test · prediction).sum() counts the correct predictions: 3 of 0 1 2 1 0, predicted as 0 1 1 1 2.",
        3,
        _correct,
        {"view": "labels", "labels": "0 1 2 1 0", "predicted": "0 1 1 1 2"},
        _SOURCE,
    ),
)
