"""Copies are found however they were changed, strangers are left alone, and no set of images is too odd."""

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from sklearn.datasets import load_digits

from core.datasets.alike import near_duplicates
from core.datasets.alike.near_duplicates import clusters, near_pairs
from core.datasets.samples import SAMPLES
from core.images.fingerprint import FIELDS, SIDE, fingerprint
from core.images.reading import open_rgb

COLOURS = 3 * FIELDS**2


def taken(images):
    """Hashes, small grey pictures, colours and proportions of images, as `near_pairs` wants them."""
    fingerprints = [fingerprint(image) for image in images]
    return (
        np.array([each.hash for each in fingerprints], np.uint64),
        np.array([np.frombuffer(each.grey, np.uint8) for each in fingerprints]).reshape(-1, SIDE**2),
        np.array([np.frombuffer(each.colours, np.uint8) for each in fingerprints]).reshape(-1, COLOURS),
        np.array([image.size for image in images], int).reshape(-1, 2),
    )


def found(images):
    return near_pairs(*taken(images)).tolist()


@pytest.fixture(scope="module")
def drawings():
    """Twenty drawn cats and dogs, all different."""
    sample = SAMPLES["cats_vs_dogs_sample"]
    names = [name for name in sample.class_names for _ in range(10)]
    return [sample.draw(name, np.random.default_rng([5, index])) for index, name in enumerate(names)]


def reencoded(image):
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=40)
    return Image.open(stream).convert("RGB")


def resized(image):
    return image.resize((round(image.width * 0.7), round(image.height * 0.7)))


def cropped(image):
    return image.crop((round(image.width * 0.03), round(image.height * 0.03), image.width, image.height))


def cropped_all_round(image):
    across, down = round(image.width * 0.03), round(image.height * 0.03)
    return image.crop((across, down, image.width - across, image.height - down))


def darker(image):
    return ImageEnhance.Brightness(image).enhance(0.9)


def brighter(image):
    return ImageEnhance.Brightness(image).enhance(1.1)


CHANGES = [reencoded, resized, cropped, cropped_all_round, darker, brighter]


# Copies and strangers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", CHANGES)
def test_every_changed_copy_is_found_and_nothing_else(drawings, change):
    copies = [change(image) for image in drawings]
    n = len(drawings)
    assert found(drawings + copies) == [[index, n + index] for index in range(n)]


def test_different_pictures_are_no_pairs(drawings):
    assert found(drawings) == []


def test_a_larger_crop_is_another_picture(drawings):
    quarters = [image.crop((0, 0, image.width // 2, image.height // 2)) for image in drawings]
    assert found(drawings + quarters) == []


def test_exact_copies_are_near_too(drawings):
    assert found([drawings[0], drawings[1], drawings[0]]) == [[0, 2]]


def test_the_same_picture_stretched_to_another_shape_is_no_copy(drawings):
    image = drawings[0]
    assert found([image, image.resize((image.width, image.height * 2))]) == []


def test_pairs_have_the_smaller_place_first_and_come_in_order(drawings):
    images = [darker(drawings[2]), drawings[0], reencoded(drawings[0]), drawings[2]]
    assert found(images) == [[0, 3], [1, 2]]


def test_copies_of_one_picture_are_one_cluster_whatever_was_changed(drawings):
    images = [drawings[0], *(change(drawings[0]) for change in CHANGES), drawings[1]]
    labels = clusters(len(images), near_pairs(*taken(images)))
    assert len(set(labels[:-1])) == 1
    assert labels[-1] != labels[0]


# Blank pictures ------------------------------------------------------------------------------------------------------


def test_crops_of_one_picture_that_earlier_crops_have_connected_need_no_comparison(drawings, monkeypatch):
    monkeypatch.setattr(near_duplicates, "MATCHED_TOGETHER", 1)
    margins = [
        (round(drawings[0].width * share), round(drawings[0].height * share)) for share in np.arange(0, 0.07, 0.01)
    ]
    crops = [drawings[0].crop((*margin, *drawings[0].size)) for margin in margins]
    assert clusters(len(crops), near_pairs(*taken(crops))).tolist() == [0] * len(crops)


def test_blank_pictures_are_near_only_at_equal_brightness():
    greys = [Image.new("RGB", (64, 48), (level,) * 3) for level in (0, 100, 101, 180, 255)]
    assert found(greys) == [[1, 2]]


def test_pictures_that_differ_in_colour_alone_are_not_near(drawings):
    red, green, blue = drawings[0].split()
    assert found([drawings[0], Image.merge("RGB", (blue, green, red))]) == []
    assert found([Image.new("RGB", (64, 48), colour) for colour in ((200, 0, 0), (0, 102, 0))]) == []


def test_a_blank_picture_is_not_near_a_faint_one_of_the_same_brightness():
    ramp = Image.fromarray(np.tile(np.linspace(110, 146, 64).astype(np.uint8)[:, None], (48, 1, 3)).reshape(48, 64, 3))
    assert found([Image.new("RGB", (64, 48), (128,) * 3), ramp]) == []


# Odd sets ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_images_have_no_pairs(n):
    pairs = near_pairs(
        np.zeros(n, np.uint64), np.zeros((n, SIDE**2), np.uint8), np.zeros((n, COLOURS), np.uint8), np.full((n, 2), 9)
    )
    assert pairs.shape == (0, 2)
    assert clusters(n, pairs).tolist() == list(range(n))


def test_thousands_of_equal_images_are_chained_and_not_listed_in_all_pairs(drawings):
    hashes, greys, colours, sizes = taken([drawings[0], drawings[1]])
    places = np.array([0] * 5000 + [1])
    pairs = near_pairs(hashes[places], greys[places], colours[places], sizes[places])
    assert len(pairs) == 4999
    assert len(np.unique(clusters(5001, pairs))) == 2


def test_thousands_of_pictures_of_one_camera_are_one_cluster_with_few_pairs(drawings):
    hashes, greys, colours, sizes = taken(drawings[:1])
    n = 3000
    noise = np.random.default_rng(0).integers(-3, 4, (n, SIDE**2))
    greys = np.clip(greys + noise, 0, 255).astype(np.uint8)
    pairs = near_pairs(np.repeat(hashes, n), greys, np.repeat(colours, n, axis=0), np.repeat(sizes, n, axis=0))
    assert len(pairs) <= 16 * n
    assert set(clusters(n, pairs)) == {0}


def test_thousands_of_different_pictures_with_one_hash_are_no_pairs():
    n = 3000
    greys = np.random.default_rng(0).integers(0, 256, (n, SIDE**2), dtype=np.uint8)
    colours = np.zeros((n, COLOURS), np.uint8)
    assert len(near_pairs(np.zeros(n, np.uint64), greys, colours, np.full((n, 2), 100))) == 0


def test_clusters_join_through_others():
    assert clusters(6, np.array([[0, 2], [2, 5], [1, 3]])).tolist() == [0, 1, 0, 1, 2, 0]


def test_handwritten_digits_are_not_copies_of_each_other_and_their_copies_are_found():
    pixels = (load_digits().images * 15.9).astype(np.uint8)
    digits = [Image.fromarray(each).resize((28, 28), Image.Resampling.BICUBIC).convert("RGB") for each in pixels]
    assert len(found(digits)) <= 2
    copies = [reencoded(digit) for digit in digits[:50]] + [resized(digit) for digit in digits[50:100]]
    labels = clusters(len(digits) + 100, near_pairs(*taken(digits + copies)))
    assert np.array_equal(labels[:100], labels[-100:])


# Real images ---------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_among_real_aerial_scenes_only_the_two_equal_ones_are_a_pair(real_images):
    paths = sorted((real_images / "aerial_scenes").glob("*/*"))
    pairs = found([open_rgb(path) for path in paths])
    assert [(paths[one].stem, paths[other].stem) for one, other in pairs] == [("airplane01", "airplane02")]
