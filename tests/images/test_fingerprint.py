"""A picture is known again after small changes, and another one is not."""

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from core.images.fingerprint import BITS, SIDE, fingerprint


def picture(seed, size=(200, 150)):
    """Soft random blotches, as different from one another as photographs are."""
    pixels = np.random.default_rng(seed).integers(0, 256, (8, 10, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)


def distance(one, other):
    return (fingerprint(one).hash ^ fingerprint(other).hash).bit_count()


def test_the_hash_fits_into_64_unsigned_bits_and_the_picture_into_a_kilobyte():
    taken = fingerprint(picture(0))
    assert 0 <= taken.hash < 2**BITS
    assert np.uint64(taken.hash) == taken.hash
    assert len(taken.grey) == SIDE**2 <= 1024


def test_the_same_picture_always_has_the_same_fingerprint():
    assert fingerprint(picture(3)) == fingerprint(picture(3))


def test_the_hash_hardly_changes_with_size_and_brightness():
    original = picture(1)
    assert distance(original, original.resize((140, 105))) <= 4
    assert distance(original, ImageEnhance.Brightness(original).enhance(0.9)) <= 4


def test_the_hashes_of_different_pictures_differ_in_about_half_of_their_bits():
    distances = [distance(picture(seed), picture(seed + 100)) for seed in range(30)]
    assert 28 < np.mean(distances) < 36
    assert min(distances) > 18


@pytest.mark.parametrize("colour", ["black", "white", (12, 200, 90)])
def test_a_blank_picture_has_no_hash_but_keeps_its_brightness(colour):
    taken = fingerprint(Image.new("RGB", (320, 240), colour))
    assert taken.hash == 0
    assert len(set(taken.grey)) == 1


def test_faint_noise_counts_as_blank():
    noise = np.random.default_rng(0).integers(126, 130, (240, 320, 3), dtype=np.uint8)
    assert fingerprint(Image.fromarray(noise)).hash == 0


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (7, 3), (4000, 30)])
def test_pictures_of_any_shape_have_a_fingerprint(size):
    assert len(fingerprint(picture(0, size)).grey) == SIDE**2
