"""The one scale by which all deep pixels of a dataset become red, green and blue: chosen from their own values."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.images.reading_settings import Reading

# An end of the range that is so near a usual one, as a share of the whole, is taken to be meant as that.
NEAR = 1 / 8
# Of the images, so many at most are left outside of the range, and only where it would be so many times as wide.
SHARE_OUTSIDE, TIMES_AS_WIDE = 0.01, 2
USUAL_FLOATS = ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (0.0, 4095.0), (0.0, 65535.0))
FULL_16_BITS = (0.0, 65535.0)
# Images of one type are of two depths where these use so many times as much of it as those, with none between; and
# where there are so many of each that it isn't one bad file.
TIMES_AS_DEEP, FEWEST_OF_A_DEPTH = 3, 3
FIRST_THREE = (1, 2, 3)
# Values of 8 bits up to here look black: masks of 0 and 1, and images of up to 4 bits, saved as they are.
# Of a single colour, or but for a few bright points, is what has less entropy.
FEW_BRIGHTNESS, FEW_CONTRAST, FEW_ENTROPY = 15 / 255, 8 / 255, 0.1
TITLES = {
    "uint16": "16-bit",
    "int16": "signed 16-bit",
    "uint32": "32-bit",
    "int32": "signed 32-bit",
    "int8": "signed 8-bit",
    "uint64": "64-bit",
    "int64": "signed 64-bit",
    "float16": "half-precision floating-point",
    "float32": "floating-point",
    "float64": "double-precision floating-point",
}


def is_deep(images: pd.DataFrame) -> pd.Series:
    """Which images have values of more than 8 bits, or with a sign, so that it has to be said what is black and white.

    Parameters
    ----------
    images
        Rows of the index.
    """
    return ~images["sample_kind"].isin(["", "uint8"])


def use_few_values(images: pd.DataFrame) -> pd.Series:
    """Which images of 8 bits use the darkest few of their 256 values, where most do: then it is how they were saved."""
    plain = ~is_deep(images)
    is_faint = plain & (images["brightness"] < FEW_BRIGHTNESS) & (images["contrast"] < FEW_CONTRAST)
    is_faint &= images["entropy"] > FEW_ENTROPY
    return is_faint & (is_faint.sum() > 0.5 * plain.sum())


def kinds_of(images: pd.DataFrame) -> list[str]:
    """The kinds of deep samples that there are, those of most images first."""
    return list(images.loc[is_deep(images), "sample_kind"].value_counts().index)


def depths_of(images: pd.DataFrame) -> pd.Series:
    """Which images are of the same depth, in words: of the same type, and not far more or far less of it used.

    12 bits beside 16 in files of the same kind, or 0 to 1 beside 0 to 255.
    """
    kinds = images["sample_kind"].where(is_deep(images), "")
    depths = kinds.map(lambda kind: f"{kind_in_words(kind) if kind else '8-bit'} values")
    for kind in kinds_of(images):
        rows = images[images["sample_kind"] == kind]
        # The brightest point of a picture counts, however small, but not a hot pixel.
        is_hot = rows[["low", "high"]].isin(full_range(kind)).any(axis=1)
        reach = rows[["dark", "bright"]].abs().max(axis=1).where(is_hot, rows[["low", "high"]].abs().max(axis=1))
        ends = np.sort(reach[rows["low"] < rows["high"]].to_numpy())
        steps = ends[1:] / np.maximum(ends[:-1], np.finfo(float).tiny)
        fewest = max(FEWEST_OF_A_DEPTH, int(0.05 * len(ends)))
        steps = steps[fewest - 1 : len(steps) + 1 - fewest]
        if len(steps) and steps.max() >= TIMES_AS_DEEP:
            is_deeper = reach >= ends[fewest + int(steps.argmax())]
            for part in (reach[~is_deeper], reach[is_deeper]):
                depths[part.index] = f"{kind_in_words(kind)} values up to {value_in_words(part.max())}"
    return depths


def has_hidden_bands(images: pd.DataFrame) -> pd.Series:
    """Which images have more bands than are shown unless it is said which: of two the first, else the first three."""
    return (images["bands"] > len(FIRST_THREE)) | (images["bands"] == 2)


def bands_to_choose_from(images: pd.DataFrame) -> int:
    """How many bands all images have that have more than are shown; 0 where none has, so that nothing is to choose."""
    many = images.loc[has_hidden_bands(images) & (images["alpha"] != "transparency"), "bands"]
    return int(many.min()) if len(many) else 0


def chosen_bands(images: pd.DataFrame) -> tuple[int, ...]:
    """The bands to show where nobody chose: the first three of all where most fourth ones can be no transparency.

    By its values alone, an even image of near infrared may pass for transparent. Among others that can't be, it isn't.
    """
    called = images.loc[images["alpha"].isin(["doubtful", "transparency"]) & (images["bands"] > 3), "alpha"]
    return FIRST_THREE if 0.5 <= (called == "doubtful").mean() < 1 else ()


def chosen_range(images: pd.DataFrame, kind: str) -> tuple[float, float] | None:
    """The values to show black and white: the range that these images use together, widened to a usual one nearby.

    Of each image count the values that all but 0.1 % of its pixels lie between, so that hot and dead pixels don't
    matter, nor values that stand for none (`core.images.colour.Values`); and where a hundredth of the images would more
    than double the range of all others, the others decide. 12 bits in 16 so come to 0..4095, whether the brightest of
    all pixels is 4095 or 3700. An image of a single value tells nothing of a range, unless half of them are such.

    Returns
    -------
    tuple of float or None
        Black and white; None where the images of this kind hold a single value, or none is there.
    """
    rows = images[images["sample_kind"] == kind]
    dark, bright = ("dark", "bright") if (rows["dark"] < rows["bright"]).any() else ("low", "high")
    if (is_flat := rows[dark] == rows[bright]).mean() < 0.5:
        rows = rows[~is_flat]
    low, high = _robust(-rows[dark]), _robust(rows[bright])
    if low is None or high is None or not -low < high:
        return None
    return _usual_nearby(kind, -low, high)


def full_range(kind: str) -> tuple[float, float]:
    """The least and the greatest value of a type; of floating-point numbers 0 and 1, as they are usually meant."""
    if kind.startswith("float"):
        return 0.0, 1.0
    limits = np.iinfo(kind)
    return float(limits.min), float(limits.max)


def ranges_shown(images: pd.DataFrame, reading: Reading) -> dict[str, tuple[float, float]]:
    """By kind of deep sample that there is, the values that are shown black and white."""
    return {kind: reading.range_of(kind) or full_range(kind) for kind in kinds_of(images)}


def bits_of(white: float) -> int:
    """How many bits whole numbers up to `white` need."""
    return int(white).bit_length()


def reading_of(chosen: Mapping[str, Sequence[float]], changed: Mapping[str, Sequence[float]], bands) -> Reading:
    """How the images of a dataset are read.

    Parameters
    ----------
    chosen, changed
        By kind of sample the values shown black and white: as they were chosen at the import, and as people changed
        them, which counts where there are both.
    bands
        Which are shown; empty for the first three, and transparency where it is some.
    """
    ranges = {kind: (float(black), float(white)) for kind, (black, white) in (dict(chosen) | dict(changed)).items()}
    # What comes to the same pixels as always is to be known by the same name.
    ranges = {kind: ends for kind, ends in ranges.items() if (kind, ends) != ("uint16", FULL_16_BITS)}
    return Reading.from_dict({"ranges": ranges, "bands": bands})


def kind_in_words(kind: str) -> str:
    return TITLES.get(kind, kind)


def value_in_words(value: float) -> str:
    """A value of a pixel: whole numbers in full, others to four figures."""
    words = f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:,.4g}"
    return words.replace("-", "−")


def scale_in_words(ranges: Mapping[str, Sequence[float]], bands: Sequence[int] = ()) -> str:
    """What is black, what is white, and which bands are shown."""
    parts = [
        f"{kind_in_words(kind)} values from {value_in_words(black)} (black) to {value_in_words(white)} (white)"
        for kind, (black, white) in ranges.items()
    ]
    if len(bands) == 1:
        parts.append(f"band {bands[0]} in grey")
    elif bands:
        colours = ("red", "green", "blue", "transparency")[: len(bands)]
        parts.append(f"bands {_joined(bands)} as {_joined(colours)}")
    return "; ".join(parts)


def reading_in_words(reading: Reading) -> str:
    """A reading that isn't the usual one; "" where it is."""
    return scale_in_words({kind: ends for kind, *ends in reading.ranges}, reading.bands)


def _joined(items: Sequence[Any]) -> str:
    *first, last = map(str, items)
    return f"{', '.join(first)} and {last}" if first else last


def _robust(values: pd.Series) -> float | None:
    """The greatest of all values, but for a hundredth that would more than double what the others span."""
    values = np.sort(values[np.isfinite(values)].to_numpy(dtype=np.float64))
    if not len(values):
        return None
    usual = values[len(values) - 1 - int(len(values) * SHARE_OUTSIDE)]
    span = max(abs(usual), usual - values[0])
    return float(values[-1] if values[-1] - usual <= (TIMES_AS_WIDE - 1) * span else usual)


def _usual_nearby(kind: str, low: float, high: float) -> tuple[float, float]:
    if kind.startswith("float"):
        return next((ends for ends in USUAL_FLOATS if _is_near(low, high, *ends)), (low, high))
    if low < 0:
        ends = full_range(kind)
        return ends if _is_near(low, high, *ends) else (low, high)
    all_bits = float(2 ** bits_of(high) - 1)
    white = all_bits if high >= (1 - NEAR) * all_bits else high
    return (0.0 if low <= NEAR * white else low), white


def _is_near(low: float, high: float, black: float, white: float) -> bool:
    margin = NEAR * (white - black)
    return black <= low <= black + margin and white - margin <= high <= white
