"""Several filters in a row, each on what the one before it gave, written as "salt_pepper,median=5,sobel"."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.concepts.arrays.grey_levels import to_levels
from core.concepts.filters.convolution import Convolution, convolve
from core.concepts.filters.denoising import REMOVERS
from core.concepts.filters.edges import canny_stages, gradients
from core.concepts.filters.kernels import KERNELS, gaussian_kernel
from core.concepts.filters.noise import HIGHEST, VARIANCE, add_gaussian_noise, add_salt_and_pepper
from core.concepts.filters.sharpening import sharpen
from core.errors import UsageError

MOST_STEPS = 8


@dataclass(frozen=True)
class Filter:
    """Something that a chain may be made of.

    Parameters
    ----------
    name, title
        What links and people call it.
    apply
        Gives what comes out, as an array of the picture's shape, of the picture and of the amount, where there is one.
    usual
        The amount where none is named; None of a filter that has none.
    minimum, maximum
        Of the amount.
    whole
        Whether the amount is a whole number.
    """

    name: str
    title: str
    apply: Callable[..., np.ndarray]
    usual: float | None = None
    minimum: float = 0
    maximum: float = 0
    whole: bool = False


@dataclass(frozen=True)
class FilterStep:
    """A filter of a chain and its amount."""

    filter: Filter
    amount: float | None = None

    def apply(self, picture: np.ndarray) -> np.ndarray:
        """What this filter makes of a picture."""
        return self.filter.apply(picture) if self.amount is None else self.filter.apply(picture, self.amount)

    @property
    def title(self) -> str:
        """What people call it, with its amount."""
        return self.filter.title if self.amount is None else f"{self.filter.title} {self.amount:g}"

    @property
    def written(self) -> str:
        """As `read_chain` reads it."""
        at_usual = self.amount == self.filter.usual
        return self.filter.name if at_usual else f"{self.filter.name}={self.amount:.10g}"


def _on_levels(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    return lambda picture, amount: function(to_levels(picture), amount)


def _by_kernel(name: str) -> Callable[[np.ndarray], np.ndarray]:
    return lambda picture: convolve(picture, KERNELS[name].matrix, Convolution(outside="reflect"))


def _canny(picture: np.ndarray, sigma: float) -> np.ndarray:
    picture = np.asarray(picture, float)
    grey = picture if picture.ndim == 2 else picture.mean(axis=2)
    edges = 255.0 * canny_stages(grey, sigma).edges
    return edges if picture.ndim == 2 else np.repeat(edges[..., None], picture.shape[2], axis=2)


def _sharpened(picture: np.ndarray, factor: float) -> np.ndarray:
    return sharpen(picture, gaussian_kernel(normalised=True), factor).sharpened


_FILTERS = (
    Filter("gaussian_noise", "Gaussian noise of variance", _on_levels(add_gaussian_noise), VARIANCE, 0, 10_000),
    Filter("salt_pepper", "Salt and pepper, integers 0 to", _on_levels(add_salt_and_pepper), HIGHEST, 1, 1000, True),
    *(
        Filter(f"{remover.name}_filter", f"{remover.title} filter of side", remover.apply, 5, 2, 11, True)
        for remover in REMOVERS.values()
    ),
    Filter("sharpen", "Sharpen by", _sharpened, 1, 0, 20),
    Filter("sobel", "Sobel magnitude", lambda picture: gradients(picture).magnitude),
    Filter("canny", "Canny with a sigma of", _canny, 2, 0.5, 10),
    Filter("absolute", "Without the sign", np.abs),
    Filter("clip", "Clip to 0…255", lambda picture: np.clip(picture, 0, 255)),
    *(Filter(kernel.name, kernel.title, _by_kernel(kernel.name)) for kernel in KERNELS.values()),
)
FILTERS = {entry.name: entry for entry in _FILTERS}


def read_chain(text: str) -> tuple[FilterStep, ...]:
    """The filters that a text such as "salt_pepper,median_filter=5,sobel" names; () of an empty one.

    Raises
    ------
    UsageError
        If one is unknown, an amount is none or out of range, or there are more than `MOST_STEPS`.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > MOST_STEPS:
        raise UsageError(f"There are {len(parts)} filters in the row, and at most {MOST_STEPS} are possible.")
    return tuple(map(_read_step, parts))


def write_chain(steps: Iterable[FilterStep]) -> str:
    """The text that `read_chain` reads."""
    return ",".join(step.written for step in steps)


def run_chain(picture: np.ndarray, steps: Sequence[FilterStep]) -> list[np.ndarray]:
    """What comes out after each filter.

    Parameters
    ----------
    picture : (height, width) or (height, width, channels) array

    Returns
    -------
    list of arrays of the picture's shape
        One for each filter. Nothing is clipped between them but where noise is added, which needs grey levels.
    """
    found = []
    for step in steps:
        picture = step.apply(picture)
        found.append(picture)
    return found


def _read_step(part: str) -> FilterStep:
    name, equals, amount = (piece.strip() for piece in part.partition("="))
    if name.lower() not in FILTERS:
        raise UsageError(f"There is no filter {name[:40]!r}. There are: {', '.join(FILTERS)}.")
    chosen = FILTERS[name.lower()]
    if not equals:
        return FilterStep(chosen, chosen.usual)
    if chosen.usual is None:
        raise UsageError(f"The filter {chosen.name} has no amount. Write {chosen.name!r} alone.")
    try:
        number = float(amount)
    except ValueError:
        number = float("nan")
    if not chosen.minimum <= number <= chosen.maximum or (chosen.whole and number % 1):
        kind = "a whole number" if chosen.whole else "a number"
        raise UsageError(
            f"The amount of {chosen.name} must be {kind} from {chosen.minimum:g} to {chosen.maximum:g}. "
            f"Got {amount[:40]!r}."
        )
    return FilterStep(chosen, int(number) if chosen.whole else number)
