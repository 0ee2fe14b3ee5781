#!/bin/sh
# Where OpenJPEG and Pillow meet. 2026-11-30.
#
# The guess: Pillow, which gives colours of JPEG 2000 as 8 bits a band (pictures of satellites and scanners have 10, 12
# or 16), shows a picture of 16 bits as it would look of 8 bits; of few bits, the greatest value is white.
#
# What happens: a picture of 10, 12 or 16 bits opens as RGB or RGBA without an error or a warning, but each value in the
# topmost half step (65408 to 65535 of 16 bits) comes out as 0: half a step is added before the bits are cut off, 255
# becomes 256, and that is 0 in a byte. White and overexposed places are black, what is fully opaque is fully
# transparent; all other values are right. Of 1 bit the greatest value comes out as 128, of 4 bits as 240. The decoder
# beneath, OpenJPEG (here through imagecodecs), gives the values as they are.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=${PYTHON:-python3}
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder/packages" \
    pillow==13.0.0 imagecodecs==2026.3.6 numpy==2.4.6
cd "$folder"
PYTHONPATH="$folder/packages" "$python" - <<'PYTHON'
import io

import imagecodecs
import numpy as np
import PIL
from PIL import Image

print(f"Pillow {PIL.__version__}, imagecodecs {imagecodecs.__version__}")


def seen(values, bits):
    picture = np.empty((32, 32, len(values)), np.uint8 if bits <= 8 else np.uint16)
    picture[:] = values
    content = imagecodecs.jpeg2k_encode(picture.squeeze(), level=0, reversible=True, bitspersample=bits)
    assert np.array_equal(imagecodecs.jpeg2k_decode(content), picture.squeeze())
    with Image.open(io.BytesIO(content)) as image:
        pixel = image.getpixel((5, 5))
    print(f"{bits:2} bits {str(values):30} Pillow: {image.mode} {pixel}")
    return pixel


assert seen((200, 100, 50, 255), 8) == (200, 100, 50, 255)
assert seen((51400, 25700, 12850, 65000), 16) == (201, 100, 50, 254)
assert seen((51400, 25700, 12850, 65535), 16)[3] == 0, "opaque is opaque"
assert seen((802, 401, 200, 1023), 10)[3] == 0, "opaque is opaque"
assert seen((65535, 65408, 65407), 16) == (0, 0, 255), "white is white"
assert seen((15,), 4) == 240, "white is white"
assert seen((1,), 1) == 128, "white is white"
PYTHON
