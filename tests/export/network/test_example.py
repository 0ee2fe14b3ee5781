"""The example in an export reads images of 8 bits as the run does: the same numbers, without the workbench."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.export.network.example import Example
from core.images.reading import read_square

SIDE = 48
RNG = np.random.default_rng(0)
PHOTOGRAPH = Image.fromarray(RNG.integers(0, 256, (30, 40, 3), dtype=np.uint8)).resize((400, 300), Image.BICUBIC)
TURNED = Image.Exif()
TURNED[274] = 6
SEEN_THROUGH = PHOTOGRAPH.copy()
SEEN_THROUGH.putalpha(Image.linear_gradient("L").resize(PHOTOGRAPH.size))
PALETTE = PHOTOGRAPH.quantize(32)
KINDS = {
    "photograph.jpg": (PHOTOGRAPH, {"quality": 90}),
    "turned.jpg": (PHOTOGRAPH, {"exif": TURNED}),
    "inks.jpg": (PHOTOGRAPH.convert("CMYK"), {}),
    "grey.jpg": (PHOTOGRAPH.convert("L"), {}),
    "transparent.png": (SEEN_THROUGH, {}),
    "transparent_grey.png": (SEEN_THROUGH.convert("LA"), {}),
    "palette.png": (PALETTE, {}),
    "palette_with_transparency.png": (PALETTE, {"transparency": 3}),
    "two_colours.png": (PHOTOGRAPH.convert("1"), {}),
    "photograph.tif": (PHOTOGRAPH, {}),
    "photograph.webp": (PHOTOGRAPH, {"lossless": True}),
    "tiny.png": (PHOTOGRAPH.resize((5, 3)), {}),
}


@pytest.fixture
def read(tmp_path: Path):
    """The example's function that reads an image."""
    (tmp_path / "labels.json").write_text("[]")
    code = Example(imports="", load="", answer="pass").code(SIDE, "nothing")
    names = {"__name__": "example", "__file__": str(tmp_path / "example.py")}
    exec(compile(code, "example.py", "exec"), names)
    return names["read"]


@pytest.mark.parametrize("name", KINDS)
def test_reads_as_the_run_does(tmp_path, read, name):
    picture, options = KINDS[name]
    picture.save(tmp_path / name, **options)
    np.testing.assert_array_equal(read(tmp_path / name), read_square(tmp_path / name, SIDE))


@pytest.mark.real
def test_reads_real_photographs_as_the_run_does(real_images, read):
    paths = [*sorted((real_images / "cats_dogs" / "cats").iterdir())[:10]]
    paths += sorted((real_images / "aerial_scenes" / "beach").iterdir())[:3]
    for path in paths:
        np.testing.assert_array_equal(read(path), read_square(path, SIDE))
