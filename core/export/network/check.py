"""Whether a file of a network, opened by a process that has no workbench, answers as the network of the run does."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from core.errors import WorkbenchError

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
        Of any probability; None for no bound.
    mean
        On average over the probabilities of the images; None for no bound.
    agreement
        The least share of the images to which the likeliest class has to be the same. One may differ in any case.
    on_odd_images
        Whether that holds of odd images too. Fewer bits make more of a difference to images that a network has never
        seen the like of; there, it is only said.
    """

    largest: float | None = None
    mean: float | None = None
    agreement: float = 0.0
    on_odd_images: bool = True


@dataclass(frozen=True)
class Differences:
    """How much answers to some images differ.

    Parameters
    ----------
    images
        How many there are.
    largest, mean
        Of all probabilities.
    same_answers
        To how many of the images the likeliest class is the same.
    """

    images: int
    largest: float
    mean: float
    same_answers: int

    @classmethod
    def between(cls, answers: np.ndarray, expected: np.ndarray) -> "Differences":
        """Of (n, classes) arrays of float."""
        if not len(expected):
            return cls(0, 0.0, 0.0, 0)
        difference = np.abs(answers.astype(np.float64) - expected)
        same = answers.argmax(axis=1) == expected.argmax(axis=1)
        return cls(len(expected), float(difference.max()), float(difference.mean()), int(same.sum()))


@dataclass(frozen=True)
class Check:
    """How much the answers of a file differ from those of the run's network.

    Parameters
    ----------
    images
        Of the dataset.
    odd_images
        Those that are unlike photographs.
    """

    images: Differences
    odd_images: Differences

    def words(self) -> str:
        """The differences in a sentence or two."""
        start = "Checked in a process without the workbench"
        odd = f"{self.odd_images.images} odd ones: {_words(self.odd_images)}"
        if not self.images.images:
            return f"{start}, on no image of the dataset, as none is here, and on {odd}."
        return f"{start}, against the run. {self.images.images} test images: {_words(self.images)}; {odd}."

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def refuse_beyond(self, bound: Bound) -> None:
        """Refuse a file whose answers differ by more than they may.

        Raises
        ------
        WorkbenchError
            With what differs by how much.
        """
        both = (self.images, self.odd_images)
        held = both if bound.on_odd_images else (self.images if self.images.images else self.odd_images,)
        reasons = list(dict.fromkeys(reason for differences in held for reason in _beyond(differences, bound)))
        if reasons:
            raise WorkbenchError(
                f"This export was refused, as it does not answer as the run does: {'; '.join(reasons)}. Take another "
                "format."
            )


def _words(differences: Differences) -> str:
    return (
        f"probabilities differ by at most {differences.largest:.1g}, the answer is the same on "
        f"{differences.same_answers} of {differences.images}"
    )


def _beyond(differences: Differences, bound: Bound) -> Iterator[str]:
    """Where differences are larger than they may be, in words."""
    if bound.largest is not None and differences.largest > bound.largest:
        yield f"a probability differs by {differences.largest:.2g}, and at most {bound.largest:.0e} is accepted"
    if bound.mean is not None and differences.mean > bound.mean:
        yield f"probabilities differ by {differences.mean:.2g} on average, and at most {bound.mean} is accepted"
    others = differences.images - differences.same_answers
    if others > max(1, (1 - bound.agreement) * differences.images):
        yield f"the answer is another one to {others} of {differences.images} images"


def compare(answers: np.ndarray, expected: np.ndarray, odd: int) -> Check:
    """How much the answers of a file differ from what was expected.

    Parameters
    ----------
    answers : (n + 1, classes) array of float
        Of the dataset's images, of the odd ones, and of the last of these again, given alone.
    expected : (n, classes) array of float
    odd
        How many odd ones there are.

    Raises
    ------
    WorkbenchError
        If the answers have another shape, or are no numbers.
    """
    expected = np.concatenate([expected, expected[-1:]])
    if answers.shape != expected.shape or not np.isfinite(answers).all():
        raise WorkbenchError(
            f"This export was refused: it gives numbers of shape {answers.shape} where {expected.shape} were expected, "
            "or gives no numbers at all. Take another format."
        )
    images = len(expected) - odd - 1
    of_odd = Differences.between(answers[images:-1], expected[images:-1])
    alone = Differences.between(answers[-1:], expected[-1:])
    of_odd = replace(of_odd, largest=max(of_odd.largest, alone.largest))
    return Check(Differences.between(answers[:images], expected[:images]), of_odd)


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
