"""The values of an image as they lie in its file, before they become red, green and blue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Transparency is judged in about so many rows of a picture.
JUDGED_ROWS = 256


@dataclass(frozen=True)
class Samples:
    """The values of an image as they lie in its file, turned upright.

    Attributes
    ----------
    values : numpy.ndarray
        Shape (height, width, bands), whole or floating-point numbers of any type, in this machine's byte order.
    colours : str
        What the bands mean: ``"grey"`` (or bands of any kind), ``"inverted"`` (grey, 0 is white), ``"rgb"``,
        ``"palette"``, ``"cmyk"`` or ``"lab"``.
    bits : int
        Bits of a value by the file's own account.
    mode : str
        As Pillow would name it.
    orientation : int
        The EXIF orientation that the values were turned by, 1..8.
    alpha : int or None
        Which band the file calls transparency, counted from 0.
    is_premultiplied : bool
        Whether the colours are multiplied by the transparency already.
    palette : numpy.ndarray or None
        Shape (colours, 3), uint8, where `colours` is ``"palette"``.
    nodata : float or None
        The value that stands for none, by the file's own account.
    """

    values: np.ndarray
    colours: str
    bits: int
    mode: str
    orientation: int = 1
    alpha: int | None = None
    is_premultiplied: bool = False
    palette: np.ndarray | None = None
    nodata: float | None = None

    @property
    def kind(self) -> str:
        return self.values.dtype.name

    @property
    def bands(self) -> int:
        return self.values.shape[2]

    def is_any(self, shown: np.ndarray) -> np.ndarray:
        """Which of these values stand for something: neither endless, nor no number, nor the file's value for none."""
        is_any = np.isfinite(shown) if shown.dtype.kind == "f" else np.ones(shown.shape, bool)
        return is_any if self.nodata is None else is_any & (shown != self.nodata)


def turned(values: np.ndarray, orientation: int) -> np.ndarray:
    """An image, rows first, turned and mirrored upright from one of the eight EXIF orientations."""
    if orientation in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return np.ascontiguousarray(values)


def is_hidden_picture(colours: np.ndarray) -> bool:
    """Whether there is something to see in colours that are invisible everywhere, by what is called transparency.

    Programs that don't know of transparency leave 0 in its place; who opens the file sees nothing but white.
    """
    return bool((colours != colours[:1, :1]).any())


def looks_like_transparency(values: np.ndarray, opaque: float) -> bool:
    """Whether a band that is called transparency can be that.

    Programs that know red, green, blue and transparency alone write four bands of a camera or satellite, the fourth
    near infrared, as such. Transparency is all or nothing nearly everywhere, or an even veil, or a smooth fade;
    a picture has many different values, few of them at an end, and structure.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (height, width), 0 is invisible.
    opaque : float
        The value that covers fully.
    """
    rows = values[:: max(1, len(values) // JUDGED_ROWS)]
    is_between = (rows > 0) & (rows < opaque)
    at_an_end = 1 - is_between.mean()
    if at_an_end >= 0.5 or len(np.unique(rows)) < 8:
        return True
    if at_an_end < 0.005 and 0.01 * opaque < rows.min() and rows.max() < 0.99 * opaque:
        return False
    # Where it bends, in parts of the whole: a fade goes on evenly.
    between = is_between[:, :-2] & is_between[:, 1:-1] & is_between[:, 2:]
    share = rows.astype(np.float64) / opaque
    bends = np.abs(share[:, :-2] - 2 * share[:, 1:-1] + share[:, 2:])[between]
    return bool(bends.size == 0 or bends.mean() < 0.01)
