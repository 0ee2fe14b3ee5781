"""Pooling: what the course's material states in numbers."""

import numpy as np

from core.architectures.layers import Layer, count_parameters
from core.concepts.filters.convolution import convolve
from core.concepts.filters.kernels import find_kernel
from core.concepts.pictures import shipped_pixels
from core.concepts.pooling.equivariance import equivariance
from core.concepts.pooling.pooling import pool
from core.concepts.worked_example import WorkedExample

# Two arrays of the slides, the second as if what the first shows had moved a little.
X1 = np.array(
    [
        [10, 255, 125, 0, 170, 100],
        [70, 255, 105, 25, 25, 70],
        [255, 0, 150, 0, 10, 10],
        [0, 255, 10, 10, 150, 20],
        [70, 15, 200, 100, 95, 0],
        [35, 25, 100, 20, 0, 60],
    ]
)
X2 = np.array(
    [
        [100, 100, 100, 50, 100, 50],
        [95, 255, 100, 125, 125, 170],
        [80, 40, 10, 10, 125, 150],
        [255, 30, 150, 20, 120, 125],
        [30, 30, 150, 100, 70, 70],
        [70, 30, 100, 200, 70, 95],
    ]
)
POOLED = ((255, 125, 170), (255, 150, 150), (70, 200, 95))
LESSON_FILTER = "sobel_x"


def _filtered_photograph() -> np.ndarray:
    return convolve(shipped_pixels("camera")[..., 0], find_kernel(LESSON_FILTER).matrix)


EXAMPLES: tuple[WorkedExample, ...] = (
    WorkedExample(
        "pooled-x1",
        "pooling",
        "The first array of the slides, max-pooled 2×2, is [[255, 125, 170], [255, 150, 150], [70, 200, 95]].",
        POOLED,
        lambda: pool(X1, 2),
        {"view": "alike"},
        "Slides, pooling",
    ),
    WorkedExample(
        "pooled-x2",
        "pooling",
        "The second array, in which nearly every number is another, pools to the same.",
        POOLED,
        lambda: pool(X2, 2),
        {"view": "alike", "cell": "5"},
        "Slides, pooling",
    ),
    WorkedExample(
        "pooled-photograph",
        "pooling",
        "A filtered photograph of 512×512 pixels, pooled 4×4, is 128×128.",
        (128, 128),
        lambda: pool(_filtered_photograph(), 4).shape,
        {"size": "4", "stride": "4", "filter": LESSON_FILTER, "image": "shipped:camera"},
        "Lesson page",
    ),
    WorkedExample(
        "pooled-area",
        "pooling",
        "A window of 2×2 that moves by 2 leaves a quarter of the numbers.",
        0.25,
        lambda: pool(_filtered_photograph(), 2, 2).size / _filtered_photograph().size,
        {"size": "2", "stride": "2"},
        "Slides, pooling",
    ),
    WorkedExample(
        "pooling-parameters",
        "pooling",
        "Pooling has no parameters: there is nothing to learn.",
        0,
        lambda: count_parameters(Layer("max_pool", size=2, stride=2), (128, 128, 64)),
        source="Slides, pooling",
    ),
    WorkedExample(
        "map-follows-shift",
        "pooling",
        "Filter then shift, or shift then filter: inside, the maps differ by 0, g(f(x)) = f(g(x)).",
        0,
        lambda: equivariance(shipped_pixels("camera")[..., 0], find_kernel(LESSON_FILTER).matrix, 12, 5).largest_inside,
        {"view": "shift", "right": "12", "down": "5"},
        "Book chapter, equivariance",
    ),
)
