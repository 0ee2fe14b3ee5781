"""The scale that is chosen for deep pixels: from their own values, together, and never by a few odd ones."""

import numpy as np
import pandas as pd
import pytest

from core.datasets.pixel_scale import (
    chosen_bands,
    chosen_range,
    depths_of,
    full_range,
    kinds_of,
    ranges_shown,
    reading_of,
    scale_in_words,
)
from core.images.reading_settings import AS_USUAL, Reading


def images(kind, *ends):
    """Rows of the index with the darkest and the brightest value of each image."""
    dark, bright = zip(*ends, strict=True)
    dark, bright = np.array(dark, float), np.array(bright, float)
    return pd.DataFrame({"sample_kind": kind, "dark": dark, "bright": bright, "low": dark, "high": bright})


@pytest.mark.parametrize(
    ("kind", "ends", "expected"),
    [
        ("uint16", [(385, 3000), (500, 3838)], (0, 4095)),
        ("uint16", [(0, 1023)], (0, 1023)),
        ("uint16", [(12, 16000), (3, 15900)], (0, 16383)),
        ("uint16", [(20_000, 21_000), (20_500, 22_000)], (20_000, 22_000)),
        ("uint16", [(100, 60_000)], (0, 65535)),
        ("uint16", [(100, 2500)], (0, 2500)),
        ("uint32", [(5, 4_200_000_000)], (0, 2**32 - 1)),
        ("int32", [(385, 3838)], (0, 4095)),
        ("int16", [(-890, 858)], (-890, 858)),
        ("int16", [(-32_000, 32_000)], (-32768, 32767)),
        ("int8", [(-120, 110)], (-128, 127)),
        ("float32", [(0.02, 0.97)], (0, 1)),
        ("float32", [(-0.9, 0.9)], (-1, 1)),
        ("float64", [(3, 250)], (0, 255)),
        ("float32", [(0.0, 0.0625)], (0, 0.0625)),
        ("float32", [(664.7, 3288.2)], (664.7, 3288.2)),
    ],
)
def test_the_range_that_images_use_or_a_usual_one_nearby(kind, ends, expected):
    assert chosen_range(images(kind, *ends), kind) == expected


def test_one_odd_image_in_a_hundred_does_not_decide_for_the_others():
    ends = [(10, 3900)] * 150 + [(10, 65535)]
    assert chosen_range(images("uint16", *ends), "uint16") == (0, 4095)
    assert chosen_range(images("int16", *([(-900, 900)] * 150 + [(-32768, 900)])), "int16") == (-900, 900)


def test_several_that_are_brighter_do():
    ends = [(10, 3900)] * 150 + [(10, 65535)] * 5
    assert chosen_range(images("uint16", *ends), "uint16") == (0, 65535)


def test_an_image_of_one_value_does_not_decide_for_the_others():
    assert chosen_range(images("uint16", *([(10, 3900)] * 10 + [(40_000, 40_000)])), "uint16") == (0, 4095)
    assert chosen_range(images("uint16", (500, 500), (1600, 1600)), "uint16") == (500, 1600)


def test_of_few_bright_pixels_in_the_dark_the_brightest_count():
    dark = images("uint16", (0, 0), (0, 0)).assign(high=[4000.0, 2000.0])
    assert chosen_range(dark, "uint16") == (0, 4095)


@pytest.mark.parametrize(
    ("kind", "ends", "depths"),
    [
        ("uint16", [(5, 4000)] * 6 + [(90, 65_000)] * 6, 2),
        ("uint16", [(5, 1000)] * 6 + [(90, 3900)] * 6, 2),
        ("float32", [(0, 0.9)] * 6 + [(0, 250)] * 6, 2),
        ("float32", [(-0.9, 0.9)] * 6 + [(-250, 250)] * 6, 2),
        ("int16", [(-1024, 3000)] * 6 + [(-2000, 1200)] * 6, 1),
        ("uint16", [(5, 4000)] * 19 + [(90, 65_000)], 1),
        ("uint16", [(0, 100 * 1.5**step) for step in range(16)], 1),
        ("uint16", [(7, 7)] * 6 + [(5, 4000)] * 6, 1),
    ],
)
def test_images_of_one_type_that_use_far_more_of_it_than_others(kind, ends, depths):
    assert depths_of(images(kind, *ends)).nunique() == depths


@pytest.mark.parametrize("ends", [[(7, 7), (7, 7)], [(np.nan, np.nan)], [(np.inf, -np.inf)]])
def test_a_single_value_is_no_range(ends):
    assert chosen_range(images("uint16", *ends), "uint16") is None


def test_a_kind_that_is_not_there_has_none():
    assert chosen_range(images("uint16", (0, 9)), "int16") is None


def test_the_whole_range_of_a_type_is_known_by_the_same_name_as_before_there_were_others():
    assert reading_of({"uint16": [0, 65535]}, {}, ()) == AS_USUAL
    assert reading_of({"uint16": [0, 4095]}, {"uint16": [0, 65535]}, ()) == AS_USUAL
    assert reading_of({"uint16": [0, 4095]}, {}, ()).key


def test_what_people_set_counts_before_what_was_chosen():
    reading = reading_of({"uint16": [0, 4095], "float32": [0, 1]}, {"uint16": [100, 900]}, (4, 3, 2))
    assert reading == Reading((("float32", 0, 1), ("uint16", 100, 900)), (4, 3, 2))


def test_kinds_of_deep_pixels_those_of_most_images_first():
    table = pd.concat(
        [images("int16", (0, 1)), images("uint16", (0, 1), (0, 2)), images("", (0, 0)), images("uint8", (0, 9))]
    )
    assert kinds_of(table) == ["uint16", "int16"]
    assert ranges_shown(table, Reading((("uint16", 0, 9),))) == {"uint16": (0, 9), "int16": full_range("int16")}


@pytest.mark.parametrize(
    ("doubtful", "transparent", "expected"),
    [(39, 1, (1, 2, 3)), (5, 5, (1, 2, 3)), (1, 39, ()), (40, 0, ()), (0, 40, ()), (0, 0, ())],
)
def test_where_most_fourth_bands_can_be_no_transparency_none_is(doubtful, transparent, expected):
    alpha = ["doubtful"] * doubtful + ["transparency"] * transparent + ["none", ""]
    assert chosen_bands(pd.DataFrame({"alpha": alpha, "bands": 4})) == expected


def test_a_scale_in_words():
    assert scale_in_words({"int16": (-1000, 3000)}) == "signed 16-bit values from −1,000 (black) to 3,000 (white)"
    assert scale_in_words({}, (4, 3, 2)) == "bands 4, 3 and 2 as red, green and blue"
    assert scale_in_words({"float32": (0, 0.0625)}, (5,)) == (
        "floating-point values from 0 (black) to 0.0625 (white); band 5 in grey"
    )
