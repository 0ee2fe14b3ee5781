"""Every kind of file that people bring, judged by the pixels that come out or by the words of the refusal."""

import io
import os
import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
import tifffile
from PIL import Image

from core.errors import WorkbenchError
from core.images.description import describe
from core.images.formats import FORMATS, SUFFIXES, UNREAD
from core.images.reading import (
    MAXIMUM_PIXELS,
    UnreadableImage,
    open_rgb,
    read_square,
    thumbnail,
)

# pytest replaces the warning filters of the program; that no warning reaches people is tested in a process of its own.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")

HOW_TO_READ_HEIC = "pip install pillow-heif, or save it as JPEG or PNG"
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def corners(width=40, height=20):
    """A picture whose four quarters are red, green, blue and white, so that every turn of it looks different."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    pixels[height // 2 :, width // 2 :] = WHITE
    return pixels


def noise(width=64, height=48):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def saved(folder, name, image, **options):
    path = folder / name
    (Image.fromarray(image) if isinstance(image, np.ndarray) else image).save(path, **options)
    return path


def saved_bytes(image, kind, **options):
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, kind, **options)
    return stream.getvalue()


def png(width, height, depth, colour, compressed_rows, *chunks):
    """A PNG written by hand, for what Pillow cannot write."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    others = b"".join(chunk(*each) for each in chunks)
    body = chunk(b"IHDR", header) + others + chunk(b"IDAT", compressed_rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def pixels_of(source):
    image = open_rgb(source)
    assert image.mode == "RGB"
    return np.asarray(image)


def reason(source):
    with pytest.raises(UnreadableImage) as caught:
        describe(source)
    return str(caught.value)


@contextmanager
def an_ordinary_user():
    """Root may read everything; for the time of this block the process is nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


# Formats -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.png", {}),
        ("a.bmp", {}),
        ("a.tif", {}),
        ("a.tiff", {"compression": "tiff_lzw"}),
        ("a.webp", {"lossless": True}),
        ("a.gif", {}),
        ("a.jpg", {"quality": 100, "subsampling": 0}),
        ("a.jpeg", {"quality": 100, "subsampling": 0, "progressive": True}),
        ("a.jfif", {"quality": 100, "subsampling": 0}),
        ("a.JPE", {"quality": 100, "subsampling": 0}),
        ("a.mpo", {"quality": 100, "subsampling": 0}),
        ("a.pjpeg", {"format": "JPEG", "quality": 100, "subsampling": 0}),
        ("a.apng", {}),
        ("a.dib", {"format": "BMP"}),
        ("a.avif", {"quality": 100, "subsampling": "4:4:4"}),
        ("a.jp2", {}),
        ("a.j2k", {}),
        ("a.ppm", {}),
        ("a.tga", {}),
        ("a.tga", {"compression": "tga_rle"}),
    ],
)
def test_every_format_gives_its_pixels(tmp_path, name, options):
    path = saved(tmp_path, name, corners(), **options)
    assert path.suffix.lower() in SUFFIXES
    assert np.abs(pixels_of(path).astype(int) - corners()).max() <= (8 if name == "a.avif" else 2)
    assert np.abs(read_square(path, 8).astype(int)[::7, ::7] - corners()[::19, ::39]).max() <= 8
    facts = describe(path)
    assert (facts.width, facts.height, facts.size_bytes) == (40, 20, path.stat().st_size)
    assert path.suffix.lower() in FORMATS[facts.format]


def test_an_ending_is_either_read_or_told_why_not():
    assert not SUFFIXES & UNREAD.keys()
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in (*SUFFIXES, *UNREAD))
    assert all(reason.startswith("is a ") for reason in UNREAD.values())


def test_a_tga_is_known_by_its_ending_alone_and_what_is_called_so_by_its_content(tmp_path):
    content = saved(tmp_path, "a.tga", corners()).read_bytes()
    assert "is not an image" in reason(io.BytesIO(content))
    assert describe(saved(tmp_path, "b.tga", corners(), format="PNG")).format == "PNG"


def test_heic_without_its_package_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    path = tmp_path / "a.HEIC"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    assert reason(path) == "is a HEIC photo, for which a package is missing: " + HOW_TO_READ_HEIC
    assert describe(saved(tmp_path, "b.heic", corners(), format="JPEG")).format == "JPEG"


def test_the_content_decides_and_not_the_ending(tmp_path):
    path = saved(tmp_path, "photo.jpg", corners(), format="PNG")
    assert np.array_equal(pixels_of(path), corners())
    assert describe(path).format == "PNG"


def test_a_decoder_that_is_not_listed_is_never_reached(tmp_path):
    path = saved(tmp_path, "a.png", corners(), format="SGI")
    assert "is not an image" in reason(path)


def test_a_multi_picture_jpeg_shows_its_first_picture(tmp_path):
    second = Image.new("RGB", (40, 20), "black")
    path = saved(
        tmp_path, "a.jpg", corners(), format="MPO", save_all=True, append_images=[second], quality=100, subsampling=0
    )
    assert np.abs(pixels_of(path).astype(int) - corners()).max() <= 2
    assert describe(path).format == "JPEG"


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png", "a.tif"])
def test_of_an_animation_the_first_frame_is_read(tmp_path, name):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    path = saved(tmp_path, name, frames[0], save_all=True, append_images=frames[1:])
    assert np.abs(pixels_of(path).astype(int) - RED).max() <= 2


def test_a_binary_file_is_read_from_its_start_and_stays_open(tmp_path):
    stream = io.BytesIO(saved(tmp_path, "a.png", corners()).read_bytes())
    stream.seek(7)
    assert np.array_equal(pixels_of(stream), corners())
    assert np.array_equal(pixels_of(stream), corners())
    assert not stream.closed


def test_a_pipe_that_cannot_go_back_is_read(tmp_path):
    reader, writer = os.pipe()
    os.write(writer, saved(tmp_path, "a.png", corners()).read_bytes())
    os.close(writer)
    with open(reader, "rb") as stream:
        assert np.array_equal(pixels_of(stream), corners())


# Colour --------------------------------------------------------------------------------------------------------------


def test_grey_and_one_bit(tmp_path):
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.array_equal(pixels_of(saved(tmp_path, "grey.png", ramp)), np.dstack([ramp] * 3))
    board = Image.fromarray((ramp % 2 * 255).astype(np.uint8)).convert("1")
    path = saved(tmp_path, "bit.png", board)
    assert describe(path).mode == "1"
    assert np.array_equal(pixels_of(path)[..., 0], ramp % 2 * 255)


def test_a_palette_without_transparency(tmp_path):
    path = saved(tmp_path, "a.png", Image.fromarray(corners()).convert("P", palette=Image.Palette.ADAPTIVE, colors=4))
    assert describe(path).mode == "P"
    assert np.array_equal(pixels_of(path), corners())


@pytest.mark.parametrize("transparency", [0, bytes([0, 255])])
def test_a_palette_with_transparency_lies_over_white(tmp_path, transparency):
    image = Image.new("P", (4, 2), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.paste(1, (0, 0, 2, 2))
    pixels = pixels_of(saved(tmp_path, "a.png", image, transparency=transparency))
    assert tuple(pixels[0, 0]) == RED
    assert tuple(pixels[0, 3]) == WHITE


def test_transparency_lies_over_white(tmp_path):
    red = Image.new("RGBA", (3, 1), (255, 0, 0, 255))
    red.putpixel((1, 0), (0, 0, 0, 0))
    red.putpixel((2, 0), (255, 0, 0, 51))
    for name in ("a.png", "a.tif"):
        assert pixels_of(saved(tmp_path, name, red))[0].tolist() == [[255, 0, 0], [255, 255, 255], [255, 204, 204]]
    grey = Image.new("LA", (2, 1), (0, 255))
    grey.putpixel((1, 0), (0, 0))
    assert pixels_of(saved(tmp_path, "grey.png", grey))[0].tolist() == [[0, 0, 0], [255, 255, 255]]


def test_one_transparent_colour_lies_over_white(tmp_path):
    path = saved(tmp_path, "a.png", corners(), transparency=RED)
    assert tuple(pixels_of(path)[0, 0]) == WHITE
    assert tuple(pixels_of(path)[0, -1]) == GREEN


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_print_colours(tmp_path, name):
    """Pillow writes CMYK JPEG the way Adobe does: inverted."""
    path = saved(tmp_path, name, Image.new("CMYK", (16, 16), (0, 255, 255, 0)))
    assert describe(path).mode == "CMYK"
    assert np.abs(pixels_of(path).astype(int) - RED).max() <= 2


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_sixteen_bit_grey_is_scaled_and_not_clipped(tmp_path, name):
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    path = saved(tmp_path, name, values)
    assert describe(path).mode == "I;16"
    assert np.array_equal(pixels_of(path)[..., 1], np.rint(values / 65535 * 255))


def test_sixteen_bit_grey_of_the_other_byte_order(tmp_path):
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    path = saved(tmp_path, "a.tif", Image.frombytes("I;16B", (256, 256), values.byteswap().tobytes()))
    assert describe(path).mode == "I;16B"
    assert np.array_equal(pixels_of(path)[..., 1], np.rint(values / 65535 * 255))


def test_thirty_two_bit_grey_is_scaled_like_sixteen_bit(tmp_path):
    path = saved(tmp_path, "a.tif", np.array([[-5, 0, 32896, 65535, 99999]], np.int32))
    assert describe(path).mode == "I"
    assert pixels_of(path)[0, :, 0].tolist() == [0, 0, 128, 255, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([0.0, 0.5, 1.0], [0, 128, 255]), ([0.0, 100.4, 300.0], [0, 100, 255]), ([-1.0, np.nan, np.inf], [0, 0, 255])],
)
def test_floating_point_grey(tmp_path, values, expected):
    path = saved(tmp_path, "a.tif", np.array([values], np.float32))
    assert describe(path).mode == "F"
    assert pixels_of(path)[0, :, 0].tolist() == expected


def test_sixteen_bit_colour(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png(2, 1, 16, 2, zlib.compress(b"\0" + struct.pack(">6H", 65535, 32768, 0, 0, 257, 65535))))
    assert pixels_of(path)[0].tolist() == [[255, 128, 0], [0, 1, 255]]


def test_a_transparent_sixteen_bit_grey_lies_over_white(tmp_path):
    path = tmp_path / "a.png"
    rows = zlib.compress(b"\0" + struct.pack(">2H", 7000, 0))
    path.write_bytes(png(2, 1, 16, 0, rows, (b"tRNS", struct.pack(">H", 7000))))
    assert pixels_of(path)[0, :, 0].tolist() == [255, 0]


# Orientation and other metadata --------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif"])
def test_the_picture_stands_as_the_camera_was_held(tmp_path, name, orientation):
    upright = corners()
    as_stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, name, np.ascontiguousarray(as_stored), exif=exif, quality=95)
    pixels = pixels_of(path)
    assert pixels.shape == (20, 40, 3)
    assert np.abs(pixels[2::15, 2::35].astype(int) - upright[2::15, 2::35]).max() < 25
    assert (describe(path).width, describe(path).height) == (40, 20)
    with Image.open(io.BytesIO(thumbnail(path, 20))) as small:
        assert small.size == (20, 10)
        assert not small.getexif(), "a thumbnail that still carries the orientation would be turned twice"


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0" + b"garbage" * 9,
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\xff\xff\xff\x7f\0\0\0\x7f\0\0\0\0",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x03\0\0\0ab\0\0\0\0\0\0",
    ],
)
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_broken_metadata_does_not_make_a_picture_unreadable(tmp_path, name, exif):
    path = saved(tmp_path, name, corners(), exif=exif, quality=95)
    assert pixels_of(path).shape == (20, 40, 3)


def test_no_warning_reaches_people(tmp_path):
    saved(tmp_path, "exif.jpg", corners(), exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff")
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    saved(tmp_path, "palette.png", palette, transparency=bytes([0, 255]))
    (tmp_path / "large.png").write_bytes(png(10_000, 10_000, 1, 0, b""))
    (tmp_path / "animated.png").write_bytes(png(1, 1, 8, 0, zlib.compress(b"\0\7"), (b"acTL", bytes(8))))
    program = """
import sys
from pathlib import Path
from core.images.description import describe
from core.images.reading import UnreadableImage

for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        print(path.name, describe(path).format)
    except UnreadableImage as error:
        print(path.name, error)
"""
    run = [sys.executable, "-W", "error", "-c", program, str(tmp_path)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "animated.png PNG",
        "exif.jpg JPEG",
        "large.png is cut off: the file ends too early",
        "palette.png PNG",
    ]


# Refusals ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are Unix's")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.jpg")
    assert reason(tmp_path / "a.jpg") == "is a pipe, socket or device, and no file"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty (0 bytes)"),
        ("My notes, größer\n".encode(), "is not an image (text)"),
        (("x" * 4095 + "ü").encode(), "is not an image (text)"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "is not an image (a web page)"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "is not an image (an SVG drawing)"),
        (b"%PDF-1.7\n\xe2\xe3", "is not an image (a PDF document)"),
        (b"PK\x03\x04\x14\0", "is not an image (a zip archive)"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "is cut off: the file ends too early"),
        (b"\xff\x0a" + bytes(9), "is a JPEG XL, which isn’t read: save it as PNG or JPEG"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "is not an image (a video)"),
        (bytes(5000), "is not an image (only zero bytes)"),
        (
            bytes([1, 2, 3, 200]) * 50,
            "is not an image of a supported kind (JPEG, PNG, WebP, BMP, GIF, TIFF, AVIF, JPEG 2000, PPM, TGA or HEIC)",
        ),
        (b"\xff\xd8\xff\xe0\0\x10JF", "is cut off: the file ends too early"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "is cut off or damaged: its header cannot be understood"),
    ],
)
def test_what_is_no_image_says_what_it_is(tmp_path, content, expected):
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    assert reason(path) == expected
    assert reason(io.BytesIO(content)) == expected


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.jpg", {}),
        ("a.jpg", {"progressive": True}),
        ("a.png", {}),
        ("a.webp", {}),
        ("a.gif", {}),
        ("a.bmp", {}),
        ("a.tif", {}),
        ("a.tif", {"compression": "tiff_lzw"}),
        ("a.avif", {}),
        ("a.jp2", {}),
        ("a.j2k", {"tile_size": (16, 16)}),
        ("a.ppm", {}),
        ("a.tga", {}),
        ("a.tga", {"compression": "tga_rle"}),
    ],
)
@pytest.mark.parametrize("share", [0.5, 0.97])
def test_a_file_that_is_cut_off_says_so_and_gives_no_half_picture(tmp_path, name, options, share):
    path = saved(tmp_path, name, noise(), **options)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert reason(path) == "is cut off: the file ends too early"
    for read in (open_rgb, lambda source: read_square(source, 8), lambda source: thumbnail(source, 8)):
        with pytest.raises(UnreadableImage, match="cut off"):
            read(path)


def test_damaged_pixels(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png(8, 8, 8, 2, b"this was never compressed"))
    assert reason(path) == "is damaged: its pixels cannot be decoded"


@pytest.mark.parametrize(
    "name", ["a.jpg", "a.png", "a.webp", "a.gif", "a.bmp", "a.tif", "a.avif", "a.jp2", "a.j2k", "a.ppm", "a.tga"]
)
def test_random_damage_gives_pixels_or_a_reason_and_nothing_else(tmp_path, name):
    random = np.random.default_rng(1)
    content = np.frombuffer(saved(tmp_path, name, noise(32, 24)).read_bytes(), np.uint8)
    for _ in range(150):
        damaged = content.copy()
        places = random.integers(0, random.choice([60, len(content)]), random.integers(1, 8))
        damaged[places] = random.integers(0, 256, len(places))
        try:
            path = tmp_path / name
            path.write_bytes(damaged.tobytes())
            assert read_square(path, 8).shape == (8, 8, 3)
        except UnreadableImage as error:
            assert str(error)


def test_permission_denied(tmp_path):
    path = saved(tmp_path, "a.png", corners())
    path.chmod(0)
    with an_ordinary_user():
        assert reason(path) == "cannot be opened: permission denied"


def test_what_is_gone_and_what_is_a_folder(tmp_path):
    assert reason(tmp_path / "gone.jpg") == "no longer exists"
    assert reason(tmp_path) == "is a folder, not a file"
    assert reason(tmp_path / ("x" * 300)) == "cannot be opened: file name too long"
    assert "cannot be opened" in reason("nul\0byte.jpg")


def test_the_reason_is_meant_for_people():
    assert issubclass(UnreadableImage, WorkbenchError)


# Too many pixels -----------------------------------------------------------------------------------------------------


def huge_header(kind):
    """The first bytes of a picture of 30,000 × 30,000 pixels."""
    side = 30_000
    if kind == "png":
        compressor = zlib.compressobj(1)
        row = bytes(1 + side // 8)
        rows = b"".join(compressor.compress(row * 1000) for _ in range(30)) + compressor.flush()
        return png(side, side, 1, 0, rows)
    if kind == "gif":
        screen, frame = struct.pack("<HHBBB", side, side, 0, 0, 0), struct.pack("<HHBB", side, side, 0, 8)
        return b"GIF89a" + screen + b",\0\0\0\0" + frame
    if kind == "bmp":
        return b"BM" + struct.pack("<IHHIIiiHH", 54, 0, 0, 54, 40, side, side, 1, 24) + bytes(24)
    if kind in ("pgm", "ppm", "pbm"):
        return b"P%d %d %d" % ({"pgm": 5, "ppm": 3, "pbm": 1}[kind], side, side) + b" 255 1 2 3"
    if kind == "tga":
        return struct.pack("<BBBHHBHHHHBB", 0, 0, 10, 0, 0, 0, 0, 0, side, side, 24, 0) + bytes(400)
    if kind == "j2k":
        size = struct.pack(">HHH8IH", 0xFF51, 41, 0, side, side, 0, 0, side, side, 0, 0, 1)
        return b"\xff\x4f" + size + b"\7\1\1" + bytes(40)
    if kind == "jpg":
        small = io.BytesIO()
        Image.new("RGB", (16, 16)).save(small, "JPEG")
        return small.getvalue().replace(struct.pack(">HH", 16, 16), struct.pack(">HH", side, side), 1)
    tags = [(256, side), (257, side), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, side), (279, side * side)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


@pytest.mark.parametrize("kind", ["png", "gif", "bmp", "jpg", "tif", "pgm", "ppm", "pbm", "tga", "j2k"])
def test_too_many_pixels_are_refused_before_decoding(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    path.write_bytes(huge_header(kind))
    assert reason(path) == "30,000 × 30,000 pixels are more than the 100 megapixels allowed"


def test_too_many_pixels_in_webp(tmp_path):
    path = saved(tmp_path, "a.webp", corners(), lossless=True, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0")
    content = bytearray(path.read_bytes())
    assert content[12:16] == b"VP8X"
    content[24:30] = ((16_000 - 1).to_bytes(3, "little")) * 2
    path.write_bytes(content)
    assert reason(path) == "16,000 × 16,000 pixels are more than the 100 megapixels allowed"


@pytest.mark.parametrize("tiles", [1, 64, 10_000])
def test_a_jpeg_2000_of_which_tiles_are_missing_is_cut_off_and_not_black(tiles):
    content = bytearray(saved_bytes(noise(), "JPEG2000", no_jp2=True))
    place = content.index(b"\xff\x51")
    struct.pack_into(">II", content, place + 6, 10_000, 10_000)
    struct.pack_into(">II", content, place + 22, tiles, tiles)
    assert reason(io.BytesIO(content)) in (
        "is cut off: the file ends too early",
        "is damaged: its pixels cannot be decoded",
    )


def test_values_that_are_not_there_need_no_memory():
    for content in (b"P6 9000 9000 65535\n", b"P3 9000 9000 255 1 2 3", b"P1 9000 9000 1", b"P4 9000 9000\n\1"):
        assert reason(io.BytesIO(content)) == "is cut off: the file ends too early"


def test_just_more_than_allowed_and_exactly_as_much(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png(10_001, 10_000, 1, 0, b""))
    assert reason(path) == "10,001 × 10,000 pixels are more than the 100 megapixels allowed"
    assert MAXIMUM_PIXELS == 10_000 * 10_000
    path.write_bytes(png(10_000, 10_000, 1, 0, b""))
    assert "megapixels" not in reason(path)


# What is made of the pixels ------------------------------------------------------------------------------------------


def test_a_square_holds_the_whole_picture(tmp_path):
    square = read_square(saved(tmp_path, "a.png", corners(400, 100)), 8)
    assert square.shape == (8, 8, 3)
    assert square.dtype == np.uint8
    assert square.flags.writeable
    assert [tuple(square[row, column]) for row in (0, 7) for column in (0, 7)] == [RED, GREEN, BLUE, WHITE]


def test_a_square_is_antialiased(tmp_path):
    stripes = np.zeros((512, 512, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.abs(read_square(saved(tmp_path, "a.png", stripes), 32).astype(int) - 128).max() <= 3


def test_a_large_jpeg_is_decoded_small_but_large_enough(tmp_path):
    path = saved(tmp_path, "a.jpg", Image.fromarray(corners()).resize((1600, 1200)), quality=95)
    assert open_rgb(path, at_least=224).size == (400, 300)
    assert open_rgb(path).size == (1600, 1200)
    assert open_rgb(path, at_least=5000).size == (1600, 1200)
    assert describe(path).width == 1600


@pytest.mark.parametrize(
    ("size", "expected"), [((400, 100), (64, 16)), ((100, 400), (16, 64)), ((30, 20), (30, 20)), ((500, 1), (64, 1))]
)
def test_a_thumbnail_keeps_the_proportions(tmp_path, size, expected):
    with Image.open(io.BytesIO(thumbnail(saved(tmp_path, "a.jpg", corners(*size)), 64))) as small:
        assert (small.format, small.mode, small.size) == ("JPEG", "RGB", expected)


def test_equal_pixels_have_equal_hashes_whatever_the_file(tmp_path):
    original = describe(saved(tmp_path, "a.png", corners()))
    same = describe(saved(tmp_path, "b.bmp", corners()))
    turned = describe(saved(tmp_path, "c.png", corners().transpose(1, 0, 2)))
    reshaped = describe(saved(tmp_path, "d.png", corners().reshape(40, 20, 3)))
    assert original.pixel_hash == same.pixel_hash
    assert len({original.pixel_hash, turned.pixel_hash, reshaped.pixel_hash}) == 3
    assert len(original.pixel_hash) == 32


def test_several_threads_read_the_same_pixels(tmp_path):
    paths = [saved(tmp_path, f"{number}.jpg", noise(64 + number, 64)) for number in range(16)]
    alone = [read_square(path, 32) for path in paths]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda path: read_square(path, 32), paths * 4))
    assert all(np.array_equal(one, other) for one, other in zip(alone * 4, together, strict=True))


def test_a_strip_of_more_bytes_than_pillow_takes_for_pixels_is_read(tmp_path, monkeypatch):
    values = np.random.default_rng(0).integers(0, 65536, (40, 40, 3)).astype(np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="rgb", compression="lzw", rowsperstrip=40)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1600)  # Pillow refuses twice as many: 9,600 bytes are more
    np.testing.assert_allclose(np.asarray(open_rgb(tmp_path / "a.tif")), values / 257, atol=0.51)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_small_copy_before_the_picture_is_not_taken_for_it(tmp_path, kind):
    values = np.random.default_rng(0).integers(0, 256, (40, 60, 3)).astype(kind) * kind(np.iinfo(kind).max // 255)
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(values[::4, ::4] // 2, photometric="rgb", subfiletype=1)
        file.write(values, photometric="rgb")
    image = open_rgb(tmp_path / "a.tif")
    np.testing.assert_array_equal(np.asarray(image), values // (np.iinfo(kind).max // 255))
    assert describe(tmp_path / "a.tif").pages == 1


def test_a_tiff_of_which_no_strip_was_written_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.ones((40, 40), np.uint8), photometric="minisblack")
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+b") as file:
        file.pages[0].tags["StripOffsets"].overwrite(0)
        file.pages[0].tags["StripByteCounts"].overwrite(0)
    with pytest.raises(UnreadableImage, match="holds no pixels"):
        open_rgb(tmp_path / "a.tif")
