"""The scale of deep pixels on the page: said, tried on a few images, taken, undone."""

import numpy as np
import pytest
import tifffile

from core.datasets.creation import create_from_path
from core.datasets.editing import set_scale
from core.datasets.importing import read_by_another_scale, run_import
from core.datasets.index import ADDED
from core.images.reading_settings import Reading


def write(folder, change, **options):
    for label in ("cats", "dogs"):
        (folder / label).mkdir(parents=True)
        for number in range(8):
            values = np.random.default_rng([ord(label[0]), number]).integers(0, 256, (16, 16))
            tifffile.imwrite(folder / label / f"{number}.tif", change(values), **options)
    return folder


@pytest.fixture
def deep(workspace, tmp_path):
    folder = write(tmp_path / "deep", lambda values: values.astype(np.uint16) * 16)
    return run_import(create_from_path(workspace, folder, "deep"))


@pytest.fixture
def infrared(workspace, tmp_path):
    def bands(values):
        values = values.astype(np.uint8)
        return np.dstack([values, values[::-1], values[:, ::-1], 255 - values // 2])

    folder = write(tmp_path / "infrared", bands, photometric="rgb", extrasamples=["unassalpha"])
    return run_import(create_from_path(workspace, folder, "infrared"))


def test_it_stands_under_the_finding_with_the_range_in_use(visit, deep):
    page = visit("dataset", dataset="deep")
    assert "16 images use 12 of 16 bits" in page.words
    (preset,) = [box for box in page.at.selectbox if box.label == "Brightness range of 16-bit values"]
    assert preset.value == "The range that the images use"
    assert "Apply to all images" not in page.buttons


def test_a_window_of_ones_own_is_tried_then_used_then_undone(visit, deep, launched):
    page = visit("dataset", dataset="deep")
    page.at.selectbox(key=preset_key(page)).set_value("A range of my own")
    page.run()
    white = next(field for field in page.at.number_input if field.label == "White")
    white.set_value(2000)
    page.run()
    assert "Preview" in page.words
    page.press("Apply to all images")
    assert deep.reading == Reading((("uint16", 0, 2000),))
    assert launched == [("core.datasets.rescaling", "deep")]
    assert "Pixels shown by another scale, 16-bit values from 0 (black) to 2,000 (white)" in page.words
    deep.job.update(state="done")
    read_by_another_scale(deep)
    page.press("Undo")
    assert deep.reading == Reading((("uint16", 0, 4095),))
    assert launched[1:] == [("core.datasets.rescaling", "deep")]


def preset_key(page):
    return next(box.key for box in page.at.selectbox if box.label.startswith("Brightness range"))


def test_black_above_white_can_not_be_used(visit, deep):
    page = visit("dataset", dataset="deep")
    page.at.selectbox(key=preset_key(page)).set_value("A range of my own")
    page.run()
    next(field for field in page.at.number_input if field.label == "Black").set_value(5000)
    page.run()
    assert "Black must be less than white." in page.words
    assert "Apply to all images" not in page.buttons


def test_other_bands_are_chosen(visit, infrared, launched):
    page = visit("dataset", dataset="infrared")
    assert "16 images with a band that is called transparency and is none" in page.words
    next(box for box in page.at.selectbox if box.label == "Band for red").set_value(4)
    page.run()
    page.press("Apply to all images")
    assert infrared.reading == Reading((), (4, 2, 3))


def test_one_band_in_grey(visit, infrared, launched):
    page = visit("dataset", dataset="infrared")
    next(box for box in page.at.checkbox if box.label == "One band only, in grey").check()
    page.run()
    next(box for box in page.at.selectbox if box.label == "Band for grey").set_value(4)
    page.run()
    page.press("Apply to all images")
    assert infrared.reading == Reading((), (4,))


def test_among_the_changes_it_can_be_set_though_the_finding_was_accepted(visit, deep):
    page = visit("dataset", dataset="deep")
    page.press("It's all right")
    assert "Brightness range" not in str([box.label for box in page.at.selectbox])
    page = visit("dataset", dataset="deep", view="Changes")
    assert preset_key(page)


def test_a_stopped_description_waits_until_somebody_wants_it(visit, deep, launched):
    set_scale(deep, {"uint16": [0, 900]})
    deep.job.update(state="stopped")
    page = visit("dataset", dataset="deep")
    assert launched == []
    page.press("Look at them by the new one")
    assert launched == [("core.datasets.rescaling", "deep")]


def test_deep_images_of_an_earlier_version_are_read_in_again_with_one_click(visit, deep, launched):
    deep.save(deep.info, deep.read_manifest().drop(columns=ADDED))
    (deep.folder / "reading.json").unlink()
    page = visit("dataset", dataset="deep")
    page.press("Read them in again")
    assert launched == [("core.datasets.importing", "deep")]


def test_images_of_8_bits_have_no_such_thing(visit, pets):
    for view in ("Check-up", "Changes"):
        labels = [box.label for box in visit("dataset", view=view).at.selectbox]
        assert not any(label.startswith(("Brightness range", "Band for")) for label in labels)


def test_what_is_known_of_a_deep_image_tells_its_values(deep):
    from pages.shared.image_facts import facts_of

    facts = {fact.name: fact.value for fact in facts_of(deep.images.iloc[0])}
    assert facts["Values"].endswith("16-bit")
