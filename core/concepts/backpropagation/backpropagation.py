"""Backpropagation through a convolution and through pooling.

The convolution is the one of layers without padding: y = x ⋆ w, where the kernel is not flipped. What comes
from the layer above is δ = ∂L/∂y, of the shape of y.
"""

import numpy as np

from core.concepts.filters.convolution import FULL, VALID, Convolution, convolve
from core.concepts.pooling.pooling import AVERAGE, window, winners

FIRST, SHARED = "first", "shared"
TIES = {
    FIRST: "the first of the equal cells takes all",
    SHARED: "the equal cells share it evenly",
}
UNPADDED = Convolution(padding=VALID)


# Convolution ---------------------------------------------------------------------------------------------------------


def forward(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """y = x ⋆ w."""
    return convolve(image, kernel, UNPADDED)


def kernel_gradient(image: np.ndarray, delta: np.ndarray) -> np.ndarray:
    """∂L/∂w of y = x ⋆ w: ∂L/∂w_ij = Σ_nm δ_nm · x_(i+n)(j+m), which is x ⋆ δ: a convolution again."""
    return convolve(image, delta, UNPADDED)


def input_gradient(delta: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """∂L/∂x of y = x ⋆ w: the flipped kernel slides over δ with zeros around, wherever the two overlap."""
    return convolve(delta, kernel, Convolution(flip=True, padding=FULL))


def flipped(kernel: np.ndarray) -> np.ndarray:
    """A kernel turned by half a turn: upside down and left to right."""
    return kernel[::-1, ::-1]


def surrounded(delta: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """δ with so many zeros around that the kernel touches it with one cell at every corner."""
    rows, columns = kernel.shape
    return np.pad(np.asarray(delta, float), ((rows - 1, rows - 1), (columns - 1, columns - 1)))


# Pooling -------------------------------------------------------------------------------------------------------------


def pooling_gradient(
    values: np.ndarray, delta: np.ndarray, size: int, stride: int, kind: str, ties: str = FIRST
) -> np.ndarray:
    """∂L/∂x of pooling: the largest cell of each window takes all of its δ, or each cell an equal part for a mean.

    Parameters
    ----------
    values : (height, width) array
        What was pooled.
    delta : array
        Shaped as what `pool` gives.
    size, stride, kind
        As of `pool`.
    ties
        Where several cells of a window are the largest: `FIRST` or `SHARED`.

    Returns
    -------
    array of float64, shaped as `values`
    """
    gradient = np.zeros(np.shape(values))
    rows, columns = winners(values, size, stride)
    for (row, column), error in np.ndenumerate(delta):
        part = window(row, column, size, stride)
        if kind == AVERAGE:
            gradient[part] += error / size**2
        elif ties == FIRST:
            gradient[rows[row, column], columns[row, column]] += error
        else:
            largest = values[part] == values[part].max()
            gradient[part] += error * largest / largest.sum()
    return gradient


# Losses --------------------------------------------------------------------------------------------------------------


def squared_loss(output: np.ndarray, target: np.ndarray) -> float:
    """L = ½ Σ (y − t)², whose δ is y − t."""
    return 0.5 * float(((output - target) ** 2).sum())


def linear_loss(output: np.ndarray, delta: np.ndarray) -> float:
    """L = Σ δ · y: all that a given δ tells of the loss, whatever the layers above are."""
    return float((delta * output).sum())
