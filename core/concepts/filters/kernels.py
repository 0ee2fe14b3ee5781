"""The kernels that the course's material names, each as the numbers that are laid over the picture without a flip."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.errors import UsageError

CHAPTER_SIDE, CHAPTER_SPREAD = 20, 10.0


@dataclass(frozen=True)
class NamedKernel:
    """A kernel that has a name.

    Parameters
    ----------
    name, title
        What links and people call it.
    matrix : (height, width) array of float
        It must not be written to.
    explanation
        What it does to a picture, in a sentence.
    """

    name: str
    title: str
    matrix: np.ndarray = field(compare=False, repr=False)
    explanation: str


def gaussian_kernel(side: int = CHAPTER_SIDE, spread: float = CHAPTER_SPREAD, normalised: bool = False) -> np.ndarray:
    """A bell, exp(−((i − c)² + (j − c)²) / spread), around the centre of a square.

    Parameters
    ----------
    side
        Of the square, in pixels.
    spread
        Twice the variance, in square pixels: a standard deviation of σ pixels has a spread of 2σ².
    normalised
        Whether its numbers add up to 1, so that a picture stays as bright as it was. Otherwise its peak is 1: those of
        the 20 × 20 of the course's material add up to 31.4.

    Returns
    -------
    (side, side) array of float
    """
    distance = np.arange(side) - (side - 1) / 2
    bell = np.exp(-(distance**2) / spread)
    kernel = np.outer(bell, bell)
    return kernel / kernel.sum() if normalised else kernel


def mean_kernel(side: int = 3) -> np.ndarray:
    """A square of numbers that are alike and add up to 1."""
    return np.full((side, side), 1 / side**2)


def _kernel(name: str, title: str, matrix: np.ndarray | Sequence[Sequence[float]], explanation: str) -> NamedKernel:
    values = np.array(matrix, float)
    values.setflags(write=False)
    return NamedKernel(name, title, values, explanation)


def _spot(centre: int) -> np.ndarray:
    matrix = np.full((3, 3), -centre)
    matrix[1, 1] = centre
    return matrix


SOBEL_X = np.outer([1, 2, 1], [1, 0, -1])
SOBEL_Y = np.outer([-1, 0, 1], [1, 2, 1])

_KERNELS = (
    _kernel("identity", "Identity", [[0, 0, 0], [0, 1, 0], [0, 0, 0]], "Leaves the picture as it is."),
    _kernel("mean", "Mean", mean_kernel(), "Each pixel becomes the mean of its neighbourhood: noise and detail fade."),
    _kernel(
        "blur",
        "Blur",
        [[0.06, 0.12, 0.06], [0.12, 0.25, 0.12], [0.06, 0.12, 0.06]],
        "A mean in which near pixels count more. Its numbers add up to .97, so the picture gets 3 % darker.",
    ),
    _kernel(
        "gaussian",
        "Gaussian 20 × 20",
        gaussian_kernel(normalised=True),
        "A bell whose numbers add up to 1: it blurs evenly in all directions.",
    ),
    _kernel(
        "gaussian_sum",
        "Gaussian 20 × 20, not normalised",
        gaussian_kernel(),
        "The same bell with a peak of 1: its numbers add up to 31.4, and the picture gets that much brighter.",
    ),
    _kernel("gradient_x", "Horizontal gradient", [[1, -1]], "Each pixel minus its right neighbour: upright edges."),
    _kernel("gradient_y", "Vertical gradient", [[1], [-1]], "Each pixel minus the one below: level edges."),
    _kernel("central_x", "Horizontal gradient, centred", [[1, 0, -1]], "Left neighbour minus right neighbour."),
    _kernel("central_y", "Vertical gradient, centred", [[1], [0], [-1]], "The pixel above minus the one below."),
    _kernel(
        "sobel_x",
        "Sobel, horizontal",
        SOBEL_X,
        "The horizontal gradient of three rows, the middle one twice: upright edges, with less noise.",
    ),
    _kernel("sobel_y", "Sobel, vertical", SOBEL_Y, "What is below minus what is above: level edges."),
    _kernel(
        "laplacian",
        "Laplacian",
        [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
        "The second derivative: changes sign on an edge, and is 0 where brightness rises evenly.",
    ),
    _kernel(
        "edge",
        "Edge",
        [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
        "Each pixel against its eight neighbours: edges in all directions, 0 on an even surface.",
    ),
    _kernel("emboss", "Emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], "As if lit from a corner: edges cast shadows."),
    _kernel("vertical_line", "Vertical line", [[-1, 1, -1]] * 3, "Answers most where a bright upright line is."),
    _kernel("horizontal_line", "Horizontal line", [[-1] * 3, [1] * 3, [-1] * 3], "The same for a level line."),
    _kernel("light_spot", "Light spot", _spot(1), "Answers most where one pixel is bright and all around it are dark."),
    _kernel("dark_spot", "Dark spot", _spot(-1), "Answers most where one pixel is dark and all around it are bright."),
)
KERNELS = {kernel.name: kernel for kernel in _KERNELS}


def find_kernel(name: str) -> NamedKernel:
    """The kernel of that name.

    Raises
    ------
    UsageError
        If there is none.
    """
    if name not in KERNELS:
        raise UsageError(f"There is no kernel {name!r}. There are: {', '.join(KERNELS)}.")
    return KERNELS[name]
