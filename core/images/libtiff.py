"""Bytes that were packed by a TIFF's own compressions, unpacked by libtiff, which is inside Pillow.

imagecodecs 2026.3.6 has its own code for them, and a damaged LZW strip ends the whole process there.
"""

import io
import struct

from PIL import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from core.images.refusals import DAMAGED, UnreadableImage


class _Strip(TiffImageFile):
    """Bytes of a strip or tile as a picture, of any size: how large one may be was checked before."""

    def load_prepare(self) -> None:
        ImageFile.ImageFile.load_prepare(self)  # not Pillow's own, which takes each byte for a pixel and counts them


def unpack(packed: bytes, compression: int, fill_order: int, width: int, height: int) -> bytes:
    """The rows of a strip or tile, of so many bytes each.

    Parameters
    ----------
    packed : bytes
        As they lie in the file.
    compression : int
        The TIFF's number of the compression.
    fill_order : int
        1, or 2 where the bits of each packed byte lie the other way round.
    width, height : int
        Bytes of a row, and rows.

    Raises
    ------
    UnreadableImage
        If they can't be unpacked to so many.
    """
    # They are made a small TIFF of their own, of grey values of 8 bits.
    start = 8 + 2 + 12 * 10 + 4
    tags = {256: width, 257: height, 258: 8, 259: compression, 262: 1, 266: fill_order}
    tags |= {273: start, 277: 1, 278: height, 279: len(packed)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    header = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
    try:
        with _Strip(io.BytesIO(header + packed)) as image:
            return image.tobytes()
    except Exception as error:  # decoders answer hostile bytes with nearly every kind of exception
        raise UnreadableImage(DAMAGED) from error
