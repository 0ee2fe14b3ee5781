"""A sweep: many runs that differ in a few settings, chosen one after the other, to find which settings are best.

It is a process of its own (`python -m core.sweeps.worker SWEEP`) that starts ordinary runs, which wait in the queue
like all others. They are evaluated by their validation images: a test image that had a say in the choice could no
longer tell how good the choice is.
"""

import itertools
import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from core.architectures.custom import find_available
from core.datasets.store import Dataset, open_dataset
from core.errors import UsageError
from core.files import read_json, write_json
from core.hosting import Hosting
from core.jobs.job import ACTIVE_STATES, Job
from core.runs.lifecycle import check_trainable
from core.runs.record import Run
from core.runs.settings import (
    PARAMETERS,
    Boolean,
    Number,
    RunSettings,
    current_name,
    read_settings,
    read_stored_settings,
    with_current_names,
)
from core.workspace import Workspace

WORKER = "core.sweeps.worker"
# Unlike the start of any run's id, so that both can be named where either is meant.
SWEEP_ID_START = "sweep"
METHODS = {
    "tpe": "learns from the runs so far where good settings lie (tree-structured Parzen estimator)",
    "random": "draws each run's settings at random",
    "grid": "tries every combination, or as many of them as there may be runs; of a range its ends and middle",
}
RUNS = Number("runs", "Runs", "How many runs to try.", 2, 100)
MINUTES = Number("minutes", "Minutes", "After how many no more is tried; 0 for no limit.", 0, 10_000, whole=False)
DEFAULT_RUNS = 8
# Strangers share a machine: there, no sweep goes on without end.
MOST_RUNS_HOSTED, MOST_MINUTES_HOSTED, DEFAULT_MINUTES_HOSTED = 30, 120, 30
# A sweep whose process dies again and again is not brought back for ever.
MOST_REVIVALS = 3
GRID_POINTS = 3
LEAST_FOR_IMPORTANCES, RUNS_FOR_AN_AXIS = 10, 5
MOST_AXES, MOST_OPTIONS = 8, 20
# What a run of another architecture keeps of the settings that a sweep's runs share.
KEPT_FOR_ALL = ("dataset", "augmentation", "seed", "split_seed", "fold")
SWEPT = tuple(name for name, parameter in PARAMETERS.items() if parameter.tunable)
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
        parameter = PARAMETERS[self.name]
        return isinstance(parameter, Number) and parameter.whole

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
        """`dataset`, `dataset_version`, `settings` (that all runs share), `axes`, `method`, `runs` and `minutes`.

        And `networks`: by name, those among the options that somebody composed.
        """
        return read_json(self.folder / "request.json") or {}

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(_read_axis(values) for values in self.request["axes"])

    @property
    def total(self) -> int:
        """How many runs it tries at most."""
        request = self.request
        return min(request["runs"], grid_size(self.axes)) if request["method"] == "grid" else request["runs"]

    def trials(self) -> list[dict[str, Any]]:
        """The runs so far, in the order they were begun.

        Returns
        -------
        list of dict
            "run" (its id), "values" (of the settings that vary), "state", "error", "cut_short" (whether it was ended
            because the sweep was), and once it is evaluated "log_loss", "accuracy", "accuracy_ci95" and "images" (how
            many), all of the validation images; else None.
        """
        trials = read_json(self.folder / "trials.json") or []
        return [trial | {"values": _read_values(trial["values"])} for trial in trials]

    def save_trials(self, trials: list[dict[str, Any]]) -> None:
        write_json(self.folder / "trials.json", trials)

    def run_of(self, trial: dict[str, Any]) -> Run:
        """The run of a trial, which may have been deleted since."""
        return Run(Workspace.holding(self.folder).runs / trial["run"])

    def going(self) -> list[tuple[dict[str, Any], Run]]:
        """The trials whose runs wait or train, each with its run."""
        pairs = [(trial, self.run_of(trial)) for trial in self.trials() if trial["log_loss"] is None]
        return [(trial, run) for trial, run in pairs if run.status().active]

    def best(self) -> dict[str, Any] | None:
        """The trial with the least validation log loss; None before one is evaluated."""
        evaluated = [trial for trial in self.trials() if trial["log_loss"] is not None]
        return min(evaluated, key=lambda trial: trial["log_loss"], default=None)

    @property
    def worked_seconds(self) -> float:
        """How long it has worked: without what passed while its process was gone, or its runs waited for a slot."""
        return self.written_status().facts.get("worked_seconds", 0.0)

    @property
    def lost(self) -> bool:
        """Whether it would still go on, had its process not gone without a word."""
        return self.written_status().active and not self.status().active

    def request_stop(self) -> None:
        """Ask the sweep and the runs it has going to end, and keep what they have."""
        lost = self.lost
        super().request_stop()
        for _, run in self.going():
            run.request_stop()
        if lost:  # nobody is there who would say so
            self.update(state="stopped", stage="", error="", eta_seconds=None, finished=time.time())

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        status, request = self.status(), self.request
        outcome = {"status": status.state, "error": status.error, "seconds": self.worked_seconds}
        asked = {name: request[name] for name in ("dataset", "method", "runs", "minutes")}
        asked["axes"] = [asdict(axis) for axis in self.axes]
        found = {"trials": self.trials(), "best": self.best(), "importances": status.facts.get("importances", {})}
        return {"sweep": self.id} | asked | outcome | found


def parse_axes(text: str, workspace: Workspace | None = None) -> tuple[Axis, ...]:
    """Read what a sweep varies, such as ``learning_rate=1e-4..1e-2:log,dropout=0.2|0.5``.

    Parameters
    ----------
    workspace
        Whose own networks may be named too.

    Raises
    ------
    UsageError
        Saying what is wrong and how it is written.
    """
    return check_axes(_parse_axis(part.strip(), workspace) for part in text.split(",") if part.strip())


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
        if not isinstance(PARAMETERS[axis.name], Number):
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
    minutes: Any = None,
) -> Sweep:
    """Set a sweep going in a process of its own.

    Parameters
    ----------
    settings
        What all runs share; the seed also fixes what the sweep draws.
    runs, minutes
        The budget; it ends with whichever is spent first. 0 minutes are no limit; None is what `budget_limits` say.
        Only time in which the sweep works counts.

    Raises
    ------
    UsageError
        If something is out of range, there is only one combination to try, there are no validation images to choose
        by, another sweep is going on in the workspace, or a visitor's space is full.
    """
    axes = check_axes(axes)
    if method not in METHODS:
        raise UsageError(f"There is no method {method!r}. There are: {', '.join(METHODS)}.")
    if all(len(axis.options) == 1 for axis in axes):
        raise UsageError("There is only one combination to try. Give a setting two options or more, or a range.")
    request: dict[str, Any] = {"dataset": dataset.name, "settings": settings.to_dict(), "method": method}
    request |= _budget(runs, minutes)
    # As a run does, a sweep keeps what an own network is made of: it may be changed or deleted meanwhile.
    named = [value for axis in axes if axis.name == "architecture" for value in axis.options]
    own = {name: find_available(name, workspace).network for name in named}
    request["networks"] = {name: network for name, network in own.items() if network}
    for axis in axes:
        for value in axis.ends():
            settings_of_trial(request["settings"], {axis.name: value}, request["networks"])
    check_trainable(dataset, settings)
    content = dataset.content
    request["dataset_version"] = content.version
    if not content.count(content.divided(settings.split_settings(content.settings)))["validation"].sum():
        raise UsageError("A sweep chooses by validation images, and there are none. Give the split some.")
    Hosting.from_environment().check_room(workspace)
    with _one_at_a_time(workspace):
        sweep = _new_folder(workspace, settings)
        write_json(sweep.folder / "request.json", request | {"axes": [asdict(axis) for axis in axes]})
        _launch(workspace, sweep)
    return sweep


def resume_sweep(workspace: Workspace, sweep: Sweep, runs: Any = None, minutes: Any = None) -> None:
    """Let a sweep that was stopped, failed or died go on where it stood; with a larger budget also one that is done.

    Parameters
    ----------
    runs, minutes
        Its new budget, what it has spent included; None leaves it as it was.

    Raises
    ------
    UsageError
        If it or another is going on, nothing of its budget is left, its dataset was changed or deleted, or a visitor's
        space is full.
    """
    request = sweep.request
    budget = _budget(request["runs"] if runs is None else runs, request["minutes"] if minutes is None else minutes)
    _check_something_is_left(sweep, budget)
    check_same_images(open_dataset(workspace, request["dataset"]), request)
    Hosting.from_environment().check_room(workspace)
    with _one_at_a_time(workspace):
        write_json(sweep.folder / "request.json", request | budget)
        _set_going_again(workspace, sweep, revivals=0)


def is_resumable(sweep: Sweep) -> bool:
    """Whether a sweep that has ended has something of its budget left."""
    try:
        _check_something_is_left(sweep, sweep.request)
    except UsageError:
        return False
    return True


def larger_budget(sweep: Sweep, more_runs: int) -> dict[str, float] | None:
    """A budget with so many runs more, and as much more time; None where it can't be larger, or nothing is left to try.

    Returns
    -------
    dict
        "runs" and "minutes", as `resume_sweep` takes them.
    """
    request = sweep.request
    runs, minutes, _ = budget_limits(Hosting.from_environment())
    tried = len(sweep.trials())
    larger = {"runs": min(runs.maximum, tried + more_runs), "minutes": request["minutes"]}
    if request["minutes"]:
        larger["minutes"] = min(minutes.maximum, math.ceil(sweep.worked_seconds / 60) + request["minutes"])
    try:
        _check_something_is_left(sweep, larger)
    except UsageError:
        return None
    return larger


def revive_sweeps(workspace: Workspace) -> list[Sweep]:
    """Start the process of a sweep anew that is gone, as it is after a restart of the machine: its runs are kept.

    Returns
    -------
    list of Sweep
        Those that go on; there can be one at a time.
    """
    lost = [sweep for sweep in list_sweeps(workspace) if _is_revivable(sweep)]
    if not lost:
        return []
    try:
        with _one_at_a_time(workspace):
            sweep = next(filter(_is_revivable, lost), None)  # another tab may have looked at the same moment
            if sweep is None:
                return []
            _set_going_again(workspace, sweep, sweep.written_status().facts.get("revivals", 0) + 1)
            return [sweep]
    except UsageError:  # another one is going on; this one can be resumed later
        return []


def budget_limits(hosting: Hosting) -> tuple[Number, Number, int]:
    """What the numbers of runs and of minutes may be, and the usual number of minutes."""
    if not hosting.hosted:
        return RUNS, MINUTES, 0
    runs = replace(RUNS, maximum=MOST_RUNS_HOSTED)
    minutes = replace(MINUTES, minimum=1, maximum=MOST_MINUTES_HOSTED, explanation="After how many no more is tried.")
    return runs, minutes, DEFAULT_MINUTES_HOSTED


def check_same_images(dataset: Dataset, request: dict[str, Any]) -> None:
    """Refuse to go on with a sweep on other images: its runs could not be compared.

    Raises
    ------
    UsageError
        If the dataset was changed since the sweep began.
    """
    if dataset.content.version != request["dataset_version"]:
        raise UsageError(
            f"{dataset.info.title} was changed since the sweep began: its runs could not be compared with one another. "
            "Undo the changes and go on, or start a new sweep."
        )


def find_sweep(workspace: Workspace, prefix: str) -> Sweep:
    """The sweep with this id, or the only one whose id begins so.

    Raises
    ------
    UsageError
        If there is none or more than one.
    """
    by_id = {sweep.id: sweep for sweep in list_sweeps(workspace)}
    matches = [prefix] if prefix in by_id else [name for name in by_id if prefix and name.startswith(prefix)]
    if len(matches) == 1:
        return by_id[matches[0]]
    if not matches:
        raise UsageError(f"There is no sweep {prefix!r}. The newest are: {', '.join([*by_id][:5]) or 'none yet'}.")
    raise UsageError(f"{prefix!r} begins the ids of {len(matches)} sweeps: {', '.join(matches[:5])}. Give more of it.")


def list_sweeps(workspace: Workspace, dataset: str | None = None) -> list[Sweep]:
    """The sweeps of a workspace, newest first, over one dataset or all."""
    folders = sorted((workspace.root / "sweeps").glob("*/request.json"), reverse=True)
    sweeps = [Sweep(path.parent) for path in folders]
    return [sweep for sweep in sweeps if dataset is None or sweep.request.get("dataset") == dataset]


def sweeps_by_run(root: Path) -> dict[str, str]:
    """By the id of a run, the id of the sweep that started it, in the workspace at `root`."""
    sweeps = [Sweep(path.parent) for path in (root / "sweeps").glob("*/trials.json")]
    return {trial["run"]: sweep.id for sweep in sweeps for trial in sweep.trials()}


def settings_of_trial(
    shared: dict[str, Any], values: dict[str, Any], networks: Mapping[str, Mapping[str, Any]] | None = None
) -> RunSettings:
    """The settings of one run of a sweep.

    Another architecture comes with defaults of its own: of the shared settings it keeps only what is not of a network.

    Parameters
    ----------
    shared, values
        What all runs have, and what is tried in this one.
    networks
        By name, what the networks are made of that somebody composed.

    Raises
    ------
    UsageError
        If they are not acceptable.
    """
    chosen = values.get("architecture", shared["architecture"])
    if chosen != shared["architecture"]:
        kept = {name: shared[name] for name in KEPT_FOR_ALL}
        return read_settings(kept | {"network": (networks or {}).get(chosen)} | values)
    return read_stored_settings(with_current_names(shared) | with_current_names(values))


def grid_size(axes: Iterable[Axis]) -> int:
    """How many combinations a grid has."""
    return math.prod(len(axis.grid()) for axis in axes)


def grid_point(axes: Sequence[Axis], index: int) -> dict[str, Any]:
    """One combination of a grid, by its number from 0: the last setting changes first."""
    values = [axis.grid() for axis in axes]
    places = np.unravel_index(index, [len(options) for options in values])
    return {axis.name: options[place] for axis, options, place in zip(axes, values, places, strict=True)}


def runs_for_importances(varied: int) -> int:
    """How many evaluated runs it takes to tell which of so many settings mattered; with fewer it is mostly luck."""
    return max(LEAST_FOR_IMPORTANCES, RUNS_FOR_AN_AXIS * varied)


def _budget(runs: Any, minutes: Any) -> dict[str, Any]:
    most_runs, most_minutes, usual_minutes = budget_limits(Hosting.from_environment())
    return {"runs": most_runs.check(runs), "minutes": most_minutes.check(usual_minutes if minutes is None else minutes)}


def _check_something_is_left(sweep: Sweep, budget: dict[str, float]) -> None:
    if sweep.status().active:
        raise UsageError(f"The sweep {sweep.id} is still going.")
    tried = [trial for trial in sweep.trials() if trial["state"] not in ACTIVE_STATES and not trial["cut_short"]]
    if len(tried) >= budget["runs"]:
        raise UsageError(f"The sweep {sweep.id} has tried {len(tried)} of {budget['runs']} runs. Give it more runs.")
    if sweep.request["method"] == "grid" and len(tried) >= grid_size(sweep.axes):
        raise UsageError(f"The sweep {sweep.id} has tried all {len(tried)} combinations. Start one over other values.")
    if budget["minutes"] and sweep.worked_seconds >= 60 * budget["minutes"]:
        raise UsageError(f"The sweep {sweep.id} has spent its {budget['minutes']:g} minutes. Give it more minutes.")


@contextmanager
def _one_at_a_time(workspace: Workspace) -> Iterator[None]:
    folder = workspace.root / "sweeps"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "start.lock"):
        if any(sweep.status().active for sweep in list_sweeps(workspace)):
            raise UsageError("A sweep is going on, and there can be one at a time. Wait for its end, or stop it.")
        yield


def _is_revivable(sweep: Sweep) -> bool:
    revivals = sweep.written_status().facts.get("revivals", 0)
    return sweep.lost and not sweep.stop_requested and revivals < MOST_REVIVALS


def _set_going_again(workspace: Workspace, sweep: Sweep, revivals: int) -> None:
    facts = sweep.written_status().facts | {"revivals": revivals}
    sweep.forget()
    sweep.update(facts=facts)
    _launch(workspace, sweep)


def _launch(workspace: Workspace, sweep: Sweep) -> None:
    sweep.launch(WORKER, WORKBENCH_SLOTS=str(workspace.slots))


def _new_folder(workspace: Workspace, settings: RunSettings) -> Sweep:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for attempt in itertools.count(1):
        suffix = f"-{attempt}" if attempt > 1 else ""
        name = f"{SWEEP_ID_START}-{stamp}-{settings.dataset}-{settings.architecture}{suffix}"
        folder = workspace.root / "sweeps" / name
        if not folder.exists():
            folder.mkdir()
            return Sweep(folder)
    raise AssertionError


def _parse_axis(text: str, workspace: Workspace | None) -> Axis:
    name, equals, values = (part.strip() for part in text.partition("="))
    name = current_name(name)
    if not equals or not values:
        raise UsageError(f"{text!r} does not say what to vary. {HOW}")
    low, dots, high = values.partition("..")
    if not dots:
        options = [_checked(name, value.strip(), workspace) for value in values.split("|")]
        return Axis(name, options=tuple(dict.fromkeys(options)))
    if isinstance(PARAMETERS.get(name), Boolean):
        return Axis(name, options=(False, True))
    high, colon, scale = high.partition(":")
    if colon and scale.strip() != "log":
        raise UsageError(f"A range may end with ':log' and nothing else. Got {text!r}.")
    try:
        return Axis(name, float(low), float(high), bool(colon))
    except ValueError:
        raise UsageError(f"{text!r} has no numbers at its ends. {HOW}") from None


def _checked(name: str, value: str, workspace: Workspace | None) -> Any:
    """An option in the type of its setting."""
    if name == "architecture":
        return find_available(value, workspace).name
    return PARAMETERS[name].check(value) if name in PARAMETERS else value


def _read_axis(values: Mapping[str, Any]) -> Axis:
    """An axis as a request has it, that of an earlier build included, where what is true or false had a range."""
    axis = Axis(**dict(values) | {"name": current_name(values["name"]), "options": tuple(values["options"])})
    parameter = PARAMETERS[axis.name]
    if not isinstance(parameter, Boolean):
        return axis
    return Axis(axis.name, options=tuple(map(parameter.check, axis.options or (False, True))))


def _read_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was tried in a run, by the names and in the types of now."""
    values = with_current_names(values)
    booleans = {name: PARAMETERS[name] for name in values if isinstance(PARAMETERS.get(name), Boolean)}
    return values | {name: parameter.check(values[name]) for name, parameter in booleans.items()}
