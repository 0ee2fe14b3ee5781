"""The same picture in 8 and 16 bits and in floating point."""

import numpy as np
import pytest

from core.concepts.depth import to_depth, value_count

EIGHT = np.arange(256, dtype=np.uint8).reshape(16, 16)


def test_sixteen_bits_are_257_times_eight_bits():
    deep = to_depth(EIGHT, "uint16")
    assert deep.dtype == np.uint16
    assert (deep == 257 * EIGHT.astype(int)).all()


def test_floats_are_shares_of_white():
    floats = to_depth(EIGHT, "float32")
    assert floats.dtype == np.float32
    np.testing.assert_allclose(floats, EIGHT / 255, rtol=1e-7)
    assert to_depth(np.array([[-0.5, 2]], np.float32), "uint8").tolist() == [[0, 255]]


@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32"])
def test_nothing_of_eight_bits_is_lost_on_the_way(kind):
    assert (to_depth(to_depth(EIGHT, kind), "uint8") == EIGHT).all()


def test_sixteen_bits_are_rounded_to_eight():
    assert to_depth(np.array([[0, 128, 129, 65535]], np.uint16), "uint8").tolist() == [[0, 0, 1, 255]]


def test_how_many_values_there_are():
    assert (value_count("uint8"), value_count("uint16")) == (256, 65536)
