"""Plants known faults into a copy of a folder of images, to see whether the check-up finds them.

``python -m core.datasets.samples.faults SOURCE TARGET [--seed N] [--count N] [--divided]`` prints what was planted.
"""

import argparse
import io
import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFilter

from core.datasets.splits import SPLITS
from core.errors import UsageError, WorkbenchError
from core.files import replacing
from core.images.formats import SUFFIXES
from core.images.reading import UnreadableImage, open_rgb

COUNT = 3
SHARES = (0.6, 0.2, 0.2)
JPEG_QUALITY = 92
CROPPED = 0.03
RESIZED = 0.7

WEB_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>There is no such image.</body></html>\n"
)


@dataclass(frozen=True)
class Planted:
    """One fault.

    Attributes
    ----------
    kind : str
        A key of `FAULTS`, "two_labels", or "leak".
    path : str
        The faulty file, relative to the target, with forward slashes.
    twin : str
        The image that it repeats, for the kinds that are a fault of two images; else empty.
    """

    kind: str
    path: str
    twin: str = ""


def plant_faults(
    source: Path, target: Path, seed: int = 0, *, counts: Mapping[str, int] | None = None, divided: bool = False
) -> list[Planted]:
    """Copy class folders of images and add files with known faults. The images themselves stay as they are.

    Parameters
    ----------
    source : Path
        A folder with at least two class folders of readable images.
    target : Path
        Where the copy goes: a new or an empty folder outside of `source`.
    seed : int
        Another seed (not below 0) plants the faults elsewhere. The same seed writes the same files.
    counts : mapping of str to int, optional
        How many of each of `KINDS`; a kind that it lacks is planted `COUNT` times.
    divided : bool
        Write folders train, validation and test (60, 20 and 20 % of each class) with the class folders in them. Every
        copy then lies in the part of its twin, except those of the kind "leak", which repeat a training image, exactly
        and nearly by turns, in another part. Without it no leak is planted.

    Returns
    -------
    list of Planted
        What was planted, in the order of `KINDS`. Images are used once as long as there are enough of them, so that
        most faults don't overlap.

    Raises
    ------
    UsageError
        If the source has too few classes or images, the target is in use, or a kind is unknown.
    """
    counts = dict.fromkeys(KINDS, COUNT) | dict(counts or {})
    if unknown := sorted(set(counts) - set(KINDS)):
        raise UsageError(f"There is no fault “{unknown[0]}”. Choose from: {', '.join(KINDS)}.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} exists already. Choose a new or an empty folder for the copy.")
    if target.resolve().is_relative_to(source.resolve()):
        raise UsageError(f"{target} lies inside of {source}. Choose a folder outside of it for the copy.")
    classes = _class_folders(source)
    generator = np.random.default_rng(seed)
    garden = _Garden(target, _copy(classes, target, generator, divided), generator)
    for kind in KINDS:
        if kind != "leak" or divided:
            for _ in range(counts[kind]):
                garden.plant(kind)
    return garden.planted


def _class_folders(source: Path) -> dict[str, list[Path]]:
    if not source.is_dir():
        raise UsageError(f"There is no folder {source}. Name a folder with one folder of images for each class.")
    folders = {folder.name: sorted(folder.iterdir()) for folder in sorted(source.iterdir()) if folder.is_dir()}
    classes = {name: [path for path in paths if path.suffix.lower() in SUFFIXES] for name, paths in folders.items()}
    classes = {name: paths for name, paths in classes.items() if paths}
    if len(classes) < 2:
        raise UsageError(f"{source} needs at least two folders of images, one for each class; it has {len(classes)}.")
    return classes


def _copy(classes: Mapping[str, list[Path]], target: Path, generator: np.random.Generator, divided: bool) -> list[Path]:
    """Copy the images and give the paths of the copies, relative to the target."""
    copies = []
    for name, paths in classes.items():
        parts = _parts(len(paths), generator) if divided else [""] * len(paths)
        for path, part in zip(paths, parts, strict=True):
            copy = Path(part) / name / path.name
            (target / copy).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / copy)
            copies.append(copy)
    return copies


def _parts(n: int, generator: np.random.Generator) -> list[str]:
    ends = np.rint(np.cumsum(SHARES) * n)
    drawn = np.searchsorted(ends, np.arange(n), side="right")
    return [SPLITS[part] for part in generator.permutation(drawn)]


class _Garden:
    """Where faults are planted: the copied images, which of them are still unused, and what was planted so far."""

    def __init__(self, target: Path, images: list[Path], generator: np.random.Generator):
        self.planted: list[Planted] = []
        self._target, self._images, self._generator = target, images, generator
        self._labels = sorted({image.parent.name for image in images})
        self._unused = [images[index] for index in generator.permutation(len(images))]

    def plant(self, kind: str) -> None:
        if kind == "leak":
            original = self._take("train")
            copies = ("exact_duplicate", *NEAR_KINDS)
            how = copies[sum(fault.kind == "leak" for fault in self.planted) % len(copies)]
            folder = Path(str(self._generator.choice(SPLITS[1:]))) / original.parent.name
        elif kind == "two_labels":
            original, how = self._take(), "exact_duplicate"
            others = [label for label in self._labels if label != original.parent.name]
            folder = original.parent.with_name(str(self._generator.choice(others)))
        else:
            original, how = self._take(), kind
            folder = original.parent
        fault = FAULTS[how]
        path = folder / f"{original.stem}_{self._number()}{fault.suffix}"
        content = fault.make(self._read(original), self._generator)
        with replacing(self._target / path) as temporary:
            temporary.write_bytes(content)
        twin = original.as_posix() if how == "exact_duplicate" or how in NEAR_KINDS else ""
        self.planted.append(Planted(kind, path.as_posix(), twin))

    def _take(self, part: str = "") -> Path:
        """An image that was not used yet; once all were, any."""
        if not any(self._is_in(image, part) for image in self._unused):
            self._unused += self._images
        index = next((at for at, image in enumerate(self._unused) if self._is_in(image, part)), None)
        if index is None:
            raise UsageError("There are too few images to divide: none is left to train on. Bring more images.")
        return self._unused.pop(index)

    @staticmethod
    def _is_in(image: Path, part: str) -> bool:
        return not part or image.parts[0] == part

    def _read(self, image: Path) -> Image.Image:
        try:
            return open_rgb(self._target / image)
        except UnreadableImage as error:
            raise WorkbenchError(f"{image} {error}. Faults are planted into readable images only.") from error

    def _number(self) -> str:
        """Four digits that no other planted file has. A name must not tell what is wrong with its file."""
        return f"{len(self.planted):04}"


# Faults --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fault:
    """How a faulty file comes from a picture: what its name ends in, and what gives its bytes."""

    suffix: str
    make: Callable[[Image.Image, np.random.Generator], bytes]


def _encoded(image: Image.Image, format: str = "JPEG", **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **({"quality": JPEG_QUALITY} if format == "JPEG" else {}) | options)
    return stream.getvalue()


def _same_pixels(image: Image.Image, generator: np.random.Generator) -> bytes:
    # The description makes the bytes others even where the original is a TIFF written in the same way.
    return _encoded(image, "TIFF", compression="tiff_lzw", description="saved again")


def _reencoded(image: Image.Image, generator: np.random.Generator) -> bytes:
    return _encoded(image, quality=int(generator.integers(40, 91)))


def _resized(image: Image.Image, generator: np.random.Generator) -> bytes:
    size = [max(1, round(side * RESIZED)) for side in image.size]
    return _encoded(image.resize(size, Image.Resampling.LANCZOS))


def _cropped(image: Image.Image, generator: np.random.Generator) -> bytes:
    kept = [max(1, round(side * (1 - CROPPED))) for side in image.size]
    left, top = (int(generator.integers(0, side - keep + 1)) for side, keep in zip(image.size, kept, strict=True))
    return _encoded(image.crop((left, top, left + kept[0], top + kept[1])))


def _brightness(image: Image.Image, generator: np.random.Generator) -> bytes:
    return _encoded(ImageEnhance.Brightness(image).enhance(float(generator.choice([0.9, 1.1]))))


def _truncated(image: Image.Image, generator: np.random.Generator) -> bytes:
    content = _encoded(image)
    return content[: int(len(content) * generator.uniform(0.4, 0.8))]


def _empty(image: Image.Image, generator: np.random.Generator) -> bytes:
    return b""


def _not_an_image(image: Image.Image, generator: np.random.Generator) -> bytes:
    return WEB_PAGE


def _wrong_extension(image: Image.Image, generator: np.random.Generator) -> bytes:
    return _encoded(_other_view(image), "PNG")


def _blank(image: Image.Image, generator: np.random.Generator) -> bytes:
    return _encoded(Image.new("RGB", image.size, tuple(generator.integers(0, 256, 3).tolist())))


def _very_dark(image: Image.Image, generator: np.random.Generator) -> bytes:
    return _encoded(_other_view(image).point(lambda value: value * 0.06))


def _very_bright(image: Image.Image, generator: np.random.Generator) -> bytes:
    return _encoded(_other_view(image).point(lambda value: 255 - (255 - value) * 0.06))


def _blurred(image: Image.Image, generator: np.random.Generator) -> bytes:
    return _encoded(_other_view(image).filter(ImageFilter.GaussianBlur(max(image.size) / 40)))


def _too_small(image: Image.Image, generator: np.random.Generator) -> bytes:
    return _encoded(_other_view(image).resize((20, 15)))


def _extreme_shape(image: Image.Image, generator: np.random.Generator) -> bytes:
    return _encoded(_other_view(image).resize((900, 60)))


def _exif_rotated(image: Image.Image, generator: np.random.Generator) -> bytes:
    """People see it upright, a program that ignores the orientation sees it on its side."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    return _encoded(_other_view(image).transpose(Image.Transpose.ROTATE_90), exif=exif)


def _odd_one(image: Image.Image, generator: np.random.Generator) -> bytes:
    """A bar chart, a line chart or a page of lines: what a search for photographs brings along."""
    width, height = 480, 360
    page = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(page)
    colour = tuple(generator.integers(0, 160, 3).tolist())
    kind = generator.choice(["bars", "line", "text"])
    if kind == "text":
        for top in range(30, height - 30, 16):
            draw.rectangle((40, top, int(generator.integers(200, width - 40)), top + 6), fill="black")
    else:
        draw.line([(40, 20), (40, height - 30), (width - 20, height - 30)], fill="black", width=2)
        heights = generator.integers(40, height - 60, 8).tolist()
        tops = [(60 + 50 * index, height - 30 - value) for index, value in enumerate(heights)]
        if kind == "line":
            draw.line(tops, fill=colour, width=4)
        else:
            for left, top in tops:
                draw.rectangle((left, top, left + 34, height - 31), fill=colour)
    return _encoded(page)


def _other_view(image: Image.Image) -> Image.Image:
    """The inner part of the picture, mirrored: so unlike the original that it does not count as its near duplicate."""
    width, height = image.size
    inner = image.crop((width // 8, height // 8, width - width // 8, height - height // 8))
    return inner.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


NEAR_KINDS = ("near_reencoded", "near_resized", "near_cropped", "near_brightness")

FAULTS = {
    "exact_duplicate": _Fault(".tif", _same_pixels),
    "near_reencoded": _Fault(".jpg", _reencoded),
    "near_resized": _Fault(".jpg", _resized),
    "near_cropped": _Fault(".jpg", _cropped),
    "near_brightness": _Fault(".jpg", _brightness),
    "truncated": _Fault(".jpg", _truncated),
    "empty": _Fault(".jpg", _empty),
    "not_an_image": _Fault(".jpg", _not_an_image),
    "wrong_extension": _Fault(".jpg", _wrong_extension),
    "blank": _Fault(".jpg", _blank),
    "very_dark": _Fault(".jpg", _very_dark),
    "very_bright": _Fault(".jpg", _very_bright),
    "blurred": _Fault(".jpg", _blurred),
    "too_small": _Fault(".jpg", _too_small),
    "extreme_shape": _Fault(".jpg", _extreme_shape),
    "exif_rotated": _Fault(".jpg", _exif_rotated),
    "odd_one": _Fault(".jpg", _odd_one),
}
"""Every fault of a single file, by kind."""

KINDS = (*FAULTS, "two_labels", "leak")
"""Every kind that can be planted."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="folder with one folder of images for each class")
    parser.add_argument("target", type=Path, help="new or empty folder for the copy")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=COUNT, help="how many of each kind")
    parser.add_argument("--divided", action="store_true", help="divide into train, validation and test, with leaks")
    options = parser.parse_args()
    try:
        counts = {kind: options.count for kind in KINDS}
        planted = plant_faults(options.source, options.target, options.seed, counts=counts, divided=options.divided)
    except WorkbenchError as error:
        sys.exit(str(error))
    print(json.dumps([asdict(fault) for fault in planted], indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
