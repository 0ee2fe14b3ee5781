"""What is known of an image, in plain words."""

import numpy as np
import pandas as pd
import pytest

from pages.shared.image_facts import facts_of

ROW = {
    "path": "cats/0.png",
    "label": "cats",
    "split": "train",
    "width": 500,
    "height": 375,
    "mode": "RGB",
    "format": "JPEG",
    "size_bytes": 12_595,
    "pixel_hash": "00ff",
}


def told(**columns) -> dict[str, str]:
    return {fact.name: fact.value for fact in facts_of(pd.Series(ROW | columns))}


def test_what_every_table_tells():
    assert told() == {
        "Class": "cats",
        "Split": "training",
        "Size": "500 × 375 px",
        "Format": "JPEG, RGB (colour)",
        "File size": "12.3 KB",
        "Path": "cats/0.png",
    }


def test_how_an_image_looks():
    facts = told(brightness=0.456, contrast=0.21, sharpness=0.1234)
    assert (facts["Brightness"], facts["Contrast"], facts["Sharpness"]) == ("46%", "21%", "0.12")


def test_words_of_the_field_are_explained():
    facts = facts_of(pd.Series(ROW | {"brightness": 0.5, "contrast": 0.2, "sharpness": 0.3, "orientation": 6}))
    explained = {fact.name for fact in facts if fact.help}
    assert explained == {"Split", "Format", "Orientation", "Brightness", "Contrast", "Sharpness"}


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_what_is_missing_is_left_out(missing):
    columns = ("original_label", "orientation", "brightness", "contrast", "sharpness", "problem")
    assert told(**dict.fromkeys(columns, missing)) == told()


def test_a_class_that_was_changed_is_told_with_the_one_it_was():
    assert told(original_label="dogs")["Class when imported"] == "dogs"
    assert told(original_label="cats") == told(original_label="") == told()


def test_a_problem_is_told():
    assert told(problem="is cut off: the file ends too early")["Problem"] == "is cut off: the file ends too early"
    assert told(problem="") == told()


@pytest.mark.parametrize(
    ("orientation", "words"),
    [
        (3, "turned by 180° when read"),
        (6, "turned by 90° clockwise when read"),
        (6.0, "turned by 90° clockwise when read"),
        (8, "turned by 90° anticlockwise when read"),
    ],
)
def test_images_that_the_camera_noted_as_turned(orientation, words):
    assert told(orientation=orientation)["Orientation"] == words


def test_upright_images_need_no_word_on_it():
    assert told(orientation=1) == told()


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("L", "PNG, L (grey)"),
        ("RGBA", "PNG, RGBA (colour, with transparency)"),
        ("I;16", "PNG, I;16 (grey, 16 bits or more)"),
        ("HSV", "PNG, HSV (colour)"),
    ],
)
def test_how_a_file_stores_colours(mode, words):
    assert told(format="PNG", mode=mode)["Format"] == words


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0.0 KB"), (512, "0.5 KB"), (1_048_576, "1.0 MB"), (3_500_000, "3.3 MB")]
)
def test_file_sizes(size, words):
    assert told(size_bytes=size)["File size"] == words


def test_an_image_without_a_label_is_said_to_be_of_no_class_yet():
    facts = told(label="", split="without a label")
    assert facts["Class"] == "none yet"
    assert "Split" not in facts
