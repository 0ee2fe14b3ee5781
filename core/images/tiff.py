"""TIFFs that Pillow can't read or reads wrongly: deep values, many bands, rare compressions."""

from __future__ import annotations

import io
import logging
import math
import struct
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from PIL import Image

from core.images import tiff_header
from core.images.libtiff import unpack
from core.images.refusals import DAMAGED, MAXIMUM_BYTES, UnreadableImage, unsupported
from core.images.samples import Samples, turned
from core.images.tiff_header import TiffHeader

if TYPE_CHECKING:
    from tifffile import TiffPage

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, MASK, INKS, YCBCR, LAB, ICC_LAB = 0, 1, 2, 3, 4, 5, 6, 8, 9
COLOUR_BANDS = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, MASK: 1, INKS: 4, YCBCR: 3, LAB: 3, ICC_LAB: 3}
_COLOURS = {WHITE_IS_ZERO: "inverted", RGB: "rgb", PALETTE: "palette", INKS: "cmyk", LAB: "lab", ICC_LAB: "lab"}
_OTHER_COLOURS = {
    10: "ITU Lab colours",
    32803: "camera raw",
    34892: "camera raw",
    32844: "LogL values",
    32845: "LogLuv colours",
}

NONE, LZW, JPEG, DEFLATE, OLD_DEFLATE, PACKBITS = 1, 5, 7, 8, 32946, 32773
JPEG_2000, LERC, LZMA, ZSTD, PNG, WEBP = {34712}, {34887}, {34925}, {34926, 50000}, {34933}, {34927, 50001}
# By Pillow, that is libtiff: without compression, fax (2, 3, 4), LZW, JPEG of both kinds, deflate, PackBits and others.
_READ_BY_PILLOW = {NONE, 2, 3, 4, LZW, 6, JPEG, DEFLATE, OLD_DEFLATE, PACKBITS, 32771, 32809, *LZMA, 50000}
_SIZED_INSIDE = {JPEG, *JPEG_2000, *LERC, *PNG, *WEBP}
_UNPACKED_BY_LIBTIFF = {LZW, PACKBITS}
_READ_BY_TIFFFILE = {NONE, LZW, DEFLATE, OLD_DEFLATE, PACKBITS, *LZMA, *ZSTD, *_SIZED_INSIDE}
_COMPRESSIONS = {
    6: "old JPEG",
    22610: "JPEG XR",
    32809: "ThunderScan",
    33003: "Aperio JPEG 2000",
    33005: "Aperio JPEG 2000",
    33007: "JPEG of a rare kind",
    34661: "JBIG",
    34676: "SGI LogLuv",
    34677: "SGI LogLuv",
    34892: "lossy camera raw",
    34934: "JPEG XR",
    50002: "JPEG XL",
    52546: "JPEG XL",
}

# They tell in the log what nobody can act on; what matters is raised.
for name in ("tifffile", "imagecodecs"):
    logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def pillow_reads(header: TiffHeader) -> bool:
    """Whether Pillow gives the right pixels: of up to 8 bits, of colours without further bands."""
    bits, samples = header.bits(), header.one(tiff_header.SAMPLES, 1)
    photometric = header.one(tiff_header.PHOTOMETRIC, WHITE_IS_ZERO)
    return (
        header.place == 0
        and len(bits) == 1
        and (bits[0] == 8 or (bits[0] in (1, 2, 4) and samples == 1))
        and set(header.formats()) <= {1, 4}
        and photometric not in (MASK, LAB, ICC_LAB)
        and COLOUR_BANDS.get(photometric) == samples
        and header.one(tiff_header.INK_SET, 1) == 1
        and header.one(tiff_header.COMPRESSION, NONE) in _READ_BY_PILLOW
        and header.one(tiff_header.DEPTH, 1) == 1
        and 0 not in header.parts()  # left out, which Pillow doesn't know
    )


def read_tiff(stream: BinaryIO, header: TiffHeader) -> Samples:
    """The values of the first picture of a TIFF.

    Raises
    ------
    UnreadableImage
        If it is of a kind that isn't supported, or damaged.
    """
    if kind := _unsupported(header):
        raise UnreadableImage(unsupported("TIFF", kind))
    import tifffile  # a tenth of a second, which only those pay who have such files

    stream.seek(0)
    # Nothing is taken for the special kind that a program's name may hint at, and no other file is ever looked for.
    flags: dict[str, Any] = {f"is_{flag}": False for flag in tifffile.TIFF.FILE_FLAGS}
    with tifffile.TiffFile(stream, _multifile=False, **flags) as file:
        page = file.pages[header.place]
        if not isinstance(page, tifffile.TiffPage) or page.dtype is None:
            raise UnreadableImage(unsupported("TIFF", header.bands_in_words()))
        if page.compression == NONE and not page.is_tiled:
            _count_again(page, header)
        _check_parts(page, page.dtype.itemsize, stream)
        try:
            packed = page.compression in _UNPACKED_BY_LIBTIFF
            values = _unpacked(page, stream) if packed else page.asarray(squeeze=False, maxworkers=1)
        except NotImplementedError as error:
            raise UnreadableImage(unsupported("TIFF", header.bands_in_words())) from error
        return _samples(page, values, header)


def _unpacked(page: TiffPage, stream: BinaryIO) -> np.ndarray:
    """The values of a page, as `TiffPage.asarray` gives them, of which libtiff has unpacked each strip or tile."""
    compression, page.compression = page.compression, NONE
    fill_order, page.fillorder = page.fillorder, 1
    values = np.full(page.shaped, page.nodata, page.dtype)
    for index, (offset, count) in enumerate(zip(page.dataoffsets, page.databytecounts, strict=False)):
        _, (plane, depth, top, left, _), shape = page.decode(None, index)
        if not count or plane >= len(values):
            continue  # left out, or one more than there are
        stream.seek(offset)
        row_bytes = -(-shape[2] * shape[3] * page.bitspersample // 8)
        rows = unpack(stream.read(count), compression, fill_order, row_bytes, shape[0] * shape[1])
        part, *_ = page.decode(rows, index)
        if part is None:
            continue
        room = values[plane, depth : depth + shape[0], top : top + shape[1], left : left + shape[2]]
        room[:] = part[: room.shape[0], : room.shape[1], : room.shape[2]]
    return values


def _unsupported(header: TiffHeader) -> str:
    """What there is about a TIFF that can't be read; "" if it can."""
    compression = header.one(tiff_header.COMPRESSION, NONE)
    photometric = header.one(tiff_header.PHOTOMETRIC, WHITE_IS_ZERO)
    bits, formats = header.bits(), header.formats()
    if compression not in _READ_BY_TIFFFILE:
        return f"{_COMPRESSIONS.get(compression, f'number {compression}')} compression"
    if photometric not in COLOUR_BANDS:
        return _OTHER_COLOURS.get(photometric, f"colours of number {photometric}")
    if set(formats) & {5, 6}:
        return "complex numbers"
    if compression in LERC and header.tags.get(tiff_header.LERC_PARAMETERS, (4, 0))[1:] != (0,):
        return "LERC compression, packed once more"
    if len(bits) > 1 or len(formats) > 1:
        return f"bands of different depth, {header.bands_in_words()}"
    if compression == JPEG and bits != (8,):
        return f"JPEG compression of {header.bits()[0]} bits"
    if kind := _unsupported_colours(photometric, header):
        return f"{kind}, {header.bands_in_words()}"
    return ""


def _unsupported_colours(photometric: int, header: TiffHeader) -> str:
    """Which colours they are that can't be read of so many bands and bits; "" if they can."""
    bands, bits = header.one(tiff_header.SAMPLES, 1), header.bits()[0]
    is_whole = set(header.formats()) <= {1, 4}
    if photometric == YCBCR and (header.one(tiff_header.COMPRESSION, NONE) != JPEG or bands != 3):
        return "YCbCr colours"
    if photometric in (LAB, ICC_LAB) and (bands < 3 or bits not in (8, 16)):
        return "CIELAB colours"
    if photometric == PALETTE and (bits > 16 or not is_whole):
        return "a palette"
    if photometric == INKS and (bands < 4 or header.one(tiff_header.INK_SET, 1) != 1):
        return "inks other than cyan, magenta, yellow and black"
    return ""


def _count_again(page: TiffPage, header: TiffHeader) -> None:
    """Set right the bytes of strips that aren't compressed: some programs count wrongly, and tifffile believes them."""
    counts = tiff_header.strip_bytes(header, len(page.dataoffsets))
    given = (*page.databytecounts, *[0] * len(counts))
    strips = zip(page.dataoffsets, counts, given, strict=False)
    page.databytecounts = tuple(count if offset else said for offset, count, said in strips)


def _check_parts(page: TiffPage, value_bytes: int, stream: BinaryIO) -> None:
    """That all strips or tiles are there, and none unpacks to more than it should.

    Raises
    ------
    UnreadableImage
        If not.
    """
    parts = math.prod(page.chunked)
    samples = page.samplesperpixel if page.planarconfig == 1 else 1
    if len(page.dataoffsets) < parts or len(page.databytecounts) < len(page.dataoffsets):
        raise UnreadableImage(DAMAGED)
    # What was left out has neither place nor length.
    if any(bool(count) != bool(offset) for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False)):
        raise UnreadableImage(DAMAGED)
    if not any(page.dataoffsets):
        raise UnreadableImage("holds no pixels: none was ever written, as when saving it failed")
    width, height = (page.tilewidth, page.tilelength) if page.is_tiled else (page.imagewidth, page.rowsperstrip)
    if width * height * samples * value_bytes > MAXIMUM_BYTES or 0 in page.chunks:
        raise UnreadableImage(DAMAGED)
    if page.compression not in _SIZED_INSIDE:
        return
    for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False):
        if count:
            stream.seek(offset)
            inside = _size_inside(stream.read(min(count, 65536)), page.compression)
            if inside is None or inside[0] > width or inside[1] > height or inside[2] > max(4, samples):
                raise UnreadableImage(DAMAGED)


def _size_inside(head: bytes, compression: int) -> tuple[int, int, int] | None:
    """Width, height and bands that a strip or tile claims, of compressions that are an image format of their own."""
    if compression in LERC:
        return _lerc_size(head)
    if compression in JPEG_2000:
        return _jpeg_2000_size(head)
    if compression in WEBP:
        return _webp_size(head)
    if compression in PNG:
        return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"), 4
    try:
        with Image.open(io.BytesIO(head), formats=["JPEG"]) as image:
            return *image.size, 4
    except Exception:  # decoders answer hostile bytes with nearly every kind of exception
        return None


def _jpeg_2000_size(head: bytes) -> tuple[int, int, int] | None:
    """Width, height and bands of a JPEG 2000 (ITU T.800, section A.5.1)."""
    start = head.find(b"\xff\x4f\xff\x51")
    if start < 0 or len(head) < start + 42:
        return None
    right, lower, left, upper = struct.unpack_from(">4I", head, start + 8)
    return right - left, lower - upper, struct.unpack_from(">H", head, start + 40)[0]


def _webp_size(head: bytes) -> tuple[int, int, int] | None:
    """Width, height and bands of a WebP (RFC 9649, section 2): of the extended, the lossless and the lossy kind."""
    kind = head[12:16]
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1, 4
    if kind == b"VP8L":
        both = int.from_bytes(head[21:25], "little")
        return (both & 0x3FFF) + 1, (both >> 14 & 0x3FFF) + 1, 4
    if kind == b"VP8 ":
        return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF, 4
    return None


def _lerc_size(head: bytes) -> tuple[int, int, int] | None:
    """Columns, rows and values a pixel of LERC 2 (github.com/Esri/lerc, Lerc2.h, HeaderInfo)."""
    if not head.startswith(b"Lerc2 ") or len(head) < 26:
        return None
    version = struct.unpack_from("<i", head, 6)[0]
    # Since version 3 a checksum comes before them, and since version 4 pixels may have several values.
    rows, columns, values = struct.unpack_from("<3i", head, 10 if version < 3 else 14)
    return columns, rows, values if version >= 4 else 1


def _samples(page: TiffPage, values: np.ndarray, header: TiffHeader) -> Samples:
    """The values of a page of shape (planes, depth, height, width, bands a plane), and what they mean."""
    photometric = int(page.photometric)
    values = values[:, 0]
    values = values[0] if len(values) == 1 else np.moveaxis(values[..., 0], 0, -1)
    if values.dtype == bool:
        values = values.astype(np.uint8)
    elif values.dtype == np.float16:
        values = values.astype(np.float32)
    colours = "rgb" if photometric == YCBCR else _COLOURS.get(photometric, "grey")
    if photometric == ICC_LAB:
        values = values - values.dtype.type(0)  # a copy
        values[..., 1:] ^= values.dtype.type(2 ** (page.bitspersample - 1))
    extra = [int(kind) for kind in page.extrasamples]
    base = max(1, values.shape[2] - len(extra))
    alpha = next((base + index for index, kind in enumerate(extra) if kind in (1, 2)), None)
    alpha = alpha if alpha is not None and alpha < values.shape[2] else None
    orientation = header.one(tiff_header.ORIENTATION, 1)
    return Samples(
        values=turned(values, orientation),
        colours=colours if values.shape[2] >= COLOUR_BANDS[photometric] else "grey",
        bits=page.bitspersample,
        mode=_mode(values, colours, alpha, header),
        orientation=orientation if orientation in range(1, 9) else 1,
        alpha=alpha,
        is_premultiplied=alpha is not None and extra[alpha - base] == 1,
        palette=_palette(page) if colours == "palette" else None,
        nodata=_nodata(page),
    )


def _mode(values: np.ndarray, colours: str, alpha: int | None, header: TiffHeader) -> str:
    """Pillow's name for the colours, where it has one."""
    bands, kind = values.shape[2], values.dtype
    if colours in ("palette", "cmyk", "lab"):
        return {"palette": "P", "cmyk": "CMYK", "lab": "LAB"}[colours]
    if bands == 1 and kind == np.uint16:
        return "I;16B" if header.big_endian else "I;16"
    if bands == 1:
        return "F" if kind.kind == "f" else "L" if kind.itemsize == 1 else "I"
    if bands == 2 and alpha == 1:
        return "LA"
    if bands == 4 and alpha == 3:
        return "RGBA"
    return "RGB" if colours == "rgb" else f"{bands} bands"


def _palette(page: TiffPage) -> np.ndarray:
    if page.colormap is None:
        raise UnreadableImage(DAMAGED)
    return np.ascontiguousarray((np.asarray(page.colormap) >> 8).astype(np.uint8).T)


def _nodata(page: TiffPage) -> float | None:
    """GDAL's note of the value that stands for none."""
    if 42113 not in page.tags or not np.isfinite(page.nodata):
        return None
    return float(page.nodata)
