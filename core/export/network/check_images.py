"""The images by which an exported network is checked, and those by which the ranges of int8 are set."""

import numpy as np
import pandas as pd

from core.errors import WorkbenchError
from core.features.pixels import load_pixels
from core.jobs.progress import Report
from core.runs.record import Run

SEED = 0


def images_of_split(
    run: Run, split: str, count: int, report: Report, side: int | None = None
) -> tuple[list[str], np.ndarray]:
    """Some images of one part of the split, the same each time, as the network is fed them.

    Parameters
    ----------
    count
        At most.
    side
        Of the images, in pixels; by default the run's.

    Returns
    -------
    paths : list of str
        As the run's predictions call them.
    pixels : (n, side, side, 3) array of uint8
        Without those that are gone or were changed into no image; none where the dataset or the run's table is gone.
    """
    stage = f"Reading {split} images"
    try:
        table = run.images()
        table = table[table["split"] == split]
    except WorkbenchError:
        table = pd.DataFrame({"path": []})
    drawn = table.sample(min(count, len(table)), random_state=SEED)
    try:
        files = [run.dataset.path_of(path) for path in drawn["path"]]
    except WorkbenchError:
        files, drawn = [], drawn.iloc[:0]
    side = side or run.settings.image_size
    rows, pixels, _ = load_pixels(files, side, lambda done: report(stage, done, len(files)), run.reading)
    return drawn["path"].iloc[rows].tolist(), pixels


def odd_images(side: int) -> np.ndarray:
    """Eight images unlike photographs, by which a wrong range, order of colours or turn shows: (8, side, side, 3)."""
    rng = np.random.default_rng(SEED)
    across = np.linspace(0, 255, side)
    slope = np.broadcast_to(across[None, :, None], (side, side, 3))
    squares = np.indices((side, side)).sum(axis=0)[..., None] % 2 * np.full(3, 255)
    red = np.broadcast_to([255, 0, 0], (side, side, 3))
    corner = np.zeros((side, side, 3))
    corner[: side // 2, : side // 2] = 0, 0, 255
    noise, dim = rng.integers(0, 256, (side, side, 3)), rng.integers(0, 8, (side, side, 3))
    white = np.full((side, side, 3), 255)
    return np.stack([white, white * 0, slope, squares, red, corner, noise, dim]).astype(np.uint8)
