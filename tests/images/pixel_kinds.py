"""Every kind of pixels that Pillow and tifffile can write, with the picture that must come out, or the sentence.

Colour modes × types of value × ways to lie in a file. Each kind writes one file, a picture of four quarters, each of
one colour, so that it can be compared after whatever makes it smaller: at import, in training, in a prediction.
``python tests/images/pixel_kinds.py`` prints the table.
"""

from __future__ import annotations

import io
import itertools
import logging
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from core.images.reading_settings import AS_USUAL, Reading

WIDTH, HEIGHT = 64, 48
# Red, green and blue of the quarters: upper left, upper right, lower left, lower right.
COLOURS = np.array([[200, 40, 90], [30, 180, 60], [10, 20, 240], [250, 235, 220]])
GREYS = COLOURS[:, 1]


@dataclass(frozen=True)
class PixelKind:
    """A file of a kind, and what must come of it.

    Attributes
    ----------
    name : str
        Mode, type of value and layout, unique.
    suffix : str
        The ending of its file's name.
    content : bytes
        The file.
    expected : numpy.ndarray or str
        Shape (4, 3): red, green and blue of the quarters, 0..255; or the sentence that says why it can't be read.
    reading : Reading
        What it has to be read with for that.
    within : int
        How far a value may lie from what is expected, where the file itself doesn't keep it exactly.
    """

    name: str
    suffix: str
    content: bytes
    expected: np.ndarray | str
    reading: Reading = AS_USUAL
    within: int = 0

    def write(self, folder: Path, stem: str = "a") -> Path:
        path = folder / (stem + self.suffix)
        path.write_bytes(self.content)
        return path


def quarters(pixels: np.ndarray) -> np.ndarray:
    """Red, green and blue in the middle of each quarter of a picture, shape (4, 3) of int."""
    height, width = pixels.shape[:2]
    places = [(row, column) for row in (height // 4, height * 3 // 4) for column in (width // 4, width * 3 // 4)]
    return np.array([pixels[row, column] for row, column in places], dtype=int)


def painted(values: np.ndarray) -> np.ndarray:
    """A picture of HEIGHT × WIDTH with these four values, or rows of values, in its quarters."""
    values = np.asarray(values)
    upper, lower = (np.repeat(values[pair], WIDTH // 2, axis=0) for pair in ([0, 1], [2, 3]))
    return np.concatenate([np.repeat(half[None], HEIGHT // 2, axis=0) for half in (upper, lower)])


def _grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(np.asarray(values)[:, None], 3, axis=1)


# Types of value: how 0..255 lies in each, and the reading that brings it back.
TYPES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Reading]] = {
    "uint8": (lambda v: v, AS_USUAL),
    "uint16": (lambda v: v * 257, AS_USUAL),
    "uint16, 12 used": (lambda v: v * 16, Reading((("uint16", 0, 4080),))),
    "uint16, a window": (lambda v: v * 4 + 1000, Reading((("uint16", 1000, 2020),))),
    "uint32": (lambda v: v * 2**24, Reading((("uint32", 0, 255 * 2**24),))),
    "uint64": (lambda v: v * 2**52, Reading((("uint64", 0, 255 * 2**52),))),
    "int8": (lambda v: v - 128, AS_USUAL),
    "int16": (lambda v: v * 16 - 2000, Reading((("int16", -2000, 2080),))),
    "int32": (lambda v: v * 2**23 - 2**30, Reading((("int32", -(2**30), 255 * 2**23 - 2**30),))),
    "int64": (lambda v: v * 2**40 - 2**47, Reading((("int64", -(2**47), 255 * 2**40 - 2**47),))),
    "float16": (lambda v: v / 255, AS_USUAL),
    "float32": (lambda v: v / 255, AS_USUAL),
    "float32, 0..255": (lambda v: v * 1.0, AS_USUAL),
    "float32, below 0": (lambda v: v / 127.5 - 1, Reading((("float32", -1, 1),))),
    "float64": (lambda v: v * 100.0 - 5e3, Reading((("float64", -5e3, 20.5e3),))),
}


def _typed(kind: str, values: np.ndarray) -> np.ndarray:
    return TYPES[kind][0](np.asarray(values, dtype=np.int64)).astype(kind.split(",")[0])


def _tiff(array: np.ndarray, **options) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, np.ascontiguousarray(array), metadata=None, **options)
    return file.getvalue()


def _planes(array: np.ndarray) -> np.ndarray:
    return np.moveaxis(array, -1, 0)


# TIFF by tifffile ----------------------------------------------------------------------------------------------------

LAYOUTS: dict[str, dict] = {
    "strips": {},
    "one strip a row": {"rowsperstrip": 1},
    "big-endian": {"byteorder": ">"},
    "BigTIFF": {"bigtiff": True},
    "tiles": {"tile": (16, 32)},
    "tiles of BigTIFF, big-endian": {"tile": (32, 16), "bigtiff": True, "byteorder": ">"},
    "LZW": {"compression": "lzw"},
    "LZW, predictor": {"compression": "lzw", "predictor": True},
    "LZW, predictor, big-endian": {"compression": "lzw", "predictor": True, "byteorder": ">"},
    "deflate": {"compression": "zlib"},
    "deflate, predictor, tiles, big-endian": {
        "compression": "zlib",
        "predictor": True,
        "tile": (16, 16),
        "byteorder": ">",
    },
    "PackBits": {"compression": "packbits"},
    "LZMA": {"compression": "lzma"},
    "ZSTD": {"compression": "zstd"},
    "ZSTD, predictor": {"compression": "zstd", "predictor": True},
    "LERC": {"compression": "lerc"},
    "JPEG 2000": {"compression": "jpeg2000"},
    "PNG": {"compression": "png"},
    "WebP": {"compression": "webp", "compressionargs": {"lossless": True}},
}
# What a codec itself has no room for.
_NO_ROOM = {
    "LZW, predictor": {"uint64", "int64"},
    "LZW, predictor, big-endian": {"uint64", "int64"},
    "deflate, predictor, tiles, big-endian": {"uint64", "int64"},
    "ZSTD, predictor": {"uint64", "int64"},
    "LERC": {"uint64", "int64", "float16"},
    "JPEG 2000": {*TYPES} - {"uint8", "uint16", "uint16, 12 used", "uint16, a window"},
    "PNG": {*TYPES} - {"uint8", "uint16", "uint16, 12 used", "uint16, a window"},
    "WebP": {*TYPES} - {"uint8"},
}


def _grey_and_colour() -> Iterator[PixelKind]:
    for (kind, (_, reading)), (layout, options) in itertools.product(TYPES.items(), LAYOUTS.items()):
        if kind in _NO_ROOM.get(layout, ()):
            continue
        if layout != "WebP":
            grey = _tiff(painted(_typed(kind, GREYS)), photometric="minisblack", **options)
            yield PixelKind(f"TIFF grey, {kind}, {layout}", ".tif", grey, _grey(GREYS), reading)
        colour = _tiff(painted(_typed(kind, COLOURS)), photometric="rgb", **options)
        yield PixelKind(f"TIFF colour, {kind}, {layout}", ".tif", colour, COLOURS, reading)


def _planar() -> Iterator[PixelKind]:
    for (kind, (_, reading)), (layout, options) in itertools.product(TYPES.items(), LAYOUTS.items()):
        if layout in ("PNG", "WebP") or kind in _NO_ROOM.get(layout, ()):
            continue
        planes = _planes(painted(_typed(kind, COLOURS)))
        content = _tiff(planes, photometric="rgb", planarconfig="separate", **options)
        yield PixelKind(f"TIFF colour in planes, {kind}, {layout}", ".tif", content, COLOURS, reading)
    # What tifffile makes by itself of an array of three planes.
    yield PixelKind(
        "TIFF colour in planes, uint16, by default",
        ".tif",
        _tiff(_planes(painted(_typed("uint16", COLOURS))), photometric="rgb"),
        COLOURS,
    )


def _white_is_zero() -> Iterator[PixelKind]:
    for kind, layout in itertools.product(TYPES, ("strips", "big-endian", "deflate, predictor, tiles, big-endian")):
        if kind in _NO_ROOM.get(layout, ()):
            continue
        content = _tiff(painted(_typed(kind, GREYS)), photometric="miniswhite", **LAYOUTS[layout])
        expected = _grey(255 - GREYS)
        yield PixelKind(f"TIFF white is zero, {kind}, {layout}", ".tif", content, expected, TYPES[kind][1])


def _few_bits() -> Iterator[PixelKind]:
    for bits in (1, 2, 4):
        levels = np.array([0, 1, 2**bits // 2, 2**bits - 1])
        for photometric, layout in itertools.product(("minisblack", "miniswhite"), ("strips", "big-endian")):
            values = painted(levels.astype(bool if bits == 1 else np.uint8))
            content = _tiff(values, photometric=photometric, bitspersample=bits, **LAYOUTS[layout])
            shown = np.rint(levels / (2**bits - 1) * 255).astype(int)
            expected = _grey(shown if photometric == "minisblack" else 255 - shown)
            yield PixelKind(f"TIFF {photometric}, {bits} bits, {layout}", ".tif", content, expected)
    for bits in (10, 12, 14):
        values = np.rint(GREYS / 255 * (2**bits - 1)).astype(np.uint16)
        content = _tiff(painted(values), photometric="minisblack", bitspersample=bits)
        yield PixelKind(f"TIFF grey, packed {bits} bits", ".tif", content, _grey(GREYS))
        values = np.rint(COLOURS / 255 * (2**bits - 1)).astype(np.uint16)
        content = _tiff(painted(values), photometric="rgb", bitspersample=bits)
        yield PixelKind(f"TIFF colour, packed {bits} bits", ".tif", content, COLOURS)


OPACITIES = np.array([255, 255, 0, 51])


def _on_white(colours: np.ndarray) -> np.ndarray:
    share = OPACITIES[:, None] / 255
    return np.rint(colours * share + 255 * (1 - share)).astype(int)


def _transparency() -> Iterator[PixelKind]:
    for kind, layout in itertools.product(
        ("uint8", "uint16", "uint16, 12 used", "float32"), ("strips", "LZW", "tiles")
    ):
        reading, options = TYPES[kind][1], LAYOUTS[layout]
        for name, values in (("grey", GREYS[:, None]), ("colour", COLOURS)):
            layers = painted(_typed(kind, np.hstack([values, OPACITIES[:, None]])))
            options = LAYOUTS[layout] | {"photometric": "rgb" if name == "colour" else "minisblack"}
            options |= {"planarconfig": "contig", "extrasamples": ["unassalpha"]}
            expected = _on_white(values * np.ones((1, 3), int))
            title = f"TIFF {name} and transparency, {kind}, {layout}"
            yield PixelKind(title, ".tif", _tiff(layers, **options), expected, reading, within=1)
            multiplied = np.rint(values * OPACITIES[:, None] / 255)
            layers = painted(_typed(kind, np.hstack([multiplied, OPACITIES[:, None]])))
            content = _tiff(layers, **options | {"extrasamples": ["assocalpha"]})
            yield PixelKind(f"{title}, premultiplied", ".tif", content, expected, reading, within=3)


def _near_infrared() -> np.ndarray:
    """A band with structure, 60..200."""
    return np.random.default_rng(0).integers(60, 201, (HEIGHT, WIDTH))


def _many_bands() -> Iterator[PixelKind]:
    for kind in ("uint8", "uint16", "uint16, 12 used", "int16", "float32"):
        reading = TYPES[kind][1]
        infrared = _typed(kind, _near_infrared())[..., None]
        four = np.concatenate([painted(_typed(kind, COLOURS)), infrared], axis=2)
        for tag in ("unspecified", "unassalpha", "assocalpha"):
            content = _tiff(four, photometric="rgb", extrasamples=[tag])
            yield PixelKind(f"TIFF near infrared called {tag}, {kind}", ".tif", content, COLOURS, reading)
        content = _tiff(_planes(four), photometric="rgb", planarconfig="separate")
        yield PixelKind(f"TIFF near infrared in planes, {kind}", ".tif", content, COLOURS, reading)
        for bands in (2, 5, 13, 200):
            rest = np.arange(4 * (bands - 1)).reshape(4, bands - 1) % 256
            layers = painted(_typed(kind, np.hstack([COLOURS[:, :1], rest])))
            expected = np.hstack([COLOURS[:, :1], rest])[:, :3] if bands > 2 else _grey(COLOURS[:, 0])
            contiguous = _tiff(layers, photometric="minisblack", planarconfig="contig")
            yield PixelKind(f"TIFF {bands} bands, {kind}", ".tif", contiguous, expected, reading)
            separate = _tiff(
                _planes(layers), photometric="minisblack", planarconfig="separate", compression="zlib", predictor=True
            )
            yield PixelKind(f"TIFF {bands} bands in planes, deflate, {kind}", ".tif", separate, expected, reading)
        chosen = Reading(reading.ranges, (13, 2, 1))
        layers = painted(_typed(kind, np.hstack([COLOURS[:, ::-1], np.zeros((4, 9)), COLOURS[:, :1]])))
        layers[..., 1] = painted(_typed(kind, COLOURS[:, 1]))
        layers[..., 0] = painted(_typed(kind, COLOURS[:, 2]))
        content = _tiff(layers, photometric="minisblack", planarconfig="contig", compression="lzw")
        yield PixelKind(f"TIFF 13 bands, the 13th, 2nd and 1st chosen, {kind}", ".tif", content, COLOURS, chosen)
        grey = Reading(reading.ranges, (13,))
        yield PixelKind(f"TIFF 13 bands, the 13th alone chosen, {kind}", ".tif", content, _grey(COLOURS[:, 0]), grey)
        lacking = Reading(reading.ranges, (14, 2, 1))
        sentence = "has 13 bands, and no band 14, which was chosen to be shown"
        yield PixelKind(f"TIFF 13 bands, a 14th chosen, {kind}", ".tif", content, sentence, lacking)


def _other_colours() -> Iterator[PixelKind]:
    order = np.array([3, 0, 1, 2])
    for bits in (8, 16):
        palette = np.zeros((3, 2**bits), np.uint16)
        palette[:, order * 11] = COLOURS.T * 257
        indexes = painted((order * 11).astype(f"uint{bits}"))
        for layout in ("strips", "LZW", "LERC"):
            content = _tiff(indexes, photometric="palette", colormap=palette, **LAYOUTS[layout])
            yield PixelKind(f"TIFF palette, {bits} bits, {layout}", ".tif", content, COLOURS)
        inks = 255 - np.hstack([COLOURS, np.full((4, 1), 255)])
        for layout in ("strips", "deflate", "ZSTD, predictor"):
            content = _tiff(painted(_typed(f"uint{bits}", inks)), photometric="separated", **LAYOUTS[layout])
            yield PixelKind(f"TIFF inks, {bits} bits, {layout}", ".tif", content, COLOURS, within=1)
        # Red, green, blue and a grey of sRGB in CIELAB, seen by D50 (B. Lindbloom, "CIE Color Calculator").
        lab = np.array([[54.29, 80.81, 69.89], [87.82, -79.27, 80.99], [29.57, 68.30, -112.03], [53.59, 0, 0]])
        lightness = np.rint(lab[:, :1] / 100 * (2**bits - 1))
        signed = np.rint(lab[:, 1:] * 2 ** (bits - 8)).astype(np.int64) % 2**bits
        content = _tiff(painted(np.hstack([lightness, signed]).astype(f"uint{bits}")), photometric="cielab")
        expected = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [128, 128, 128]])
        within = 10 if bits == 8 else 2  # whole steps of a* and b* are wide
        yield PixelKind(f"TIFF CIELAB, {bits} bits", ".tif", content, expected, within=within)
        unsigned = (signed + 2 ** (bits - 1)) % 2**bits
        content = _tiff(painted(np.hstack([lightness, unsigned]).astype(f"uint{bits}")), photometric="icclab")
        yield PixelKind(f"TIFF ICC LAB, {bits} bits", ".tif", content, expected, within=within)
    jpeg = _tiff(painted(COLOURS.astype(np.uint8)), photometric="rgb", compression="jpeg")
    yield PixelKind("TIFF colour, uint8, JPEG", ".tif", jpeg, COLOURS, within=4)
    jpeg = _tiff(painted(GREYS.astype(np.uint8)), photometric="minisblack", compression="jpeg")
    yield PixelKind("TIFF grey, uint8, JPEG", ".tif", jpeg, _grey(GREYS), within=4)
    halved = _tiff(
        painted(COLOURS.astype(np.uint8)), photometric="rgb", compression="jpeg", subsampling=(2, 2), tile=(16, 16)
    )
    yield PixelKind("TIFF YCbCr, half the colours, JPEG in tiles", ".tif", halved, COLOURS, within=4)
    five = np.concatenate([painted(COLOURS), np.zeros((HEIGHT, WIDTH, 2), int)], axis=2).astype(np.uint8)
    planes = _tiff(_planes(five), photometric="minisblack", planarconfig="separate", compression="jpeg")
    yield PixelKind("TIFF 5 bands in planes, uint8, JPEG", ".tif", planes, COLOURS, within=4)


def _odd_values() -> Iterator[PixelKind]:
    values = painted(np.array([0, np.nan, np.inf, -np.inf], np.float32))
    content = _tiff(values, photometric="minisblack")
    shown = _grey(np.array([0, 0, 255, 0]))
    yield PixelKind("TIFF grey, float32, no numbers and endless ones", ".tif", content, shown)
    reading = Reading((("float32", -1, 1),))
    shown = _grey(np.array([128, 0, 255, 0]))
    yield PixelKind("TIFF grey, float32, no numbers and endless ones, a range", ".tif", content, shown, reading)
    content = _tiff(np.full((HEIGHT, WIDTH), np.nan, np.float64), photometric="minisblack")
    yield PixelKind("TIFF grey, float64, no number at all", ".tif", content, _grey(np.zeros(4, int)))
    values = painted(np.array([-9999, 0, 100, 200], np.float32))
    content = _tiff(values, photometric="minisblack", extratags=[(42113, "s", 6, "-9999", True)])
    reading = Reading((("float32", -9999.5, 200),))
    shown = _grey(np.array([0, 250, 252, 255]))
    yield PixelKind("TIFF grey, float32, GDAL's value for none", ".tif", content, shown, reading, within=1)
    content = _tiff(painted(np.array([-3, 0, 300, 70000], np.int32)), photometric="minisblack")
    yield PixelKind("TIFF grey, int32, nothing chosen", ".tif", content, _grey(np.array([0, 0, 1, 255])))
    content = _tiff(painted(np.array([0, 1, 2**31, 2**32 - 1], np.uint32)), photometric="minisblack")
    yield PixelKind("TIFF grey, uint32, nothing chosen", ".tif", content, _grey(np.array([0, 0, 255, 255])))
    same = Reading((("uint16", 0, 257),))
    content = _tiff(painted(_typed("uint8", COLOURS)), photometric="rgb")
    yield PixelKind("TIFF colour, uint8, a range of others chosen", ".tif", content, COLOURS, same)


def _pages_and_turns() -> Iterator[PixelKind]:
    for kind, layout in itertools.product(("uint8", "uint16", "float32"), ("strips", "deflate", "tiles")):
        first, second = painted(_typed(kind, GREYS)), painted(_typed(kind, GREYS[::-1]))
        content = _tiff(np.stack([first, second, second]), photometric="minisblack", **LAYOUTS[layout])
        yield PixelKind(f"TIFF three pages, {kind}, {layout}", ".tif", content, _grey(GREYS))
        for turn, order in ((2, [1, 0, 3, 2]), (3, [3, 2, 1, 0]), (4, [2, 3, 0, 1])):
            mirrored = painted(_typed(kind, COLOURS[order]))
            options = LAYOUTS[layout] | {"photometric": "rgb", "extratags": [(274, "H", 1, turn, True)]}
            yield PixelKind(f"TIFF orientation {turn}, {kind}, {layout}", ".tif", _tiff(mirrored, **options), COLOURS)
        for turn, back in ((5, None), (6, 1), (7, None), (8, -1)):
            upright = painted(_typed(kind, COLOURS))
            stored = np.rot90(upright, back) if back else np.swapaxes(upright, 0, 1)
            stored = stored[::-1, ::-1] if turn == 7 else stored
            options = LAYOUTS[layout] | {"photometric": "rgb", "extratags": [(274, "H", 1, turn, True)]}
            yield PixelKind(f"TIFF orientation {turn}, {kind}, {layout}", ".tif", _tiff(stored, **options), COLOURS)
    for kind, layout in itertools.product(("uint8", "uint16"), ("strips", "LZW", "PackBits", "deflate")):
        # tifffile leaves out the tag (266), so that another stands where it belongs.
        options = LAYOUTS[layout] | {"photometric": "rgb", "extratags": [(267, "H", 1, 2, True)]}
        content = bytearray(_tiff(painted(_typed(kind, COLOURS)), **options))
        struct.pack_into("<H", content, _entry(content, 267), 266)
        start, length = (struct.unpack_from("<I", content, _entry(content, tag) + 8)[0] for tag in (273, 279))
        packed = np.frombuffer(bytes(content[start : start + length]), np.uint8)
        content[start : start + length] = np.packbits(np.unpackbits(packed), bitorder="little").tobytes()
        yield PixelKind(f"TIFF bits the other way round, {kind}, {layout}", ".tif", bytes(content), COLOURS)
    volume = np.stack([painted(_typed("uint16", GREYS))] + [painted(_typed("uint16", GREYS[::-1]))] * 15)
    content = _tiff(volume, photometric="minisblack", volumetric=True, tile=(16, 16, 16))
    yield PixelKind("TIFF a volume, uint16", ".tif", content, _grey(GREYS))


def _entry(content: bytes, tag: int) -> int:
    """Where the entry of a tag begins in a little-endian TIFF."""
    start = struct.unpack_from("<I", content, 4)[0]
    places = range(start + 2, start + 2 + 12 * struct.unpack_from("<H", content, start)[0], 12)
    return next(place for place in places if struct.unpack_from("<H", content, place)[0] == tag)


def with_tag(content: bytes, tag: int, value: int) -> bytes:
    """A little-endian TIFF of which one tag holds another number."""
    content, entry = bytearray(content), _entry(content, tag)
    struct.pack_into("<HII", content, entry + 2, 4, 1, value)
    return bytes(content)


def place_of(content: bytes, tag: int) -> tuple[int, int]:
    """Where the many numbers of a tag lie in a little-endian TIFF, and how many bytes each takes."""
    kind, _, place = struct.unpack_from("<HII", content, _entry(content, tag) + 2)
    return place, {3: 2, 4: 4}[kind]


def _refused() -> Iterator[PixelKind]:
    deep, plain = painted(_typed("uint16", COLOURS)), painted(_typed("uint8", COLOURS))
    kind = "is a kind of TIFF that isn't supported: "
    complex_ = _tiff(painted(GREYS.astype(np.complex64)), photometric="minisblack")
    yield PixelKind("TIFF complex", ".tif", complex_, kind + "complex numbers")
    xl = _tiff(plain, photometric="rgb", compression="jpegxl")
    yield PixelKind("TIFF JPEG XL", ".tif", xl, kind + "JPEG XL compression")
    xr = _tiff(plain, photometric="rgb", compression="jpegxr")
    yield PixelKind("TIFF JPEG XR", ".tif", xr, kind + "JPEG XR compression")
    options = {"compression": "lerc", "compressionargs": {"compression": "zstd"}}
    twice = _tiff(painted(_typed("uint16", GREYS)), photometric="minisblack", **options)
    yield PixelKind("TIFF LERC and ZSTD", ".tif", twice, kind + "LERC compression, packed once more")
    odd = with_tag(_tiff(plain, photometric="rgb", compression="zlib"), 259, 61234)
    yield PixelKind("TIFF unheard-of compression", ".tif", odd, kind + "number 61234 compression")
    jpeg = _tiff(painted(_typed("uint16", COLOURS) // 16), photometric="rgb", compression="jpeg", bitspersample=12)
    yield PixelKind("TIFF JPEG of 12 bits", ".tif", jpeg, kind + "JPEG compression of 12 bits")
    raw = _tiff(painted(_typed("uint16", GREYS)), photometric=32803)
    yield PixelKind("TIFF camera raw", ".tif", raw, kind + "camera raw")
    for number, words in ((32844, "LogL values"), (32845, "LogLuv colours"), (10, "ITU Lab colours")):
        yield PixelKind(f"TIFF {words}", ".tif", with_tag(_tiff(deep, photometric="rgb"), 262, number), kind + words)
    jpeg = imagecodecs.jpeg8_encode(painted(_typed("uint16", COLOURS) // 16), bitspersample=12)
    yield PixelKind("JPEG of 12 bits", ".jpg", jpeg, "is a kind of JPEG that isn't supported: 12 bits")
    jpeg = imagecodecs.ljpeg_encode(painted(_typed("uint16", GREYS)), bitspersample=16)
    yield PixelKind("JPEG without loss", ".jpg", jpeg, "is a kind of JPEG that isn't supported: lossless")
    floats = _tiff(painted(_typed("float32", COLOURS)), photometric="cielab")
    yield PixelKind("TIFF CIELAB, float32", ".tif", floats, kind + "CIELAB colours, 3 bands of 32 bits")
    words = kind + "inks other than cyan, magenta, yellow and black, 4 bands of 8 bits"
    four = painted(np.zeros((4, 4), np.uint8))
    inks = _tiff(four, photometric="separated", extratags=[(332, "H", 1, 2, True)])
    yield PixelKind("TIFF other inks", ".tif", inks, words)
    ycbcr = _tiff(deep, photometric="ycbcr")
    yield PixelKind("TIFF YCbCr, uint16", ".tif", ycbcr, kind + "YCbCr colours, 3 bands of 16 bits")
    packed = _tiff(plain, photometric="rgb").replace(struct.pack("<3H", 8, 8, 8), struct.pack("<3H", 5, 6, 5), 1)
    words = kind + "bands of different depth, 3 bands of 5, 6, 5 bits"
    yield PixelKind("TIFF 5, 6 and 5 bits", ".tif", packed, words)


# PNG of 16 bits, which Pillow writes in grey alone -------------------------------------------------------------------


def png(values: np.ndarray, *chunks: tuple[bytes, bytes], interlaced: bool = False) -> bytes:
    """A PNG of 16 bits of an array of shape (height, width, 1..4), unfiltered."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, bands = values.shape
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[bands]
    # Adam7 (PNG specification, section 8.1): seven pictures, each of every so many rows and columns.
    passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    parts = [values[top::down, left::right] for top, left, down, right in passes] if interlaced else [values]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for part in parts if part.size for row in part)
    header = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, int(interlaced))
    between = b"".join(chunk(*each) for each in chunks)
    body = chunk(b"IHDR", header) + between + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _deep_png() -> Iterator[PixelKind]:
    for kind, interlaced in itertools.product(("uint16", "uint16, 12 used", "uint16, a window"), (False, True)):
        reading, layout = TYPES[kind][1], f"{kind}{', interlaced' if interlaced else ''}"
        grey, colour = painted(_typed(kind, GREYS[:, None])), painted(_typed(kind, COLOURS))
        yield PixelKind(f"PNG grey, {layout}", ".png", png(grey, interlaced=interlaced), _grey(GREYS), reading)
        yield PixelKind(f"PNG colour, {layout}", ".png", png(colour, interlaced=interlaced), COLOURS, reading)
        opacity = painted(OPACITIES[:, None] * 257)
        for name, values, shown in (("grey", grey, _grey(GREYS)), ("colour", colour, COLOURS)):
            content = png(np.concatenate([values, opacity], axis=2), interlaced=interlaced)
            title = f"PNG {name} and transparency, {layout}"
            yield PixelKind(title, ".png", content, _on_white(shown), reading, within=1)
            one = (b"tRNS", values[0, 0].astype(">u2").tobytes())
            expected = np.vstack([[[255, 255, 255]], shown[1:]])
            content = png(values, one, interlaced=interlaced)
            yield PixelKind(f"PNG {name}, one transparent, {layout}", ".png", content, expected, reading)
        infrared = _typed(kind, _near_infrared())[..., None]
        content = png(np.concatenate([colour, infrared], axis=2), interlaced=interlaced)
        yield PixelKind(f"PNG near infrared, {layout}", ".png", content, COLOURS, reading)


# All that Pillow writes ----------------------------------------------------------------------------------------------

PILLOW_FILES: dict[str, dict] = {
    ".png": {},
    ".bmp": {},
    ".webp": {"lossless": True, "exact": True},
    ".gif": {},
    ".jpg": {"quality": 100, "subsampling": 0},
    ".tif": {},
    ".tif LZW": {"compression": "tiff_lzw"},
    ".tif deflate": {"compression": "tiff_adobe_deflate"},
    ".tif PackBits": {"compression": "packbits"},
    ".tif fax 3": {"compression": "group3"},
    ".tif fax 4": {"compression": "group4"},
    ".tif BigTIFF": {"big_tiff": True},
}


def _pillow_images() -> Iterator[tuple[str, Image.Image, np.ndarray, Reading, int]]:
    """Mode, image, what must be seen of it, how it is read, and how far that may be off."""
    colour = Image.fromarray(painted(COLOURS).astype(np.uint8))
    grey = Image.fromarray(painted(GREYS).astype(np.uint8))
    two = np.array([0, 255, 255, 0])
    yield "1", Image.fromarray(painted(two).astype(np.uint8)).convert("1"), _grey(two), AS_USUAL, 0
    yield "L", grey, _grey(GREYS), AS_USUAL, 0
    yield "P", colour.quantize(4), COLOURS, AS_USUAL, 0
    yield "RGB", colour, COLOURS, AS_USUAL, 0
    yield "YCbCr", colour.convert("YCbCr"), COLOURS, AS_USUAL, 3
    inks = Image.merge("CMYK", [*Image.eval(colour, lambda value: 255 - value).split(), Image.new("L", colour.size)])
    yield "CMYK", inks, COLOURS, AS_USUAL, 1
    opacity = Image.fromarray(painted(OPACITIES).astype(np.uint8))
    yield "LA", Image.merge("LA", [grey, opacity]), _on_white(_grey(GREYS)), AS_USUAL, 1
    yield "RGBA", Image.merge("RGBA", [*colour.split(), opacity]), _on_white(COLOURS), AS_USUAL, 1
    for kind, mode in (("uint16", "I;16"), ("uint16, 12 used", "I;16"), ("int32", "I"), ("float32", "F")):
        deep = Image.fromarray(painted(_typed(kind, GREYS)))
        assert deep.mode == mode
        yield f"{mode} ({kind})", deep, _grey(GREYS), TYPES[kind][1], 0
    big = Image.frombytes("I;16B", (WIDTH, HEIGHT), painted(_typed("uint16", GREYS)).astype(">u2").tobytes())
    yield "I;16B", big, _grey(GREYS), AS_USUAL, 0


def _by_pillow() -> Iterator[PixelKind]:
    for mode, image, expected, reading, within in _pillow_images():
        for name, options in PILLOW_FILES.items():
            suffix, file = name.split()[0], io.BytesIO()
            if name.startswith(".tif fax") and mode != "1":
                continue  # one bit is all that it knows, and it complains on the screen
            if mode[0] in "IF" and not suffix.startswith(".tif") and (suffix, mode[:4]) != (".png", "I;16"):
                continue  # another picture: Pillow cuts off what the format has no bits for
            if (mode, suffix) in {("LA", ".gif"), ("RGBA", ".gif")}:
                continue  # another picture: one colour alone may let through
            if (mode, name) == ("I;16B", ".tif BigTIFF"):
                continue  # Pillow 13.0 writes 0 for where the pixels begin
            try:
                image.save(file, Image.registered_extensions()[suffix], **options)
            except (OSError, ValueError, KeyError):
                continue  # no such file can be written
            # The fourth byte of a BMP means nothing, as it says of itself.
            seen = COLOURS if (mode, suffix) == ("RGBA", ".bmp") else expected
            lossy = {".jpg": 4, ".gif": 2 if mode not in ("1", "L", "P") else 0}.get(suffix, 0)
            title = f"Pillow {mode}, {name.removeprefix('.')}"
            yield PixelKind(title, suffix, file.getvalue(), seen, reading, max(within, lossy))


# PBM, PGM and PPM ----------------------------------------------------------------------------------------------------


def _scaled(values: np.ndarray, greatest: int) -> np.ndarray:
    return np.rint(np.asarray(values) / 255 * greatest).astype(int)


def netpbm(kind: int, values: np.ndarray, greatest: int = 255, comment: str = "") -> bytes:
    """A file of the kind P1 to P6, as Netpbm writes it; in the plain kinds, numbers in lines of up to 70 letters."""
    height, width = values.shape[:2]
    head = f"P{kind}\n{comment}{width} {height}\n" + ("" if kind in (1, 4) else f"{greatest}\n")
    if kind == 1:  # without blanks, as may be
        body = "\n".join("".join(map(str, row)) for row in values).encode()
    elif kind in (2, 3):
        numbers = list(map(str, values.ravel()))
        body = "\n".join(" ".join(numbers[start : start + 11]) for start in range(0, len(numbers), 11)).encode()
    elif kind == 4:
        body = np.packbits(values.astype(np.uint8), axis=1).tobytes()
    else:
        body = values.astype(np.uint8 if greatest < 256 else ">u2").tobytes()
    return head.encode() + body


def _netpbm() -> Iterator[PixelKind]:
    # What the greatest value is: a quarter of a byte, not a power of two, 8 bits, 10, 12 and 16 bits, and odd ones.
    for greatest in (1, 3, 9, 100, 255, 256, 1000, 1023, 4095, 5000, 65535):
        for kind, shown, suffix in (
            (2, GREYS, ".pgm"),
            (5, GREYS, ".pgm"),
            (3, COLOURS, ".ppm"),
            (6, COLOURS, ".ppm"),
            (6, COLOURS, ".pnm"),
        ):
            values = _scaled(shown, greatest)
            expected = np.rint(values / greatest * 255).astype(int)
            title = f"P{kind}, 0 to {greatest}, {suffix.removeprefix('.')}"
            content = netpbm(kind, painted(values), greatest)
            yield PixelKind(title, suffix, content, expected if shown is COLOURS else _grey(expected))
    black = np.array([1, 0, 0, 1])
    for kind in (1, 4):
        yield PixelKind(f"P{kind}", ".pbm", netpbm(kind, painted(black)), _grey(255 - 255 * black))
    window = TYPES["uint16, a window"]
    values = _typed("uint16, a window", GREYS)
    yield PixelKind("P5, a window", ".pgm", netpbm(5, painted(values), 65535), _grey(GREYS), window[1])
    gimp = netpbm(6, painted(COLOURS), comment="# CREATOR: GIMP PNM Filter Version 1.1\n")
    yield PixelKind("P6, with a comment", ".ppm", gimp, COLOURS)
    plain = netpbm(3, painted(COLOURS), comment="# one\n#two 2\n").replace(b"\n", b"\r\n")
    yield PixelKind("P3, comments and the lines of Windows", ".ppm", plain, COLOURS)
    too_bright = netpbm(5, painted(_scaled(GREYS, 1023)), 511)
    yield PixelKind("P5, brighter than white", ".pgm", too_bright, _grey(np.minimum(2 * GREYS, 255)), within=1)
    damaged = "is damaged: its pixels cannot be decoded"
    header = "is cut off or damaged: its header cannot be understood"
    yield PixelKind("P2, a word among the numbers", ".pgm", b"P2 2 2 255 1 2 red 4", damaged)
    yield PixelKind("P2, below zero", ".pgm", b"P2 2 2 255 1 2 -3 4", damaged)
    yield PixelKind("P2, above the greatest", ".pgm", b"P2 2 2 9 1 2 10 4", damaged)
    yield PixelKind("P1, a two", ".pbm", b"P1 2 2 1 0 2 0", damaged)
    yield PixelKind("P5, nothing is white", ".pgm", b"P5 2 2 0 abcd", header)
    yield PixelKind("P6 of no width", ".ppm", b"P6 0 2 255 abcdef", header)


# JPEG 2000 -----------------------------------------------------------------------------------------------------------


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content


def _with_boxes(content: bytes, *more: bytes, colours: int | None = None) -> bytes:
    """A JP2 with more boxes in its header, and its colours called otherwise."""
    start = content.index(b"jp2h") - 4
    end = start + int.from_bytes(content[start : start + 4], "big")
    header = content[start + 8 : end]
    if colours is not None:
        header = header[:-4] + struct.pack(">I", colours)
    return content[:start] + box(b"jp2h", header + b"".join(more)) + content[end:]


def _cdef(*kinds: int) -> bytes:
    """The box that says which bands are transparency."""
    rows = [struct.pack(">3H", band, kind, 0 if kind else band + 1) for band, kind in enumerate(kinds)]
    return box(b"cdef", struct.pack(">H", len(kinds)) + b"".join(rows))


def _jpeg_2000() -> Iterator[PixelKind]:
    spaces = imagecodecs.JPEG2K.CLRSPC

    def encoded(values: np.ndarray, bits: int, form: str = "jp2", **options) -> bytes:
        typed = painted(values).astype(np.uint8 if bits <= 8 else np.uint16)
        whole = {"level": 0, "reversible": True, "bitspersample": bits, "codecformat": form} | options
        return imagecodecs.jpeg2k_encode(typed, **whole)

    for bits, form in itertools.product((1, 4, 8, 10, 12, 16), ("jp2", "j2k")):
        white = 2**bits - 1
        grey, colour = _scaled(GREYS, white), _scaled(COLOURS, white)
        seen_grey, seen_colour = (np.rint(values / white * 255).astype(int) for values in (grey, colour))
        title = f"JPEG 2000 .{form}, {bits} bits"
        yield PixelKind(f"{title}, grey", f".{form}", encoded(grey, bits, form), _grey(seen_grey))
        yield PixelKind(f"{title}, colour", f".{form}", encoded(colour, bits, form), seen_colour)
        if bits < 4:
            continue
        opacity = _scaled(OPACITIES[:, None], white)
        for name, values, seen in (("grey", grey[:, None], _grey(seen_grey)), ("colour", colour, seen_colour)):
            content = encoded(np.hstack([values, opacity]), bits, form)
            if form == "jp2":
                content = _with_boxes(content, _cdef(*[0] * values.shape[1], 1))
            yield PixelKind(f"{title}, {name} and transparency", f".{form}", content, _on_white(seen), within=1)
        infrared = _scaled(_near_infrared(), white)[..., None]
        four = np.concatenate([painted(colour), infrared], axis=2).astype(np.uint8 if bits <= 8 else np.uint16)
        content = imagecodecs.jpeg2k_encode(four, level=0, reversible=True, bitspersample=bits, codecformat=form)
        if bits >= 8:
            yield PixelKind(f"{title}, near infrared", f".{form}", content, seen_colour)
        five = encoded(np.hstack([colour, colour[:, :2]]), bits, form)
        yield PixelKind(f"{title}, 5 bands", f".{form}", five, seen_colour)
    multiplied = np.hstack([np.rint(COLOURS * OPACITIES[:, None] / 255).astype(int), OPACITIES[:, None]])
    content = _with_boxes(encoded(multiplied, 8), _cdef(0, 0, 0, 2))
    yield PixelKind("JPEG 2000, premultiplied", ".jp2", content, _on_white(COLOURS), within=3)
    reading = TYPES["uint16, a window"][1]
    content = encoded(_typed("uint16, a window", COLOURS), 16)
    yield PixelKind("JPEG 2000, 16 bits, a window", ".jp2", content, COLOURS, reading)
    ycc = np.asarray(Image.fromarray(painted(COLOURS).astype(np.uint8)).convert("YCbCr"))
    content = imagecodecs.jpeg2k_encode(ycc, level=0, reversible=True, mct=False, colorspace=spaces.SYCC)
    yield PixelKind("JPEG 2000, YCbCr", ".jp2", content, COLOURS, within=2)
    order = np.array([3, 0, 1, 2])
    palette = np.zeros((4, 3), np.uint8)
    palette[order] = COLOURS
    table = box(b"pclr", struct.pack(">H4B", 4, 3, 7, 7, 7) + palette.tobytes())
    table += box(b"cmap", b"".join(struct.pack(">HBB", 0, 1, band) for band in range(3)))
    content = _with_boxes(encoded(order, 8, colorspace=spaces.GRAY), table, colours=16)
    yield PixelKind("JPEG 2000, palette", ".jp2", content, COLOURS)
    content = _with_boxes(encoded(_scaled(GREYS, 1), 1), colours=0)
    yield PixelKind("JPEG 2000, two levels", ".jp2", content, "is a kind of JPEG 2000 that isn't supported: two levels")
    signed = (painted(COLOURS) - 128).astype(np.int8)
    yield PixelKind("JPEG 2000, int8", ".j2k", imagecodecs.jpeg2k_encode(signed, level=0, reversible=True), COLOURS)
    yield PixelKind("JPEG 2000, with loss", ".jpx", encoded(COLOURS, 8, level=60, reversible=False), COLOURS, within=4)
    tiles = io.BytesIO()
    Image.fromarray(painted(COLOURS).astype(np.uint8)).save(tiles, "JPEG2000", tile_size=(16, 16))
    yield PixelKind("JPEG 2000, tiles", ".jpf", tiles.getvalue(), COLOURS)
    kind = "is a kind of JPEG 2000 that isn't supported: "
    inks = 255 - np.hstack([COLOURS, np.full((4, 1), 255)])
    content = encoded(inks, 8, colorspace=spaces.CMYK, mct=False)
    yield PixelKind("JPEG 2000, inks", ".jp2", content, kind + "inks")
    content = _with_boxes(encoded(COLOURS, 8), colours=14)
    yield PixelKind("JPEG 2000, CIELAB", ".jp2", content, kind + "CIELAB colours")
    content = _with_boxes(encoded(COLOURS, 8), colours=24)
    yield PixelKind("JPEG 2000, other colours", ".jp2", content, kind + "colours of number 24")
    profile = box(b"colr", b"\2\0\0" + bytes(16) + b"CMYK" + bytes(108))
    content = _with_boxes(encoded(inks, 8), profile)
    yield PixelKind("JPEG 2000, inks by a profile", ".jp2", content, kind + "inks")
    deep = imagecodecs.jpeg2k_encode(painted(GREYS).astype(np.uint32) << 12, level=0, reversible=True, bitspersample=20)
    yield PixelKind("JPEG 2000, 20 bits", ".jp2", deep, kind + "1 band of 20 bits")
    halved = bytearray(encoded(COLOURS, 8))
    halved[halved.index(b"\xff\x51") + 40 + 3 + 1] = 2  # XRsiz of the second band
    yield PixelKind("JPEG 2000, half the colours", ".jp2", bytes(halved), kind + "bands of different size")
    mixed = bytearray(encoded(COLOURS, 8))
    mixed[mixed.index(b"\xff\x51") + 40 + 3] = 3
    yield PixelKind("JPEG 2000, 8, 4 and 8 bits", ".jp2", bytes(mixed), kind + "bands of different depth")


# AVIF and HEIC -------------------------------------------------------------------------------------------------------


def _photos() -> Iterator[PixelKind]:
    for bits in (8, 10, 12):
        white = 2**bits - 1
        for name, values, seen in (
            ("grey", GREYS[:, None], _grey(GREYS)),
            ("colour", COLOURS, COLOURS),
            ("grey and transparency", np.hstack([GREYS[:, None], OPACITIES[:, None]]), _on_white(_grey(GREYS))),
            ("colour and transparency", np.hstack([COLOURS, OPACITIES[:, None]]), _on_white(COLOURS)),
        ):
            typed = painted(_scaled(values, white)).astype(np.uint8 if bits == 8 else np.uint16)
            layout = "yuv400" if name.startswith("grey") else "yuv444"
            content = imagecodecs.avif_encode(typed.squeeze(), level=100, bitspersample=bits, pixelformat=layout)
            yield PixelKind(f"AVIF {name}, {bits} bits", ".avif", content, seen, within=1)
    colour = Image.fromarray(painted(COLOURS).astype(np.uint8))
    layers = Image.fromarray(painted(np.hstack([COLOURS, OPACITIES[:, None]])).astype(np.uint8))
    for name, image, expected, options in (
        ("half the colours", colour, COLOURS, {"subsampling": "4:2:0"}),
        ("16 to 235", colour, COLOURS, {"range": "limited"}),
        ("premultiplied", layers, _on_white(COLOURS), {"alpha_premultiplied": True}),
        ("animated", colour, COLOURS, {"save_all": True, "append_images": [Image.new("RGB", colour.size)] * 2}),
    ):
        file = io.BytesIO()
        image.save(file, "AVIF", quality=95, **options)
        yield PixelKind(f"AVIF {name}", ".avif", file.getvalue(), expected, within=4)


def _heic() -> Iterator[PixelKind]:
    """None where the package is not installed."""
    try:
        import pillow_heif
    except ImportError:
        return
    for mode, values, expected in (
        ("L", GREYS, _grey(GREYS)),
        ("RGB", COLOURS, COLOURS),
        ("RGBA", np.hstack([COLOURS, OPACITIES[:, None]]), _on_white(COLOURS)),
        ("L;16", GREYS * 257, _grey(GREYS)),
        ("RGB;16", COLOURS * 257, COLOURS),
        ("RGBA;16", np.hstack([COLOURS, OPACITIES[:, None]]) * 257, _on_white(COLOURS)),
    ):
        file, is_deep = io.BytesIO(), mode.endswith("16")
        raw = painted(values).astype(np.uint16 if is_deep else np.uint8).tobytes()
        pillow_heif.encode(mode, (WIDTH, HEIGHT), raw, file, quality=-1)
        yield PixelKind(f"HEIC {mode}", ".heic", file.getvalue(), expected, within=4)


# TGA -----------------------------------------------------------------------------------------------------------------


def tga(kind: int, bits: int, pixels: bytes, flags: int = 0, palette: bytes = b"", palette_bits: int = 0) -> bytes:
    """A picture of this size; rows from the bottom where `flags` don't say otherwise."""
    entries = len(palette) * 8 // palette_bits if palette else 0
    head = struct.pack(
        "<BBBHHBHHHHBB", 3, bool(palette), kind, 0, entries, palette_bits, 0, 0, WIDTH, HEIGHT, bits, flags
    )
    return head + b"abc" + palette + pixels


def _packed(pixels: np.ndarray) -> bytes:
    """Runs of equal pixels, and pixels one by one (TGA 2.0, page 24), of an array (pixels, bytes)."""
    written = b""
    for start in range(0, len(pixels), 16):
        run = pixels[start : start + 16]
        same = (run == run[0]).all()
        written += bytes([0x80 | len(run) - 1]) + run[0].tobytes() if same else bytes([len(run) - 1]) + run.tobytes()
    return written


def _tga() -> Iterator[PixelKind]:
    five = COLOURS >> 3
    words = (five[:, 0] << 10 | five[:, 1] << 5 | five[:, 2]).astype("<u2")
    seen = np.rint(five / 31 * 255).astype(int)
    pixels = {
        "grey": (3, 8, 0, GREYS[:, None], _grey(GREYS)),
        "grey and transparency": (3, 16, 8, np.hstack([GREYS[:, None], OPACITIES[:, None]]), _on_white(_grey(GREYS))),
        "colour": (2, 24, 0, COLOURS[:, ::-1], COLOURS),
        "colour, 15 bits": (2, 16, 0, words.view(np.uint8).reshape(4, 2), seen),
        "colour, 15 bits and one": (2, 16, 1, (words | 0x8000).view(np.uint8).reshape(4, 2), seen),
        "colour and transparency": (2, 32, 8, np.hstack([COLOURS[:, ::-1], OPACITIES[:, None]]), _on_white(COLOURS)),
        "colour and what means nothing": (2, 32, 0, np.hstack([COLOURS[:, ::-1], OPACITIES[:, None]]), COLOURS),
    }
    for name, (kind, bits, flags, values, expected) in pixels.items():
        turns = {
            "from the bottom": (0, slice(None, None, -1), slice(None)),
            "from the top": (0x20, slice(None), slice(None)),
        }
        turns["from the bottom right"] = (0x10, slice(None, None, -1), slice(None, None, -1))
        turns["from the top right"] = (0x30, slice(None), slice(None, None, -1))
        for turn, (flag, rows, columns) in turns.items():
            laid = np.ascontiguousarray(painted(values)[rows, columns].reshape(-1, values.shape[1]).astype(np.uint8))
            within = 1 if "transparency" in name or "15" in name else 0
            content = tga(kind, bits, laid.tobytes(), flags | flag)
            yield PixelKind(f"TGA {name}, {turn}", ".tga", content, expected, within=within)
            content = tga(kind + 8, bits, _packed(laid), flags | flag)
            yield PixelKind(f"TGA {name}, {turn}, packed", ".tga", content, expected, within=within)
    order = np.array([3, 0, 1, 2])
    indexes = painted(order).astype(np.uint8)
    palette = np.zeros((4, 4), np.uint8)
    palette[order] = np.hstack([COLOURS[:, ::-1], OPACITIES[:, None]])
    short = np.zeros(4, "<u2")
    short[order] = words
    for bits, table, expected in (
        (24, np.ascontiguousarray(palette[:, :3]), COLOURS),
        (32, palette, _on_white(COLOURS)),
        (16, short, seen),
    ):
        for kind, laid in ((1, indexes.tobytes()), (9, _packed(indexes.reshape(-1, 1)))):
            content = tga(kind, 8, laid, 0x20, table.tobytes(), bits)
            within = 0 if bits == 24 else 1
            yield PixelKind(f"TGA palette of {bits} bits, kind {kind}", ".tga", content, expected, within=within)
    words = "is a kind of TGA that isn't supported: kind {} of {} bits"
    zeros = bytes(WIDTH * HEIGHT * 4)
    yield PixelKind("TGA palette of many", ".tga", tga(1, 16, zeros, 0, palette.tobytes(), 32), words.format(1, 16))
    yield PixelKind("TGA grey, 16 bits", ".tga", tga(3, 16, zeros), words.format(3, 16))
    yield PixelKind("TGA colour, 8 bits", ".tga", tga(2, 8, zeros), words.format(2, 8))
    yield PixelKind("TGA palette that lacks", ".tga", tga(1, 8, zeros), words.format(1, 8))


MAKERS = {
    "grey and colour": _grey_and_colour,
    "planes": _planar,
    "white is zero": _white_is_zero,
    "few bits": _few_bits,
    "transparency": _transparency,
    "many bands": _many_bands,
    "other colours": _other_colours,
    "odd values": _odd_values,
    "pages and turns": _pages_and_turns,
    "refused": _refused,
    "deep PNG": _deep_png,
    "Pillow": _by_pillow,
    "netpbm": _netpbm,
    "JPEG 2000": _jpeg_2000,
    "AVIF": _photos,
    "HEIC": _heic,
    "TGA": _tga,
}


@cache
def kinds_of(group: str) -> tuple[PixelKind, ...]:
    """The kinds of one of `MAKERS`."""
    logging.getLogger("tifffile").setLevel(logging.CRITICAL)
    return tuple(MAKERS[group]())


def all_kinds() -> list[PixelKind]:
    """Every kind, about 1,400."""
    return [kind for group in MAKERS for kind in kinds_of(group)]


def plainly_laid_kinds() -> list[PixelKind]:
    """Of every mode and type of value one that can be read, without the many ways to lie in a file: about 150."""
    return [
        kind
        for kind in all_kinds()
        if not isinstance(kind.expected, str)
        and (", strips" in kind.name or kind.suffix != ".tif" or "bands" in kind.name or "infrared" in kind.name)
    ]


def main() -> None:
    """Print what comes of each kind."""
    from core.images.reading import UnreadableImage, open_rgb

    folder = Path(tempfile.mkdtemp())
    for kind in all_kinds():
        try:
            shown = quarters(np.asarray(open_rgb(kind.write(folder), kind.reading)))
            words = "  ".join("{:3} {:3} {:3}".format(*colour) for colour in shown)
            right = not isinstance(kind.expected, str) and np.abs(shown - kind.expected).max() <= kind.within
        except UnreadableImage as error:
            words, right = str(error), isinstance(kind.expected, str) and str(error) == kind.expected
        print(f"{'right' if right else 'WRONG'}  {kind.name:70} {words}")


if __name__ == "__main__":
    main()
