"""Where brightness changes: gradients and their magnitude, and Canny's edges, stage by stage."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.concepts.filters.convolution import Convolution, convolve
from core.concepts.filters.kernels import KERNELS

# Pairs of kernels: across and down, both with the sign of the side that comes first, or of the one that comes last.
GRADIENTS = {
    "difference": ("Neighbours: [1, −1]", "gradient_x", "gradient_y"),
    "central": ("Either side: [1, 0, −1]", "central_x", "central_y"),
    "sobel": ("Sobel", "sobel_x", "sobel_y"),
}
SIGNS = {
    "given": "The kernels as the course's material gives them",
    "rising": "Positive where it gets brighter to the right and downwards",
    "falling": "Positive where it gets darker to the right and downwards",
}


@dataclass(frozen=True)
class Gradients:
    """The change of brightness across and down, and how steep it is: arrays of float of the picture's shape."""

    across: np.ndarray
    down: np.ndarray

    @property
    def magnitude(self) -> np.ndarray:
        """√(Gx² + Gy²), which no convention about signs changes."""
        return np.hypot(self.across, self.down)


def gradient_kernels(kind: str, signs: str = "given") -> tuple[np.ndarray, np.ndarray]:
    """The kernels across and down of one of `GRADIENTS`, with the signs of one of `SIGNS`."""
    kernels = [KERNELS[name].matrix for name in GRADIENTS[kind][1:]]
    if signs == "given":
        return kernels[0], kernels[1]
    # A kernel rises where its last column or row is the positive one.
    rises = [kernels[0][:, -1].sum() > 0, kernels[1][-1].sum() > 0]
    across, down = (
        kernel if rise == (signs == "rising") else -kernel for kernel, rise in zip(kernels, rises, strict=True)
    )
    return across, down


def gradients(picture: ArrayLike, kind: str = "sobel", signs: str = "given") -> Gradients:
    """How brightness changes across and down, not flipped, the outermost pixels repeated outside.

    Parameters
    ----------
    picture : (height, width) or (height, width, channels) array
    kind, signs
        One of `GRADIENTS`, and one of `SIGNS`.
    """
    how = Convolution(outside="nearest")
    across, down = gradient_kernels(kind, signs)
    return Gradients(convolve(picture, across, how), convolve(picture, down, how))


@dataclass(frozen=True)
class CannyStages:
    """What Canny's algorithm makes of a picture, stage after stage: arrays of the picture's shape.

    Parameters
    ----------
    smoothed
        Under a Gaussian, so that noise has no edges.
    magnitude
        How steep brightness changes: the magnitude of Sobel's gradients.
    thin
        Non-maximum suppression: the magnitude where it is the largest along its own direction, elsewhere 0.
    weak, strong : arrays of bool
        Double threshold: where that reaches the low and the high one.
    edges : array of bool
        Hysteresis: weak pixels that hang together with a strong one.
    """

    smoothed: np.ndarray
    magnitude: np.ndarray
    thin: np.ndarray
    weak: np.ndarray
    strong: np.ndarray
    edges: np.ndarray


def canny_stages(picture: ArrayLike, sigma: float = 2.0, low: float = 25.0, high: float = 50.0) -> CannyStages:
    """Canny's algorithm as scikit-image carries it out.

    Parameters
    ----------
    picture : (height, width) array
        One channel.
    sigma
        Standard deviation of the Gaussian, in pixels.
    low, high
        Thresholds of the magnitude, in grey levels as Sobel's kernels add them up: a step of 100 levels has 400. A low
        one above the high one counts as the high one.
    """
    from scipy.ndimage import sobel
    from skimage.feature import canny
    from skimage.filters import gaussian

    picture, low = np.asarray(picture, float), min(low, high)
    smoothed = gaussian(picture, sigma, mode="nearest")
    magnitude = np.hypot(sobel(smoothed, axis=0), sobel(smoothed, axis=1))
    # Without thresholds, all that suppression leaves is an edge.
    thin = np.where(canny(picture, sigma, 0, 0, mode="nearest"), magnitude, 0)
    weak, strong = (thin > 0) & (thin >= low), (thin > 0) & (thin >= high)
    return CannyStages(smoothed, magnitude, thin, weak, strong, hysteresis(weak, strong))


def hysteresis(weak: np.ndarray, strong: np.ndarray) -> np.ndarray:
    """Which weak pixels hang together with a strong one, each with all eight around it: arrays of bool of one shape."""
    from scipy.ndimage import binary_propagation

    return binary_propagation(strong, np.ones((3, 3)), weak)
