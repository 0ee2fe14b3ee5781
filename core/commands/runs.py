"""Commands about runs: train, list, judge."""

import argparse
import sys
from typing import Any

from core.architectures.registry import ARCHITECTURES
from core.commands.output import DONE, FAILED, Result, progress_line, table
from core.datasets.importing import ensure_dataset
from core.errors import UsageError
from core.evaluation.metrics import verdict
from core.jobs import Status
from core.runs.executor import can_judge, extend, judge, resume, start, wait
from core.runs.record import Run, find_run, list_runs
from core.runs.settings import BOTH, GROUPS, Choice, Parameter, RunSettings, read_settings, settings_in
from core.workspace import Workspace

RUN_HELP = "a run's id, or how it begins"
FIGURES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
    "top_k": "",
    "kappa": "Cohen's kappa",
    "mcc": "Matthews correlation",
    "log_loss": "log loss",
    "brier": "Brier score",
    "ece": "calibration error",
}
CLASS_FIGURES = ("precision", "recall", "f1", "average_precision")


def add_commands(add) -> None:
    """Add the commands; `add(name, command, summary, **options)` gives the parser of a new one."""
    training = add(
        "train",
        _train,
        "Train a classifier and judge it on the test images. Waits for the end; Ctrl-C stops and keeps the best.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_settings_help(),
    )
    training.add_argument("dataset", metavar="DATASET")
    add_settings(training)
    stopping = add("stop", _stop, "Stop a run and keep its best. It can be resumed.")
    stopping.add_argument("run", metavar="RUN", help=RUN_HELP)
    resuming = add("resume", _resume, "Go on with a run that was stopped or died, from its last whole epoch.")
    resuming.add_argument("run", metavar="RUN", help=RUN_HELP)
    extending = add("extend", _extend, "Train more epochs of a run that has ended.")
    extending.add_argument("run", metavar="RUN", help=RUN_HELP)
    extending.add_argument("--epochs", required=True, metavar="N", help="how many more")
    add("runs", _runs, "List the runs, newest first.")
    evaluating = add(
        "evaluate", _evaluate, "The figures of a run, each with its 95 % interval. Of one that was killed: of its best."
    )
    evaluating.add_argument("run", metavar="RUN", help=RUN_HELP)
    evaluating.add_argument("--split", default="test", choices=("train", "validation", "test"))
    evaluating.add_argument(
        "--threshold", type=float, metavar="T", help="of two classes, answer --positive from this probability on"
    )
    evaluating.add_argument(
        "--positive", metavar="CLASS", help="what --threshold is about; by default the second class"
    )
    evaluating.add_argument(
        "--calibrate", action="store_true", help="first fit a temperature on the validation images, and apply it"
    )


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add what `settings_from` reads, the dataset aside."""
    parser.add_argument("--architecture", required=True, metavar="A", help=", ".join(ARCHITECTURES))
    parser.add_argument("--epochs", metavar="N")
    parser.add_argument("--seed", metavar="S", help="draw everything by this seed: the split, the weights, the order")
    parser.add_argument(
        "--augmentation", metavar="RECIPE", help="what varies: typed as below, or the name of a recipe (see `recipes`)"
    )
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting; see below")


def _settings_help() -> str:
    lines = ["settings for --set (from scratch / on a frozen backbone):"]
    for group in GROUPS:
        lines.append(f"{group}:")
        for setting in settings_in(group):
            lines += _setting_help(setting)
    lines.append("What is trained, and where:")
    lines += [
        "  image_size: the architecture's own; up to 1024",
        "  weights: imagenet; untrained, or the path of a file (frozen backbones only)",
        "  augmentation: none; a name that `recipes` lists, or steps such as flip_horizontal,rotation=15,zoom=-5..20,"
        "erasing=5..20@0.3;",
        "      one number goes that far either way, two are a range, and @ is the share of images; from scratch also "
        "mixup@0.5,cutmix",
        "  split_seed: the dataset's own; another number draws another split for this run, as --seed does",
        "  fold: the dataset's own; which of its folds tests in this run, where it is divided into folds",
        "  runtime: auto; or the way to compute, such as tensorflow-float32 (`plan` lists them)",
        "  gpu: auto; or the number of a GPU, or all of them at once",
    ]
    return "\n".join(lines)


def _setting_help(setting: Parameter | Choice) -> list[str]:
    only = "" if setting.kinds == BOTH else f" ({setting.kinds[0]} only)"
    if isinstance(setting, Parameter):
        defaults = " / ".join(f"{value:g}" for value in setting.default.values())
        bounds = f"{setting.minimum:g} to {setting.maximum:g}"
        return [f"  {setting.name}: {defaults}; {bounds}{only}", f"      {setting.explanation}"]
    lines = [f"  {setting.name}: {setting.default}; one of {', '.join(setting.options)}{only}"]
    lines.append(f"      {setting.explanation}")
    return lines + [f"      {option}: {meaning}" for option, meaning in setting.options.items()]


def settings_from(workspace: Workspace, options: argparse.Namespace) -> RunSettings:
    """The settings of a run as they were typed, complete and checked.

    Raises
    ------
    UsageError
        If one of them is not acceptable.
    """
    values: dict[str, Any] = {"dataset": options.dataset, "architecture": options.architecture}
    if options.epochs is not None:
        values["epochs"] = options.epochs
    if options.seed is not None:
        values |= {"seed": options.seed, "split_seed": options.seed}
    if options.augmentation is not None:
        values["augmentation"] = options.augmentation
    for assignment in options.set:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise UsageError(f"--set wants KEY=VALUE. Got {assignment!r}.")
        values[key] = value
    return read_settings(values, workspace)


def _train(workspace: Workspace, options: argparse.Namespace) -> Result:
    settings = settings_from(workspace, options)
    dataset = ensure_dataset(workspace, settings.dataset, progress_line)
    run = start(workspace, dataset, settings)
    return _followed(run)


def _stop(workspace: Workspace, options: argparse.Namespace) -> Result:
    run = find_run(workspace, options.run)
    if not run.status().active:
        raise UsageError(f"The run {run.id} is not going, so there is nothing to stop.")
    run.request_stop()
    status = wait(run)
    return {"run": run.id, "status": status.state, "error": status.error}, f"{run.id}: {status.state}", DONE


def _resume(workspace: Workspace, options: argparse.Namespace) -> Result:
    run = find_run(workspace, options.run)
    resume(workspace, run)
    return _followed(run)


def _extend(workspace: Workspace, options: argparse.Namespace) -> Result:
    run = find_run(workspace, options.run)
    extend(workspace, run, options.epochs)
    return _followed(run)


def _followed(run: Run) -> Result:
    """Wait for the end of a run that was set going, and say what came of it."""
    print(f"run {run.id}", file=sys.stderr)
    status = wait(run, _StatusLine(run))
    document = {"run": run.id, "status": status.state, "error": status.error, "seconds": status.seconds}
    document |= {"epochs": status.facts.get("epochs", 0), "device": status.facts.get("device", "")}
    document |= {"untrained": run.settings.untrained, "test": None}
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
    if can_judge(run):
        print(f"The run {run.id} ended before it was judged. Judging its best weights.", file=sys.stderr)
        judge(workspace, run)
        wait(run, _StatusLine(run))
    evaluation = run.evaluate(options.split, options.threshold, options.calibrate, _positive(run, options.positive))
    document = {"run": run.id, "untrained": run.settings.untrained} | evaluation
    return document, _evaluation_text(run, evaluation), DONE


def _positive(run: Run, name: str | None) -> int:
    """The index of the class that a threshold is about."""
    if name is None:
        return 1
    names = run.predictions().class_names
    if name not in names:
        raise UsageError(f"There is no class {name!r}. There are: {', '.join(names[:10])}.")
    return names.index(name)


def _evaluation_text(run: Run, evaluation: dict[str, Any]) -> str:
    rows = [
        [entry["label"], *(f"{entry[key]:.3f}" for key in CLASS_FIGURES), str(entry["support"])]
        for entry in evaluation["per_class"]
    ]
    lines = [
        verdict(evaluation),
        *_how_it_was_judged(evaluation),
        table(["", "figure", "95 % interval"], _figure_rows(evaluation)),
        f"Guessing at random would be right on {evaluation['chance']:.1%}.",
        table(["class", "precision", "recall", "F1", "average precision", "images"], rows),
    ]
    status = run.status()
    if status.state in ("failed", "stopped"):
        epochs = f"{status.facts.get('epochs', 0)} of {run.settings.epochs} epochs"
        lines.insert(0, f"The run {status.state} after {epochs}; its best weights are judged.")
    if run.settings.untrained:
        lines.insert(0, "UNTRAINED weights: the backbone is random numbers. These figures say nothing about it.")
    return "\n".join(lines)


def _how_it_was_judged(evaluation: dict[str, Any]) -> list[str]:
    """What was done to the answers, and to the images that the intervals come from, in words."""
    lines = []
    if evaluation["threshold"] is not None:
        lines.append(f"“{evaluation['positive']}” is answered from a probability of {evaluation['threshold']:g} on.")
    if evaluation["temperature"] != 1:
        softer = "less" if evaluation["temperature"] > 1 else "more"
        lines.append(
            f"Temperature {evaluation['temperature']:.3f}, fitted on validation images: {softer} sure of itself."
        )
    if evaluation["groups"] < evaluation["n"]:
        lines.append(
            f"Images that belong together are drawn together for the intervals: {evaluation['groups']:,} groups. "
            f"Accuracy's would be {_interval_text(evaluation['accuracy_bootstrap_ci95'])} so."
        )
    return lines


def _figure_rows(evaluation: dict[str, Any]) -> list[list[str]]:
    rows = []
    for key, name in FIGURES.items():
        value = evaluation[key]
        if key == "top_k":
            name, value = f"right within the {value['k']} most probable", value["value"]
        rows.append([name, f"{value:.3f}", _interval_text(evaluation[f"{key}_ci95"])])
    return rows


def _interval_text(ends: list[float]) -> str:
    return " to ".join(f"{end:.3f}" for end in ends)


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
