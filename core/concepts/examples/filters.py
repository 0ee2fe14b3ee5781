"""Named filters and 2-D convolution: what the course's material states in numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from core.concepts.arrays.grey_levels import to_levels
from core.concepts.filters.convolution import FULL, Convolution, convolve
from core.concepts.filters.denoising import mean_filter, median_filter
from core.concepts.filters.edges import gradients
from core.concepts.filters.filter_chain import read_chain, run_chain
from core.concepts.filters.kernels import KERNELS, gaussian_kernel
from core.concepts.filters.noise import add_gaussian_noise, add_salt_and_pepper
from core.concepts.filters.sharpening import sharpen
from core.concepts.filters.window_sum import window_sum
from core.concepts.matrix_text import write_matrix
from core.concepts.worked_example import WorkedExample

CHAPTER = "filters"
FLIPPED = Convolution(flip=True)
SMALL, SMALL_KERNEL = [[4, 2], [5, 3]], [[1, 3], [2, 4]]
STRIDED, STRIDED_KERNEL = [[2, 1, 2], [5, 0, 1], [1, 7, 3]], [[0.5, 0.7, 0.4], [0.3, 0.4, 0.1], [0.5, 1, 0.5]]
SEVEN, SEVEN_KERNEL = np.arange(1, 50).reshape(7, 7), [[-1, 1, -1], [-2, 3, 1], [2, -4, 0]]
BLOCK = [[44, 47, 64], [9, 83, 21], [70, 88, 88]]
ONES = np.ones((3, 3))
IMPULSE = np.pad([[1]], 2)
STEP = np.repeat([[0, 0, 0, 200, 200, 200]], 5, axis=0)
EVEN = np.full((256, 256), 128, np.uint8)


def _numbers(matrix: ArrayLike, kernel: ArrayLike, **more: str) -> dict[str, str]:
    """The link to the chapter's view of small matrices."""
    written = kernel if isinstance(kernel, str) else _in_a_line(kernel)
    return {"view": "numbers", "numbers": _in_a_line(matrix), "kernel": written} | more


def _in_a_line(matrix: ArrayLike) -> str:
    return write_matrix(np.asarray(matrix)).replace("\n", "; ")


def _block_at(row: int, column: int) -> np.ndarray:
    """The block in a dark picture of 7 × 7 pixels, its corner at a place."""
    picture = np.zeros((7, 7), int)
    picture[row : row + 3, column : column + 3] = BLOCK
    return picture


def _moved_block() -> np.ndarray:
    """The filter's answer to the block, and to the block moved by one row and two columns, at the block's corner."""
    return np.array([convolve(_block_at(2, 1), ONES)[2, 1], convolve(_block_at(3, 3), ONES)[3, 3]])


def _filtered_then_moved() -> float:
    """By how much moving and filtering in either order differ."""
    moved = convolve(_block_at(3, 2), ONES)
    return float(np.abs(np.roll(convolve(_block_at(2, 1), ONES), (1, 1), (0, 1)) - moved).max())


def _hit(noisy: np.ndarray) -> float:
    return float(np.mean(np.isin(noisy, (0, 255))))


def _noise_left(filtered: bool) -> float:
    """The variance of Gaussian noise on an even surface, before and after a mean of 3 × 3."""
    noisy = add_gaussian_noise(EVEN)
    return float(np.var(mean_filter(noisy, 3) if filtered else noisy))


def _as_impulse_response(name: str, stated: ArrayLike) -> WorkedExample:
    """That a kernel has the stated numbers: what an impulse answers with, where the kernel is flipped."""
    kernel = KERNELS[name]
    height, width = kernel.matrix.shape
    rows, columns = (slice(2 - side // 2, 2 - side // 2 + side) for side in (height, width))
    return WorkedExample(
        f"kernel-{name.replace('_', '-')}",
        CHAPTER,
        f"{kernel.title}: an impulse answers with {_in_a_line(stated)}",
        stated,
        lambda: convolve(IMPULSE, KERNELS[name].matrix, FLIPPED)[rows, columns],
        _numbers(IMPULSE, name, flip="true"),
    )


def _stated(
    name: str,
    statement: str,
    expected: object,
    compute: Callable[[], object],
    state: dict[str, str],
    **more: Any,
) -> WorkedExample:
    return WorkedExample(name, CHAPTER, statement, expected, compute, state, **more)


_CONVOLUTION = (
    _stated(
        "convolution-2d",
        "x = [[4, 2], [5, 3]] under h = [[1, 3], [2, 4]], flipped, full: y(0,0) = 4, y(1,0) = 13, y(2,0) = 10",
        [4, 13, 10],
        lambda: convolve(SMALL, SMALL_KERNEL, Convolution(flip=True, padding=FULL))[:, 0],
        _numbers(SMALL, SMALL_KERNEL, flip="true", padding="full"),
    ),
    _stated(
        "convolution-2d-stride",
        "A 3 × 3 image, flipped, padding 1, stride 2: [[4.6, 1.6], [7.5, 2.9]]",
        [[4.6, 1.6], [7.5, 2.9]],
        lambda: convolve(STRIDED, STRIDED_KERNEL, Convolution(flip=True, stride=2)),
        _numbers(STRIDED, STRIDED_KERNEL, flip="true", stride="2"),
    ),
    _stated(
        "seven-by-seven-first-row",
        "1…49 as 7 × 7, flipped, zeros outside: the first row is −2 −8 −7 −6 −5 −4 28",
        [-2, -8, -7, -6, -5, -4, 28],
        lambda: convolve(SEVEN, SEVEN_KERNEL, FLIPPED)[0],
        _numbers(SEVEN, SEVEN_KERNEL, flip="true"),
        source="The chapter's printed kernel lost its two minus signs; its printed output belongs to this one.",
    ),
    _stated(
        "seven-by-seven-last-row",
        "And the last row is −29 13 13 13 13 13 27",
        [-29, 13, 13, 13, 13, 13, 27],
        lambda: convolve(SEVEN, SEVEN_KERNEL, FLIPPED)[-1],
        _numbers(SEVEN, SEVEN_KERNEL, flip="true", row="6"),
    ),
    _stated(
        "corner-sum",
        "The block [[44, 47, 64], [9, 83, 21], [70, 88, 88]] under a 3 × 3 sum, zeros outside: 183 in its corner",
        183,
        lambda: window_sum(np.array(BLOCK), ONES, (0, 0)).total,
        _numbers(BLOCK, ONES),
    ),
    _stated(
        "equivariance",
        "The block answers with 183 at its corner wherever it lies",
        [183, 183],
        _moved_block,
        _numbers(_block_at(2, 1), ONES, row="2", column="1"),
    ),
    _stated(
        "equivariance-moved",
        "Moved and then filtered is filtered and then moved: g(f(x)) = f(g(x))",
        0,
        _filtered_then_moved,
        _numbers(_block_at(3, 3), ONES, row="3", column="3"),
    ),
    _stated(
        "impulse-response-2d",
        "Without a flip an impulse answers with the kernel turned by 180°",
        [[4, 2], [3, 1]],
        lambda: convolve(IMPULSE, SMALL_KERNEL)[1:3, 1:3],
        _numbers(IMPULSE, SMALL_KERNEL),
    ),
)

_KERNELS = (
    _as_impulse_response("identity", [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    _as_impulse_response("mean", np.full((3, 3), 1 / 9)),
    _as_impulse_response("gradient_x", [[1, -1]]),
    _as_impulse_response("central_x", [[1, 0, -1]]),
    _as_impulse_response("sobel_x", [[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
    _as_impulse_response("sobel_y", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    _as_impulse_response("blur", [[0.06, 0.12, 0.06], [0.12, 0.25, 0.12], [0.06, 0.12, 0.06]]),
    _as_impulse_response("edge", [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    _as_impulse_response("emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    _as_impulse_response("vertical_line", [[-1, 1, -1]] * 3),
    _as_impulse_response("horizontal_line", [[-1] * 3, [1] * 3, [-1] * 3]),
    _as_impulse_response("light_spot", [[-1, -1, -1], [-1, 1, -1], [-1, -1, -1]]),
    _as_impulse_response("dark_spot", [[1, 1, 1], [1, -1, 1], [1, 1, 1]]),
)

_FILTERS = (
    _stated(
        "gaussian-sum",
        "exp(−((i − c)² + (j − c)²) / 10) on 20 × 20 adds up to 31.4",
        31.4,
        lambda: gaussian_kernel().sum(),
        {"view": "kernel", "kernel": "gaussian_sum", "shown": "stretch"},
        tolerance=0.05,
    ),
    _stated(
        "gaussian-normalised",
        "Divided by that, it adds up to 1 and leaves an even surface as bright as it was",
        128,
        lambda: convolve(EVEN[:64, :64], gaussian_kernel(normalised=True))[32, 32],
        {"view": "kernel", "kernel": "gaussian"},
    ),
    _stated(
        "salt-and-pepper",
        "Integers 0…20 for each pixel, 0 black and 20 white: about 10 % noise (2 of 21)",
        0.1,
        lambda: _hit(add_salt_and_pepper(EVEN)),
        {"view": "noise", "noise": "salt_pepper"},
        tolerance=0.01,
    ),
    _stated(
        "median-removes-salt-and-pepper",
        "A median of 5 × 5 leaves none of it on an even surface",
        0,
        lambda: _hit(median_filter(add_salt_and_pepper(EVEN), 5)),
        {"view": "noise", "noise": "salt_pepper", "side": "5"},
    ),
    _stated(
        "gaussian-noise",
        "Gaussian white noise of variance 100",
        100,
        lambda: _noise_left(filtered=False),
        {"view": "noise", "noise": "gaussian", "variance": "100"},
        tolerance=2,
    ),
    _stated(
        "mean-of-noise",
        "The mean of 3 × 3 leaves a ninth of the noise's variance: 11.1",
        100 / 9,
        lambda: _noise_left(filtered=True),
        {"view": "noise", "noise": "gaussian", "variance": "100", "side": "3"},
        tolerance=0.5,
    ),
    _stated(
        "sobel-outer-product",
        "Sobel's Hx is [1, 2, 1]ᵀ[1, 0, −1]: a column under a row gives what Hx gives at once",
        [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
        lambda: convolve(convolve(IMPULSE, [[1, 0, -1]], FLIPPED), [[1], [2], [1]], FLIPPED)[1:4, 1:4],
        _numbers(IMPULSE, "sobel_x", flip="true"),
    ),
    _stated(
        "sobel-magnitude",
        "√(Gx² + Gy²) is the same with either sign: 800 beside a step of 200",
        [800, 800],
        lambda: [gradients(STEP, "sobel", signs).magnitude[2, 2] for signs in ("rising", "falling")],
        _numbers(STEP, "sobel_x", row="2", column="2"),
    ),
    _stated(
        "sobel-clipped",
        "Clipped to 0…255, one sign of the step is 0 and the other 255",
        [0, 255],
        lambda: [to_levels(gradients(STEP, "sobel", signs).across)[2, 2] for signs in ("falling", "rising")],
        {"view": "edges", "edges": "sobel", "shown": "clip"},
    ),
    _stated(
        "gradient-of-a-step",
        "[1, −1] answers −200 at the pixel before a step of 200",
        [0, 0, -200, 0, 0],
        lambda: convolve(STEP, KERNELS["gradient_x"].matrix)[2, :5],
        _numbers(STEP, "gradient_x", row="2", column="2"),
    ),
    _stated(
        "central-gradient-of-a-step",
        "[1, 0, −1] answers −200 at both pixels beside it",
        [0, -200, -200, 0],
        lambda: convolve(STEP, KERNELS["central_x"].matrix)[2, 1:5],
        _numbers(STEP, "central_x", row="2", column="2"),
    ),
    _stated(
        "sharpen",
        "image + .025 · (image − blur) = 1.025 · image − .025 · blur",
        0,
        lambda: float(np.abs(_sharpened_otherwise() - sharpen(STEP, KERNELS["mean"].matrix).sharpened).max()),
        {"view": "sharpen", "factor": "0.025"},
    ),
    _stated(
        "blur-sum",
        "The blur kernel adds up to .97: an even surface of 100 gets 3 % darker",
        97,
        lambda: convolve(np.full((5, 5), 100), KERNELS["blur"].matrix)[2, 2],
        _numbers(np.full((5, 5), 100), "blur", row="2", column="2"),
    ),
    _stated(
        "two-in-a-row",
        "Salt and pepper, then a median: as even as before",
        0,
        lambda: float(np.ptp(run_chain(EVEN, read_chain("salt_pepper,median_filter=5"))[-1])),
        {"view": "chain", "chain": "salt_pepper,median_filter=5"},
    ),
)


def _sharpened_otherwise() -> np.ndarray:
    blurred = convolve(STEP, KERNELS["mean"].matrix, Convolution(outside="reflect"))
    return 1.025 * STEP - 0.025 * blurred


EXAMPLES: tuple[WorkedExample, ...] = _CONVOLUTION + _KERNELS + _FILTERS
