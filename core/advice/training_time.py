"""What a run will cost, measured before it: seconds and memory of a trial with the very images and settings."""

import hashlib
import json
import shutil
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock

from core.architectures.weights import IMAGENET, path_at_hand
from core.datasets.store import Dataset
from core.errors import UsageError, WorkbenchError
from core.features.pixels import SHARE_OF_FREE_MEMORY
from core.features.plan import plan_key
from core.files import read_json, write_json
from core.hosting import Hosting
from core.jobs.gpus import ALL, gpus
from core.jobs.job import Job
from core.jobs.slots import check_gpu
from core.runs.lifecycle import check_trainable
from core.runs.settings import RunSettings, read_settings
from core.workspace import Workspace

WORKER = "core.training.training_time_worker"
GIGABYTE, MEGABYTE = 10**9, 10**6
SECONDS_OF_NOW = 600
MOST_KEPT = 500
# What decides neither how long an epoch takes nor how much memory. The number of epochs only multiplies.
WITHOUT_EFFECT = (
    *("dataset", "architecture", "epochs", "early_stopping", "patience", "learning_rate", "weight_decay", "seed"),
    *("momentum", "nesterov"),
    *("warmup", "decay_epochs", "decay_factor", "schedule", "find_learning_rate", "label_smoothing", "class_weights"),
    *("unfreeze", "fine_tune_epochs", "fine_tune_rate"),
)
# Of these it matters only whether they are 0.
ON_OR_OFF = ("dropout", "gradient_clipping")


@dataclass(frozen=True)
class Estimate:
    """What a run will cost on this machine, by a trial of a few seconds.

    Parameters
    ----------
    title
        Of the network.
    frozen
        Whether it is a head on features that are computed once.
    images
        How many of the dataset's images were measured on.
    start_seconds
        Until the first image is looked at, with what the first step compiles.
    once_seconds
        For what is done once: reading all images, or computing the features that are lacking.
    epoch_seconds
        Of one epoch, with validation and what is written down after it.
    evaluation_seconds
        For evaluating all images in the end.
    epochs
        How many there will be at most.
    memory_bytes
        That the process which trains holds at its peak, the pixels or features of all images included.
    pixel_bytes
        Of these, the pixels; 0 where features are held instead.
    disk_bytes
        Of the features of all images in all views, on disk; 0 from scratch.
    device, precision
        What computes, and in which way.
    batch_size
        Images in a step.
    measured
        What was measured, in words.
    measured_at
        Seconds since 1970.
    machine
        On which, in words.
    assumed
        Whether the precision was taken without a measurement, since so few epochs would not pay for one.
    notes
        What else a reader should know, in words.
    """

    title: str
    frozen: bool
    images: int
    start_seconds: float
    once_seconds: float
    epoch_seconds: float
    evaluation_seconds: float
    epochs: int
    memory_bytes: int
    pixel_bytes: int
    disk_bytes: int
    device: str
    precision: str
    batch_size: int
    measured: str
    measured_at: float
    machine: str
    assumed: bool = False
    notes: tuple[str, ...] = ()

    @property
    def total_seconds(self) -> float:
        """From the start to the last evaluation, if training does not end early."""
        return self.start_seconds + self.once_seconds + self.epochs * self.epoch_seconds + self.evaluation_seconds

    def words(self) -> str:
        """The decisive figures in a sentence."""
        epoch, total = about(self.epoch_seconds), about(self.total_seconds)
        features = self.frozen and self.once_seconds >= 1
        once = f"{about(self.once_seconds)} for the features once, then " if features else ""
        count = "1 of your images" if self.images == 1 else f"{self.images:,} of your images"
        return (
            f"About {once}{epoch} an epoch on this machine, at most {total} in all; {gigabytes(self.memory_bytes)} of "
            f"memory: measured on {count} {ago(time.time() - self.measured_at)}."
        )

    def rows(self) -> list[tuple[str, str]]:
        """All figures as name and value, for people."""
        once = "Features of all images, once" if self.frozen else "Reading all images, once"
        rows = [
            ("Start", about(self.start_seconds)),
            (once, about(self.once_seconds)),
            ("An epoch", about(self.epoch_seconds)),
            ("Epochs, at most", f"{self.epochs:,}"),
            ("Evaluating all images", about(self.evaluation_seconds)),
            ("In all, at most", about(self.total_seconds)),
            ("Memory", gigabytes(self.memory_bytes)),
            ("Computed on", f"{self.device}; {self.precision}; {self.batch_size} images a step"),
            ("Measured", self.measured),
            ("Machine", self.machine),
        ]
        if self.frozen:
            rows.insert(7, ("Features on disk", gigabytes(self.disk_bytes)))
        return rows

    def warning(self, free_bytes: int | None = None) -> str:
        """What to do where the memory is more than there is, in words; "" where it is not.

        Parameters
        ----------
        free_bytes
            Of memory; by default what is free now.
        """
        free = psutil.virtual_memory().available if free_bytes is None else free_bytes
        way_out = "Choose a smaller input size, a smaller batch size or a smaller network, or close other programs."
        if self.memory_bytes > free:
            needed = gigabytes(self.memory_bytes)
            return f"It needs about {needed} of memory, and {gigabytes(free)} are free. {way_out}"
        if self.pixel_bytes > free * SHARE_OF_FREE_MEMORY:
            return (
                f"The pixels of all images take {gigabytes(self.pixel_bytes)} of memory, and {gigabytes(free)} are "
                f"free. A run wants {SHARE_OF_FREE_MEMORY:.0%} of that to be enough. Choose a smaller input size, or a "
                "frozen backbone, which needs no pixels in memory."
            )
        return ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the inverse of `read_estimate`."""
        more = {"total_seconds": self.total_seconds, "words": self.words(), "warning": self.warning()}
        return asdict(self) | more


def read_estimate(values: dict[str, Any]) -> Estimate:
    """The estimate that `Estimate.to_dict` wrote.

    Raises
    ------
    KeyError, TypeError
        If that is not one.
    """
    known: dict[str, Any] = {name: values[name] for name in Estimate.__dataclass_fields__}
    known["notes"] = tuple(known["notes"])
    return Estimate(**known)


class TimingTrial(Job):
    """The folder of the one trial that a workspace may have going: ``request.json`` says what it is to try."""

    @classmethod
    def of(cls, workspace: Workspace) -> "TimingTrial":
        return cls(workspace.root / "trials" / "current")

    @property
    def settings(self) -> RunSettings:
        """Those that it tries."""
        return read_settings(self._request["settings"])

    @property
    def key(self) -> dict[str, Any]:
        """What the estimate will hold for; {} before the first trial."""
        return self._request.get("key", {})

    @property
    def title(self) -> str:
        """Which network on which dataset it tries."""
        return self._request.get("title", "")

    @property
    def _request(self) -> dict[str, Any]:
        return read_json(self.folder / "request.json") or {}

    def is_of(self, dataset: Dataset, settings: RunSettings) -> bool:
        """Whether it measures, or was the last that measured, what these settings would cost."""
        return self.key == estimate_key(dataset, settings)


def start_estimate(workspace: Workspace, dataset: Dataset, settings: RunSettings) -> TimingTrial:
    """Set a trial of some settings going in a process of its own.

    Raises
    ------
    UsageError
        If the dataset can't be trained on, weights are lacking, another trial is going on in the workspace, or a
        visitor's space is full.
    """
    Hosting.from_environment().check_room(workspace)
    check_trainable(dataset, settings)
    check_gpu(settings.gpu)
    if reason := why_not_measured(settings):
        raise UsageError(reason)
    trial = TimingTrial.of(workspace)
    trial.folder.mkdir(parents=True, exist_ok=True)
    lock = trial.folder / "start.lock"
    with FileLock(lock):
        if trial.status().active:
            raise UsageError(
                f"{trial.title} is being measured, and one can be at a time. Wait for its end, or stop it."
            )
        for left in trial.folder.iterdir():
            if left.is_dir():  # what one that was killed trained in
                shutil.rmtree(left, ignore_errors=True)
            elif left != lock:
                left.unlink(missing_ok=True)
        title = f"{settings.design.title} on {dataset.info.title}"
        request = {"key": estimate_key(dataset, settings), "title": title, "settings": settings.to_dict()}
        write_json(trial.folder / "request.json", request)
        trial.launch(WORKER, WORKBENCH_SLOTS=str(workspace.slots))
    return trial


def why_not_measured(settings: RunSettings) -> str:
    """What keeps these settings from being tried, in words; "" where nothing does."""
    design = settings.design
    if design.frozen and settings.weights == IMAGENET and path_at_hand(design) is None:
        return (
            f"The ImageNet weights of {design.title} are not on this machine, so nothing can be measured, and nothing "
            "is guessed. Download or bring them first."
        )
    return ""


def what_is_left_out(settings: RunSettings) -> tuple[str, ...]:
    """What a run with these settings will do that no trial has measured, in sentences."""
    notes = []
    if settings.unfreeze:
        notes.append("Fine-tuning comes on top: it is not measured here, and takes far longer an epoch than the head.")
    if settings.find_learning_rate:
        notes.append("Looking for the learning rate comes on top: a few dozen steps, once.")
    if settings.gpu == ALL and len(gpus()) > 1:
        notes.append("Measured on one graphics card; all of them together are quicker.")
    return tuple(notes)


# What is kept --------------------------------------------------------------------------------------------------------


def estimate_key(dataset: Dataset, settings: RunSettings) -> dict[str, Any]:
    """All that the cost of an epoch depends on: images, settings, packages and machine; JSON-ready."""
    matters = {name: value for name, value in settings.to_dict().items() if name not in WITHOUT_EFFECT}
    matters |= {name: bool(matters[name]) for name in ON_OR_OFF}
    recipe = {"architecture": settings.architecture, "image_size": settings.image_size, "weights": settings.weights}
    more = {"version": dataset.content.version, "settings": matters, "cards_here": gpus()}
    # As it comes back from a file, so that keys can be compared.
    return json.loads(json.dumps(plan_key(recipe, trial=more)))


def keep_estimate(folder: Path, key: dict[str, Any], estimate: Estimate) -> None:
    """Keep an estimate beside the machine's plans, and let the oldest of very many go.

    Parameters
    ----------
    folder
        That all workspaces of the machine share.
    """
    write_json(_path(folder, key), estimate.to_dict())
    kept = sorted((folder / "estimates").glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in kept[:-MOST_KEPT]:
        path.unlink(missing_ok=True)


def kept_estimate(workspace: Workspace, dataset: Dataset, settings: RunSettings) -> Estimate | None:
    """What was measured of these settings and this state of the dataset; None where nothing was."""
    try:
        values = read_json(_path(workspace.machine, estimate_key(dataset, settings)))
        estimate = read_estimate(values or {})
    except (WorkbenchError, KeyError, TypeError, AttributeError):
        return None
    if estimate.assumed and settings.epochs > estimate.epochs:  # a run that long may look for a quicker way
        return None
    return replace(estimate, epochs=settings.epochs)


def _path(folder: Path, key: dict[str, Any]) -> Path:
    digest = hashlib.blake2b(json.dumps(key, sort_keys=True).encode(), digest_size=12).hexdigest()
    return folder / "estimates" / f"{digest}.json"


# In words ------------------------------------------------------------------------------------------------------------


def about(seconds: float) -> str:
    """A duration as an estimate deserves it, to about two digits.

    >>> about(0.0371), about(7.4), about(200), about(9000)
    ('0.04 s', '7 s', '3 min', '2.5 h')
    """
    if seconds < 0.01:
        return "less than 0.01 s"
    if seconds < 0.095:
        return f"{seconds:.2f} s"
    if seconds < 2:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def gigabytes(size: float) -> str:
    """Bytes in units of 10⁹ of them, as "1.9 GB", or where there are few of 10⁶, as "24 MB"."""
    return f"{size / GIGABYTE:.1f} GB" if size >= GIGABYTE / 10 else f"{size / MEGABYTE:.0f} MB"


def ago(seconds: float) -> str:
    """How long since, in words: "just now", "20 minutes ago", "3 hours ago", "2 days ago"."""
    if seconds < SECONDS_OF_NOW:
        return "just now"
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
