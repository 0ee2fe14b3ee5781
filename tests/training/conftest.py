"""Images to train on, drawn here: two classes that any network tells apart."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

COLOURS = {"blue": (50, 60, 200), "red": (200, 60, 50)}


@pytest.fixture(scope="session")
def draw_folder():
    """A function that fills a folder with `count` images of `side` pixels a class, and returns their paths."""

    def draw(folder: Path, count: int = 30, side: int = 40) -> list[Path]:
        rng, paths = np.random.default_rng(0), []
        for label, colour in COLOURS.items():
            (folder / label).mkdir(parents=True)
            for index in range(count):
                pixels = np.clip(rng.normal(colour, 30, (side, side, 3)), 0, 255).astype(np.uint8)
                paths.append(folder / label / f"{label}_{index:03}.png")
                Image.fromarray(pixels).save(paths[-1])
        return paths

    return draw
