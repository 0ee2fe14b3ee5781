"""The process of a sweep: `python -m core.runs.sweep_worker SWEEP`, where SWEEP is the sweep's folder.

It asks Optuna which settings to try next, starts a run with them, and tells Optuna how that did.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.datasets.store import open_dataset
from core.errors import UsageError, WorkbenchError
from core.evaluation.comparison import right
from core.evaluation.metrics import log_loss
from core.jobs import Stopped, carry_out, identity
from core.runs.executor import start
from core.runs.queue import place_count
from core.runs.record import Run
from core.runs.settings import RunSettings
from core.runs.sweep import Axis, Sweep, grid_points, grid_size, settings_of_trial
from core.workspace import Workspace

if TYPE_CHECKING:  # the web process and the command line never wait for it
    import optuna

SECONDS_BETWEEN_LOOKS = 0.3
# Where few combinations are left, the same is proposed again and again.
MOST_PROPOSALS = 20
# As many runs are drawn at random before the estimator has something to learn from.
LEAST_AT_RANDOM, MOST_AT_RANDOM = 4, 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.runs.sweep_worker", description=__doc__.splitlines()[0])
    parser.add_argument("sweep", type=Path, help="the folder of the sweep")
    sweep = Sweep(parser.parse_args().sweep)
    if not sweep.request:
        parser.error(f"{sweep.folder} is not the folder of a sweep: it holds no request.json")
    sweep.update(state="running", stage="Starting", started=time.time(), processes=[identity()])

    def work() -> None:
        Sweeping(sweep).work()
        if sweep.stop_requested:
            raise Stopped

    return carry_out(sweep, work)


class Sweeping:
    """A sweep at work: as many runs at a time as the machine has places."""

    def __init__(self, sweep: Sweep):
        root = sweep.folder.resolve().parents[1]
        places = os.environ.get("WORKBENCH_PLACES")
        self._workspace = Workspace(root, Path(places).parent) if places else Workspace.at(root)
        self._sweep, self._request = sweep, sweep.request
        self._dataset = open_dataset(self._workspace, self._request["dataset"])
        minutes = self._request["minutes"]
        self._end = time.monotonic() + 60 * minutes if minutes else float("inf")
        self._proposals = _Proposals(sweep.axes, self._request)
        self._trials: list[dict[str, Any]] = []
        self._going: dict[str, Run] = {}

    def work(self) -> None:
        """Try settings until the budget is spent, all combinations were tried, or somebody stops it."""
        total = self._request["runs"]
        if self._request["method"] == "grid":
            total = min(total, grid_size(self._sweep.axes))
        more = True
        try:
            while more or self._going:
                more = more and len(self._trials) < total and not self._over
                if more and len(self._going) < place_count():
                    more = self._begin()
                elif self._over:
                    self._stop_runs()
                self._look(total)
                time.sleep(SECONDS_BETWEEN_LOOKS)
        finally:
            self._stop_runs()

    @property
    def _over(self) -> bool:
        return self._sweep.stop_requested or time.monotonic() > self._end

    def _begin(self) -> bool:
        """Start the next run; False where there is nothing new to try."""
        values, settings = self._next_settings()
        if settings is None:
            return False
        run = start(self._workspace, self._dataset, settings)
        self._going[run.id] = run
        trial = {"run": run.id, "values": values, "state": "queued", "log_loss": None, "accuracy": None}
        self._trials.append(trial)
        self._sweep.save_trials(self._trials)
        return True

    def _next_settings(self) -> tuple[dict[str, Any], RunSettings | None]:
        """What to vary next, and all settings of that run; passes over combinations that no run accepts."""
        for _ in range(MOST_PROPOSALS):
            values = self._proposals.next()
            if values is None:
                break
            try:
                return values, settings_of_trial(self._request["settings"], values)
            except UsageError as refusal:
                print(f"{values} is passed over: {refusal}", flush=True)
                self._proposals.tell(values, None)
        return {}, None

    def _look(self, total: int) -> None:
        """See which runs have ended, and write down how far the sweep is."""
        changed = False
        for trial in self._trials:
            run = self._going.get(trial["run"])
            if run is None:
                continue
            state = run.status().state
            if state == trial["state"]:
                continue
            changed, trial["state"] = True, state
            if not run.status().active:
                del self._going[run.id]
                trial |= _judgement(run)
                self._proposals.tell(trial["values"], trial["log_loss"])
        ended = len(self._trials) - len(self._going)
        if changed:
            self._sweep.save_trials(self._trials)
        status = self._sweep.written_status()
        if changed or (status.done, status.total) != (ended, total):
            seconds = (time.time() - (status.started or time.time())) / ended * (total - ended) if ended else None
            self._sweep.update(stage="Trying settings", done=ended, total=total, eta_seconds=seconds)

    def _stop_runs(self) -> None:
        for run in self._going.values():
            if not run.stop_requested:
                run.request_stop()


class _Proposals:
    """What to try next, by Optuna."""

    def __init__(self, axes: tuple[Axis, ...], request: dict[str, Any]):
        self._axes, self._tried = axes, []
        self._asked: list[tuple[dict[str, Any], optuna.Trial]] = []
        self._points = list(grid_points(axes)) if request["method"] == "grid" else None
        self._study = None if self._points is not None else _study(request)

    def next(self) -> dict[str, Any] | None:
        """Settings that were not tried yet; None where there seem to be none."""
        if self._points is not None:
            return self._points.pop(0) if self._points else None
        for _ in range(MOST_PROPOSALS):
            trial = self._study.ask()
            values = {axis.name: _suggested(trial, axis) for axis in self._axes}
            if values not in self._tried:
                self._tried.append(values)
                self._asked.append((values, trial))
                return values
            self._tell(trial, None)
        return None

    def tell(self, values: dict[str, Any], loss: float | None) -> None:
        """How settings did; None where they could not be judged."""
        for asked, trial in self._asked:
            if asked == values:
                self._tell(trial, loss)

    def _tell(self, trial: "optuna.Trial", loss: float | None) -> None:
        from optuna.trial import TrialState

        if loss is None:
            self._study.tell(trial, state=TrialState.FAIL)
        else:
            self._study.tell(trial, loss)


def _study(request: dict[str, Any]) -> "optuna.Study":
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    seed = request["settings"]["seed"]
    if request["method"] == "random":
        sampler = optuna.samplers.RandomSampler(seed=seed)
    else:
        at_random = min(MOST_AT_RANDOM, max(LEAST_AT_RANDOM, request["runs"] // 3))
        # A run that is going on counts as a bad one, so that two at a time don't try the same.
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=at_random, constant_liar=True)
    return optuna.create_study(direction="minimize", sampler=sampler)


def _suggested(trial: "optuna.Trial", axis: Axis) -> Any:
    if axis.options:
        return trial.suggest_categorical(axis.name, list(axis.options))
    if axis.whole:
        return trial.suggest_int(axis.name, round(axis.low), round(axis.high), log=axis.log)
    # Four digits are more than any setting needs, and can be read.
    return float(f"{trial.suggest_float(axis.name, axis.low, axis.high, log=axis.log):.4g}")


def _judgement(run: Run) -> dict[str, Any]:
    """Log loss and accuracy on the validation images, where the run came so far."""
    try:
        rows = run.predictions().of("validation")
    except WorkbenchError:
        return {}
    if not len(rows):
        return {}
    return {"log_loss": log_loss(rows.true, rows.probabilities), "accuracy": float(right(rows).mean())}


if __name__ == "__main__":
    sys.exit(main())
