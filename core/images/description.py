"""What is known of an image once it has been decoded: its size, what it holds, and how it looks in numbers."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.images.colour import render
from core.images.fingerprint import fingerprint
from core.images.reading import Decoded, UnreadableImage, decode
from core.images.reading_settings import AS_USUAL, Reading

# Sharpness is judged at about the size that networks look at: a large photograph may be soft in its finest pixels.
JUDGED_SIDE = 128
# Pillow's own pieces of memory are of up to 16 MB.
LARGEST_KEPT = 24 * 2**20


@dataclass(frozen=True)
class ImageFacts:
    """What is known of an image.

    Attributes
    ----------
    width, height : int
        Size in pixels as people see the picture, that is after the EXIF orientation.
    mode, format, orientation, size_bytes
        See `core.images.reading.Decoded`.
    pixel_hash : str
        32 hexadecimal digits; equal for two files exactly when their RGB pixels and their shapes are equal.
    perceptual_hash : int
        64 bits, nearly equal for pictures that look alike; see `core.images.fingerprint`.
    grey : bytes
        The small grey picture that tells whether two pictures whose hashes are near do look alike.
    colours : bytes
        Red, green and blue of a grid of 4 × 4 fields, 48 bytes.
    brightness : float
        Mean of the grey values, 0 black to 1 white.
    contrast : float
        Standard deviation of the grey values, 0 for a single colour to 0.5 for half black, half white.
    entropy : float
        Of the grey values, in bits: how many different ones there are, and how evenly. 0 for a single colour, up to 8;
        photographs have 6 to 8, charts and pages of text 1 to 2.
    sharpness : float
        Standard deviation of the Laplacian over that of the grey values, at a smaller side of about 128 pixels: how
        much of what there is to see lies in its edges. 0 for a single colour; photographs have 0.1 to 1.
    sample_kind : str
        NumPy's name of the type of the values, such as ``"uint16"``; "" for plain images of 8 bits and up to three
        bands (and transparency), which have none of the following.
    low, high, dark, bright, bits, bands, alpha
        See `core.images.colour.Values`.
    pages : int
        How many pictures the file holds, of which the first is read.
    """

    width: int
    height: int
    mode: str
    format: str
    orientation: int
    size_bytes: int
    pixel_hash: str
    perceptual_hash: int
    grey: bytes
    colours: bytes
    brightness: float
    contrast: float
    entropy: float
    sharpness: float
    sample_kind: str = ""
    low: float = 0.0
    high: float = 0.0
    dark: float = 0.0
    bright: float = 0.0
    bits: int = 0
    bands: int = 0
    alpha: str = ""
    pages: int = 1


def describe(path: Path, reading: Reading = AS_USUAL) -> ImageFacts:
    """Decode a whole image file and say what it is and how it looks.

    Raises
    ------
    UnreadableImage
        See `core.images.reading.open_rgb`.
    """
    decoded = decode(path, reading)
    rgb = decoded.rgb
    looks = fingerprint(rgb)
    factor = max(1, min(rgb.size) // JUDGED_SIDE)
    reduced = rgb.reduce(factor)
    grey = reduced.convert("L")
    brightness, contrast, sharpness = _look(grey)
    return ImageFacts(
        width=rgb.width,
        height=rgb.height,
        mode=decoded.mode,
        format=decoded.format,
        orientation=decoded.orientation,
        size_bytes=decoded.size_bytes,
        pixel_hash=_pixel_hash(decoded),
        perceptual_hash=looks.hash,
        grey=looks.grey,
        colours=looks.colours,
        brightness=brightness,
        contrast=contrast,
        entropy=grey.entropy(),
        sharpness=sharpness,
        pages=decoded.pages,
        **_of_values(decoded),
    )


def describe_many(root: str, paths: Sequence[str], reading: Reading = AS_USUAL) -> list[dict[str, Any]]:
    """The `path` and the facts of each of the images at these paths below `root`, or its `problem` in words."""
    _keep_memory()
    return [{"path": path} | _facts_or_problem(Path(root, path), reading) for path in paths]


@cache
def _keep_memory() -> None:
    """Have the C library keep the memory that pictures free for those that follow.

    glibc gives pieces of 128 KB or more back to the system at once, and zeroed pages for the next come one by one: a
    third of the time that a photograph of 500 × 375 pixels takes. It keeps pieces up to the largest that was ever freed
    (mallopt(3), M_MMAP_THRESHOLD). Elsewhere this does nothing.
    """
    bytearray(LARGEST_KEPT)


def _facts_or_problem(path: Path, reading: Reading) -> dict[str, Any]:
    try:
        return asdict(describe(path, reading))
    except UnreadableImage as error:
        return {"problem": str(error)}


def _pixel_hash(decoded: Decoded) -> str:
    """Of what lies in the file rather than what is shown, so that it stays when another reading is chosen."""
    if decoded.values is None:
        return _digest(f"{decoded.rgb.width}×{decoded.rgb.height}:", decoded.rgb.tobytes())
    samples = decoded.values.samples
    if samples.kind == "uint8" and decoded.values.alpha == "transparency":  # a PNG with the same picture has this one
        rgb = render(samples, AS_USUAL)
        return _digest(f"{rgb.width}×{rgb.height}:", rgb.tobytes())
    height, width, bands = samples.values.shape
    little_endian = samples.values.astype(samples.values.dtype.newbyteorder("<"), copy=False)
    return _digest(f"{width}×{height}×{bands}:{samples.kind}:", np.ascontiguousarray(little_endian).data)


def _digest(shape: str, pixels: bytes | memoryview) -> str:
    digest = hashlib.sha256(shape.encode())
    digest.update(pixels)
    return digest.hexdigest()[:32]


def _of_values(decoded: Decoded) -> dict[str, Any]:
    values = decoded.values
    if values is None:
        return {}
    names = ("low", "high", "dark", "bright", "bits", "bands", "alpha")
    return {"sample_kind": values.kind} | {name: getattr(values, name) for name in names}


def _look(image: Image.Image) -> tuple[float, float, float]:
    """Brightness, contrast and sharpness of a grey picture."""
    grey = np.asarray(image, dtype=np.float32)
    brightness, spread = float(grey.mean()) / 255, float(grey.std())
    if min(grey.shape) < 3 or spread == 0:
        return brightness, spread / 255, 0.0
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    laplacian = 4 * grey[1:-1, 1:-1] - around
    return brightness, spread / 255, float(laplacian.std()) / spread
