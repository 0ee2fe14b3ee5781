"""The process of a trial: `python -m core.training.training_time_worker FOLDER`, where FOLDER is the trial's folder.

It does what a run with the same settings does, with some of the images and for a few seconds: reads them, or computes
their features as runs find them again, chooses how to compute as runs remember it, and trains.
"""

import argparse
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil

from core.advice.training_time import Estimate, TimingTrial, gigabytes, keep_estimate
from core.datasets.store import Dataset, open_dataset
from core.errors import WorkbenchError
from core.evaluation.words import percent
from core.features.devices import device_in_words
from core.features.feature_extractor import FeatureExtractor
from core.features.keras_start import start_keras
from core.features.plan import Plan
from core.features.store import FeatureStore
from core.features.views import View
from core.jobs.job import Job, Stopped
from core.jobs.process import set_up_process
from core.jobs.queue import Queue
from core.jobs.reporter import JobReporter
from core.jobs.slot_worker import work_in_slot
from core.jobs.timed_job import TimedJob
from core.runs.settings import RunSettings
from core.training.frozen import extraction_settings
from core.training.heads import build_head
from core.training.measuring import Others, Timing, peak_memory, time_epochs
from core.training.view_examples import evaluation_views, views_of
from core.workspace import Workspace

SEED = 0
MOST_SECONDS = 300.0
# Read for a trial from scratch. Of large images fewer: they take longer, and a batch of them says as much.
TRAINED, VALIDATED, LEAST = 128, 64, 32
PIXELS_READ = 8_000_000
SECONDS_OF_FEATURES = 2.5
LEAST_FEATURES, MOST_FEATURES = 16, 1024
# As many made-up features as fit stand for all.
FEATURE_BYTES = 400 << 20
BUSY = 0.15
BYTES_PER_NUMBER = 4


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.training.training_time_worker", description=__doc__)
    parser.add_argument("trial", type=Path, help="the folder of the trial")
    folder = parser.parse_args().trial
    if not (folder / "request.json").exists():
        parser.error(f"{folder} is not the folder of a trial: it holds no request.json")
    loading = time.time() - psutil.Process().create_time()
    set_up_process()
    trial = TimingTrial(folder)
    return work_in_slot(trial, "Looking at the images", lambda: measure(trial, loading))


class StageClock(JobReporter):
    """A reporter that notes how long the stages of a job take."""

    def __init__(self, job: Job):
        super().__init__(job)
        self.seconds_in: dict[str, float] = defaultdict(float)
        self._stage, self._since = "", time.monotonic()

    def begin(self, stage: str) -> None:
        self.on_counted_stage(stage)
        super().begin(stage)

    def on_counted_stage(self, stage: str) -> None:
        now = time.monotonic()
        self.seconds_in[self._stage] += now - self._since
        self._stage, self._since = stage, now

    def seconds_choosing(self) -> float:
        """What the choice of a way to compute took, which the run that follows will remember."""
        return sum(seconds for stage, seconds in self.seconds_in.items() if stage.startswith("Choosing"))


@dataclass(frozen=True)
class _Subject:
    """What is measured: settings on a dataset, and the job that measures them."""

    settings: RunSettings
    workspace: Workspace
    dataset: Dataset
    table: pd.DataFrame
    job: TimedJob
    clock: StageClock


def measure(trial: TimingTrial, loading: float) -> None:
    """Measure what the trial's settings cost, and keep it.

    Parameters
    ----------
    loading
        Seconds that this process took to start.

    Raises
    ------
    WorkbenchError
        If a few steps take longer than anybody would wait.
    """
    settings, workspace = trial.settings, Workspace.holding(trial.folder)
    dataset = open_dataset(workspace, settings.dataset)
    dataset.pin()
    table = dataset.content.divided(settings.split_settings(dataset.content.settings))
    others, runs = Others(), _trainings(workspace)
    timed = TimedJob(trial.folder, time.monotonic() + MOST_SECONDS)
    subject = _Subject(settings, workspace, dataset, table, timed, StageClock(timed))
    try:
        measured = (_of_head if settings.design.frozen else _from_scratch)(subject)
    except Stopped:
        if not timed.late:
            raise
        raise WorkbenchError(
            f"A few steps have taken more than {MOST_SECONDS / 60:g} minutes here, so an epoch takes far longer than "
            "anybody would wait. Choose a smaller input size, batch size or network."
        ) from None
    plan, timing = measured.plan, measured.timing
    evaluated = len(table) + int((table["split"] != "train").sum()) * len(evaluation_views(settings))
    memory = gigabytes(psutil.virtual_memory().total)
    estimate = Estimate(
        title=settings.design.title,
        frozen=settings.design.frozen,
        start_seconds=loading + measured.start_seconds + timing.start_seconds,
        epoch_seconds=timing.epoch_seconds,
        evaluation_seconds=evaluated * timing.answer_seconds,
        epochs=settings.epochs,
        device=device_in_words(),
        precision=plan.runtime,
        batch_size=timing.batch_size,
        measured_at=time.time(),
        machine=f"{trial.key.get('processor', '').rpartition(',')[0]}, {memory} of memory",
        assumed=not settings.design.frozen and plan.chosen_by == "default",
        notes=_about_others(runs or _trainings(workspace), others.share()),
        **measured.figures,
    )
    keep_estimate(workspace.machine, trial.key, estimate)
    trial.update(facts={"estimate": estimate.to_dict()})


@dataclass
class _Measured:
    """What was measured: the plan, the epochs, the seconds before them, and the other fields of an `Estimate`."""

    plan: Plan
    timing: Timing
    start_seconds: float
    figures: dict[str, Any] = field(default_factory=dict)


def _trainings(workspace: Workspace) -> int:
    """How many runs train at this moment."""
    return sum(entry.position == 0 for entry in Queue(workspace.slots).entries())


def _about_others(trainings: int, share: float) -> tuple[str, ...]:
    if trainings:
        return ("Another run was training meanwhile, which takes its part of the machine: alone, it goes faster.",)
    if share > BUSY:
        return (f"Other programs took {percent(share, 1)} of the processor meanwhile: without them, it goes faster.",)
    return ()


# From scratch --------------------------------------------------------------------------------------------------------


def _from_scratch(subject: _Subject) -> _Measured:
    settings, dataset, table, clock = subject.settings, subject.dataset, subject.table, subject.clock
    class_count, counts, began = len(dataset.class_names), table["split"].value_counts(), time.monotonic()
    clock.begin("Starting Keras")
    start_keras(settings)
    from core.training import scratch

    with peak_memory() as before:
        start = time.monotonic() - began
    reading = time.monotonic()
    sample = _sample(dataset, table, settings.image_size)
    examples, _ = scratch.read_examples(settings, dataset.reading, dataset, sample, clock)
    reading = time.monotonic() - reading
    training, validation = examples.of("train"), examples.of("validation")
    read, image_bytes = len(examples.table), 3 * settings.image_size**2
    if not len(training[1]):
        raise WorkbenchError(f"No image of {dataset.info.title} could be read. Were they moved or deleted?")
    with peak_memory() as peak:
        plan = scratch.plan_training(
            settings, training[0], counts["train"], class_count, subject.workspace.plans, clock
        )
        began = time.monotonic()
        clock.begin("Training a few steps")
        learner = scratch.build_learner(settings, class_count, plan)
        start += time.monotonic() - began
        validated = counts.get("validation", 0) if len(validation[1]) else 0
        timed = replace(settings, batch_size=plan.batch_size)
        timing = time_epochs(subject.job, timed, learner, training, validation, counts["train"], validated)
    # Beside all pixels a run holds a copy of those that it validates on, or evaluates in another orientation.
    evaluated = len(table) - counts["train"] if evaluation_views(settings) else 0
    while_training = peak.bytes - 2 * examples.inputs.nbytes + (len(table) + max(validated, evaluated)) * image_bytes
    while_planning = before.bytes + (len(table) + counts["train"]) * image_bytes
    steps = f"{timing.steps:,} training steps of {timing.batch_size} images"
    figures = {
        "images": read,
        "once_seconds": reading / read * len(table),
        "memory_bytes": int(max(while_training, while_planning)),
        "pixel_bytes": int(len(table) * image_bytes),
        "disk_bytes": 0,
        "measured": f"{read:,} images read; {steps}; {timing.answers:,} images validated",
    }
    return _Measured(plan, timing, start, figures)


def _sample(dataset: Dataset, table: pd.DataFrame, side: int) -> pd.DataFrame:
    """Some training and validation images, as they were read in."""
    share = max(LEAST / TRAINED, min(1.0, PIXELS_READ / (TRAINED * side**2)))
    wanted = {"train": round(TRAINED * share), "validation": round(VALIDATED * share)}
    drawn = []
    for split, count in wanted.items():
        part = table[table["split"] == split]
        drawn.append(part.sample(min(count, len(part)), random_state=SEED))
    sample = pd.concat(drawn)
    return sample[~dataset.changed(sample)].reset_index(drop=True)


# A head on features --------------------------------------------------------------------------------------------------


def _of_head(subject: _Subject) -> _Measured:
    settings, dataset, table = subject.settings, subject.dataset, subject.table
    with peak_memory() as computing:
        extraction = _Extraction(subject)
    width, counts = extraction.width, table["split"].value_counts()
    rows = {split: sum(len(part[part["split"] == split]) for _, part in extraction.parts) for split in counts.index}
    trained, validated = rows["train"], counts.get("validation", 0)
    with peak_memory() as head:
        before = head.look()
        training, validation = (_made_up(dataset, table, split, width) for split in ("train", "validation"))
        held = head.look()
        subject.clock.begin("Training a few epochs of the head")
        began = time.monotonic()
        learner = build_head(settings, training[0], len(dataset.class_names))
        building = time.monotonic() - began
        timing = time_epochs(subject.job, settings, learner, training, validation, trained, validated)
    copied = max(counts["train"], validated)
    number_bytes = width * BYTES_PER_NUMBER
    features = sum(rows.values()) * number_bytes
    while_training = before + (head.bytes - held) + features + copied * number_bytes
    at_hand = "" if extraction.computed else "all of whose features were at hand; "
    computed = f"features of {extraction.computed:,} images computed; " if extraction.computed else at_hand
    figures = {
        "images": extraction.computed or len(table),
        "once_seconds": extraction.seconds_left,
        "memory_bytes": int(max(computing.bytes, while_training)),
        "pixel_bytes": 0,
        "disk_bytes": int(features),
        "measured": f"{computed}{timing.steps:,} steps of {timing.batch_size} on as many features of {width:,} numbers",
    }
    return _Measured(extraction.plan, timing, extraction.start_seconds + building, figures)


def _made_up(dataset: Dataset, table: pd.DataFrame, split: str, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Features at random, for what they say does not change how long a step takes, and the labels of the images."""
    labels = table.loc[table["split"] == split, "label"]
    count = min(len(labels), max(1, FEATURE_BYTES // (width * BYTES_PER_NUMBER)))
    features = np.random.default_rng(SEED).standard_normal((count, width), np.float32)
    return features, dataset.label_indices(labels)[:count]


class _Extraction:
    """The features of some images, computed as a run computes them: how long those of all images will take.

    Parameters
    ----------
    parts
        The views, each with the rows of the table that it is needed of.
    plan
        How they are computed.
    computed
        How many were, just now.
    width
        Numbers of a feature.
    start_seconds
        That it took to load and compile.
    seconds_left
        For all that are lacking still.
    """

    def __init__(self, subject: _Subject):
        began, dataset, table = time.monotonic(), subject.dataset, subject.table
        settings = extraction_settings(subject.settings, dataset.reading)
        self._extractor = FeatureExtractor(settings, subject.workspace, dataset, table, subject.clock)
        subject.clock.begin("Looking for features")
        self.start_seconds = time.monotonic() - began - subject.clock.seconds_choosing()
        self.plan = self._extractor.plan
        self.parts = [(View(), table), *views_of(subject.settings, table)]
        self.computed, self._warm, self.seconds_left = 0, False, 0.0
        # A draw takes the same time whichever it is, and to turn an image takes none.
        for drawn in (False, True):
            views = [(view, part) for view, part in self.parts if bool(view.drawn) == drawn]
            lacking = [(view, part) for view, part in views if len(self._lacking(view, part))]
            if lacking:
                speed = self._speed(*lacking[0])
                self.seconds_left += sum(len(self._lacking(view, part)) for view, part in lacking) / speed
        store = self._store(View())
        self.width = store.gather([next(identity for identity in table["pixel_hash"] if identity in store)]).shape[1]

    def _speed(self, view: View, part: pd.DataFrame) -> float:
        """Images a second, decoding included."""
        lacking = self._lacking(view, part).sample(frac=1, random_state=SEED)
        first = lacking.head(self.plan.batch_size)
        began = time.monotonic()
        self._compute(view, first)
        seconds = time.monotonic() - began
        second = lacking.iloc[len(first) :].head(LEAST_FEATURES)
        if not len(second):
            return len(first) / seconds
        began = time.monotonic()
        self._compute(view, second)
        speed = len(second) / (time.monotonic() - began)
        if not self._warm:
            self._warm = True
            self.start_seconds += max(0.0, seconds - len(first) / speed)
        rest = lacking.iloc[len(first) + len(second) :].head(min(MOST_FEATURES, int(SECONDS_OF_FEATURES * speed)))
        if len(rest) < LEAST_FEATURES:
            return speed
        began = time.monotonic()
        self._compute(view, rest)
        return len(rest) / (time.monotonic() - began)

    def _compute(self, view: View, part: pd.DataFrame) -> None:
        _, problems = self._extractor.features(part, view, "Computing features of some images")
        self.computed += len(part) - len(problems)
        if len(problems) == len(part):
            raise WorkbenchError(f"Images could not be read any more: {problems[0]}.")

    def _lacking(self, view: View, part: pd.DataFrame) -> pd.DataFrame:
        store = self._store(view)
        lacking = part.drop_duplicates("pixel_hash")
        return lacking[np.array([identity not in store for identity in lacking["pixel_hash"]], dtype=bool)]

    def _store(self, view: View) -> FeatureStore:
        return FeatureStore(self._extractor.folder, self._extractor.recipe | view.cache_key)


if __name__ == "__main__":
    sys.exit(main())
