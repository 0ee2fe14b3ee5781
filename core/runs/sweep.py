"""A sweep: many runs that differ in a few settings, chosen one after the other, to find which settings are best.

It is a process of its own (`python -m core.runs.sweep_worker SWEEP`) that starts ordinary runs, which wait in the queue
like all others. They are judged by their validation images: a test image that had a say in the choice could no longer
tell how good the choice is.
"""

import itertools
import math
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from filelock import FileLock

from core.architectures.registry import ARCHITECTURES
from core.datasets.store import Dataset
from core.errors import UsageError
from core.files import read_json, write_json
from core.hosting import Hosting
from core.jobs import Job
from core.runs.executor import check_trainable
from core.runs.settings import CHOICES, PARAMETERS, Parameter, RunSettings, read_settings
from core.workspace import Workspace

WORKER = "core.runs.sweep_worker"
METHODS = {
    "tpe": "learns from the runs so far where good settings lie (tree-structured Parzen estimator)",
    "random": "draws each run's settings at random",
    "grid": "tries every combination; of a range its ends and middle",
}
RUNS = Parameter("runs", "Runs", "How many runs to try.", 2, 100, {})
MINUTES = Parameter(
    "minutes", "Minutes", "After how many no more is tried; 0 for no limit.", 0, 10_000, {}, whole=False
)
DEFAULT_RUNS = 8
GRID_POINTS = 3
MOST_AXES, MOST_OPTIONS = 8, 20
SWEPT = (*PARAMETERS, *CHOICES, "architecture", "image_size", "augmentation")
HOW = "Write ranges as learning_rate=1e-4..1e-2:log and choices as dropout=0.2|0.5, with commas between settings."


@dataclass(frozen=True)
class Axis:
    """A setting that a sweep varies: over a range, or over a few options.

    Parameters
    ----------
    name
        Of the setting.
    low, high
        The ends of a range.
    log
        Whether a range is drawn from evenly by its logarithm: 0.001 to 0.01 as often as 0.01 to 0.1.
    options
        The values to choose from; () where it is a range.
    """

    name: str
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    options: tuple[Any, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are tried."""
        return self.name == "image_size" or (self.name in PARAMETERS and PARAMETERS[self.name].whole)

    def grid(self) -> list[Any]:
        """The values that a grid tries."""
        if self.options:
            return list(self.options)
        spread = np.geomspace if self.log else np.linspace
        points = [float(f"{point:.6g}") for point in spread(self.low, self.high, GRID_POINTS)]
        return list(dict.fromkeys(round(point) if self.whole else point for point in points))

    def ends(self) -> list[Any]:
        """The values that have to be acceptable for all in between to be."""
        return list(self.options) or [self.low, self.high]


class Sweep(Job):
    """The folder of a sweep, whose name is its id: ``request.json``, and ``trials.json`` of the runs it has started."""

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def request(self) -> dict[str, Any]:
        """`dataset`, `settings` (that all runs share), `axes`, `method`, `runs` and `minutes`."""
        return read_json(self.folder / "request.json") or {}

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(Axis(**values | {"options": tuple(values["options"])}) for values in self.request["axes"])

    def trials(self) -> list[dict[str, Any]]:
        """The runs so far, in the order they were begun.

        Returns
        -------
        list of dict
            "run" (its id), "values" (of the settings that vary), "state", and once it is judged "log_loss" and
            "accuracy", both of the validation images; else None.
        """
        return read_json(self.folder / "trials.json") or []

    def save_trials(self, trials: list[dict[str, Any]]) -> None:
        write_json(self.folder / "trials.json", trials)

    def best(self) -> dict[str, Any] | None:
        """The trial with the least validation log loss; None before one is judged."""
        judged = [trial for trial in self.trials() if trial["log_loss"] is not None]
        return min(judged, key=lambda trial: trial["log_loss"], default=None)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        status, request = self.status(), self.request
        outcome = {"status": status.state, "error": status.error, "seconds": status.seconds}
        asked = {name: request[name] for name in ("dataset", "method", "runs", "minutes", "axes")}
        return {"sweep": self.id} | asked | outcome | {"trials": self.trials(), "best": self.best()}


def parse_axes(text: str) -> tuple[Axis, ...]:
    """Read what a sweep varies, such as ``learning_rate=1e-4..1e-2:log,dropout=0.2|0.5``.

    Raises
    ------
    UsageError
        Saying what is wrong and how it is written.
    """
    return check_axes(_parse_axis(part.strip()) for part in text.split(",") if part.strip())


def check_axes(axes: Iterable[Axis]) -> tuple[Axis, ...]:
    """The axes, where a sweep can be made of them.

    Raises
    ------
    UsageError
        If there are none or too many, a setting is unknown or named twice, or a range is no range.
    """
    axes = tuple(axes)
    names = [axis.name for axis in axes]
    if not 1 <= len(axes) <= MOST_AXES:
        raise UsageError(f"Vary from 1 to {MOST_AXES} settings. Got {len(axes)}. {HOW}")
    for axis in axes:
        if axis.name not in SWEPT:
            raise UsageError(f"A sweep can't vary {axis.name!r}. It can: {', '.join(SWEPT)}.")
        if names.count(axis.name) > 1:
            raise UsageError(f"The setting {axis.name!r} is named twice. Name it once, with all that it may be.")
        if len(axis.options) > MOST_OPTIONS:
            raise UsageError(f"Give {axis.name!r} at most {MOST_OPTIONS} options. Got {len(axis.options)}.")
        if axis.options:
            continue
        if axis.name not in PARAMETERS and axis.name != "image_size":
            raise UsageError(f"{axis.name!r} has no range: give its options, with | between them.")
        if not axis.low < axis.high or not math.isfinite(axis.high - axis.low):
            raise UsageError(f"A range goes from a smaller to a larger number. Got {axis.low:g}..{axis.high:g}.")
        if axis.log and axis.low <= 0:
            raise UsageError(f"A logarithmic range has to begin above 0. Got {axis.low:g}..{axis.high:g}:log.")
    return axes


def start_sweep(
    workspace: Workspace,
    dataset: Dataset,
    settings: RunSettings,
    axes: Iterable[Axis],
    method: str = "tpe",
    runs: Any = DEFAULT_RUNS,
    minutes: Any = 0,
) -> Sweep:
    """Set a sweep going in a process of its own.

    Parameters
    ----------
    settings
        What all runs share; the seed also fixes what the sweep draws.
    runs, minutes
        The budget; it ends with whichever is spent first. 0 minutes are no limit.

    Raises
    ------
    UsageError
        If something is out of range, there are no validation images to choose by, another sweep is going on in the
        workspace, or a visitor's space is full.
    """
    axes = check_axes(axes)
    if method not in METHODS:
        raise UsageError(f"There is no method {method!r}. There are: {', '.join(METHODS)}.")
    budget = {"runs": RUNS.check(runs), "minutes": MINUTES.check(minutes)}
    request = {"dataset": dataset.name, "settings": settings.to_dict(), "method": method} | budget
    for axis in axes:
        for value in axis.ends():
            settings_of_trial(request["settings"], {axis.name: value})
    check_trainable(dataset, settings)
    content = dataset.content
    if not content.count(content.divided(settings.split_settings(content.settings)))["validation"].sum():
        raise UsageError("A sweep chooses by validation images, and there are none. Give the split some.")
    Hosting.from_environment().check_room(workspace)
    folder = workspace.root / "sweeps"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "start.lock"):
        if any(sweep.status().active for sweep in list_sweeps(workspace)):
            raise UsageError("A sweep is going on, and there can be one at a time. Wait for its end, or stop it.")
        sweep = _new_folder(workspace, settings)
        write_json(sweep.folder / "request.json", request | {"axes": [asdict(axis) for axis in axes]})
        sweep.launch(WORKER, WORKBENCH_PLACES=str(workspace.places))
    return sweep


def list_sweeps(workspace: Workspace, dataset: str | None = None) -> list[Sweep]:
    """The sweeps of a workspace, newest first, over one dataset or all."""
    folders = sorted((workspace.root / "sweeps").glob("*/request.json"), reverse=True)
    sweeps = [Sweep(path.parent) for path in folders]
    return [sweep for sweep in sweeps if dataset is None or sweep.request.get("dataset") == dataset]


def settings_of_trial(shared: dict[str, Any], values: dict[str, Any]) -> RunSettings:
    """The settings of one run of a sweep.

    Another architecture comes with defaults of its own: of the shared settings it keeps only what is not of a network.

    Raises
    ------
    UsageError
        If they are not acceptable.
    """
    if values.get("architecture", shared["architecture"]) != shared["architecture"]:
        shared = {name: shared[name] for name in ("dataset", "augmentation", "seed", "split_seed", "fold")}
    return read_settings(shared | values)


def grid_size(axes: Iterable[Axis]) -> int:
    """How many combinations a grid has."""
    return math.prod(len(axis.grid()) for axis in axes)


def grid_points(axes: Iterable[Axis]) -> Iterable[dict[str, Any]]:
    """The combinations that a grid tries, in order."""
    axes = tuple(axes)
    for values in itertools.product(*(axis.grid() for axis in axes)):
        yield dict(zip((axis.name for axis in axes), values, strict=True))


def _new_folder(workspace: Workspace, settings: RunSettings) -> Sweep:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for attempt in itertools.count(1):
        suffix = f"-{attempt}" if attempt > 1 else ""
        folder = workspace.root / "sweeps" / f"{stamp}-{settings.dataset}-{settings.architecture}{suffix}"
        if not folder.exists():
            folder.mkdir()
            return Sweep(folder)
    raise AssertionError


def _parse_axis(text: str) -> Axis:
    name, equals, values = (part.strip() for part in text.partition("="))
    if not equals or not values:
        raise UsageError(f"{text!r} does not say what to vary. {HOW}")
    low, dots, high = values.partition("..")
    if not dots:
        return Axis(name, options=tuple(dict.fromkeys(_checked(name, value.strip()) for value in values.split("|"))))
    high, colon, scale = high.partition(":")
    if colon and scale.strip() != "log":
        raise UsageError(f"A range may end with ':log' and nothing else. Got {text!r}.")
    try:
        return Axis(name, float(low), float(high), bool(colon))
    except ValueError:
        raise UsageError(f"{text!r} has no numbers at its ends. {HOW}") from None


def _checked(name: str, value: str) -> Any:
    """An option in the type of its setting."""
    if name in PARAMETERS:
        return PARAMETERS[name].check(value)
    if name in CHOICES:
        return CHOICES[name].check(value)
    if name == "architecture" and value not in ARCHITECTURES:
        raise UsageError(f"There is no architecture {value!r}. There are: {', '.join(ARCHITECTURES)}.")
    if name == "image_size":
        return Parameter("image_size", "Input size", "", 1, 1024, {}).check(value)
    return value
