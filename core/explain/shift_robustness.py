"""Shift robustness of a run: its network asked about the same images, shifted by some pixels each time."""

import time

import numpy as np

from core.concepts.pooling.shifting import shifted
from core.errors import UsageError, WorkbenchError
from core.evaluation.predictions import Predictions
from core.evaluation.shift_robustness import MOST_IMAGES, Move, ShiftRobustness, moves
from core.explain.trained_network import TrainedNetwork, trained_network
from core.features.pixels import load_pixels
from core.jobs.progress import Report, unheard
from core.runs.record import Run

FEWEST_IMAGES = 20
SECONDS = 60.0  # about as long as somebody would wait; a slow network is asked about fewer images
READING, SHIFTING = "Reading images", "Shifting them, and asking the network"


def accuracy_by_shift(run: Run, report: Report = unheard) -> ShiftRobustness:
    """How often a run is right about validation images that are shifted, each by its edge's pixels filled up.

    Test images are left alone, since one may vary the training by what is found here; where there are no validation
    images, they are taken. Of many images some are drawn, always the same.

    Parameters
    ----------
    report
        Told how many images were read, then how many answers there are.

    Raises
    ------
    UsageError
        If the run has no validation or test images.
    WorkbenchError
        If it has no weights or predictions, or none of its images can be read.
    """
    report("Loading the network", 0, 0)
    network = trained_network(run)
    split, paths, true = _drawn(run.predictions())
    pixels, kept, unread = _read(run, network, paths, report)
    wanted = moves(network.image_size)
    pixels, true = _as_many_as_time_allows(network, pixels, true[kept], len(wanted), report)
    columns = [list(places) for places in run.naming().columns]
    right = []
    for number, move in enumerate(wanted):
        answers = []
        for batch in network.batches(pixels):
            report(SHIFTING, number * len(pixels) + sum(map(len, answers)), len(wanted) * len(pixels))
            answers.append(_answer(network, batch, move, columns))
        right.append(np.concatenate(answers) == true)
    return ShiftRobustness(split, network.image_size, wanted, np.stack(right), unread)


def _drawn(predictions: Predictions) -> tuple[str, np.ndarray, np.ndarray]:
    """Which part of the split is asked about, and the paths and classes of up to `MOST_IMAGES` of its images."""
    for split in ("validation", "test"):
        if len(found := predictions.of(split)):
            chosen = np.random.default_rng(0).permutation(len(found))[:MOST_IMAGES]
            return split, found.ids[chosen], found.true[chosen]
    raise UsageError("The run has no validation or test images that could be shifted.")


def _read(run: Run, network: TrainedNetwork, paths: np.ndarray, report: Report) -> tuple[np.ndarray, np.ndarray, int]:
    """The pixels of the images that can be read, which of the paths these are, and how many can't."""
    files = [run.dataset.path_of(path) for path in paths]
    kept, pixels, problems = load_pixels(
        files, network.image_size, lambda done: report(READING, done, len(files)), network.reading
    )
    if not len(kept):
        raise WorkbenchError(f"None of the images can be read. {problems[0]}.")
    return pixels, kept, len(problems)


def _as_many_as_time_allows(
    network: TrainedNetwork, pixels: np.ndarray, true: np.ndarray, rounds: int, report: Report
) -> tuple[np.ndarray, np.ndarray]:
    report("Seeing how quick the network is", 0, 0)
    few = pixels[:FEWEST_IMAGES]
    network.probabilities(few)  # the first answer takes longer
    began = time.monotonic()
    network.probabilities(few)
    seconds = (time.monotonic() - began) / len(few)
    count = int(np.clip(SECONDS / max(rounds * seconds, 1e-9), FEWEST_IMAGES, MOST_IMAGES))
    return pixels[:count], true[:count]


def _answer(network: TrainedNetwork, batch: np.ndarray, move: Move, columns: list[list[int]]) -> np.ndarray:
    """The class of each shifted image, as classes are called now."""
    probabilities = network.probabilities(shifted(batch, *move, first_axis=1))
    return np.stack([probabilities[:, places].sum(axis=1) for places in columns], axis=1).argmax(axis=1)
