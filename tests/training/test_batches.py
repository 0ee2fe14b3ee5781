"""Batches: each image once a pass, the same again for the same seed, and as many passes as few images need."""

from itertools import chain

import numpy as np
import pytest

from core.training.batches import Batches, passes_for


def batches(count=10, **changes):
    return Batches(np.arange(count), np.arange(count) % 2, **{"batch_size": 4, "seed": 3} | changes)


def rows_of(epoch, **changes):
    """The images of each batch of an epoch."""
    made = batches(**changes)
    made.begin(epoch)
    return [made[index][0].tolist() for index in range(len(made))]


def test_an_epoch_of_several_passes_has_each_image_once_in_each_in_another_order():
    drawn = rows_of(0, passes=3)
    assert [len(rows) for rows in drawn] == [4, 4, 2] * 3
    passes = [list(chain(*drawn[start : start + 3])) for start in (0, 3, 6)]
    assert all(sorted(rows) == list(range(10)) for rows in passes)
    assert passes[0] != passes[1] != passes[2]


def test_the_first_pass_is_the_epoch_that_has_no_other():
    assert rows_of(5, passes=3)[:3] == rows_of(5)
    assert rows_of(5, passes=3) == rows_of(5, passes=3) != rows_of(6, passes=3)


def test_the_size_of_a_batch_is_that_of_its_images():
    made = batches(passes=3)
    assert [made.size_of(index) for index in range(len(made))] == [len(rows) for rows in rows_of(0, passes=3)]


def test_where_devices_share_a_batch_every_pass_leaves_out_what_does_not_come_out_even():
    assert [len(rows) for rows in rows_of(0, count=11, passes=2, shares=2)] == [4, 4, 2] * 2


@pytest.mark.parametrize(
    ("images", "passes"), [(1, 40), (128, 40), (129, 20), (300, 14), (5120, 1), (25_000, 1), (0, 40)]
)
def test_there_are_as_many_passes_as_forty_steps_take(images, passes):
    assert passes_for(40, images, 128) == passes
    assert passes_for(1, images, 128) == 1
