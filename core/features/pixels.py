"""Images as the network is fed them: decoded and resized in threads, ahead of who consumes them."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil

from core.errors import WorkbenchError
from core.images.reading import UnreadableImage, read_square
from core.images.reading_settings import AS_USUAL, Reading

IMAGES_AHEAD = 96
# Pixels of a whole dataset are kept in memory for training from scratch: once for evaluating, once more by part of the
# split, and next to them what the training itself needs.
SHARE_OF_FREE_MEMORY = 0.3


def pixel_batches(
    paths: Sequence[Path], side: int, batch_size: int, reading: Reading = AS_USUAL
) -> Iterator[tuple[np.ndarray, np.ndarray, list[str]]]:
    """Read images in batches.

    Parameters
    ----------
    reading
        How deep values and many bands become red, green and blue.

    Yields
    ------
    rows : (n,) array of int
        Which of the paths these are. An image that can no longer be read is not among them.
    pixels : (n, side, side, 3) array of uint8
    problems
        Why images of this batch are missing, in words.
    """
    starts, batches_ahead = range(0, len(paths), batch_size), -(-IMAGES_AHEAD // batch_size)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting: deque[tuple[int, list[Future[np.ndarray | str]]]] = deque()
        for start in starts:
            chosen = paths[start : start + batch_size]
            waiting.append((start, [pool.submit(_read, path, side, reading) for path in chosen]))
            if len(waiting) > batches_ahead:
                yield _collect(*waiting.popleft(), side)
        while waiting:
            yield _collect(*waiting.popleft(), side)


def load_pixels(
    paths: Sequence[Path], side: int, report: Callable[[int], None], reading: Reading = AS_USUAL
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Read all images into one array.

    Parameters
    ----------
    report
        Called with how many images are read so far.
    reading
        How deep values and many bands become red, green and blue.

    Returns
    -------
    rows : (n,) array of int
    pixels : (n, side, side, 3) array of uint8
    problems : list of str

    Raises
    ------
    WorkbenchError
        If they would take more of the free memory than there may be copies for.
    """
    needed, free = len(paths) * side * side * 3, psutil.virtual_memory().available
    if needed > free * SHARE_OF_FREE_MEMORY:
        raise WorkbenchError(
            f"{len(paths):,} images of {side} × {side} pixels take {needed / 2**30:.1f} GB of memory, and "
            f"{free / 2**30:.1f} GB are free. Choose a smaller input size, or a frozen backbone, which needs no pixels "
            "in memory."
        )
    pixels = np.empty((len(paths), side, side, 3), np.uint8)
    rows, problems = [], []
    for batch_rows, batch, batch_problems in pixel_batches(paths, side, 64, reading):
        pixels[len(rows) : len(rows) + len(batch)] = batch
        rows += batch_rows.tolist()
        problems += batch_problems
        report(len(rows))
    return np.array(rows, dtype=int), pixels[: len(rows)], problems


def _read(path: Path, side: int, reading: Reading) -> np.ndarray | str:
    try:
        return read_square(path, side, reading)
    except UnreadableImage as error:
        return f"{path.name} {error}"


def _collect(start: int, futures: list, side: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
    results = [future.result() for future in futures]
    good = [index for index, result in enumerate(results) if not isinstance(result, str)]
    pixels = np.stack([results[index] for index in good]) if good else np.empty((0, side, side, 3), np.uint8)
    return np.array(good, dtype=int) + start, pixels, [result for result in results if isinstance(result, str)]
