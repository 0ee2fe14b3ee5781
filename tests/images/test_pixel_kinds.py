"""Every mode, type of value and layout: the right picture or the right sentence, the same whoever reads it."""

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tifffile
from PIL import ExifTags, Image

from core.images.description import describe
from core.images.reading import UnreadableImage, decode, open_rgb, read_square, thumbnail
from core.images.reading_settings import AS_USUAL, Reading
from tests.images.pixel_kinds import (
    COLOURS,
    GREYS,
    HEIGHT,
    LAYOUTS,
    MAKERS,
    WIDTH,
    PixelKind,
    kinds_of,
    painted,
    place_of,
    plainly_laid_kinds,
    png,
    quarters,
    with_tag,
)

# pytest replaces the warning filters of the program.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

# JPEG, which thumbnails are, and the resizing of a square may move a colour by so much.
JPEG, RESIZED = 12, 2
CUT_OFF = "is cut off: the file ends too early"


def difference(kind: PixelKind, pixels) -> float:
    return np.abs(quarters(np.asarray(pixels)) - kind.expected).max()


def what_is_wrong(kind: PixelKind, path) -> str:
    """What the two ways to read a whole file make wrong of it; "" if nothing."""
    if isinstance(kind.expected, str):
        try:
            decode(path, kind.reading)
        except UnreadableImage as error:
            return "" if str(error) == kind.expected else str(error)
        return "gives pixels"
    whole = open_rgb(path, kind.reading)
    if difference(kind, whole) > kind.within:
        return f"{quarters(np.asarray(whole)).tolist()}"
    if kind.within < 4 and np.abs(np.asarray(whole, int) - painted(kind.expected)).max() > kind.within:
        return "somewhere else than in the middle of a quarter"
    return "" if np.array_equal(whole, decode(path, kind.reading).rgb) else "decoded otherwise"


def what_is_wrong_when_small(kind: PixelKind, path) -> str:
    """What a square and a thumbnail make wrong of a file; "" if nothing."""
    if difference(kind, read_square(path, 32, kind.reading)) > kind.within + RESIZED:
        return "another square"
    with Image.open(io.BytesIO(thumbnail(path, 48, kind.reading))) as small:
        return "another thumbnail" if difference(kind, small) > kind.within + JPEG else ""


@pytest.mark.parametrize("group", MAKERS)
def test_every_kind_of_pixels_shows_its_picture_or_says_why_not(tmp_path, group):
    kinds = kinds_of(group)
    if group == "HEIC" and not kinds:
        pytest.skip("pillow-heif is not installed")
    assert len({kind.name for kind in kinds}) == len(kinds) > 0
    wrong = {kind.name: what_is_wrong(kind, kind.write(tmp_path)) for kind in kinds}
    assert not {name: words for name, words in wrong.items() if words}


def test_what_is_made_smaller_shows_the_same_picture(tmp_path):
    wrong = {kind.name: what_is_wrong_when_small(kind, kind.write(tmp_path)) for kind in plainly_laid_kinds()}
    assert not {name: words for name, words in wrong.items() if words}


def test_the_facts_hold_what_lies_in_the_file_whatever_is_shown(tmp_path):
    kinds = {kind.name: kind for kind in plainly_laid_kinds()}
    path = kinds["TIFF grey, uint16, 12 used, strips"].write(tmp_path)
    as_usual, chosen = describe(path), describe(path, Reading((("uint16", 0, 4080),)))
    assert (as_usual.sample_kind, as_usual.low, as_usual.high, as_usual.bits) == ("uint16", 320, 3760, 12)
    assert (as_usual.bands, as_usual.alpha, as_usual.pages) == (1, "none", 1)
    assert as_usual.pixel_hash == chosen.pixel_hash
    assert as_usual.brightness == pytest.approx(chosen.brightness * 4080 / 65535, abs=0.01)


@pytest.mark.parametrize(
    ("name", "kind", "low", "high", "bits"),
    [
        ("TIFF grey, int16, strips", "int16", -1680, 1760, 12),
        ("TIFF grey, int8, strips", "int8", -108, 107, 8),
        ("TIFF grey, uint32, strips", "uint32", 20 * 2**24, 235 * 2**24, 32),
        ("TIFF grey, float64, strips", "float64", -3000, 18500, 64),
        ("PNG colour, uint16, 12 used", "uint16", 160, 4000, 12),
    ],
)
def test_the_range_of_the_values_is_known(tmp_path, name, kind, low, high, bits):
    found = describe(next(each for each in plainly_laid_kinds() if each.name == name).write(tmp_path))
    assert (found.sample_kind, found.low, found.high, found.bits) == (kind, low, high, bits)


def test_a_hot_pixel_is_no_part_of_the_range_without_hot_pixels(tmp_path):
    values = painted(np.array([100, 200, 300, 400], np.uint16))
    values[3, 5] = 65535
    Image.fromarray(values).save(tmp_path / "a.png")
    found = describe(tmp_path / "a.png")
    assert (found.low, found.high, found.dark, found.bright, found.bits) == (100, 65535, 100, 400, 16)


def test_a_plain_image_has_no_facts_of_deep_values(tmp_path):
    for kind in (each for each in kinds_of("Pillow") if each.name.split(",")[0] in ("Pillow RGB", "Pillow L")):
        found = describe(kind.write(tmp_path))
        assert (found.sample_kind, found.bits, found.bands, found.alpha, found.pages) == ("", 0, 0, "", 1), kind.name


@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32"])
def test_four_bands_that_are_no_transparency_are_found_and_not_laid_over_white(tmp_path, kind):
    kinds = {each.name: each for each in kinds_of("many bands")}
    found = describe(kinds[f"TIFF near infrared called unassalpha, {kind}"].write(tmp_path))
    assert (found.bands, found.alpha, found.mode) == (4, "doubtful", "RGBA")
    found = describe(kinds[f"TIFF near infrared called unspecified, {kind}"].write(tmp_path))
    assert (found.bands, found.alpha) == (4, "none")


def shape_of_opacity(name: str) -> np.ndarray:
    """Transparency as people make it, 0..255, 96 × 128."""
    y, x = np.mgrid[:96, :128]
    distance = np.hypot(y - 48, x - 64)
    return {
        "cut out": np.where(distance < 40, 255, 0),
        "cut out, soft edges": np.clip((44 - distance) * 30, 0, 255),
        "a fade": np.rint(x * 255 / 127),
        "a fade to the corners": np.clip(255 - distance * 3, 0, 255),
        "an even veil": np.full((96, 128), 90),
        "a soft shadow below": np.where(distance < 30, 255, np.clip(130 - distance * 2, 0, 255)),
    }[name].astype(np.uint8)


@pytest.mark.parametrize("suffix", [".tif", ".png", ".webp"])
@pytest.mark.parametrize(
    "name",
    [
        *("cut out", "cut out, soft edges", "a fade", "a fade to the corners", "an even veil"),
        "a soft shadow below",
    ],
)
def test_transparency_as_people_make_it_is_that(tmp_path, name, suffix):
    opacity = shape_of_opacity(name)
    black = np.dstack([np.zeros((96, 128, 3), np.uint8), opacity])
    path = tmp_path / f"a{suffix}"
    Image.fromarray(black).save(path, lossless=True, exact=True)
    assert np.abs(np.asarray(open_rgb(path))[..., 0].astype(int) - (255 - opacity)).max() <= 1


@pytest.mark.parametrize("suffix", [".tif", ".png", ".webp"])
@pytest.mark.parametrize("name", ["a scene", "a scene with clouds", "a scene with an empty border", "a dark scene"])
def test_a_band_of_a_scene_is_no_transparency(tmp_path, name, suffix):
    random = np.random.default_rng(2)
    coarse = Image.fromarray(random.integers(40, 200, (12, 16), dtype=np.uint8))
    scene = np.asarray(coarse.resize((128, 96), Image.Resampling.BICUBIC), dtype=float) + random.normal(0, 5, (96, 128))
    if name == "a scene with clouds":
        scene[20:50, 30:90] = 255
    elif name == "a scene with an empty border":
        scene[:, :30] = 0
    elif name == "a dark scene":
        scene = scene / 4
    infrared = np.clip(scene, 0, 255).astype(np.uint8)
    green = np.dstack([np.zeros_like(infrared), np.full_like(infrared, 80), np.zeros_like(infrared), infrared])
    path = tmp_path / f"a{suffix}"
    Image.fromarray(green).save(path, lossless=True, exact=True)
    found = decode(path)
    assert found.values.alpha == "doubtful"
    assert np.array_equal(np.asarray(found.rgb), green[..., :3])
    false_colours = np.asarray(open_rgb(path, Reading(bands=(4, 1, 2))))
    assert np.array_equal(false_colours, green[..., [3, 0, 1]])
    over_white = np.asarray(open_rgb(path, Reading(bands=(1, 2, 3, 4))))
    assert np.abs(over_white[..., 0].astype(int) - (255 - infrared)).max() <= 1


@pytest.mark.parametrize("suffix", [".tif", ".png", ".webp"])
def test_a_picture_that_is_invisible_everywhere_is_shown_all_the_same(tmp_path, suffix):
    """Programs that don't know of transparency leave 0 in its place."""
    path = tmp_path / f"a{suffix}"
    layers = np.dstack([painted(COLOURS), np.zeros((HEIGHT, WIDTH))]).astype(np.uint8)
    Image.fromarray(layers).save(path, lossless=True, exact=True)
    assert decode(path).values.alpha == "doubtful"
    assert np.array_equal(open_rgb(path), painted(COLOURS))
    Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0)).save(path, lossless=True, exact=True)
    assert np.asarray(open_rgb(path)).min() == 255


@pytest.mark.parametrize("reading", [AS_USUAL, Reading((("uint16", 0, 4095),))])
@pytest.mark.parametrize("structure", ["noise", "a slope"])
def test_near_infrared_of_twelve_bits_is_none_whatever_is_chosen(tmp_path, structure, reading):
    infrared = np.random.default_rng(0).integers(200, 3000, (HEIGHT, WIDTH))
    if structure == "a slope":
        infrared = np.tile(np.linspace(200, 3000, WIDTH), (HEIGHT, 1))
    layers = np.dstack([painted(COLOURS * 16), infrared]).astype(np.uint16)
    found = decode(write_tiff(tmp_path, layers, photometric="rgb"), reading)
    assert found.values.alpha == "doubtful"
    assert (found.values.low, found.values.high) == (160, 4000)


@pytest.mark.parametrize("reading", [AS_USUAL, Reading((("uint16", 0, 4095),))])
def test_transparency_of_twelve_bits_is_opaque_at_its_greatest_value(tmp_path, reading):
    opacity = painted(np.array([4095, 4095, 4095, 0]))
    path = write_tiff(tmp_path, np.dstack([painted(COLOURS * 16), opacity]).astype(np.uint16), photometric="rgb")
    scale = 4095 / 255 / 16 if reading.ranges else 65535 / 255 / 16
    expected = np.vstack([np.rint(COLOURS[:3] / scale), [[255, 255, 255]]])
    assert np.abs(quarters(np.asarray(open_rgb(path, reading))) - expected).max() <= 1


def test_several_threads_read_the_same_deep_pixels():
    def pixels(kind):
        return np.asarray(open_rgb(io.BytesIO(kind.content), kind.reading))

    kinds = [kind for kind in (*kinds_of("many bands"), *kinds_of("deep PNG")) if not isinstance(kind.expected, str)]
    alone = [pixels(kind) for kind in kinds[::5]]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(pixels, kinds[::5] * 4))
    assert all(np.array_equal(one, other) for one, other in zip(alone * 4, together, strict=True))


def test_pages_and_frames_are_counted(tmp_path):
    for kind in kinds_of("pages and turns"):
        if "pages" in kind.name:
            assert describe(kind.write(tmp_path)).pages == 3, kind.name
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    for suffix in (".gif", ".webp", ".png", ".tif"):
        frames[0].save(tmp_path / f"a{suffix}", save_all=True, append_images=frames[1:])
        assert describe(tmp_path / f"a{suffix}").pages == 3


def test_a_deep_png_stands_as_the_camera_was_held(tmp_path):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    upright = painted(COLOURS * 257)
    content = png(np.rot90(upright), (b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0")))
    (tmp_path / "a.png").write_bytes(content)
    found = decode(tmp_path / "a.png")
    assert np.array_equal(np.asarray(found.rgb), painted(COLOURS))
    assert found.orientation == 6


def test_smaller_copies_are_no_pages_and_a_stack_of_imagej_is(tmp_path):
    path, picture = tmp_path / "a.tif", painted(np.zeros(4, np.uint16))
    with tifffile.TiffWriter(path) as file:
        file.write(picture, photometric="minisblack", metadata=None)
        file.write(picture[::2, ::2], photometric="minisblack", metadata=None, subfiletype=1)
    assert describe(path).pages == 1
    # As ImageJ itself writes: the tags of the first picture, and the others right behind its pixels.
    words = "ImageJ=1.54f\nimages=7\nslices=7\nloop=false\n"
    tifffile.imwrite(path, picture, photometric="minisblack", metadata=None, description=words)
    assert describe(path).pages == 7


def test_the_hash_is_of_the_values_and_not_of_their_low_or_high_half(tmp_path):
    hashes = set()
    for step in (0, 1, 256):
        values = painted(np.array([[1000 + step, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]], np.uint16))
        hashes.add(describe(write_tiff(tmp_path, values, photometric="rgb")).pixel_hash)
        hashes.add(describe(write_tiff(tmp_path, values, photometric="rgb", byteorder=">", tile=(16, 16))).pixel_hash)
        hashes.add(describe(write_tiff(tmp_path, np.moveaxis(values, -1, 0), photometric="rgb")).pixel_hash)
    assert len(hashes) == 3


def write_bytes(values, **options) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, np.ascontiguousarray(values), metadata=None, **options)
    return file.getvalue()


def write_tiff(folder, values, **options):
    path = folder / "a.tif"
    path.write_bytes(write_bytes(values, **options))
    return path


# Cut off, damaged, too large -----------------------------------------------------------------------------------------


def reason(content: bytes) -> str:
    with pytest.raises(UnreadableImage) as caught:
        open_rgb(io.BytesIO(content))
    return str(caught.value)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_tiff_that_is_cut_off_says_so(layout):
    for kind in (*kinds_of("grey and colour"), *kinds_of("planes")):
        if not kind.name.endswith(f", {layout}"):
            continue
        content = kind.content
        for length in (9, len(content) // 10, len(content) // 2, len(content) - 1):
            assert reason(content[:length]) == CUT_OFF, (kind.name, length)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_deep_png_that_is_cut_off_says_so(share):
    noise = np.random.default_rng(0).integers(0, 65536, (20, 30, 4), dtype=np.uint16)
    content = png(noise)
    assert reason(content[: int(len(content) * share)]) == CUT_OFF


# What a header may claim: width, height, bands, the sides of a tile; of 1,000,000,000 and of 60,000.
CLAIMS = {
    256: "1,000,000,000 × 48 pixels are more than the 100 megapixels allowed",
    257: "64 × 1,000,000,000 pixels are more than the 100 megapixels allowed",
    277: "64 × 48 pixels of 1,000,000,000 bands of 16 bits are more than the 800 MB allowed",
}


@pytest.mark.parametrize("tag", CLAIMS)
@pytest.mark.parametrize("layout", ["strips", "LZW, predictor", "tiles", "LERC"])
def test_a_header_that_claims_too_much_is_refused_before_anything_is_decoded(tag, layout):
    content = next(
        kind.content for kind in kinds_of("grey and colour") if kind.name == f"TIFF colour, uint16, {layout}"
    )
    assert reason(with_tag(content, tag, 1_000_000_000)) == CLAIMS[tag]


@pytest.mark.parametrize("layout", ["tiles", "deflate, predictor, tiles, big-endian"])
def test_a_tile_that_claims_too_much_is_damaged(layout):
    options = LAYOUTS[layout] | {"byteorder": "<"}
    content = write_bytes(painted(np.zeros((4, 3), np.uint16)), photometric="rgb", **options)
    for tags in ((322,), (323,), (322, 323)):
        claims = content
        for tag in tags:
            claims = with_tag(claims, tag, 1_000_000)
        assert reason(claims) in (CUT_OFF, "is damaged: its pixels cannot be decoded")


def test_what_is_not_compressed_is_read_whatever_its_bytes_are_said_to_be():
    content = write_bytes(painted(GREYS.astype(np.uint16) * 257), photometric="minisblack")
    for count in (0, 7, 10_000):
        pixels = np.asarray(open_rgb(io.BytesIO(with_tag(content, 279, count))))
        assert np.array_equal(pixels[..., 0], painted(GREYS))


def test_pixels_cannot_begin_where_the_header_lies():
    content = write_bytes(painted(GREYS.astype(np.uint16)), photometric="minisblack")
    assert reason(with_tag(content, 273, 0)) == "is damaged: its pixels cannot be decoded"


def test_pixels_of_no_length_are_not_taken_for_black():
    content = write_bytes(painted(GREYS.astype(np.uint16)), photometric="minisblack", compression="lzw")
    assert reason(with_tag(content, 279, 0)) == "is damaged: its pixels cannot be decoded"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_tile_that_was_left_out_is_empty(dtype):
    """As GDAL writes them: a tile in which nothing is has neither place nor length."""
    values = np.zeros((HEIGHT, WIDTH), dtype)
    values[:16, :16] = np.iinfo(dtype).max
    content = bytearray(write_bytes(values, photometric="minisblack", tile=(16, 16)))
    tiles = WIDTH // 16 * HEIGHT // 16
    for tag in (324, 325):  # where they begin, and their bytes
        place, size = place_of(content, tag)
        content[place + size : place + tiles * size] = bytes((tiles - 1) * size)
    assert np.array_equal(np.asarray(open_rgb(io.BytesIO(content)))[..., 0] == 255, values > 0)


def test_a_large_tile_of_an_image_format_is_read():
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    for layout in ("WebP", "PNG", "JPEG 2000"):
        content = write_bytes(noise, photometric="rgb", **LAYOUTS[layout])
        assert len(content) > 2 * 65536
        assert np.array_equal(np.asarray(open_rgb(io.BytesIO(content))), noise), layout


def test_what_a_tiff_says_of_other_files_is_not_looked_at(tmp_path, capfd):
    """An OME-TIFF may name the files that hold its other planes."""
    path = tmp_path / "a.ome.tif"
    description = tifffile.OmeXml()
    description.addimage("uint16", (2, 20, 30), (2, 1, 1, 20, 30, 1), axes="ZYX")
    words = description.tostring().replace(
        "<TiffData ", '<TiffData FirstZ="0"><UUID FileName="b.ome.tif"/></TiffData><T '
    )
    tifffile.imwrite(path, np.full((20, 30), 700, np.uint16), description=words, metadata=None)
    (tmp_path / "b.ome.tif").mkdir()  # whoever opens it, fails
    assert decode(path).values.high == 700
    assert capfd.readouterr() == ("", "")


def test_only_those_pay_for_rare_kinds_who_have_them(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg")
    Image.new("RGB", (8, 8)).save(tmp_path / "a.tif")
    Image.new("RGBA", (8, 8)).save(tmp_path / "a.png")
    program = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from core.images.description import describe

for path in Path(sys.argv[1]).iterdir():
    describe(path)
print([name for name in ("tifffile", "imagecodecs") if name in sys.modules])
"""
    run = [sys.executable, "-c", program, str(tmp_path)]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("group", ["netpbm", "JPEG 2000", "AVIF", "HEIC", "TGA"])
def test_no_half_picture_comes_of_a_file_that_is_cut_off(tmp_path, group):
    for kind in kinds_of(group)[::3]:
        if isinstance(kind.expected, str):
            continue
        path, content = kind.write(tmp_path), kind.content
        last_number = 4 if kind.name[:2] in ("P2", "P3") else 0  # which is one with fewer digits, too
        for length in np.unique(np.linspace(0, len(content) - 1 - last_number, 12).astype(int)).tolist():
            path.write_bytes(content[:length])
            with pytest.raises(UnreadableImage) as caught:
                open_rgb(path, kind.reading)
            assert length < 400 or str(caught.value) == CUT_OFF, (kind.name, length, str(caught.value))


@pytest.mark.parametrize("group", ["grey and colour", "many bands", "deep PNG", "netpbm", "JPEG 2000", "AVIF", "HEIC"])
def test_random_damage_gives_pixels_or_a_reason_and_nothing_else(group):
    random = np.random.default_rng(3)
    for kind in kinds_of(group)[::5]:
        for _ in range(4):
            damaged = np.frombuffer(kind.content, np.uint8).copy()
            places = random.integers(0, random.choice([60, 400, len(damaged)]), random.integers(1, 8)) % len(damaged)
            damaged[places] = random.integers(0, 256, len(places))
            try:
                assert read_square(io.BytesIO(damaged.tobytes()), 8).shape == (8, 8, 3)
            except UnreadableImage as error:
                assert str(error)
