"""What is known of an image: what it is, and how it looks in numbers that mean what they say."""

import re

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageFilter

from core.images.description import ImageFacts, describe, describe_many
from core.images.reading import UnreadableImage


@pytest.fixture
def facts(tmp_path):
    """The facts of a picture that is saved as a file first."""

    def make(image, name="a.png", **options) -> ImageFacts:
        image.save(tmp_path / name, **options)
        return describe(tmp_path / name)

    return make


def noise(width, height, seed=0):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def halves(side=64):
    image = Image.new("RGB", (side, side), "black")
    image.paste("white", (side // 2, 0, side, side))
    return image


def test_it_says_what_the_file_is(facts, tmp_path):
    found = facts(noise(30, 20).convert("L"), "a.jpg")
    assert (found.width, found.height, found.mode, found.format, found.orientation) == (30, 20, "L", "JPEG", 1)
    assert found.size_bytes == (tmp_path / "a.jpg").stat().st_size


def test_width_and_height_are_those_that_people_see(facts):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    found = facts(noise(30, 20), "a.jpg", exif=exif)
    assert (found.width, found.height, found.orientation) == (20, 30, 6)


# Hashes --------------------------------------------------------------------------------------------------------------


def test_equal_pixels_have_one_hash_whatever_the_file(facts):
    hashes = {facts(noise(30, 20), name).pixel_hash for name in ("a.png", "b.bmp", "c.tiff")}
    assert len(hashes) == 1
    assert re.fullmatch("[0-9a-f]{32}", hashes.pop())


def test_one_other_pixel_or_another_shape_is_another_hash(facts):
    image = Image.new("RGB", (30, 20))
    hashes = [facts(image).pixel_hash, facts(image.resize((20, 30))).pixel_hash]
    image.putpixel((29, 19), (0, 0, 1))
    hashes.append(facts(image).pixel_hash)
    assert len(set(hashes)) == 3


def test_a_turned_picture_has_the_hash_of_what_people_see(facts):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    image = noise(30, 20)
    upright = image.transpose(Image.Transpose.ROTATE_270)
    assert facts(image, "turned.png", exif=exif).pixel_hash == facts(upright).pixel_hash


def test_the_perceptual_hash_is_near_for_a_smaller_copy_and_far_for_another_picture(facts):
    image = noise(8, 8).resize((200, 200))
    one, copy, other = facts(image), facts(image.resize((150, 150))), facts(noise(8, 8, seed=1).resize((200, 200)))
    assert (one.perceptual_hash ^ copy.perceptual_hash).bit_count() <= 6
    assert (one.perceptual_hash ^ other.perceptual_hash).bit_count() >= 16
    assert 0 <= one.perceptual_hash < 2**64


# Looks ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("colour", "brightness"), [("black", 0), ("white", 1), ((51, 51, 51), 0.2)])
def test_a_single_colour_has_its_brightness_and_nothing_else(facts, colour, brightness):
    found = facts(Image.new("RGB", (64, 48), colour))
    assert found.brightness == pytest.approx(brightness, abs=1e-6)
    assert found.contrast == pytest.approx(0, abs=1e-6)
    assert found.sharpness == 0


def test_half_black_half_white_has_the_most_contrast(facts):
    found = facts(halves())
    assert found.brightness == pytest.approx(0.5, abs=1e-6)
    assert found.contrast == pytest.approx(0.5, abs=1e-6)


def test_the_more_it_is_blurred_the_less_sharp_it_is(facts):
    detailed = noise(32, 32).resize((128, 128))
    sharpness = [facts(detailed.filter(ImageFilter.GaussianBlur(radius))).sharpness for radius in (0, 1, 2, 4)]
    assert sharpness == sorted(sharpness, reverse=True)
    assert sharpness[0] > 2 * sharpness[-1]


def test_sharpness_depends_little_on_brightness_contrast_and_size(facts):
    image = noise(48, 48).resize((128, 128), Image.Resampling.BICUBIC)
    expected = facts(image).sharpness
    assert facts(image.point(lambda value: value // 2)).sharpness == pytest.approx(expected, rel=0.1)
    assert facts(image.point(lambda value: value // 2 + 100)).sharpness == pytest.approx(expected, rel=0.1)
    assert facts(image.resize((512, 512), Image.Resampling.BICUBIC)).sharpness == pytest.approx(expected, rel=0.3)


def test_the_colours_are_those_of_sixteen_fields_row_by_row(facts):
    fields = noise(4, 4)
    colours = np.frombuffer(facts(fields.resize((64, 64), Image.Resampling.NEAREST)).colours, np.uint8)
    assert np.abs(colours.reshape(4, 4, 3).astype(int) - np.asarray(fields)).max() <= 32
    assert facts(Image.new("RGB", (50, 70), (10, 200, 30))).colours == bytes([10, 200, 30] * 16)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 2), (3, 3), (257, 129)])
def test_pictures_of_any_size_have_finite_numbers(facts, size):
    found = facts(noise(*size))
    assert len(found.colours) == 48
    for value in (found.brightness, found.contrast, found.sharpness):
        assert np.isfinite(value)
        assert value >= 0


# Many ----------------------------------------------------------------------------------------------------------------


def test_a_broken_file_is_refused_with_the_reason(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(UnreadableImage, match="is empty"):
        describe(tmp_path / "a.png")


def test_of_many_files_each_has_its_facts_or_its_problem(tmp_path):
    noise(9, 8).save(tmp_path / "good.png")
    (tmp_path / "bad.png").write_text("this is no picture")
    good, bad, gone = describe_many(str(tmp_path), ["good.png", "bad.png", "gone.png"])
    assert (good["path"], good["width"], good["height"]) == ("good.png", 9, 8)
    assert "problem" not in good
    assert bad == {"path": "bad.png", "problem": "is not an image (text)"}
    assert gone == {"path": "gone.png", "problem": "no longer exists"}
