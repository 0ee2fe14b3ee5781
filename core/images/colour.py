"""From the values of an image to red, green and blue: which bands, what is black, what is white."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from core.images.reading_settings import Reading
from core.images.refusals import UnreadableImage
from core.images.samples import Samples, is_hidden_picture, looks_like_transparency

# Values that are scaled at a time: their floating-point copies shall not need more memory than they do.
VALUES_AT_ONCE = 4_000_000
# Of a large image, about so many values tell its range.
VALUES_LOOKED_AT = 100_000
HOT_SHARE = 0.001
# A single value stands apart where without it the range is so many times as narrow: writing, or where there is none.
TIMES_APART = 4
# Programs put these, and the ends of a type, where a pixel has no value; others are taken for that where so much of a
# picture is of one.
NO_VALUE = (-9999.0, -99999.0, -32767.0, -32768.0, -3.4028234663852886e38, 1e20, 9.969209968386869e36)
APART_SHARE = 0.01


@dataclass(frozen=True)
class Values:
    """What an image holds that 8 bits and three colours don't.

    Attributes
    ----------
    samples : Samples
        The values as they lie in the file.
    kind : str
        NumPy's name of their type, such as ``"uint16"``.
    low, high : float
        Least and greatest of the bands that are shown, without endless ones and those that stand for none.
    dark, bright : float
        Values that 0.1 % of the shown ones are below and above: the range without hot and dead pixels, and without a
        single value far apart from all others, as writing in a picture has it and pixels that have no value.
    bits : int
        Bits that `low` and `high` need; of floating-point values, all they have.
    bands : int
        Samples a pixel, transparency included.
    alpha : str
        ``"none"``, ``"transparency"``, or ``"doubtful"``: a band is called transparency, but its values say otherwise.
    """

    samples: Samples
    kind: str
    low: float
    high: float
    dark: float
    bright: float
    bits: int
    bands: int
    alpha: str


def render(samples: Samples, reading: Reading) -> Image.Image:
    """The picture that people see, mode RGB.

    Raises
    ------
    UnreadableImage
        If the image lacks a band that was chosen to be shown.
    """
    if samples.colours in ("palette", "cmyk", "lab"):
        return _in_its_own_colours(samples)
    alpha = _alpha(samples)
    bands, see_through = _bands(samples, reading, alpha)
    shown = _of_bands(samples, bands)
    pixels = to_bytes(shown, _range(samples, shown, reading), samples)
    opacity = None
    if see_through is not None:
        band = samples.values[..., see_through]
        opacity = _scaled(band, 0, _opaque(samples, band))
    return _over_white(pixels, opacity, samples.is_premultiplied)


def values_of(samples: Samples, reading: Reading) -> Values | None:
    """What there is to know of the values of an image; None of 8 bits and three colours, and of inks and the like."""
    if samples.colours in ("palette", "cmyk", "lab"):
        return None
    alpha = _alpha(samples)
    are_all_shown = samples.bands in (1, 3) or (samples.bands == 2 and alpha == "transparency")
    if samples.kind == "uint8" and samples.bits == 8 and are_all_shown and alpha != "doubtful":
        return None
    bands, _ = _bands(samples, reading, alpha)
    return _values(samples, _of_bands(samples, bands), alpha)


def usual_range(kind: str, bits: int, values: np.ndarray) -> tuple[float, float]:
    """What is shown black and white of values of a kind for which nothing was chosen.

    All that the type can hold; of types of more than 16 bits and of signed 16 bits 0..65535; floating-point values
    0..1 if none lies outside, else 0..255.

    Parameters
    ----------
    kind : str
        NumPy's name of the type.
    bits : int
        Bits of a value by the file's own account: 12 of ``"uint16"``.
    values : numpy.ndarray
        The values, of which only floating-point ones are looked at.
    """
    if kind.startswith("float"):
        finite = values[np.isfinite(values)]
        is_fraction = finite.size == 0 or (finite.min() >= 0 and finite.max() <= 1)
        return (0.0, 1.0) if is_fraction else (0.0, 255.0)
    if kind == "int8":
        return -128.0, 127.0
    return 0.0, float(2 ** min(bits, 16) - 1)


def to_bytes(values: np.ndarray, limits: tuple[float, float], samples: Samples) -> np.ndarray:
    """Values as uint8: black and white at the limits (where 0 means white, the other way round), linear in between.

    What stands for none, or is no number, is black.
    """
    black, white = limits if samples.colours != "inverted" else limits[::-1]
    scaled = values if values.dtype == np.uint8 and (black, white) == (0, 255) else _scaled(values, black, white)
    if samples.nodata is not None or values.dtype.kind == "f":
        is_none = ~samples.is_any(values) & ~np.isinf(values)
        scaled = np.where(is_none, np.uint8(0), scaled)
    return scaled


@lru_cache(maxsize=8)
def _table(kind: str, black: float, white: float) -> np.ndarray:
    limits = np.iinfo(kind)
    return _share(np.arange(limits.min, limits.max + 1), black, white)


def _share(values: np.ndarray, black: float, white: float) -> np.ndarray:
    with np.errstate(invalid="ignore", over="ignore"):
        share = np.clip((values.astype(np.float64) - black) / (white - black), 0, 1)
    return np.rint(np.nan_to_num(share, nan=0.0) * 255).astype(np.uint8)


def _scaled(values: np.ndarray, black: float, white: float) -> np.ndarray:
    scaled = np.empty(values.shape, np.uint8)
    rows = max(1, VALUES_AT_ONCE // max(1, values[0].size))
    parts = [slice(start, start + rows) for start in range(0, len(values), rows)]
    if values.dtype.itemsize <= 2 and values.dtype.kind in "ui":
        # A table of all values there can be is quicker than arithmetic, and gives the same.
        table, least = _table(values.dtype.name, black, white), np.iinfo(values.dtype).min
        for part in parts:
            scaled[part] = table[values[part].astype(np.int32) - least]
    else:
        for part in parts:
            scaled[part] = _share(values[part], black, white)
    return scaled


def _range(samples: Samples, shown: np.ndarray, reading: Reading) -> tuple[float, float]:
    if samples.kind == "uint8" and samples.bits == 8:
        return 0.0, 255.0
    return reading.range_of(samples.kind) or usual_range(samples.kind, samples.bits, shown)


# Bands ---------------------------------------------------------------------------------------------------------------


def _alpha(samples: Samples) -> str:
    """What the band is that the file calls transparency; the same whatever is chosen to be shown."""
    if samples.alpha is None:
        return "none"
    band = samples.values[..., samples.alpha]
    if not band.any():
        is_transparency = not is_hidden_picture(np.delete(samples.values, samples.alpha, axis=2))
    else:
        is_transparency = looks_like_transparency(band, _opaque(samples, band))
    return "transparency" if is_transparency else "doubtful"


def _opaque(samples: Samples, band: np.ndarray) -> float:
    """The value that covers fully: of 12 bits in 16 it may be 4095 as well as 65535."""
    if samples.kind == "uint8" and samples.bits == 8:
        return 255.0
    finite = band[np.isfinite(band)] if band.dtype.kind == "f" else band
    most = float(finite.max()) if finite.size else 0.0
    if most > 0 and (band == most).mean() >= 0.5:
        return most  # a picture that lets through everywhere would be none
    if band.dtype.kind == "f" and most <= 1:
        return 1.0
    return float(2 ** max(8, int(most).bit_length()) - 1)


def _bands(samples: Samples, reading: Reading, alpha: str) -> tuple[Sequence[int], int | None]:
    """Which bands are shown, one or three, and which one is transparency, counted from 0."""
    if reading.bands and (samples.bands > 3 or (samples.bands == 2 and alpha != "transparency")):
        if max(reading.bands) <= samples.bands:
            chosen = [band - 1 for band in reading.bands]
            return (chosen[:3], chosen[3]) if len(chosen) == 4 else (chosen, None)
        if alpha != "transparency":
            missing = max(reading.bands)
            raise UnreadableImage(f"has {samples.bands} bands, and no band {missing}, which was chosen to be shown")
    colours = [band for band in range(samples.bands) if band != samples.alpha]
    shown = colours[:3] if len(colours) >= 3 else colours[:1]
    return shown or [0], samples.alpha if alpha == "transparency" and colours else None


def _of_bands(samples: Samples, bands: Sequence[int]) -> np.ndarray:
    """The values of these bands; no copy where they lie side by side, as that may not find room."""
    first, count = bands[0], len(bands)
    side_by_side = list(bands) == list(range(first, first + count))
    return samples.values[..., first : first + count] if side_by_side else samples.values[..., bands]


def _over_white(pixels: np.ndarray, opacity: np.ndarray | None, is_premultiplied: bool) -> Image.Image:
    """One or three bands as a picture; where it lets through, white is seen."""
    if pixels.shape[2] == 1 and opacity is None:
        return Image.fromarray(np.ascontiguousarray(pixels[..., 0])).convert("RGB")
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    if opacity is None:
        return Image.fromarray(np.ascontiguousarray(pixels))
    height, width = opacity.shape
    layers = np.dstack([pixels, opacity]).tobytes()
    image = Image.frombytes("RGBa" if is_premultiplied else "RGBA", (width, height), layers)
    return over_white(image)


def over_white(image: Image.Image) -> Image.Image:
    """A picture that lets through as it looks on white."""
    see_through = image.convert("RGBA")
    rgb = Image.new("RGB", image.size, "white")
    rgb.paste(see_through, mask=see_through.getchannel("A"))
    return rgb


# Colours of other kinds ----------------------------------------------------------------------------------------------


def _in_its_own_colours(samples: Samples) -> Image.Image:
    """Values that are no light: indexes, inks, and lightness with two colours."""
    values = samples.values
    if samples.palette is not None:
        indexes = np.clip(values[..., 0], 0, len(samples.palette) - 1)
        return Image.fromarray(samples.palette[indexes])
    if samples.colours == "lab":
        return Image.fromarray(lab_to_rgb(values[..., :3], samples.bits))
    limits = usual_range(samples.kind, samples.bits, values)
    inks = to_bytes(values[..., :4], limits, samples)
    height, width = inks.shape[:2]
    return Image.frombytes("CMYK", (width, height), inks.tobytes()).convert("RGB")


def lab_to_rgb(values: np.ndarray, bits: int) -> np.ndarray:
    """CIELAB as TIFF stores it (TIFF 6.0, section 23; white point D50) as sRGB of uint8, shape (height, width, 3).

    Parameters
    ----------
    values : numpy.ndarray
        Shape (height, width, 3), 8 or 16 bits: lightness without a sign, then a* and b* with one.
    bits : int
        8 or 16.
    """
    lightness = values[..., 0].astype(np.float64) / (2**bits - 1) * 100
    signed = values[..., 1:].astype(f"uint{bits}").view(f"int{bits}").astype(np.float64) / 2 ** (bits - 8)
    y = (lightness + 16) / 116
    xyz = np.stack([y + signed[..., 0] / 500, y, y - signed[..., 1] / 200], axis=-1)
    xyz = np.where(xyz > 6 / 29, xyz**3, 3 * (6 / 29) ** 2 * (xyz - 4 / 29)) * D50
    linear = np.clip(xyz @ XYZ_TO_RGB.T, 0, 1)
    gamma = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(gamma * 255).astype(np.uint8)


D50 = np.array([0.96422, 1.0, 0.82521])
# To linear sRGB, adapted to D50 after Bradford (B. Lindbloom, "RGB/XYZ Matrices").
XYZ_TO_RGB = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)


# What is told of the values ------------------------------------------------------------------------------------------


def _values(samples: Samples, shown: np.ndarray, alpha: str) -> Values:
    some = shown.reshape(-1)[:: (shown.size // VALUES_LOOKED_AT) | 1]  # odd, so that no columns are left out
    some = _with_meaning(samples, some)
    low, high = _least_and_greatest(samples, shown)
    dark, bright = _range_used(some) if some.size else (low, high)
    if samples.values.dtype.kind == "f":
        bits = samples.bits
    else:
        bits = max(1, max(int(low).bit_length(), int(high).bit_length()) + (low < 0))
    return Values(samples, samples.kind, low, high, dark, bright, bits, samples.bands, alpha)


def _least_and_greatest(samples: Samples, shown: np.ndarray) -> tuple[float, float]:
    """Of the values that stand for something; twice 0 where none does. In parts, as a copy of all may not find room."""
    rows = max(1, VALUES_AT_ONCE // max(1, shown[0].size))
    ends = []
    for start in range(0, len(shown), rows):
        part = _with_meaning(samples, shown[start : start + rows])
        ends += [part.min(), part.max()] if part.size else []
    return (float(min(ends)), float(max(ends))) if ends else (0.0, 0.0)


def _with_meaning(samples: Samples, values: np.ndarray) -> np.ndarray:
    has_gaps = samples.nodata is not None or values.dtype.kind == "f"
    return values[samples.is_any(values)] if has_gaps else values


def _range_used(values: np.ndarray) -> tuple[float, float]:
    """The range without hot and dead pixels, nor a single value far apart at either end."""
    dark, bright = _ends(values)
    doubtful = [end for end in (dark, bright) if _may_stand_for_none(end, values)]
    others = values[~np.isin(values, doubtful)]
    if not doubtful or not others.size:
        return dark, bright
    low, high = _ends(others)
    far = (TIMES_APART - 1) * (high - low)
    if not low < high:
        return dark, bright
    return low if low - dark > far else dark, high if bright - high > far else bright


def _may_stand_for_none(value: float, values: np.ndarray) -> bool:
    kind = values.dtype
    limits = np.finfo(kind) if kind.kind == "f" else np.iinfo(kind)
    usual = (float(limits.min), float(limits.max), *NO_VALUE)
    # As the type itself holds it: 1e20 is another number in 32 bits.
    is_usual = any(limits.min <= none <= limits.max and value == float(kind.type(none)) for none in usual)
    return is_usual or bool((values == value).mean() >= APART_SHARE)


def _ends(values: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(values, (HOT_SHARE, 1 - HOT_SHARE), method="nearest")
    return float(low), float(high)
