"""One place of a convolution: what lies under the kernel, and the sum that comes out, written out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.concepts.filters.convolution import AS_LAYERS, Convolution, pad
from core.errors import UsageError


@dataclass(frozen=True)
class WindowSum:
    """What the kernel covers at one place.

    Parameters
    ----------
    values : (height, width) array
        What lies under each of the kernel's numbers, values outside the picture included.
    kernel : (height, width) array
        The numbers as they are laid over it: flipped, if so set.
    rows, columns : arrays of int
        Where the values lie in the picture; negative or beyond its end for those outside.
    inside : (height, width) array of bool
        Which of them lie in the picture.
    """

    values: np.ndarray
    kernel: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    inside: np.ndarray

    @property
    def products(self) -> np.ndarray:
        """Each value times the number over it."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self.values * self.kernel

    @property
    def total(self) -> float:
        """What comes out at this place."""
        with np.errstate(over="ignore", invalid="ignore"):
            return float(self.products.sum())

    def written_out(self, most: int = 25) -> str:
        """The sum as one writes it, such as "4·1 + 2·(−1) = 2"; of more than `most` terms, only the first."""
        pairs = list(zip(self.values.ravel().tolist(), self.kernel.ravel().tolist(), strict=True))
        terms = [f"{_factor(value)}·{_factor(factor)}" for value, factor in pairs[:most]]
        rest = [f"… ({len(pairs) - most} more)"] if len(pairs) > most else []
        return f"{' + '.join(terms + rest)} = {number_in_words(self.total)}"


def window_sum(
    picture: ArrayLike, kernel: ArrayLike, place: tuple[int, int], how: Convolution = AS_LAYERS
) -> WindowSum:
    """What the kernel covers where it gives one number of the answer.

    Parameters
    ----------
    picture : (height, width) array
        One channel.
    place
        Row and column of the answer.

    Raises
    ------
    UsageError
        If the answer has no such place, or the kernel fits nowhere.
    """
    picture, kernel = np.asarray(picture, float), np.asarray(kernel, float)
    shape = how.output_shape(picture.shape, kernel.shape)
    if not (0 <= place[0] < shape[0] and 0 <= place[1] < shape[1]):
        raise UsageError(f"The answer has {shape[0]} × {shape[1]} pixels, and none at row {place[0]}, {place[1]}.")
    margins = how.margins(kernel.shape)
    rows, columns = (
        at * how.stride - before + how.dilation * np.arange(side)
        for at, (before, _), side in zip(place, margins, kernel.shape, strict=True)
    )
    padded = pad(picture, margins, how.outside)
    values = padded[np.ix_(rows + margins[0][0], columns + margins[1][0])]
    inside = np.logical_and.outer(
        (rows >= 0) & (rows < picture.shape[0]), (columns >= 0) & (columns < picture.shape[1])
    )
    return WindowSum(values, kernel[::-1, ::-1] if how.flip else kernel, rows, columns, inside)


def number_in_words(value: float) -> str:
    """A number as one writes it: whole ones whole, others with up to four significant digits."""
    is_whole = value == np.rint(value) and abs(value) < 1e15
    return (f"{value:.0f}" if is_whole else f"{value:.4g}").replace("-", "−")


def _factor(value: float) -> str:
    text = number_in_words(value)
    return f"({text})" if text.startswith("−") else text
