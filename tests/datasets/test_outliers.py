"""How unlike its class an image is: strangers stand out, and nothing else does."""

import numpy as np
import pandas as pd
import pytest

from core.datasets.outliers import FEWEST, looks_of, unlikeness

ORDINARY = 3.5


@pytest.fixture
def points():
    """Forty points of a class "a" around 0 and forty of "b" around 5, in 51 dimensions."""
    generator = np.random.default_rng(0)
    points = generator.normal(0, 1, (80, 51)).astype(np.float32)
    points[40:] += 5
    return np.repeat(["a", "b"], 40), points


def test_a_stranger_stands_out_and_the_others_do_not(points):
    labels, looks = points
    looks[3] += 5
    scores = unlikeness(labels, looks)
    assert scores.shape == (80,)
    assert scores.argmax() == 3
    assert scores[3] > 2 * ORDINARY
    assert np.delete(scores, 3).max() < ORDINARY


def test_an_image_under_the_wrong_label_stands_out(points):
    labels, looks = points
    labels[3] = "b"
    scores = unlikeness(labels, looks)
    assert scores.argmax() == 3
    assert np.delete(scores, 3).max() < ORDINARY


def test_a_few_strangers_of_one_kind_do_not_hide_each_other(points):
    labels, looks = points
    looks[:3] += 5
    assert set(np.argsort(unlikeness(labels, looks))[-3:]) == {0, 1, 2}


def test_the_order_of_the_images_and_other_classes_do_not_matter(points):
    labels, looks = points
    scores = unlikeness(labels, looks)
    order = np.random.default_rng(1).permutation(80)
    assert np.allclose(unlikeness(labels[order], looks[order]), scores[order], atol=1e-3)
    assert np.allclose(unlikeness(labels[:40], looks[:40]), scores[:40], atol=1e-3)


def test_a_small_class_has_no_usual_look(points):
    _, looks = points
    looks[0] += 100
    assert not unlikeness(np.full(FEWEST - 1, "a"), looks[: FEWEST - 1]).any()
    assert unlikeness(np.full(FEWEST, "a"), looks[:FEWEST]).any()


@pytest.mark.parametrize("count", [1, FEWEST, 100])
def test_equal_images_are_not_unlike_each_other(count):
    scores = unlikeness(np.full(count, "a"), np.ones((count, 51), np.float32))
    assert np.isfinite(scores).all()
    assert (np.abs(scores) < ORDINARY).all()


def test_an_image_is_no_neighbour_of_itself_wherever_its_class_lies(points):
    labels, looks = points
    assert np.allclose(unlikeness(labels, looks + 20), unlikeness(labels, looks), atol=1e-2)


def test_copies_do_not_make_the_ordinary_images_unlike(points):
    labels, looks = points
    looks[:10] = looks[0]
    scores = unlikeness(labels, looks)
    assert np.isfinite(scores).all()
    assert scores[10:].max() < ORDINARY


def test_no_image_at_all_is_no_error():
    assert unlikeness(np.empty(0, str), np.empty((0, 51), np.float32)).shape == (0,)


def test_thousands_of_one_class_are_compared_with_a_sample_that_finds_the_stranger_too():
    looks = np.random.default_rng(0).normal(0, 1, (9000, 51)).astype(np.float32)
    looks[4321] += 5
    assert unlikeness(np.full(9000, "a"), looks).argmax() == 4321


def table_of(generator, count):
    return pd.DataFrame(
        {
            "colours": [generator.integers(0, 256, 48, dtype=np.uint8).tobytes() for _ in range(count)],
            "brightness": generator.uniform(0, 1, count),
            "contrast": generator.uniform(0, 0.5, count),
            "sharpness": generator.uniform(0, 1, count),
        }
    )


def test_looks_are_brought_to_one_scale():
    looks = looks_of(table_of(np.random.default_rng(0), 100))
    assert looks.shape == (100, 51)
    spread = looks.std(axis=0)
    assert np.allclose(spread[:48], 1, atol=1e-3)
    assert np.allclose(spread[48:], 2, atol=1e-3), "3 figures × 2² are a quarter of 48 colours"


@pytest.mark.parametrize("count", [0, 1])
def test_none_or_one_image_has_finite_looks(count):
    looks = looks_of(table_of(np.random.default_rng(0), count))
    assert looks.shape == (count, 51)
    assert np.isfinite(looks).all()
