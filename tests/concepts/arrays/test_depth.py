"""The same picture in 8 and 16 bits and in floating point."""

import numpy as np
import pytest
from PIL import Image

from core.concepts.arrays.depth import to_depth, value_count, values_of_file
from core.images.reading import UnreadableImage
from core.images.reading_settings import Reading

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


def test_a_file_of_sixteen_bits_has_values_of_its_own(tmp_path):
    values = (np.arange(40 * 60).reshape(40, 60) * 27).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "deep.png")
    assert (values_of_file(tmp_path / "deep.png", (40, 60)) == values).all()
    thinned = values_of_file(tmp_path / "deep.png", (20, 30))
    assert thinned is not None and thinned.dtype == np.uint16
    assert (thinned == values[1::2, 1::2]).all()


def test_of_many_bands_those_are_taken_that_are_shown(tmp_path):
    tifffile = pytest.importorskip("tifffile")
    values = np.arange(5 * 4 * 6, dtype=np.uint16).reshape(5, 4, 6)
    tifffile.imwrite(tmp_path / "bands.tif", values, photometric="minisblack", planarconfig="contig")
    assert (values_of_file(tmp_path / "bands.tif", (5, 4)) == values[..., :3]).all()
    assert (values_of_file(tmp_path / "bands.tif", (5, 4), Reading(bands=(6, 1, 2))) == values[..., [5, 0, 1]]).all()
    assert (values_of_file(tmp_path / "bands.tif", (5, 4), Reading(bands=(4,))) == values[..., 3]).all()


def test_a_plain_file_has_none(tmp_path):
    Image.new("RGB", (3, 2)).save(tmp_path / "plain.png")
    assert values_of_file(tmp_path / "plain.png", (2, 3)) is None
    with pytest.raises(UnreadableImage):
        values_of_file(tmp_path / "gone.png", (2, 3))
