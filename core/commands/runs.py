"""Commands about runs: train, list, evaluate."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from core.advice.diagnosis import diagnosis_of
from core.commands.output import DONE, FAILED, ProgressLines, Result, progress_line, table
from core.commands.settings import add_settings, settings_from
from core.datasets.importing import ensure_dataset
from core.datasets.store import Dataset
from core.errors import UsageError, WorkbenchError
from core.evaluation.evaluation import Evaluation
from core.evaluation.predictions import DamagedPredictions
from core.evaluation.score import Score
from core.evaluation.verdict import class_remarks, verdict
from core.evaluation.words import percent
from core.jobs.job import Status
from core.runs.evaluation_state import evaluation_state_of, wait_for_evaluation
from core.runs.labels import read_labels
from core.runs.lifecycle import can_evaluate, evaluate, start, wait, warnings_before
from core.runs.record import Run, find_run, list_runs
from core.runs.settings import RunSettings
from core.runs.settings.listing import as_text
from core.sweeps.sweep import sweeps_by_run
from core.workspace import Workspace

RUN_HELP = "a run's id, how it begins, or its name"
SCORE_TITLES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
    "top_k": "",  # which names k
    "kappa": "Cohen's kappa",
    "mcc": "Matthews correlation",
    "log_loss": "log loss",
    "brier": "Brier score",
    "ece": "calibration error",
}
TOP_1_TITLE = "truth is the most probable class"
# Instead of a score that would be 0/0.
UNTOLD = "–"


def add_commands(add) -> None:
    """Add the commands; `add(name, command, summary, **options)` gives the parser of a new one."""
    training = add(
        "train",
        _train,
        "Train a classifier and evaluate it on the test images. Waits for the end; Ctrl-C stops and keeps the best.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=as_text(),
    )
    training.add_argument("dataset", metavar="DATASET")
    add_settings(training)
    add("runs", _runs, "List the runs, newest first.")
    evaluating = add(
        "evaluate", _evaluate, "The scores of a run, each with its 95 % interval. Of one that was killed: of its best."
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
        "--calibrate",
        action="store_true",
        help="temperature scaling: first fit a temperature on the validation images, and apply it",
    )


def _train(workspace: Workspace, options: argparse.Namespace) -> Result:
    settings = settings_from(workspace, options)
    dataset = ensure_dataset(workspace, settings.dataset, progress_line)
    run = start(workspace, dataset, settings)
    return followed(run, warned(dataset, settings))


def warned(dataset: Dataset, settings: RunSettings) -> list[str]:
    """What is to be known before a training, which is told right away."""
    warnings = warnings_before(dataset, settings)
    for words in warnings:
        print(f"warning: {words}", file=sys.stderr)
    return warnings


def followed(run: Run, warnings: Sequence[str] = ()) -> Result:
    """Wait for the end of a run that was set going, and say what came of it.

    Parameters
    ----------
    warnings
        What was told before it began.
    """
    print(f"run {run.id}", file=sys.stderr)
    status = wait(run, _StatusLine(run))
    document = {"run": run.id, "status": status.state, "error": status.error, "seconds": status.seconds}
    document |= {"epochs": status.facts.get("epochs", 0), "device": run.record.device}
    diagnosis = diagnosis_of(run)
    document |= {"untrained": run.settings.untrained, "judged": None, "test": None, "diagnosis": diagnosis.to_dict()}
    document |= {"warnings": list(warnings)}
    text = f"{run.id}: {status.state}" + (f"\n{status.error}" if status.error else "")
    if run.predictions_path.exists():
        document["judged"] = evaluated(run)
        evaluation = run.evaluate("test")
        document["test"] = evaluation.to_dict()
        text += "\n" + _evaluation_text(run, evaluation)
    elif diagnosis.words:
        text += f"\n{diagnosis.words}"
    if status.state == "failed":
        print(f"error: {status.error}", file=sys.stderr)
    return document, text, FAILED if status.state == "failed" else DONE


def _runs(workspace: Workspace, options: argparse.Namespace) -> Result:
    sweeps = sweeps_by_run(workspace.root)
    summaries = []
    for run in list_runs(workspace):
        labels = read_labels(run)
        named = {"name": labels.name, "star": labels.star, "notes": labels.notes}
        summaries.append(run.summary() | named | {"sweep": sweeps.get(run.id)})
    rows = [
        [
            entry["run"],
            entry["name"],
            "starred" if entry["star"] else "",
            entry["status"],
            "" if entry["accuracy"] is None else f"{entry['accuracy']:.1%}",
            f"{entry['seconds'] or 0:.0f} s",
            "untrained weights" if entry["untrained"] else "",
            f"of {entry['sweep']}" if entry["sweep"] else "",
        ]
        for entry in summaries
    ]
    return summaries, table(["run", "name", "", "status", "test accuracy", "took", "", ""], rows), DONE


def _evaluate(workspace: Workspace, options: argparse.Namespace) -> Result:
    run = find_run(workspace, options.run)
    if options.positive is not None and options.threshold is None:
        raise UsageError("--positive says which class --threshold is about. Give both, or neither.")
    _evaluate_if_needed(workspace, run)
    evaluation = run.evaluate(options.split, options.threshold, options.calibrate, _positive(run, options.positive))
    document = {"run": run.id, "untrained": run.settings.untrained, "judged": evaluated(run)}
    document |= {"diagnosis": diagnosis_of(run).to_dict()} | evaluation.to_dict()
    return document, _evaluation_text(run, evaluation), DONE


def evaluated(run: Run) -> dict[str, Any]:
    """What its answers are of, and which of its classes are called otherwise by now, JSON-ready."""
    return evaluation_state_of(run).to_dict() | {"renamed": run.naming().renamed}


def _evaluate_if_needed(workspace: Workspace, run: Run) -> None:
    """See that the best weights there are have been evaluated, also those of a run that is still going."""
    standing, watch = evaluation_state_of(run), _StatusLine(run)
    damage = _damage(run)
    try:
        if standing.only_evaluates:
            wait(run, watch)
        elif standing.active and (standing.can_ask or not standing.evaluated or damage):
            if standing.best_epoch:
                words = f"The run {run.id} still trains. It evaluates its best so far once the epoch in hand has ended."
                print(words, file=sys.stderr)
            wait_for_evaluation(run, watch)
        elif can_evaluate(run) or (damage and run.best_weights.exists()):
            reason = damage or f"The run {run.id} ended before its best weights were evaluated."
            print(f"{reason} Evaluating them.", file=sys.stderr)
            evaluate(workspace, run)
            status = wait(run, watch)
            if can_evaluate(run):
                raise WorkbenchError(f"Its best weights could not be evaluated: {status.error.partition(chr(10))[0]}")
        elif damage:
            raise WorkbenchError(f"{damage} It kept no weights to evaluate anew. Train again.")
    except WorkbenchError as error:
        if damage or not standing.evaluated:
            raise
        print(f"{error} These are its older answers.", file=sys.stderr)


def _damage(run: Run) -> str:
    """What is wrong with the file of predictions; "" where nothing is, or it is not there."""
    try:
        if run.predictions_path.exists():
            run.predictions()
    except DamagedPredictions:
        return f"The predictions of the run {run.id} are damaged."
    except WorkbenchError:
        pass  # they are whole, but no probabilities: evaluating again would give the same
    return ""


def _positive(run: Run, name: str | None) -> int:
    """The index of the class that a threshold is about."""
    if name is None:
        return 1
    names = run.predictions().class_names
    if name not in names:
        raise UsageError(f"There is no class {name!r}. There are: {', '.join(names[:10])}.")
    return names.index(name)


def _evaluation_text(run: Run, evaluation: Evaluation) -> str:
    rows = [
        [each.label, *(_score_text(score) for score in each.scores.values()), str(each.support)]
        for each in evaluation.classes
    ]
    lines = [
        verdict(evaluation),
        *class_remarks(evaluation, diagnosis_of(run).unlearned),
        *filter(None, [diagnosis_of(run).words]),
        *_how_it_was_evaluated(evaluation),
        table(["", "figure", "95 % interval"], _score_rows(evaluation)),
        *(f"{SCORE_TITLES[name]} can't be told: {reason}." for name, reason in evaluation.undefined.items()),
        f"Guessing at random would be right on {percent(evaluation.chance, evaluation.n)}.",
        table(["class", "precision", "recall", "F1", "average precision", "images"], rows),
    ]
    lines[:0] = filter(None, [evaluation_state_of(run).words(), run.naming().words()])
    if run.settings.untrained:
        lines.insert(0, "UNTRAINED weights: the backbone is random numbers. These figures say nothing about it.")
    return "\n".join(lines)


def _how_it_was_evaluated(evaluation: Evaluation) -> list[str]:
    """What was done to the answers, and to the images that the intervals come from, in words."""
    lines = []
    if evaluation.threshold is not None:
        lines.append(f"“{evaluation.positive}” is answered from a probability of {evaluation.threshold:g} on.")
    if evaluation.temperature != 1:
        softer = "less" if evaluation.temperature > 1 else "more"
        lines.append(f"Temperature {evaluation.temperature:.3f}, fitted on validation images: {softer} sure of itself.")
    if evaluation.group_count < evaluation.n and evaluation.accuracy_bootstrap is not None:
        lines.append(
            f"Images that belong together are drawn together for the intervals: {evaluation.group_count:,} groups. "
            f"Accuracy's would be {_interval_text(*evaluation.accuracy_bootstrap)} so."
        )
    return lines


def _score_rows(evaluation: Evaluation) -> list[list[str]]:
    rows = []
    for name, title in SCORE_TITLES.items():
        score = evaluation.scores[name]
        if name == "top_k":
            several = evaluation.k > 1
            title = f"truth among the {evaluation.k} most probable classes" if several else TOP_1_TITLE
        rows.append([title, _score_text(score), _interval_text(*score.interval) if score.defined else ""])
    return rows


def _score_text(score: Score) -> str:
    return f"{score.value:.3f}" if score.defined else UNTOLD


def _interval_text(low: float, high: float) -> str:
    return f"{low:.3f} to {high:.3f}"


class _StatusLine:
    """Prints a line whenever an epoch has ended, and how far all other work is."""

    def __init__(self, run: Run):
        self._run, self._lines = run, ProgressLines()
        self._epochs, self._stage, self._done = 0, "", 0

    def __call__(self, status: Status) -> None:
        epochs = status.facts.get("epochs", 0)
        if not status.active:
            return
        if status.stage == "Training" and epochs:
            self._tell_epoch(status, epochs)
        elif status.stage != self._stage:  # what it counted last may be of the stage before
            self._stage, self._done = status.stage, status.done
            self._lines(status.stage, 0, 0)
        elif status.done != self._done:
            self._done = status.done
            self._lines(status.stage, status.done, status.total)

    def _tell_epoch(self, status: Status, epochs: int) -> None:
        if epochs != self._epochs:
            self._epochs = epochs
            figures = [f"{key} {status.facts[key]:.3f}" for key in ("loss", "val_loss") if status.facts.get(key)]
            print(f"epoch {epochs} of {self._run.settings.epochs}: {', '.join(figures)}", file=sys.stderr)
