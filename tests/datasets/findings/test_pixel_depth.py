"""Findings about depth, bands and pages: what was taken, and what may be wrong with it."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from core.datasets.checkup import WARNINGS, accept_finding, check
from core.datasets.creation import create_from_path
from core.datasets.editing import set_scale
from core.datasets.findings.finding import NOTES, WARNS
from core.datasets.importing import import_now, read_by_another_scale, run_import
from core.datasets.index import ADDED
from core.datasets.store import Dataset
from core.errors import UsageError
from core.images.reading import open_rgb

SIDE = 24


def picture(label: str, number: int) -> np.ndarray:
    values = np.random.default_rng([ord(label[0]), number]).integers(0, 256, (SIDE, SIDE)).astype(np.uint8)
    values[0, :2] = 0, 255
    return values


def twelve_bits(values):
    return values.astype(np.uint16) * 16


@pytest.fixture
def make(tmp_path, workspace):
    """Writes images, given for each label and number what to write, and imports them."""

    def made(write, count=5):
        for label in ("cats", "dogs"):
            (tmp_path / "images" / label).mkdir(parents=True)
            for number in range(count):
                write(tmp_path / "images" / label / str(number), picture(label, number), label, number)
        return run_import(create_from_path(workspace, tmp_path / "images", "deep"))

    return made


def write_deep(path, values, label, number):
    tifffile.imwrite(path.with_suffix(".tif"), twelve_bits(values))


def found(dataset, kind):
    return next((finding for finding in check(dataset).findings if finding.kind == kind), None)


def test_twelve_of_sixteen_bits_are_told_with_what_was_taken(make):
    dataset = make(write_deep)
    finding = check(dataset).find("pixel_depth")
    assert finding.title == "10 images use 12 of 16 bits"
    assert "16-bit values from 0 (black) to 4,095 (white), chosen from the values of all images together" in finding.why
    assert finding.severity == NOTES
    assert finding.count == 10
    assert check(dataset).verdict == "ready"


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (lambda values: values.astype(np.int32) * 16, "10 images use 12 of 32 bits"),
        (lambda values: values.astype(np.uint16) * 4, "10 images use 10 of 16 bits"),
        (lambda values: values.astype(np.int16) * 8 - 900, "10 images of signed 16-bit values from −900 to 1,140"),
        (lambda values: (values / 127.5 - 1).astype(np.float32), "10 images of floating-point values from −1 to 1"),
    ],
)
def test_other_types_of_value(make, change, title):
    dataset = make(lambda path, values, *_: tifffile.imwrite(path.with_suffix(".tif"), change(values)))
    assert check(dataset).find("pixel_depth").title == title


@pytest.mark.parametrize(
    "change", [lambda values: values.astype(np.uint16) * 257, lambda values: values / 255, lambda v: v]
)
def test_of_what_uses_the_whole_range_nothing_is_said(make, change):
    dataset = make(lambda path, values, *_: tifffile.imwrite(path.with_suffix(".tif"), change(values)))
    assert not check(dataset).findings


def test_a_scale_set_by_hand_is_said_to_be_and_leaves_values_outside_on_purpose(make):
    dataset = make(write_deep)
    set_scale(dataset, {"uint16": [0, 1000]})
    read_by_another_scale(dataset)
    assert "to 1,000 (white), as it was set by hand" in check(dataset).find("pixel_depth").why
    assert found(dataset, "values_outside") is None


def test_a_number_that_stands_for_no_value_is_warned_of_until_a_scale_is_set(make):
    def write(path, values, *_):
        tifffile.imwrite(path.with_suffix(".tif"), np.where(values < 60, -9999, values * 40.0).astype(np.float32))

    dataset = make(write)
    finding = check(dataset).find("pixel_depth")
    assert "−9,999 is often written where a pixel has no value" in finding.why
    assert finding.severity == WARNS
    set_scale(dataset, {"float32": [0, 10_200]})
    read_by_another_scale(dataset)
    assert check(dataset).find("pixel_depth").severity == NOTES


@pytest.mark.parametrize(
    ("value", "kind", "place", "told"),
    [
        (65535, np.uint16, np.s_[:6], "such as 65,535"),  # a quarter without a value
        (65535, np.uint16, np.s_[0, :2], "shown white"),  # writing
        (-32768, np.int16, np.s_[:6], "such as −32,768"),
        (-9999, np.float32, np.s_[:6], "shown black"),
        (-1e10, np.float64, np.s_[:6], "such as −10,000,000,000"),
    ],
)
def test_a_value_far_from_all_others_does_not_decide_the_scale_and_is_told(make, value, kind, place, told):
    def write(path, values, *_):
        values = (values / 255 * 1000 + 500).astype(kind)
        values[place] = value
        tifffile.imwrite(path.with_suffix(".tif"), values)

    dataset = make(write)
    ((_, black, white),) = dataset.reading.ranges
    assert -1 <= black <= 520 and 1480 <= white <= 1500
    assert told in check(dataset).find("pixel_depth").why


def test_two_values_are_a_picture(make):
    dataset = make(lambda path, values, *_: tifffile.imwrite(path.with_suffix(".tif"), (values > 99).astype(np.uint16)))
    assert dataset.reading.range_of("uint16") == (0, 1)


def test_bands_that_some_images_lack_can_not_be_chosen(make):
    def write(path, values, label, number):
        bands = np.stack([values] * (5 + number % 2))
        tifffile.imwrite(path.with_suffix(".tif"), bands, photometric="minisblack", planarconfig="separate")

    dataset = make(write)
    with pytest.raises(UsageError, match="from 1 to 5"):
        set_scale(dataset, bands=(6, 1, 2))


def test_it_can_be_accepted(make):
    dataset = make(write_deep)
    accept_finding(dataset, "pixel_depth")
    assert found(dataset, "pixel_depth") is None


def test_later_images_beyond_the_scale_are_found(make, tmp_path):
    dataset = make(write_deep)
    tifffile.imwrite(tmp_path / "images" / "cats" / "later.tif", picture("cats", 77).astype(np.uint16) * 200)
    import_now(dataset)
    finding = check(dataset).find("values_outside")
    assert finding.paths == ("cats/later.tif",)
    assert finding.severity == WARNS


@pytest.mark.parametrize("change", [lambda values: values > 120, lambda values: values // 16])
def test_masks_and_few_bits_saved_as_they_are_look_black_and_are_not_called_blank(make, change):
    def write(path, values, label, number):
        few = np.zeros_like(values) if (label, number) == ("cats", 0) else change(values).astype(np.uint8)
        Image.fromarray(few).save(path.with_suffix(".png"))

    dataset = make(write)
    finding = check(dataset).find("few_values")
    assert finding.title == "9 images all but black, though not empty"
    assert "multiply the values" in finding.why
    assert check(dataset).find("blank").paths == ("cats/0.png",)


# Mixed depths --------------------------------------------------------------------------------------------------------


def write_either(path, values, is_deep):
    if is_deep:
        tifffile.imwrite(path.with_suffix(".tif"), twelve_bits(values))
    else:
        Image.fromarray(values).save(path.with_suffix(".png"))


def test_half_of_8_bits_and_half_of_12_can_be_compared_by_one_scale(make):
    dataset = make(lambda path, values, label, number: write_either(path, values, number % 2))
    finding = check(dataset).find("mixed_depth")
    assert finding.title == "Images of different depths: 6 of 8-bit values, 4 of 16-bit values"
    assert "they can be compared" in finding.why
    assert finding.severity == NOTES


def test_depths_that_look_unlike_are_warned_of(make):
    dataset = make(lambda path, values, label, number: write_either(path, values, number % 2))
    set_scale(dataset, {"uint16": [0, 65535]})
    read_by_another_scale(dataset)
    finding = check(dataset).find("mixed_depth")
    assert "looks darker" in finding.why
    assert finding.severity == WARNS


def test_a_depth_that_tells_the_class_is_warned_of(make):
    dataset = make(lambda path, values, label, number: write_either(path, values, label == "cats"))
    finding = check(dataset).find("mixed_depth")
    assert finding.why.startswith("The depth tells the class")
    assert check(dataset).verdict == WARNINGS


def test_few_bright_points_in_the_dark_are_not_few_values(make):
    def write(path, values, *_):
        points = np.zeros((96, 96), np.uint8)
        points[values[0, 2] % 90 + 2, values[1, 2] % 90 + 2] = 255
        Image.fromarray(points).save(path.with_suffix(".png"))

    assert found(make(write), "few_values") is None


def test_two_depths_within_one_type_are_warned_of(make):
    def write(path, values, label, number):
        tifffile.imwrite(path.with_suffix(".tif"), values.astype(np.uint16) * (16 if number % 2 else 257))

    finding = check(make(write, 8)).find("mixed_depth")
    assert finding.title == (
        "Images of different depths: 8 of 16-bit values up to 65,535, 8 of 16-bit values up to 4,080"
    )
    assert finding.why.startswith("Of one type there is one scale")
    assert finding.severity == WARNS


def test_a_depth_within_one_type_that_tells_the_class_is_warned_of(make):
    def write(path, values, label, number):
        tifffile.imwrite(path.with_suffix(".tif"), values.astype(np.uint16) * (4 if label == "cats" else 16))

    assert check(make(write)).find("mixed_depth").why.startswith("The depth tells the class")


# Bands and pages -----------------------------------------------------------------------------------------------------


def write_infrared(path, values, *_):
    colours = np.dstack([values, values[::-1], values[:, ::-1], 255 - values // 2])
    tifffile.imwrite(path.with_suffix(".tif"), colours, photometric="rgb", extrasamples=["unassalpha"])


def test_a_band_that_is_no_transparency_is_told(make):
    dataset = make(write_infrared)
    finding = check(dataset).find("doubtful_transparency")
    assert finding.title == "10 images with a band that is called transparency and is none"
    set_scale(dataset, bands=(4, 1, 2))
    read_by_another_scale(dataset)
    assert found(dataset, "doubtful_transparency") is None


def test_an_image_whose_fourth_band_could_be_transparency_is_read_as_the_others_are(make):
    def write(path, values, label, number):
        if (label, number) != ("cats", 0):
            return write_infrared(path, values)
        half = np.dstack([values, values[::-1], values[:, ::-1], np.where(values > 128, 255, 0).astype(np.uint8)])
        tifffile.imwrite(path.with_suffix(".tif"), half, photometric="rgb", extrasamples=["unassalpha"])

    dataset = make(write)
    assert dataset.reading.bands == (1, 2, 3)
    assert check(dataset).find("doubtful_transparency").count == 10
    shown = np.asarray(open_rgb(dataset.path_of("cats/0.tif"), dataset.reading))
    np.testing.assert_array_equal(shown[..., 0], picture("cats", 0))


def test_of_many_bands_it_is_told_which_are_shown_until_that_was_chosen(make):
    def write(path, values, *_):
        bands = np.stack([twelve_bits(np.roll(values, band)) for band in range(13)])
        tifffile.imwrite(path.with_suffix(".tif"), bands, photometric="minisblack", planarconfig="separate")

    dataset = make(write)
    finding = check(dataset).find("many_bands")
    assert finding.title == "10 images of 13 bands, of which 3 are shown"
    assert finding.severity == WARNS
    set_scale(dataset, bands=(4, 3, 2))
    read_by_another_scale(dataset)
    finding = check(dataset).find("many_bands")
    assert "bands 4, 3 and 2 as red, green and blue" in finding.why
    assert finding.severity == NOTES
    set_scale(dataset, bands=(8,))
    read_by_another_scale(dataset)
    assert check(dataset).find("many_bands").title == "10 images of 13 bands, of which 1 is shown"


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_of_two_bands_the_first_is_shown_and_that_is_told(make, kind):
    def write(path, values, *_):
        bands = np.dstack([values, values.T]).astype(kind) * (np.iinfo(kind).max // 255)
        tifffile.imwrite(path.with_suffix(".tif"), bands, photometric="minisblack", planarconfig="contig")

    dataset = make(write)
    finding = check(dataset).find("many_bands")
    assert finding.title == "10 images of 2 bands, of which 1 is shown"
    assert finding.why.startswith("Shown is band 1 in grey.")
    assert finding.severity == WARNS
    set_scale(dataset, bands=(1, 2, 2))
    read_by_another_scale(dataset)
    assert check(dataset).find("many_bands").title == "10 images of 2 bands, of which 2 are shown"
    shown = np.asarray(open_rgb(dataset.path_of("cats/0.tif"), dataset.reading))
    values = picture("cats", 0)
    np.testing.assert_array_equal(shown, np.dstack([values, values.T, values.T]))


def test_real_transparency_is_neither(make):
    def write(path, values, *_):
        opacity = np.zeros_like(values)
        opacity[4:-4, 4:-4] = 255
        Image.fromarray(np.dstack([values] * 3 + [opacity])).save(path.with_suffix(".png"))

    dataset = make(write)
    assert {finding.kind for finding in check(dataset).findings} == set()
    with pytest.raises(UsageError, match="more than three bands"):
        set_scale(dataset, bands=(1, 2, 4))


def test_of_several_pages_it_is_told_that_the_first_is_used(make):
    def write(path, values, label, number):
        pages = np.stack([values, values[::-1], values[:, ::-1]]) if number < 2 else values
        tifffile.imwrite(path.with_suffix(".tif"), pages, photometric="minisblack")

    finding = check(make(write)).find("many_pages")
    assert finding.title == "4 files hold several pictures each: only the first is used"
    assert finding.why.startswith("12 pages or frames in all, 8 of which are not looked at.")
    assert finding.count == 4


def test_deep_images_of_an_earlier_version_are_told_to_be_read_in_again(make):
    dataset = make(write_deep)
    dataset.save(dataset.info, dataset.read_manifest().drop(columns=ADDED))
    (dataset.folder / "reading.json").unlink()
    old = Dataset(dataset.folder)
    assert check(old).find("unknown_depth").count == 10
    import_now(old)
    assert found(old, "unknown_depth") is None
    assert check(old).find("pixel_depth").count == 10
