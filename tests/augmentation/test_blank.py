"""Images of one flat colour are told from all others."""

import numpy as np

from core.augmentation.blank import is_blank

SIDE = 16


def flat(colour):
    return np.full((SIDE, SIDE, 3), colour, np.uint8)


def test_one_flat_colour_is_blank_whichever_it_is():
    assert is_blank(np.stack([flat(0), flat(255), flat((200, 30, 90))])).all()


def test_a_level_of_rounding_is_still_flat():
    image = flat(127)
    image[::2] += 1
    assert is_blank(image[None]).all()


def test_a_small_thing_on_a_flat_ground_is_something():
    images = np.stack([flat(0), flat(0), flat(255)])
    images[0, 3, 4] = 20
    images[1, -1, -1, 2] = 20
    images[2, 5, :] = 235
    assert not is_blank(images).any()


def test_noise_and_gradients_are_something():
    noise = np.random.default_rng(0).integers(100, 120, (SIDE, SIDE, 3), dtype=np.uint8)
    gradient = np.broadcast_to(np.arange(SIDE, dtype=np.uint8)[:, None, None], noise.shape)
    assert not is_blank(np.stack([noise, gradient])).any()


def test_of_no_images_none_is_blank():
    assert is_blank(np.zeros((0, SIDE, SIDE, 3), np.uint8)).shape == (0,)
