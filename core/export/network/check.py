"""Whether a file of a network, opened by a process that has no workbench, answers as the network of the run does."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from core.errors import WorkbenchError
from core.evaluation.words import percent

AT_ONCE = 8
MOST_SECONDS = 900
SECONDS_BETWEEN_LOOKS = 0.2
LINES_SHOWN = 6
# Started with `-I`, which keeps out the folder and the paths of whoever starts it. A last image alone, and a rest that
# is no whole batch, tell whether the file takes any number of them.
READER = f"""
import sys
sys.modules["core"] = None
folder, pixels_path, answers_path = sys.argv[1:]
sys.path.insert(0, folder)
import numpy as np
from example import probabilities
pixels = np.load(pixels_path)
parts = [np.array(probabilities(pixels[at : at + {AT_ONCE}])) for at in range(0, len(pixels), {AT_ONCE})]
np.save(answers_path, np.concatenate([*parts, np.array(probabilities(pixels[-1:]))]))
"""


@dataclass(frozen=True)
class Bound:
    """By how much the answers of a file may differ.

    Parameters
    ----------
    largest
        Of any probability of any image; None for no bound.
    mean
        On average over the probabilities of the images of the dataset; None for no bound.
    agreement
        The least share of these images to which the likeliest class has to be the same. One may differ in any case.
    """

    largest: float | None = None
    mean: float | None = None
    agreement: float = 0.0


@dataclass(frozen=True)
class Check:
    """How much the answers of a file differ from those of the run's network.

    Parameters
    ----------
    images, odd_images
        How many of the dataset's were compared, and how many that are unlike photographs.
    largest
        The largest difference of a probability, of all images.
    mean
        The average difference of a probability, of the dataset's images; of all where there are none of these.
    same_answers
        To how many of all images the likeliest class is the same.
    same_of_dataset
        To how many of the dataset's.
    """

    images: int
    odd_images: int
    largest: float
    mean: float
    same_answers: int
    same_of_dataset: int

    def words(self) -> str:
        """The differences in a sentence."""
        of_dataset = f"{self.images} images of the dataset" if self.images else "no image of the dataset, as none is here"
        both = self.images + self.odd_images
        return (
            f"Checked in a process without the workbench, on {of_dataset} and {self.odd_images} odd ones: no probability "
            f"differs by more than {self.largest:.1g} from the run’s network, and the answer is the same on "
            f"{self.same_answers} of {both}."
        )

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def refuse_beyond(self, bound: Bound) -> None:
        """Refuse a file whose answers differ by more than they may.

        Raises
        ------
        WorkbenchError
            With what differs by how much.
        """
        reasons = []
        if bound.largest is not None and not self.largest <= bound.largest:
            reasons.append(f"a probability differs by {self.largest:.2g}, and at most {bound.largest:.0e} is accepted")
        if bound.mean is not None and not self.mean <= bound.mean:
            reasons.append(f"probabilities differ by {self.mean:.2g} on average, and at most {bound.mean} is accepted")
        if self.images - self.same_of_dataset > max(1, (1 - bound.agreement) * self.images):
            same = percent(self.same_of_dataset / self.images, 100)
            reasons.append(f"the answer is the same on {same} of the images, and {bound.agreement:.0%} are asked for")
        if reasons:
            raise WorkbenchError(
                f"This export was refused, as it does not answer as the run does: {'; '.join(reasons)}. Take another "
                "format."
            )


def compare(answers: np.ndarray, expected: np.ndarray, odd: int) -> Check:
    """How much answers differ from what was expected.

    Parameters
    ----------
    answers, expected : (n, classes) arrays of float
        Of the dataset's images, and then of the odd ones.
    odd
        How many the latter are.

    Raises
    ------
    WorkbenchError
        If the answers have another shape, or are no numbers.
    """
    if answers.shape != expected.shape or not np.isfinite(answers).all():
        raise WorkbenchError(
            f"This export was refused: it gives numbers of shape {answers.shape} where {expected.shape} were expected, "
            "or gives no numbers at all. Take another format."
        )
    differences = np.abs(answers.astype(np.float64) - expected)
    same = answers.argmax(axis=1) == expected.argmax(axis=1)
    images = len(expected) - odd
    return Check(
        images=images,
        odd_images=odd,
        largest=float(differences.max()),
        mean=float(differences[: images or None].mean()),
        same_answers=int(same.sum()),
        same_of_dataset=int(same[:images].sum()),
    )


def answers_of_file(folder: Path, pixels: np.ndarray, alive: Callable[[], None]) -> np.ndarray:
    """What the example in a folder answers, in a fresh process that has no workbench.

    Parameters
    ----------
    folder
        With ``example.py``, whose function `probabilities` answers pixels.
    pixels : (n, side, side, 3) array of uint8
    alive
        Called now and then while one waits; may raise to stop it.

    Returns
    -------
    (n + 1, classes) array
        The last is of the last image again, given alone.

    Raises
    ------
    WorkbenchError
        If the file can't be opened, or fails.
    """
    with TemporaryDirectory(dir=folder.parent, prefix=".check-") as place:
        pixels_path, answers_path, log_path = (Path(place) / name for name in ("pixels.npy", "answers.npy", "log.txt"))
        np.save(pixels_path, pixels)
        command = [sys.executable, "-I", "-c", READER, str(folder), str(pixels_path), str(answers_path)]
        with log_path.open("wb") as log:
            quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"}
            reader = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, env=quiet)
            _wait(reader, alive)
        if reader.returncode or not answers_path.exists():
            lines = log_path.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-LINES_SHOWN:]
            raise WorkbenchError(
                "This export was refused: its file can’t be opened or fails in a process of its own. The last that was "
                f"heard of it: {' / '.join(lines) or 'nothing'}"
            )
        return np.load(answers_path)


def _wait(reader: subprocess.Popen, alive: Callable[[], None]) -> None:
    deadline = time.monotonic() + MOST_SECONDS
    try:
        while reader.poll() is None and time.monotonic() < deadline:
            alive()
            time.sleep(SECONDS_BETWEEN_LOOKS)
    finally:
        if reader.poll() is None:
            reader.kill()
        reader.wait()
