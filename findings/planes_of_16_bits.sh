#!/bin/sh
# Where tifffile and Pillow meet. 2026-11-29.
#
# The guess: an array of three planes of 16 bits, shape (3, height, width), that tifffile saves as it does by itself, is
# opened by Pillow as the same picture at 8 bits, or refused; as it does with the same picture compressed.
#
# What happens: tifffile writes the planes one after the other, uncompressed, which is valid TIFF 6.0
# (PlanarConfiguration 2). Pillow opens it as mode RGB without an error or a warning, and takes each byte for a pixel:
# a row shows the low and the high halves of its first half's values side by side. Of planes that are compressed
# (libtiff reads these) and of 8 bits the picture is right. And a 16-bit grey picture of which 0 is white
# (PhotometricInterpretation 0) comes out as it lies in the file, not inverted, where 8 bits are inverted.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=${PYTHON:-python3}
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder/packages" \
    pillow==13.0.0 tifffile==2026.3.3 numpy==2.4.6
cd "$folder"
PYTHONPATH="$folder/packages" "$python" - <<'PYTHON'
import numpy as np
import PIL
import tifffile
from PIL import Image

print(f"Pillow {PIL.__version__}, tifffile {tifffile.__version__}")
planes = np.empty((3, 4, 8), np.uint16)
planes[:] = np.array([200, 100, 50])[:, None, None] * 256 + 7  # one colour: (200, 100, 50) of 8 bits


def seen(name, array, **options):
    tifffile.imwrite(name, array, **options)
    with tifffile.TiffFile(name) as file:
        assert np.array_equal(file.pages.first.asarray(), array)
    with Image.open(name) as image:
        row = np.asarray(image)[0].tolist()
    print(f"{name:22} Pillow's first four pixels: {row[:4]}")
    return row


whole = seen("planes_16.tif", planes, photometric="rgb")
packed = seen("planes_16_deflate.tif", planes, photometric="rgb", compression="zlib")
bytes_ = seen("planes_8.tif", (planes >> 8).astype(np.uint8), photometric="rgb")
grey = seen("white_is_zero_16.tif", planes[0], photometric="miniswhite")
grey_8 = seen("white_is_zero_8.tif", (planes[0] >> 8).astype(np.uint8), photometric="miniswhite")
assert packed[0] == bytes_[0] == [200, 100, 50], "the compressed or the 8-bit planes are read otherwise now"
assert whole[:2] == [[7, 7, 7], [200, 100, 50]], "16-bit planes are read otherwise now"
assert grey[0] == 200 * 256 + 7 and grey_8[0] == 255 - 200, "white is zero is read otherwise now"
print("as found: two pixels a value, and no inversion of 16 bits")
PYTHON
