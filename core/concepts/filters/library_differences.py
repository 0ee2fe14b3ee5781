"""Where libraries compute something else than the textbook, each shown by two small results of one input."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.concepts.filters.convolution import convolve
from core.concepts.filters.edges import gradients, hysteresis
from core.concepts.filters.kernels import SOBEL_X, mean_kernel

DIAGONAL = np.diag([1, 1, 2, 1, 1])
IMPULSE = np.pad([[1]], 2)
COUNTED = np.arange(1, 10).reshape(3, 3)
EVEN = np.full((3, 3), 9)
BRIGHT = np.full((3, 3), 100, np.uint8)
ONES, SQUARE = np.ones((3, 3)), np.ones((2, 2))
STEP = np.repeat([[0, 0, 0, 100, 100, 100]], 4, axis=0).astype(np.uint8)


@dataclass(frozen=True)
class LibraryDifference:
    """One input and the results that it has.

    Parameters
    ----------
    name, title
        What links and people call it.
    explanation
        What differs and what to do about it, in a few sentences.
    given
        The input.
    results
        Give what comes out, each after the words that say how.
    kernel
        What is laid over the input; None where the words say it.
    """

    name: str
    title: str
    explanation: str
    given: np.ndarray
    results: Sequence[tuple[str, Callable[[], np.ndarray]]]
    kernel: np.ndarray | None = None


def _scipy_convolve() -> np.ndarray:
    from scipy.ndimage import convolve as of_scipy

    return of_scipy(IMPULSE, COUNTED, mode="constant")


def _scipy_correlate(given: np.ndarray, kernel: Sequence[Sequence[float]] | np.ndarray, **options) -> np.ndarray:
    from scipy.ndimage import correlate

    return correlate(given, np.asarray(kernel), **options)


def _pillow_kernel() -> np.ndarray:
    from PIL import Image, ImageFilter

    picture = Image.fromarray(IMPULSE.astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.Kernel((3, 3), COUNTED.ravel().tolist(), scale=1)))


def _skimage_gaussian() -> np.ndarray:
    from skimage.filters import gaussian

    return gaussian(STEP, 1)


def _scipy_gaussian() -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(STEP, 1)


def _skimage_sobel() -> np.ndarray:
    from skimage.filters import sobel

    return sobel(STEP.astype(float), mode="nearest")


def _skimage_hysteresis() -> np.ndarray:
    from skimage.filters import apply_hysteresis_threshold

    return apply_hysteresis_threshold(DIAGONAL, 0.5, 1.5)


def _scipy_signal_median() -> np.ndarray:
    from scipy.signal import medfilt2d

    return medfilt2d(EVEN, 3)


def _scipy_median() -> np.ndarray:
    from scipy.ndimage import median_filter

    return median_filter(EVEN, 3)


_DIFFERENCES = (
    LibraryDifference(
        "flip",
        "Flipped or not",
        "A textbook's convolution turns the kernel by 180°, so that an impulse answers with the kernel itself. "
        "`scipy.ndimage.convolve`, `scipy.signal.convolve2d` and `numpy.convolve` do. `scipy.ndimage.correlate` and "
        "the layers of Keras and PyTorch do not, though these are called convolutions: an impulse answers with the "
        "kernel turned around. Where kernels are learned, it makes no difference.",
        IMPULSE,
        (
            ("scipy.ndimage.convolve", _scipy_convolve),
            ("scipy.ndimage.correlate, Keras, PyTorch", lambda: _scipy_correlate(IMPULSE, COUNTED, mode="constant")),
        ),
        COUNTED,
    ),
    LibraryDifference(
        "pillow",
        "Pillow turns the kernel upside down",
        "`PIL.ImageFilter.Kernel` lays the kernel's last row over the upper neighbours, and leaves left and right "
        "as they are: neither convolution nor cross-correlation. It knows 3 × 3 and 5 × 5 only, clips what comes "
        "out, and copies the border. Give it the kernel's rows in reverse order for a cross-correlation.",
        IMPULSE,
        (
            ("PIL.ImageFilter.Kernel", _pillow_kernel),
            ("Cross-correlation", lambda: convolve(IMPULSE, COUNTED)),
        ),
        COUNTED,
    ),
    LibraryDifference(
        "boundary",
        "What lies outside the picture",
        "`scipy.ndimage` reflects the picture by default, scikit-image repeats the nearest pixel or reflects, from "
        "filter to filter. `scipy.signal` and the layers of a CNN put zeros outside: the mean of an even surface "
        "gets darker towards the border, which a network can learn to tell the border by.",
        EVEN,
        (
            ("scipy.ndimage, by default", lambda: _scipy_correlate(EVEN.astype(float), mean_kernel())),
            ("Keras and PyTorch with padding", lambda: convolve(EVEN, mean_kernel())),
        ),
        mean_kernel(),
    ),
    LibraryDifference(
        "wrap_around",
        "Small integers wrap around",
        "The answer of `scipy.ndimage` has the type of its input. The sum of nine pixels of 100 is 900, and 8 bits "
        "hold 900 − 3 · 256 = 132; below zero, −1 becomes 255. Two 8-bit pictures added in NumPy wrap around the "
        "same way. Change the picture to float first, or ask for `output=float`.",
        BRIGHT,
        (
            ("scipy.ndimage on uint8", lambda: _scipy_correlate(BRIGHT, ONES, mode="constant")),
            ("The same on float", lambda: convolve(BRIGHT, ONES)),
        ),
        ONES,
    ),
    LibraryDifference(
        "even_kernel",
        "The centre of an even kernel",
        "A kernel of 2 × 2 has no pixel in its middle. TensorFlow and PyTorch's “same” put the odd row and column "
        "of padding at the bottom and at the right, `scipy.ndimage` at the top and at the left: the same picture "
        "comes out, moved by one pixel.",
        IMPULSE,
        (
            ("Keras, padding “same”", lambda: convolve(IMPULSE, SQUARE)),
            ("scipy.ndimage.correlate", lambda: _scipy_correlate(IMPULSE, SQUARE, mode="constant")),
        ),
        SQUARE,
    ),
    LibraryDifference(
        "range",
        "From 0 to 1, or to 255",
        "Most filters of scikit-image turn 8-bit pictures into floats from 0 to 1, so that thresholds and variances "
        "mean something else: a variance of 100 grey levels is 100 / 255² = .0015 there. SciPy keeps 0 to 255, and "
        "rounds down to whole numbers where the picture holds such.",
        STEP,
        (("skimage.filters.gaussian", _skimage_gaussian), ("scipy.ndimage.gaussian_filter", _scipy_gaussian)),
    ),
    LibraryDifference(
        "sobel",
        "Sobel with and without a scale",
        "scikit-image divides Sobel's kernels by 4, and the magnitude by √2, so that it stays within the picture's "
        "own range. The textbook's is 4√2 times as large: a step of 100 levels answers with 400, and clipping to "
        "255 cuts that off.",
        STEP,
        (
            ("skimage.filters.sobel", _skimage_sobel),
            ("Textbook", lambda: gradients(STEP, "sobel").magnitude),
        ),
        SOBEL_X,
    ),
    LibraryDifference(
        "median_border",
        "A median that darkens corners",
        "`scipy.signal.medfilt2d` puts zeros outside, and in a corner five of nine values are such. "
        "`scipy.ndimage`'s median reflects the picture instead.",
        EVEN,
        (("scipy.signal.medfilt2d", _scipy_signal_median), ("scipy.ndimage.median_filter", _scipy_median)),
    ),
    LibraryDifference(
        "hysteresis",
        "Hysteresis that breaks at corners",
        "Canny's last stage keeps weak pixels, here 1, that hang on a strong one, here 2. `skimage.feature.canny` "
        "lets them hang together over all eight neighbours, `skimage.filters.apply_hysteresis_threshold` over four "
        "only: thin edges that run diagonally fall apart.",
        DIAGONAL,
        (
            ("skimage.filters.apply_hysteresis_threshold", _skimage_hysteresis),
            ("As in skimage.feature.canny", lambda: hysteresis(DIAGONAL >= 1, DIAGONAL >= 2)),
        ),
    ),
)
LIBRARY_DIFFERENCES = {difference.name: difference for difference in _DIFFERENCES}
