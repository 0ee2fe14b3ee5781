"""The part of the image that a place depends on, held against what really changes it."""

import keras
import numpy as np
import pytest

from core.explain.receptive_field import centres_in_image, parts_of_image, receptive_fields

SIDE = 24


def with_two_paths(image):
    first = keras.layers.Conv2D(2, 3, strides=2, padding="same")(image)
    near = keras.layers.Conv2D(2, 1)(first)
    far = keras.layers.Conv2D(2, 3, dilation_rate=2, padding="same")(first)
    return keras.layers.Add()([near, far])


def with_margin_and_pool(image):
    padded = keras.layers.ZeroPadding2D(((0, 1), (0, 1)))(image)
    strided = keras.layers.DepthwiseConv2D(3, strides=2)(padded)
    return keras.layers.Conv2D(2, (3, 1), padding="same")(keras.layers.MaxPooling2D(2)(strided))


def squeezed(image):
    maps = keras.layers.Conv2D(2, 3, padding="same")(image)
    factor = keras.layers.Conv2D(2, 1)(keras.layers.GlobalAveragePooling2D(keepdims=True)(maps))
    return keras.layers.Multiply()([maps, factor])


def nested(image):
    return keras.Sequential([keras.Input((SIDE, SIDE, 1)), keras.layers.Conv2D(2, 4, strides=4)])(image)


@pytest.mark.parametrize("build", [with_two_paths, with_margin_and_pool, nested])
def test_what_lies_beyond_changes_nothing_and_what_lies_at_the_edges_does(build):
    keras.utils.set_random_seed(0)
    image = keras.Input((SIDE, SIDE, 1))
    output = build(image)
    model = keras.Model(image, output)
    field = receptive_fields(model)[id(output)]
    rng = np.random.default_rng(0)
    last = output.shape[1] - 1
    for place in ((0, 0), (last // 2, last // 2 + 1), (last, last)):
        top, left, bottom, right = parts_of_image(field, np.array(place), SIDE)
        changed = np.zeros((SIDE, SIDE), bool)
        # A few pictures, since a pool may not heed a pixel in one of them.
        for picture in rng.normal(size=(4, SIDE, SIDE, 1)).astype(np.float32):
            each = np.repeat(picture[None], SIDE**2 + 1, axis=0)
            each[1:].reshape(SIDE**2, -1)[np.arange(SIDE**2), np.arange(SIDE**2)] += 5
            answers = keras.ops.convert_to_numpy(model(each))[:, place[0], place[1]]
            changed |= (np.abs(answers[1:] - answers[0]) > 1e-6).any(axis=-1).reshape(SIDE, SIDE)
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        found = rows[0], columns[0], rows[-1] + 1, columns[-1] + 1
        assert top <= found[0] and left <= found[1] and found[2] <= bottom and found[3] <= right
        # At the image's edges, taps that are apart may step over the first pixels.
        assert place in ((0, 0), (last, last)) or found == (top, left, bottom, right)


def test_a_path_that_looks_at_everything_is_left_aside():
    image = keras.Input((SIDE, SIDE, 1))
    output = squeezed(image)
    field = receptive_fields(keras.Model(image, output))[id(output)]
    assert [axis.size for axis in field] == [3, 3]


def test_where_nobody_knows_there_is_none():
    image = keras.Input((SIDE, SIDE, 1))
    output = keras.layers.Resizing(10, 10)(image)
    assert id(output) not in receptive_fields(keras.Model(image, output))


def test_the_centre_lies_in_the_middle_also_where_the_part_is_cut_off():
    image = keras.Input((SIDE, SIDE, 1))
    output = keras.layers.Conv2D(1, 5, padding="same")(image)
    field = receptive_fields(keras.Model(image, output))[id(output)]
    places = np.array([[0, 0], [7, 9]])
    assert parts_of_image(field, places, SIDE).tolist() == [[0, 0, 3, 3], [5, 7, 10, 12]]
    assert centres_in_image(field, places).tolist() == [[0.5, 0.5], [7.5, 9.5]]


def test_a_place_that_sees_nothing_but_padding_has_the_nearest_pixel():
    image = keras.Input((SIDE, SIDE, 1))
    output = keras.layers.Conv2D(1, 2)(keras.layers.ZeroPadding2D(5)(image))
    field = receptive_fields(keras.Model(image, output))[id(output)]
    assert parts_of_image(field, np.array([[0, 0], [SIDE + 8, 10]]), SIDE).tolist() == [[0, 0, 1, 1], [23, 5, 24, 7]]
