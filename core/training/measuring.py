"""What a trial measures while it trains: seconds of an epoch, memory at its peak, and how busy others are meanwhile."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np
import psutil

from core.jobs.job import Stopped
from core.runs.record import Run
from core.training.batches import passes_for
from core.training.checkpoint import TrainingState
from core.training.learner import Learner
from core.training.phase import Phase, first_phase
from core.training.reporter import Reporter
from core.training.selection import Selection
from core.training.trainer import make_batches

# The first step compiles. After the second it is known how many are affordable.
FIRST_STEPS, LEAST_STEPS = 2, 3
SECONDS_PER_EPOCH, SECONDS_IN_ALL, MOST_EPOCHS = 1.5, 3.5, 60
SECONDS_BETWEEN_LOOKS = 0.02

Examples = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Timing:
    """What the epochs of a training take.

    Parameters
    ----------
    start_seconds
        That the first steps took longer than later ones do.
    epoch_seconds
        Of an epoch with all its images, validation and what is written down after it.
    answer_seconds
        Of one image that is not trained on.
    batch_size
        Images in a step.
    steps, answers
        How many training steps, and images that were only answered, that rests on.
    """

    start_seconds: float
    epoch_seconds: float
    answer_seconds: float
    batch_size: int
    steps: int
    answers: int


def time_epochs(
    run: Run, learner: Learner, training: Examples, validation: Examples, image_count: int, validated_count: int
) -> Timing:
    """Train a few steps as a run does, by its own batches and reports, and say what a whole epoch takes.

    Parameters
    ----------
    training, validation
        Inputs and targets of some images, which stand for all: they are repeated as often as it takes.
    image_count, validated_count
        How many images an epoch trains and validates on.

    Raises
    ------
    Stopped
        If the user has asked to stop.
    """
    batch_size = make_batches(run, run.settings, learner, *training).batch_size
    began = time.monotonic()
    # Longer than an epoch perhaps: so that there is a second step.
    clock = _train(run, learner, training, FIRST_STEPS * batch_size, validation, min(validated_count, batch_size), 1)
    first, step = time.monotonic() - began, min(clock.step_seconds)
    least = LEAST_STEPS * batch_size
    images = min(image_count, max(least, int(SECONDS_PER_EPOCH / step) * batch_size))
    answers = min(validated_count, max(least, images))
    clock = _train(run, learner, training, images, validation, answers, MOST_EPOCHS)
    steps = clock.step_seconds or [step]
    image_seconds = sum(steps) / (len(steps) * batch_size)
    answer_seconds = median(clock.validation_seconds) / answers if answers else image_seconds
    epoch = median(clock.epoch_seconds)
    passes = passes_for(run.settings.min_steps_per_epoch, image_count, batch_size)
    epoch += (passes * image_count - images) * image_seconds + (validated_count - answers) * answer_seconds
    usual = FIRST_STEPS * step + min(validated_count, batch_size) * answer_seconds
    return Timing(max(0.0, first - usual), epoch, answer_seconds, batch_size, clock.steps, answers)


def _train(
    run: Run, learner: Learner, training: Examples, images: int, validation: Examples, answers: int, epochs: int
) -> "_Clock":
    # One pass, of which there are as many as an epoch has.
    settings = replace(run.settings, epochs=epochs, patience=epochs, min_steps_per_epoch=1)
    inputs, targets = _repeated(training, images)
    batches = make_batches(run, settings, learner, inputs, targets)
    state, phase = TrainingState(), replace(first_phase(run), settings=settings)
    clock = _Clock(run, learner, answers > 0, batches, state, phase)
    learner.fit(batches, _repeated(validation, answers) if answers else None, clock, 0, epochs)
    if run.stop_requested:
        raise Stopped
    return clock


def _repeated(examples: Examples, count: int) -> tuple[Selection, np.ndarray]:
    """So many examples, the given ones over and over, without a copy of them."""
    inputs, targets = examples
    rows = np.resize(np.arange(len(targets)), count)
    return Selection([(inputs, rows)]), targets[rows]


class _Clock(Reporter):
    """Does all that a run does between its batches and epochs, and notes when; ends when it has seen enough."""

    def __init__(self, run: Run, learner: Learner, validated: bool, batches, state: TrainingState, phase: Phase):
        super().__init__(run, learner, validated, batches, state, phase)
        self._started, self._epoch_starts, self._batch_ends = time.monotonic(), [], []
        self._epochs: list[tuple[float, float, list[float]]] = []

    def epoch_begins(self, epoch: int) -> None:
        self._epoch_starts.append(time.monotonic())
        self._batch_ends = []
        super().epoch_begins(epoch)

    def batch_ended(self, batch: int, figures: dict[str, float]) -> None:
        self._batch_ends.append(time.monotonic())
        super().batch_ended(batch, figures)

    def epoch_ended(self, epoch: int, figures: dict[str, float]) -> None:
        validated = time.monotonic() - self._batch_ends[-1]
        super().epoch_ended(epoch, figures)
        now = time.monotonic()
        self._epochs.append((now - self._epoch_starts[-1], validated, self._batch_ends))
        if now - self._started > SECONDS_IN_ALL - SECONDS_PER_EPOCH:
            self._learner.stop()

    @property
    def steps(self) -> int:
        return sum(len(ends) for *_, ends in self._epochs)

    @property
    def step_seconds(self) -> list[float]:
        """Between the ends of two whole batches of an epoch; of an epoch of a single batch there are none."""
        return [after - before for *_, ends in self._settled for before, after in pairwise(ends)]

    @property
    def validation_seconds(self) -> list[float]:
        return [seconds for _, seconds, _ in self._settled]

    @property
    def epoch_seconds(self) -> list[float]:
        return [seconds for seconds, *_ in self._settled]

    @property
    def _settled(self) -> list[tuple[float, float, list[float]]]:
        """The epochs behind the first, where there are any."""
        return self._epochs[1:] or self._epochs


# Memory and others ---------------------------------------------------------------------------------------------------


class Peak:
    """The most bytes of memory that this process was seen to hold."""

    def __init__(self):
        self._process = psutil.Process()
        self.bytes = 0
        self.look()

    def look(self) -> int:
        """Bytes held now."""
        held = self._process.memory_info().rss
        self.bytes = max(self.bytes, held)
        return held


@contextmanager
def peak_memory() -> Iterator[Peak]:
    """Watch the memory of this process, fifty times a second."""
    peak, ended = Peak(), threading.Event()

    def watch() -> None:
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            peak.look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()
        peak.look()


class Others:
    """How much of the processors' time other programs take, from when this is made."""

    def __init__(self):
        self._before = self._times()

    def share(self) -> float:
        """0 to 1, of all processors."""
        (whole, busy, own), (whole_before, busy_before, own_before) = self._times(), self._before
        return min(1.0, max(0.0, busy - busy_before - own + own_before) / max(whole - whole_before, 1e-3))

    @staticmethod
    def _times() -> tuple[float, float, float]:
        """Seconds since the start of the machine: of all processors, of those at work, and of this process."""
        machine, own = psutil.cpu_times(), psutil.Process().cpu_times()
        # Those of guests are within those of users.
        whole = sum(machine) - getattr(machine, "guest", 0.0) - getattr(machine, "guest_nice", 0.0)
        return whole, whole - machine.idle - getattr(machine, "iowait", 0.0), own.user + own.system
