"""Commands about what goes on, or could: stopping, resuming, extending and retraining runs and sweeps."""

import argparse
from typing import Any

from core.commands.output import DONE, Result
from core.commands.runs import RUN_HELP, followed, warned
from core.commands.sweep import followed_sweep
from core.datasets.store import open_dataset
from core.errors import UsageError
from core.runs.comparison import compare_runs
from core.runs.lifecycle import extend, resume, wait
from core.runs.lineage import retrain
from core.runs.record import Run, find_run
from core.sweeps.sweep import SWEEP_ID_START, Sweep, find_sweep, resume_sweep
from core.workspace import Workspace

EITHER_HELP = "the id of a run or a sweep, how it begins, or the name of a run"


def add_commands(add) -> None:
    """Add the commands; `add(name, command, summary, **options)` gives the parser of a new one."""
    stopping = add(
        "stop", _stop, "Stop a run and keep its best, or a sweep with the run it has going. Both can be resumed."
    )
    stopping.add_argument("id", metavar="ID", help=EITHER_HELP)
    resuming = add(
        "resume",
        _resume,
        "Go on with a run that was stopped or died, from its last whole epoch, or with a sweep, where it stood.",
    )
    resuming.add_argument("id", metavar="ID", help=EITHER_HELP)
    resuming.add_argument("--runs", metavar="N", help="of a sweep: how many at most from now on, those tried included")
    resuming.add_argument("--minutes", metavar="M", help="of a sweep: how long at most, what it has worked included")
    extending = add("extend", _extend, "Train more epochs of a run that has ended.")
    extending.add_argument("run", metavar="RUN", help=RUN_HELP)
    extending.add_argument("--epochs", required=True, metavar="N", help="how many more")
    retraining = add(
        "retrain",
        _retrain,
        "Train a new run with the settings of an old one, after its images were relabelled or excluded, and say which "
        "is better.",
    )
    retraining.add_argument("run", metavar="RUN", help=RUN_HELP)


def _stop(workspace: Workspace, options: argparse.Namespace) -> Result:
    job = _find(workspace, options.id)
    kind = "sweep" if isinstance(job, Sweep) else "run"
    if not job.status().active and not (isinstance(job, Sweep) and job.going()):
        raise UsageError(f"The {kind} {job.id} is not going, so there is nothing to stop.")
    going = [run for _, run in job.going()] if isinstance(job, Sweep) else []
    job.request_stop()
    status = wait(job)
    for run in going:
        wait(run)
    document: dict[str, Any] = {kind: job.id, "status": status.state, "error": status.error}
    if kind == "sweep":
        document["runs"] = [run.id for run in going]
    return document, f"{job.id}: {status.state}", DONE


def _resume(workspace: Workspace, options: argparse.Namespace) -> Result:
    job = _find(workspace, options.id)
    if isinstance(job, Sweep):
        resume_sweep(workspace, job, options.runs, options.minutes)
        return followed_sweep(workspace, job)
    if options.runs is not None or options.minutes is not None:
        raise UsageError(f"{job.id} is a run: --runs and --minutes are of sweeps. Add epochs to a run by `extend`.")
    resume(workspace, job)
    return followed(job)


def _extend(workspace: Workspace, options: argparse.Namespace) -> Result:
    run = find_run(workspace, options.run)
    extend(workspace, run, options.epochs)
    return followed(run)


def _retrain(workspace: Workspace, options: argparse.Namespace) -> Result:
    old = find_run(workspace, options.run)
    dataset = open_dataset(workspace, old.settings.dataset)
    new = retrain(workspace, dataset, old)
    document, text, code = followed(new, warned(dataset, old.settings))
    document |= {"before": old.id, "compared": None}
    if old.predictions_path.exists() and new.predictions_path.exists():
        compared = compare_runs([old, new])
        document["compared"] = compared.to_dict()
        text = "\n".join([text, "", *filter(None, [compared.remark, compared.answer])])
    return document, text, code


def _find(workspace: Workspace, name: str) -> Run | Sweep:
    return find_sweep(workspace, name) if name.startswith(SWEEP_ID_START) else find_run(workspace, name)
