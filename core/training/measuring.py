"""What a trial measures while it trains: seconds of an epoch, memory at its peak, and how busy others are meanwhile."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import psutil

from core.jobs.job import Job, Stopped
from core.runs.record import Run
from core.runs.settings import RunSettings
from core.runs.training_state import TrainingState
from core.training.batches import passes_for
from core.training.callbacks.base import CallbackList
from core.training.callbacks.epoch_clock import EpochClock
from core.training.callbacks.run_callbacks import run_callbacks
from core.training.callbacks.stop_on_request import StopOnRequest
from core.training.learner import Learner
from core.training.phase import Phase
from core.training.selection import Selection
from core.training.training_batches import batch_size_of, make_batches

# The first step compiles. After the second it is known how many are affordable.
FIRST_STEPS, LEAST_STEPS = 2, 3
SECONDS_PER_EPOCH, SECONDS_IN_ALL, MOST_EPOCHS = 1.5, 3.5, 60
SECONDS_BETWEEN_LOOKS = 0.02
LEARNING_RATE = 1e-6

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
    job: Job,
    settings: RunSettings,
    learner: Learner,
    training: Examples,
    validation: Examples,
    image_count: int,
    validated_count: int,
) -> Timing:
    """Train a few steps as a run does, by its own batches and callbacks, and say what a whole epoch takes.

    Parameters
    ----------
    job
        Which may be asked to stop, and in whose folder there is room for a while.
    settings
        Of the run.
    training, validation
        Inputs and targets of some images, which stand for all: they are repeated as often as it takes.
    image_count, validated_count
        How many images an epoch trains and validates on.

    Raises
    ------
    Stopped
        If the user has asked to stop.
    """
    wanted = batch_size_of(settings)
    batch_size = make_batches(settings, learner, *training, wanted).batch_size
    one_pass = replace(settings, batch_size=wanted, min_steps_per_epoch=1)
    train = partial(_train, job, one_pass, learner, training, validation)
    began = time.monotonic()
    # Longer than an epoch perhaps: so that there is a second step.
    clock = train(FIRST_STEPS * batch_size, min(validated_count, batch_size), 1)
    first, step = time.monotonic() - began, min(clock.step_seconds)
    least = LEAST_STEPS * batch_size
    images = min(image_count, max(least, int(SECONDS_PER_EPOCH / step) * batch_size))
    answers = min(validated_count, max(least, images))
    clock = train(images, answers, MOST_EPOCHS)
    steps = clock.step_seconds or [step]
    image_seconds = sum(steps) / (len(steps) * batch_size)
    answer_seconds = median(clock.validation_seconds) / answers if answers else image_seconds
    epoch = median(clock.epoch_seconds)
    passes = passes_for(settings.min_steps_per_epoch, image_count, batch_size)
    epoch += (passes * image_count - images) * image_seconds + (validated_count - answers) * answer_seconds
    usual = FIRST_STEPS * step + min(validated_count, batch_size) * answer_seconds
    return Timing(max(0.0, first - usual), epoch, answer_seconds, batch_size, clock.steps, answers)


def _train(
    job: Job,
    settings: RunSettings,
    learner: Learner,
    training: Examples,
    validation: Examples,
    images: int,
    answers: int,
    epochs: int,
) -> EpochClock:
    """Train on so many images an epoch, in one pass, and validate on so many, in the folder of a run of its own."""
    # However large the rate, a step takes the same time; but a loss that explodes would end the trial.
    settings = replace(settings, epochs=epochs, early_stopping=False, learning_rate=LEARNING_RATE)
    inputs, targets = _repeated(training, images)
    batches = make_batches(settings, learner, inputs, targets, settings.batch_size)
    clock = EpochClock(learner, SECONDS_IN_ALL - SECONDS_PER_EPOCH)
    with TemporaryDirectory(dir=job.folder) as folder:
        run = Run(Path(folder))
        phase = Phase("train", "Training", "learning rate", settings, run.checkpoint, run.best_weights)
        phase = replace(phase, monitor="val_loss" if answers else "loss")
        usual = run_callbacks(run, learner, batches, phase, TrainingState())
        callbacks = CallbackList(learner, clock, StopOnRequest(learner, job), *usual)
        learner.fit(batches, _repeated(validation, answers) if answers else None, callbacks, 0, epochs)
    if job.stop_requested:
        raise Stopped
    return clock


def _repeated(examples: Examples, count: int) -> tuple[Selection, np.ndarray]:
    """So many examples, the given ones over and over, without a copy of them."""
    inputs, targets = examples
    rows = np.resize(np.arange(len(targets)), count)
    return Selection([(inputs, rows)]), targets[rows]


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
