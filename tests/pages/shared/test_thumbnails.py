"""Small pictures as data URLs."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.images.reading import UnreadableImage
from pages.shared.thumbnails import image_url, pixels_url, thumbnail_url, thumbnail_urls

PREFIX = "data:image/jpeg;base64,"


def opened(url):
    assert url.startswith(PREFIX)
    return Image.open(io.BytesIO(base64.b64decode(url.removeprefix(PREFIX))))


@pytest.fixture
def wide(tmp_path):
    path = tmp_path / "wide.png"
    Image.new("RGB", (400, 100), (200, 30, 30)).save(path)
    return path


def test_an_image_keeps_its_proportions(wide):
    picture = opened(image_url(wide, 160))
    assert (picture.format, picture.size) == ("JPEG", (160, 40))
    assert np.abs(np.array(picture.convert("RGB"))[20, 80].astype(int) - [200, 30, 30]).max() < 12


@pytest.mark.parametrize("content", [None, b"", b"no image"])
def test_what_can_not_be_read_has_no_picture(tmp_path, content):
    path = tmp_path / "broken.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableImage):
        image_url(path, 160)
    assert thumbnail_url(f"broken {content!r}", 160, str(path)) == ""


def test_pixels_are_shown_as_they_are():
    pixels = np.zeros((10, 30, 3), np.uint8)
    pixels[..., 1] = 220
    picture = opened(pixels_url(pixels))
    assert picture.size == (30, 10)
    assert np.abs(np.array(picture).astype(int) - pixels).max() < 8


def test_pixels_are_made_smaller_or_brought_into_another_shape():
    pixels = np.zeros((60, 60, 3), np.uint8)
    assert opened(pixels_url(pixels, side=20)).size == (20, 20)
    assert opened(pixels_url(pixels, shape=(60, 15))).size == (60, 15)


def test_several_thumbnails_come_in_the_order_asked_for(tmp_path):
    images = []
    for width in range(1, 40):
        path = tmp_path / f"{width}.png"
        Image.new("RGB", (width, 7)).save(path)
        images.append((f"{width} wide", str(path)))
    images.insert(5, ("nothing", str(tmp_path / "nothing.png")))
    urls = thumbnail_urls(images, 160)
    assert urls[5] == ""
    assert [opened(url).width for url in urls if url] == list(range(1, 40))
    assert urls == [thumbnail_url(identity, 160, path) for identity, path in images]
    assert thumbnail_urls([], 160) == []


def test_an_image_that_comes_back_has_its_thumbnail_again(tmp_path):
    path = tmp_path / "away.png"
    assert thumbnail_url("away and back", 160, str(path)) == ""
    Image.new("RGB", (30, 20)).save(path)
    assert opened(thumbnail_url("away and back", 160, str(path))).size == (30, 20)


def test_other_pixels_under_the_same_name_have_a_thumbnail_of_their_own(wide):
    assert opened(thumbnail_url("wide", 160, str(wide))).size == (160, 40)
    Image.new("RGB", (50, 100)).save(wide)
    assert opened(thumbnail_url("narrow", 160, str(wide))).size == (50, 100)
