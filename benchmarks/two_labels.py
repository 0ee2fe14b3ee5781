"""How often pictures of one class are said to be another class's wrongly labelled copy, on scenes of fine grain.

Draws scenes in which the classes differ in a small part of the picture: signs of one hand before one wall, cells on one
smear, small digits, what a fixed camera sees; and crops of given aerial images, some of which overlap. No label is
wrong in them. Then true label errors are planted: equal copies, and copies saved again, resized, cropped or
brightened, each under another label. Counts what is called certainly wrong and what is to be looked at, before
(every cluster of near duplicates with several labels was certain) and now. Prints a table, writes JSON.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from given_images import add_images_option
from PIL import Image, ImageDraw, ImageFilter

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.datasets.alike.differences import HARDLY  # noqa: E402
from core.datasets.checkup import check  # noqa: E402
from core.datasets.creation import create_from_path  # noqa: E402
from core.datasets.findings.finding import Finding  # noqa: E402
from core.datasets.importing import run_import  # noqa: E402
from core.datasets.samples.faults import FAULTS, NEAR_KINDS  # noqa: E402
from core.datasets.splits import SplitSettings, draw_splits  # noqa: E402
from core.datasets.store import Dataset  # noqa: E402
from core.errors import UsageError  # noqa: E402
from core.images.formats import SUFFIXES  # noqa: E402
from core.images.reading import open_rgb  # noqa: E402
from core.workspace import Workspace  # noqa: E402

SIDE = 128
EACH = 60
PLANTED = 5


@dataclass(frozen=True)
class Scene:
    """A kind of pictures: its classes, and how one of a class is drawn."""

    classes: int
    draw: Callable[[int, np.random.Generator], Image.Image]


def wall(generator: np.random.Generator, side: int = SIDE) -> Image.Image:
    """Something with structure that stays behind all pictures of a scene."""
    blocks = Image.fromarray(generator.integers(60, 200, (6, 6, 3), dtype=np.uint8)).resize((side, side))
    return blocks.filter(ImageFilter.GaussianBlur(3))


def with_grain(picture: Image.Image, generator: np.random.Generator, much: float = 3) -> Image.Image:
    pixels = np.asarray(picture, float) + generator.normal(0, much, (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


WALL = wall(np.random.default_rng(1))


def sign(label: int, generator: np.random.Generator) -> Image.Image:
    """One hand before one wall: the class is how many fingers are up, of which each is a narrow stroke."""
    picture = WALL.copy()
    pen = ImageDraw.Draw(picture)
    x, y = generator.normal(64, 2), generator.normal(86, 2)
    skin = (205, 160, 130)
    pen.ellipse((x - 18, y - 16, x + 18, y + 22), fill=skin)
    for finger in range(5):
        angle = np.pi * (0.75 - 0.125 * finger)
        length = 42 if finger < label else 20
        pen.line((x, y, x + length * np.cos(angle), y - length * np.sin(angle)), fill=skin, width=7)
    return with_grain(picture, generator)


def cell(label: int, generator: np.random.Generator) -> Image.Image:
    """A cell on an even ground: the class is its nucleus."""
    picture = Image.new("RGB", (SIDE, SIDE), (225, 205, 215))
    pen = ImageDraw.Draw(picture)
    x, y, r = generator.normal(64, 2), generator.normal(64, 2), generator.normal(38, 1)
    pen.ellipse((x - r, y - r, x + r, y + r), fill=(205, 140, 165))
    dots = {0: [(0, 0, 17)], 1: [(-9, 0, 11), (9, 0, 11)], 2: [(-11, 6, 9), (11, 6, 9), (0, -11, 9)], 3: []}[label]
    for dx, dy, size in dots:
        pen.ellipse((x + dx - size, y + dy - size, x + dx + size, y + dy + size), fill=(110, 60, 140))
    return with_grain(picture, generator)


def camera(label: int, generator: np.random.Generator) -> Image.Image:
    """What a fixed camera sees: nothing, or a small animal of one of three shapes, somewhere; day goes by."""
    light = generator.uniform(0.9, 1.1)
    picture = Image.fromarray(np.clip(np.asarray(WALL) * light, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    x, y = generator.uniform(20, 108, 2)
    if label == 1:
        pen.ellipse((x - 7, y - 4, x + 7, y + 4), fill=(60, 45, 35))
    elif label == 2:
        pen.rectangle((x - 5, y - 9, x + 5, y + 9), fill=(60, 45, 35))
    elif label == 3:
        pen.polygon(((x - 8, y + 6), (x + 8, y + 6), (x, y - 8)), fill=(150, 90, 40))
    return with_grain(picture, generator)


def digit(label: int, generator: np.random.Generator) -> Image.Image:
    """A handwritten digit of 8 × 8 pixels of scikit-learn's, enlarged as camera pictures of forms are."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    row = generator.choice(np.flatnonzero(digits.target == label))
    grey = Image.fromarray((255 - digits.images[row] * 15.9).astype(np.uint8))
    return with_grain(grey.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC), generator)


SCENES = {
    "signs": Scene(6, sign),
    "cells": Scene(4, cell),
    "static camera": Scene(4, camera),
    "digits": Scene(10, digit),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/two_labels.json")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, scene in SCENES.items():
            rows.append(measure(name, draw(scene, Path(folder) / name.replace(" ", "_"))))
        aerial = Path(options.images).resolve() / "aerial_scenes"
        if aerial.is_dir():
            rows.append(measure("aerial crops", crops(aerial, Path(folder) / "aerial_crops")))
        else:
            print(f"skipped: there is no folder {aerial}; name the one above it with --images")
    print(pd.DataFrame(rows).set_index("scenes").T.to_string())
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(rows, indent=1))


def draw(scene: Scene, folder: Path) -> Path:
    """Class folders of a scene."""
    generator = np.random.default_rng(0)
    for label in range(scene.classes):
        (folder / f"class {label}").mkdir(parents=True)
        for number in range(EACH):
            scene.draw(label, generator).save(folder / f"class {label}" / f"{number}.png")
    return folder


def crops(source: Path, folder: Path) -> Path:
    """Two crops of each image that overlap by 95 %, under the image's class and, of every tenth, under the next one's.

    A crop of a mixed scene may rightly be of another class than its neighbour.
    """
    labels = sorted(path.name for path in source.iterdir() if path.is_dir())
    for index, label in enumerate(labels):
        for number, path in enumerate(sorted(each for each in (source / label).iterdir() if each.suffix in SUFFIXES)):
            picture = open_rgb(path)
            width, height = picture.size
            for part, shift in enumerate((0.0, 0.05)):
                other = labels[(index + 1) % len(labels)] if part and number % 10 == 0 else label
                (folder / other).mkdir(parents=True, exist_ok=True)
                left, upper = round(shift * width), round(shift * height)
                crop = picture.crop((left, upper, left + round(0.95 * width), upper + round(0.95 * height)))
                crop.save(folder / other / f"{label}-{number}-{part}.png")
    return folder


def measure(name: str, folder: Path) -> dict:
    """The sets that are called wrong, certainly or perhaps, without and with planted errors."""
    images = sum(1 for _ in folder.rglob("*.png"))
    found, kinds = look(folder)
    scene = found.images.groupby("scene")["label"]
    is_mixed = scene.transform("nunique") > 1
    certain, near = kinds.get("two_labels"), kinds.get("nearly_two_labels")
    hardly = sum(note == HARDLY for note in near.notes) if near else 0
    row = {
        "scenes": name,
        "images": images,
        "sets certainly wrong, before": int((scene.nunique() > 1).sum()),
        "images in them per 1,000": 1000 * is_mixed.sum() / images,
        "could be divided, before": not undividable(found),
        "sets certainly wrong, now": certain.count if certain else 0,
        "pairs to look at, now": near.count if near else 0,
        "images in them per 1,000, now": 1000 * len(near.paths) / images if near else 0.0,
        "pairs that hardly differ": hardly,
        "can be divided, now": not found.content.split_problem,
    }
    planted = plant(folder)
    _, kinds = look(folder)
    for kind, words in (("two_labels", "certain"), ("nearly_two_labels", "to look at")):
        paths = set(kinds[kind].paths) if kind in kinds else set()
        row[f"planted, {words}"] = f"{len(planted & paths)} of {len(planted)}"
    return row


def undividable(dataset) -> bool:
    """Whether all near copies on one side would leave nothing to test on."""
    images = dataset.images
    columns = (images[name].to_numpy(dtype=str) for name in ("label", "pixel_hash", "given_split"))
    try:
        draw_splits(*columns, SplitSettings(), images["scene"].to_numpy())
    except UsageError:
        return True
    return False


def look(folder: Path) -> tuple[Dataset, dict[str, Finding]]:
    """The dataset of a folder, and what the check-up finds in it by its kind."""
    with tempfile.TemporaryDirectory() as home:
        dataset = run_import(create_from_path(Workspace.at(home), folder))
        dataset.pin()
        return dataset, {finding.kind: finding for finding in check(dataset).findings}


def plant(folder: Path) -> set[str]:
    """Copies under another label, exact and near; gives their paths."""
    generator, planted = np.random.default_rng(1), set()
    labels = sorted(path.name for path in folder.iterdir())
    for kind in ("exact_duplicate", *NEAR_KINDS):
        for number in range(PLANTED):
            label, other = generator.choice(labels, 2, replace=False)
            original = open_rgb(generator.choice(sorted((folder / label).glob("*.png"))))
            path = folder / other / f"planted-{kind}-{number}{FAULTS[kind].suffix}"
            path.write_bytes(FAULTS[kind].make(original, generator))
            planted.add(path.relative_to(folder).as_posix())
    return planted


if __name__ == "__main__":
    main()
