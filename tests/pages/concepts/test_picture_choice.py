"""Which picture a chapter works on: one's own first, any that a link names, and with a word where it is not here."""

import io

import pytest
from PIL import Image

CHAPTER = "filters"


def title(at):
    return next(
        block.proto.popover.label for block in at.main.get("popover") if "Picture: " in block.proto.popover.label
    )


def pictures(at, label):
    return next(box for box in at.selectbox if box.label == label)


def test_without_images_of_ones_own_a_picture_that_comes_along_is_shown(visit):
    at = visit("concepts", chapter=CHAPTER).at
    assert title(at) == "Picture: Photographer, grey"
    assert "image" not in at.query_params


def test_images_as_arrays_begin_in_colour(visit):
    assert title(visit("concepts", chapter="arrays").at) == "Picture: Cat"


def test_ones_own_images_come_first(visit, pets):
    at = visit("concepts", chapter=CHAPTER, dataset=pets.name).at
    first = pictures(at, "Your images").value
    assert first in pets.images["path"].tolist()
    assert "image" not in at.query_params, "so a teacher's link shows each learner an image of their own"


def test_what_is_chosen_stands_in_the_link_and_only_there(visit, pets):
    at = visit("concepts", chapter=CHAPTER, dataset=pets.name).at
    pictures(at, "Pictures that come along").set_value("coins").run()
    assert at.query_params["image"] == "shipped:coins"
    assert pictures(at, "Your images").value is None
    path = pets.images["path"].iloc[-1]
    pictures(at, "Your images").set_value(path).run()
    assert at.query_params["image"] == f"own:{path}"
    assert pictures(at, "Pictures that come along").value is None


@pytest.mark.parametrize("image", ["own:../../etc/passwd", "own:cats/none.png", "upload:mine.png"])
def test_an_image_that_is_not_here_is_said(visit, pets, image):
    at = visit("concepts", chapter=CHAPTER, dataset=pets.name, image=image).at
    assert any("is not here" in caption.value for caption in at.caption)
    assert not at.error


def test_images_that_were_deleted_are_told_once_and_another_is_shown(visit, pets):
    for path in pets.images["path"]:
        pets.path_of(path).unlink()
    at = visit("concepts", chapter=CHAPTER, dataset=pets.name).at
    (error,) = at.error
    assert "can't be read: its file was moved or deleted" in error.value
    assert title(at) == "Picture: Photographer, grey"


@pytest.mark.parametrize("image", ["shipped:nothing", "/etc/passwd", "x" * 2000])
def test_a_forged_picture_is_mended_with_a_word(visit, image):
    at = visit("concepts", chapter=CHAPTER, image=image).at
    assert any("which there is not" in warning.value for warning in at.warning)
    assert title(at) == "Picture: Photographer, grey"


def test_an_upload_is_shown_and_one_that_is_no_image_is_told(visit):
    at = visit("concepts", chapter=CHAPTER).at
    encoded = io.BytesIO()
    Image.new("RGB", (1, 1), "red").save(encoded, "PNG")
    at.file_uploader[0].upload("dot.png", encoded.getvalue(), "image/png").run()
    assert "dot" in title(at)
    at.file_uploader[0].upload("words.png", b"no picture", "image/png").run()
    assert "words" in at.error[0].value
    assert not at.exception
