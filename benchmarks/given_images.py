"""The folder of real images and weights that benchmarks measure on, and what they say without it."""

import argparse
import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# What shows nothing that could not have been photographed.
RECIPES = {"aerial_scenes": "flip_horizontal,flip_vertical,rotation=180", "cats_dogs": "flip_horizontal"}


def add_images_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--images``; by default the folder that the tests take."""
    default = os.environ.get("WORKBENCH_TEST_DATA", PROJECT / "../shared/real")
    parser.add_argument("--images", type=Path, default=default)


def given_images(options: argparse.Namespace) -> Path | None:
    """The folder with ``cats_dogs`` in it, whose ``keras`` holds the weights from here on; None, said, without it."""
    images = Path(options.images).resolve()
    if not (images / "cats_dogs").is_dir():
        print(f"skipped: there is no folder {images / 'cats_dogs'}; name the one that it is in with --images")
        return None
    os.environ["KERAS_HOME"] = str(images / "keras")
    return images
