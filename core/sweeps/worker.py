"""The process of a sweep: `python -m core.sweeps.worker SWEEP`, where SWEEP is the sweep's folder.

It asks Optuna which settings to try next, starts a run with them, and tells Optuna how that did.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from core.datasets.store import Dataset, open_dataset
from core.errors import WorkbenchError, in_words
from core.evaluation.intervals import wilson
from core.evaluation.probability_scores import log_loss
from core.hosting import Hosting
from core.jobs.job import ACTIVE_STATES, Stopped, carry_out, identity
from core.jobs.queue import Queue
from core.jobs.slots import slot_count
from core.runs.lifecycle import can_resume, resume, start
from core.runs.record import Run, delete_run
from core.runs.settings import RunSettings
from core.sweeps.proposals import importances, propose
from core.sweeps.sweep import Sweep, check_same_images, settings_of_trial
from core.workspace import Workspace

SECONDS_BETWEEN_LOOKS = 0.3
SECONDS_BETWEEN_REPORTS = 3
# A run may fail for its settings; where so many do one after the other, something else is wrong.
MOST_FAILURES = 3
UNEVALUATED = {
    "error": "",
    "cut_short": False,
    "log_loss": None,
    "accuracy": None,
    "accuracy_ci95": None,
    "images": None,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.sweeps.worker", description=__doc__)
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
    """A sweep at work: as many runs at a time as the machine has slots, but one where it is shared with strangers."""

    def __init__(self, sweep: Sweep):
        self._workspace = Workspace.holding(sweep.folder)
        self._sweep, self._request, self._axes, self._total = sweep, sweep.request, sweep.axes, sweep.total
        self._at_once = 1 if Hosting.from_environment().hosted else slot_count()
        self._seconds = 60 * self._request["minutes"] or float("inf")
        self._worked, self._reported, self._seen = sweep.worked_seconds, -1.0, time.monotonic()
        self._trials: list[dict[str, Any]] = sweep.trials()
        self._going: dict[str, Run] = {}
        self._failures = 0
        self._problem = ""

    def work(self) -> None:
        """Try settings until the budget is spent, all combinations were tried, or somebody stops it.

        Raises
        ------
        WorkbenchError
            If it can't go on: what was tried is kept, and it can be resumed.
        """
        more = True
        try:
            self._take_up()
            while more or self._going:
                self._count_time()
                if self._over:
                    more = False
                    self._stop_runs()
                elif more and len(self._going) < self._at_once:
                    more = self._begin()
                self._look()
                time.sleep(SECONDS_BETWEEN_LOOKS)
        finally:
            self._stop_runs()
        spent = self._worked >= self._seconds and len(self._trials) < self._total
        note = f"Its {self._request['minutes']:g} minutes were spent before all {self._total} runs." if spent else ""
        self._sweep.update(facts={"importances": importances(self._axes, self._trials), "note": note})
        if self._problem:
            raise WorkbenchError(f"{self._problem} What was tried is kept, and the sweep can go on from there.")

    def _take_up(self) -> None:
        """Look after the runs that an earlier process of this sweep had going, or ended before their time."""
        Queue(self._workspace.slots).revive()
        for trial in self._trials:
            if trial["state"] not in ACTIVE_STATES and not trial["cut_short"]:
                continue
            run = self._sweep.run_of(trial)
            try:
                if not _is_on_its_way(run, trial):
                    run = self._set_going_again(run, trial)
            except (WorkbenchError, OSError) as error:
                self._problem = f"A run could not go on: {in_words(error)}"
                trial |= {"state": "failed", "error": in_words(error), "cut_short": True}
                continue
            trial |= UNEVALUATED | {"state": "queued"}
            self._going[run.id] = run
        self._sweep.save_trials(self._trials)

    def _set_going_again(self, run: Run, trial: dict[str, Any]) -> Run:
        """Resume a run from its last whole epoch; where there is none, a new one takes its place."""
        dataset = self._dataset()
        if can_resume(run):
            resume(self._workspace, run)
            return run
        new = start(self._workspace, dataset, self._settings_of(trial["values"]))
        if run.folder.exists():
            delete_run(run)
        trial["run"] = new.id
        return new

    @property
    def _over(self) -> bool:
        return self._sweep.stop_requested or self._worked >= self._seconds

    def _dataset(self) -> Dataset:
        """What is trained on, as long as it is what the first run was trained on."""
        dataset = open_dataset(self._workspace, self._request["dataset"])
        check_same_images(dataset, self._request)
        return dataset

    def _begin(self) -> bool:
        """Start the next run; False where none is left to try, or none can be started."""
        if len(self._trials) >= self._total or self._problem:
            return False
        try:
            dataset = self._dataset()
            found = propose(self._request, self._axes, self._trials, lambda values: self._accepted(values, dataset))
            if found is None:
                return False
            values, settings = found
            run = start(self._workspace, dataset, settings)
        except (WorkbenchError, OSError) as error:
            self._problem = f"No further run could be started: {in_words(error)}"
            return False
        self._going[run.id] = run
        self._trials.append({"run": run.id, "values": values, "state": "queued"} | UNEVALUATED)
        self._sweep.save_trials(self._trials)
        return True

    def _accepted(self, values: dict[str, Any], dataset: Dataset) -> RunSettings:
        settings = self._settings_of(values)
        settings.design.table(settings.image_size, len(dataset.class_names), settings.dropout, settings.hidden)
        return settings

    def _settings_of(self, values: dict[str, Any]) -> RunSettings:
        return settings_of_trial(self._request["settings"], values, self._request.get("networks"))

    def _count_time(self) -> None:
        """Count the time since the last look, unless all that goes on is that its runs wait in line for a slot."""
        now = time.monotonic()
        statuses = [run.written_status() for run in self._going.values()]
        if not statuses or any(status.state != "queued" or not status.stage for status in statuses):
            self._worked += now - self._seen
        self._seen = now

    def _look(self) -> None:
        """See which runs have ended, and write down how far the sweep is."""
        changed = False
        for trial in self._trials:
            run = self._going.get(trial["run"])
            if run is None:
                continue
            status = run.status()
            if status.state == trial["state"]:
                continue
            changed, trial["state"] = True, status.state
            if not status.active:
                del self._going[run.id]
                self._ended(trial, run)
        if changed:
            self._sweep.save_trials(self._trials)
        if changed or self._worked - self._reported >= SECONDS_BETWEEN_REPORTS or self._reported < 0:
            self._report()

    def _ended(self, trial: dict[str, Any], run: Run) -> None:
        """Evaluate a run that has ended, and see whether something is wrong with all of them."""
        status = run.status()
        if not run.folder.exists():
            trial |= {"state": "deleted", "error": "The run was deleted."}
            return
        trial["cut_short"] = status.state == "stopped" and self._over
        trial |= {"error": status.error.partition("\n")[0]} | self._evaluation(run)
        # One that diverged has told something about its settings.
        failed = status.state == "failed" and not run.record.diverged
        self._failures = self._failures + 1 if failed else 0
        if self._failures == MOST_FAILURES and not self._problem:
            self._problem = (
                f"{MOST_FAILURES} runs in a row failed, so no more were tried. The last one: {trial['error']}"
            )

    def _report(self) -> None:
        self._reported = self._worked
        ended = len(self._trials) - len(self._going)
        left = min(self._worked / ended * (self._total - ended), self._seconds - self._worked) if ended else None
        facts = {"worked_seconds": round(self._worked, 2)}
        self._sweep.update(stage="Trying settings", done=ended, total=self._total, eta_seconds=left, facts=facts)

    def _stop_runs(self) -> None:
        """End the runs that are going, which count as they are unless the sweep goes on later."""
        uncut = [trial for trial in self._trials if trial["run"] in self._going and not trial["cut_short"]]
        for trial in uncut:
            self._going[trial["run"]].request_stop()
            trial["cut_short"] = True
        if uncut:
            self._sweep.save_trials(self._trials)

    def _evaluation(self, run: Run) -> dict[str, Any]:
        """Log loss and accuracy on the validation images, where the run came so far."""
        version = run.record.dataset_version
        if version not in (None, self._request["dataset_version"]):
            return {"error": "It was trained on other images: the dataset was changed meanwhile."}
        try:
            rows = run.predictions().of("validation")
        except WorkbenchError:
            return {}
        if not len(rows):
            return {}
        count, hits = len(rows), int(rows.right.sum())
        accuracy = {"accuracy": hits / count, "accuracy_ci95": list(wilson(hits, count)), "images": count}
        return accuracy | {"log_loss": log_loss(rows.true, rows.probabilities)}


def _is_on_its_way(run: Run, trial: dict[str, Any]) -> bool:
    """Whether a run still goes, or came to an end of its own.

    One that failed while its sweep was gone did so with it, as far as anyone knows, and gets another chance.
    """
    status = run.status()
    own_end = status.state == "done" or (status.state == "stopped" and not trial["cut_short"])
    return status.active or own_end or run.record.diverged


if __name__ == "__main__":
    sys.exit(main())
