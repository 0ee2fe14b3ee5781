"""The command that looks for the best settings by many runs."""

import argparse
import sys
from collections import defaultdict
from typing import Any

from core.commands.output import DONE, FAILED, ProgressLines, Result, progress_line, table
from core.commands.settings import add_settings, checked_name, settings_from
from core.datasets.importing import ensure_dataset
from core.errors import WorkbenchError
from core.evaluation.words import percent
from core.jobs.job import Status
from core.runs.lifecycle import wait
from core.runs.setting_words import setting_title, setting_value, values_in_words
from core.sweeps.sweep import DEFAULT_RUNS, METHODS, RUNS, Sweep, is_resumable, list_sweeps, parse_axes, start_sweep
from core.sweeps.words import accuracy_in_words, importances_in_words, optimism_in_words
from core.workspace import Workspace


def add_commands(add) -> None:
    """Add the command; `add(name, command, summary, **options)` gives its parser."""
    sweeping = add(
        "sweep",
        _sweep,
        "Try settings in many runs and say which are best by the validation images. Waits; Ctrl-C keeps what is done, "
        "and `resume` goes on from there.",
    )
    sweeping.add_argument("dataset", metavar="DATASET")
    add_settings(sweeping)
    sweeping.add_argument(
        "--over",
        required=True,
        metavar="SETTINGS",
        help="what to vary: learning_rate=1e-4..1e-2:log is a range, dropout=0.2|0.5 are options, commas in between",
    )
    methods = "; ".join(f"{name} {meaning}" for name, meaning in METHODS.items())
    sweeping.add_argument("--method", default="tpe", choices=list(METHODS), help=methods)
    limits = f"{RUNS.minimum:g} to {RUNS.maximum:g}; default {DEFAULT_RUNS}"
    sweeping.add_argument("--runs", default=DEFAULT_RUNS, metavar="N", help=f"how many at most ({limits})")
    sweeping.add_argument("--minutes", metavar="M", help="how long at most; 0, the default, is no limit")
    add("sweeps", _sweeps, "List the sweeps, newest first: how far they are, and the best of each.")


def _sweep(workspace: Workspace, options: argparse.Namespace) -> Result:
    for part in options.over.split(","):
        checked_name(part.partition("=")[0].strip())
    axes, settings = parse_axes(options.over, workspace), settings_from(workspace, options)
    dataset = ensure_dataset(workspace, options.dataset, progress_line)
    sweep = start_sweep(workspace, dataset, settings, axes, options.method, options.runs, options.minutes)
    return followed_sweep(workspace, sweep)


def followed_sweep(workspace: Workspace, sweep: Sweep) -> Result:
    """Wait for the end of a sweep that was set going, and say what came of it."""
    print(f"sweep {sweep.id}", file=sys.stderr)
    told, lines = [-1], defaultdict(ProgressLines)

    def tell(status: Status) -> None:
        if status.total and status.done != told[0]:
            told[0] = status.done
            print(f"{status.done} of {status.total} runs", file=sys.stderr)
        for _, run in sweep.going():
            if epochs := run.status().facts.get("epochs", 0):
                lines[run.id](f"{run.id}: epochs", epochs, run.settings.epochs)

    status = wait(sweep, tell)
    document = sweep.to_dict()
    if status.state == "failed":
        print(f"error: {status.error}", file=sys.stderr)
    if is_resumable(sweep):
        print(f"It goes on by: resume {sweep.id}", file=sys.stderr)
    return document, _in_words(workspace, sweep, document), FAILED if status.state == "failed" else DONE


def _in_words(workspace: Workspace, sweep: Sweep, document: dict[str, Any]) -> str:
    names = [axis.name for axis in sweep.axes]
    rows = [
        [
            trial["run"],
            *(setting_value(name, trial["values"][name]) for name in names),
            "" if trial["log_loss"] is None else f"{trial['log_loss']:.3f}",
            "" if trial["accuracy"] is None else f"{trial['accuracy']:.1%}",
            f"{trial['state']}: {trial['error']}" if trial["error"] else trial["state"],
        ]
        for trial in document["trials"]
    ]
    header = ["run", *map(setting_title, names), "validation log loss", "validation accuracy", ""]
    lines = [table(header, rows), *filter(None, [sweep.status().facts.get("note")])]
    if best := document["best"]:
        lines.append(
            f"Best by the log loss of the validation images: {values_in_words(best['values'])} ({best['run']})."
        )
        lines.append(f"It is {accuracy_in_words(best)}.")
        evaluated = sum(trial["log_loss"] is not None for trial in document["trials"])
        mattered = importances_in_words(document["importances"], evaluated, len(names))
        lines += filter(None, [optimism_in_words(document["trials"]), mattered, _tested(sweep, best)])
    return "\n".join(lines)


def _tested(sweep: Sweep, best: dict[str, Any]) -> str:
    """How the winner, and it alone, does on the test images; once the choice is made."""
    if sweep.status().state != "done":
        return ""
    try:
        found = sweep.run_of(best).evaluate("test")
    except WorkbenchError as error:
        return f"It can't be evaluated by the test images: {error}"
    low, high = (percent(end, found.n) for end in found.accuracy.interval)
    accuracy = percent(found.accuracy.value, found.n)
    images = f"{found.n:,} test images, which had no say in the choice"
    return f"Of {images}, it is right on {accuracy} (95 % interval {low} to {high})."


def _sweeps(workspace: Workspace, options: argparse.Namespace) -> Result:
    documents = [sweep.to_dict() for sweep in list_sweeps(workspace)]
    rows = [
        [
            entry["sweep"],
            entry["status"],
            f"{sum(trial['log_loss'] is not None for trial in entry['trials'])} of {entry['runs']} runs",
            f"{entry['seconds']:.0f} s",
            values_in_words(entry["best"]["values"]) if entry["best"] else "",
            entry["best"]["run"] if entry["best"] else "",
        ]
        for entry in documents
    ]
    header = ["sweep", "status", "evaluated", "worked", "best so far", "in the run"]
    return documents, table(header, rows) if rows else "There are no sweeps.", DONE
