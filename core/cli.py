"""The command line: the same functions as the pages, with tables for people and JSON for programs."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from core.architectures.registry import ARCHITECTURES
from core.datasets.importing import create_from_path, ensure_dataset, run_import
from core.datasets.samples import SAMPLES
from core.datasets.store import list_datasets
from core.errors import UsageError, WorkbenchError, in_words
from core.evaluation.metrics import percent, verdict
from core.jobs import Status
from core.runs.executor import start, wait
from core.runs.record import Run, find_run, list_runs
from core.runs.settings import PARAMETERS, read_settings
from core.workspace import Workspace

DONE, FAILED, BAD_USAGE = 0, 1, 2
Result = tuple[Any, str, int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 done, 1 failed, 2 bad usage.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        options = _parser().parse_args(arguments)
        document, text, code = options.command(Workspace.from_environment(), options)
    except (WorkbenchError, OSError) as error:
        document, text = {"error": in_words(error)}, ""
        code = BAD_USAGE if isinstance(error, UsageError) else FAILED
        print(f"error: {in_words(error)}", file=sys.stderr)
    except KeyboardInterrupt:
        document, text, code = {"error": "Stopped."}, "", FAILED
        print("Stopped.", file=sys.stderr)
    if "--json" in arguments:
        print(json.dumps(document, indent=1))  # as ASCII, which every console and pipe can carry
    elif text:
        print(text)
    return code


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints end as all other errors do, as JSON where JSON was asked for."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise UsageError(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description="From a folder of images to a judged classifier.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[..., Result], summary: str, **options: Any) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False, **options)
        added.add_argument("--json", action="store_true", help="one JSON document on stdout")
        added.set_defaults(command=command)
        return added

    add("datasets", _datasets, "List the datasets, the drawn samples included.")
    importing = add("import", _import, "Bring in a folder of class folders, or a zip of one.")
    importing.add_argument("path", metavar="PATH", type=Path)
    importing.add_argument("--name", default="", help="how to call it (default: the folder's name)")
    training = add(
        "train",
        _train,
        "Train a classifier and judge it on the test images. Waits for the end; Ctrl-C stops and keeps the best.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_settings_help(),
    )
    training.add_argument("dataset", metavar="DATASET")
    training.add_argument("--architecture", required=True, metavar="A", help=", ".join(ARCHITECTURES))
    training.add_argument("--epochs", metavar="N")
    training.add_argument("--seed", metavar="S", help="draw everything by this seed: the split, the weights, the order")
    training.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting; see below")
    add("runs", _runs, "List the runs, newest first.")
    evaluating = add("evaluate", _evaluate, "The figures of a run.")
    evaluating.add_argument("run", metavar="RUN", help="a run's id, or how it begins")
    evaluating.add_argument("--split", default="test", choices=("train", "validation", "test"))
    return parser


def _settings_help() -> str:
    lines = ["settings for --set (from scratch / on a frozen backbone):"]
    for parameter in PARAMETERS.values():
        defaults = " / ".join(f"{value:g}" for value in parameter.default.values())
        bounds = f"{parameter.minimum:g} to {parameter.maximum:g}"
        lines += [f"  {parameter.name}: {defaults}; {bounds}", f"      {parameter.explanation}"]
    lines += [
        "  image_size: the architecture's own; up to 1024",
        "  weights: imagenet; untrained, or the path of a file (frozen backbones only)",
        "  augmentation: none; such as flip_horizontal,rotation=15,zoom=10,shift=10,contrast=20,brightness=20",
        "  split_seed: the dataset's own; another number draws another split for this run, as --seed does",
    ]
    return "\n".join(lines)


def _datasets(workspace: Workspace, options: argparse.Namespace) -> Result:
    found = {dataset.name: dataset.summary() for dataset in list_datasets(workspace)}
    for name, sample in SAMPLES.items():
        classes = list(sample.class_names)
        count = len(classes) * sample.images_per_class
        not_yet = {"name": name, "title": sample.title, "drawn": True, "kind": "sample", "state": "not drawn yet"}
        found.setdefault(name, not_yet | {"images": count, "classes": classes})
    rows = [
        [entry["name"], f"{entry['images']:,}", str(len(entry["classes"])), _origin(entry), entry["state"]]
        for entry in found.values()
    ]
    return list(found.values()), table(["dataset", "images", "classes", "origin", "state"], rows), DONE


def _origin(entry: dict[str, Any]) -> str:
    return "drawn by the program, no photographs" if entry["drawn"] else entry["kind"]


def _import(workspace: Workspace, options: argparse.Namespace) -> Result:
    dataset = create_from_path(workspace, options.path, options.name)
    run_import(dataset, _progress_line)
    summary = dataset.summary()
    counts = dataset.counts()
    rows = [[name, *(f"{counts.at[name, split]:,}" for split in counts.columns)] for name in counts.index]
    lines = [f"{summary['name']}: {summary['images']:,} images", table(["class", *counts.columns], rows)]
    lines += [f"warning: {warning}" for warning in summary["warnings"]]
    lines += [f"left out: {entry['path']} {entry['problem']}" for entry in summary["unreadable"]]
    return summary, "\n".join(lines), DONE


def _train(workspace: Workspace, options: argparse.Namespace) -> Result:
    values: dict[str, Any] = {"dataset": options.dataset, "architecture": options.architecture}
    if options.epochs is not None:
        values["epochs"] = options.epochs
    if options.seed is not None:
        values |= {"seed": options.seed, "split_seed": options.seed}
    for assignment in options.set:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise UsageError(f"--set wants KEY=VALUE. Got {assignment!r}.")
        values[key] = value
    settings = read_settings(values)
    dataset = ensure_dataset(workspace, settings.dataset, _progress_line)
    run = start(workspace, dataset, settings)
    print(f"run {run.id}", file=sys.stderr)
    status = wait(run, _StatusLine(run))
    document = {"run": run.id, "status": status.state, "error": status.error, "seconds": status.seconds}
    document |= {"epochs": status.facts.get("epochs", 0), "device": status.facts.get("device", "")}
    document |= {"untrained": settings.untrained, "test": None}
    text = f"{run.id}: {status.state}" + (f"\n{status.error}" if status.error else "")
    if run.predictions_path.exists():
        document["test"] = run.evaluate("test")
        text += "\n" + _evaluation_text(run, document["test"])
    if status.state == "failed":
        print(f"error: {status.error}", file=sys.stderr)
    return document, text, FAILED if status.state == "failed" else DONE


def _runs(workspace: Workspace, options: argparse.Namespace) -> Result:
    summaries = [run.summary() for run in list_runs(workspace)]
    rows = [
        [
            entry["run"],
            entry["status"],
            "" if entry["accuracy"] is None else f"{entry['accuracy']:.1%}",
            f"{entry['seconds'] or 0:.0f} s",
            "untrained weights" if entry["untrained"] else "",
        ]
        for entry in summaries
    ]
    return summaries, table(["run", "status", "test accuracy", "took", ""], rows), DONE


def _evaluate(workspace: Workspace, options: argparse.Namespace) -> Result:
    run = find_run(workspace, options.run)
    evaluation = run.evaluate(options.split)
    document = {"run": run.id, "untrained": run.settings.untrained} | evaluation
    return document, _evaluation_text(run, evaluation), DONE


def _evaluation_text(run: Run, evaluation: dict[str, Any]) -> str:
    rows = [
        [entry["label"], *(f"{entry[key]:.3f}" for key in ("precision", "recall", "f1")), str(entry["support"])]
        for entry in evaluation["per_class"]
    ]
    low, high = (percent(value, evaluation["n"]) for value in evaluation["accuracy_ci95"])
    lines = [
        verdict(evaluation),
        f"accuracy {percent(evaluation['accuracy'], evaluation['n'])} (95 % interval {low} to {high}), "
        f"log loss {evaluation['log_loss']:.3f}, macro F1 {evaluation['macro_f1']:.3f}",
        table(["class", "precision", "recall", "F1", "images"], rows),
    ]
    if run.settings.untrained:
        lines.insert(0, "UNTRAINED weights: the backbone is random numbers. These figures say nothing about it.")
    return "\n".join(lines)


def table(header: list[str], rows: list[list[str]]) -> str:
    """Columns that line up: words to the left, numbers to the right."""
    widths = [max(len(row[index]) for row in [header, *rows]) for index in range(len(header))]
    is_number = [bool(rows) and all(row[index][:1].isdecimal() for row in rows) for index in range(len(header))]

    def line(row: list[str]) -> str:
        cells = zip(row, widths, is_number, strict=True)
        return "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells).rstrip()

    return "\n".join([line(header), *map(line, rows)])


def _progress_line(stage: str, done: int, total: int) -> None:
    if done == total or done % 200 == 0:
        print(f"{stage}: {done:,} of {total:,}", file=sys.stderr)


class _StatusLine:
    """Prints a line whenever a stage or an epoch begins."""

    def __init__(self, run: Run):
        self._run, self._last = run, ("", 0)

    def __call__(self, status: Status) -> None:
        epochs = status.facts.get("epochs", 0)
        if not status.active or (status.stage, epochs) == self._last:
            return
        self._last = (status.stage, epochs)
        text = status.stage
        if status.stage == "Training" and epochs:
            figures = [f"{key} {status.facts[key]:.3f}" for key in ("loss", "val_loss") if status.facts.get(key)]
            text = f"epoch {epochs} of {self._run.settings.epochs}: {', '.join(figures)}"
        print(text, file=sys.stderr)
