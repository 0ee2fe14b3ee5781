"""What a convolutional layer computes: the kernel slides without being flipped, and sums products at each place."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.errors import UsageError


def correlate(values: np.ndarray, kernel: np.ndarray, stride: int = 1, dilation: int = 1) -> np.ndarray:
    """Cross-correlate a map with a kernel, without padding.

    Parameters
    ----------
    values : (height, width) array
    kernel : (rows, columns) array
        Of any size that fits on the map.
    stride, dilation
        How far the kernel moves, and how far its taps lie apart.

    Returns
    -------
    (⌊(height − reach) / stride⌋ + 1, …) array of float64
        Where reach = dilation · (rows − 1) + 1, and the width likewise.

    Raises
    ------
    UsageError
        If the kernel reaches over more than the map has.
    """
    values, kernel = np.asarray(values, float), np.asarray(kernel, float)
    reach = tuple(dilation * (side - 1) + 1 for side in kernel.shape)
    if reach[0] > values.shape[0] or reach[1] > values.shape[1]:
        raise UsageError(
            f"The kernel reaches over {reach[0]} × {reach[1]} cells, but the map has only {values.shape[0]} × "
            f"{values.shape[1]}. Take a smaller kernel or a larger map."
        )
    windows = sliding_window_view(values, reach)[::stride, ::stride, ::dilation, ::dilation]
    return np.einsum("yxij,ij->yx", windows, kernel)
