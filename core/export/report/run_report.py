"""The report of one run: what Evaluation says of it, and how it came about."""

import math
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from core.advice.diagnosis import Diagnosis, diagnosis_of
from core.datasets.splits import SPLITS
from core.evaluation.calibration import tempered
from core.evaluation.class_scores import ClassScores
from core.evaluation.confidence import confidence_in_words, scores_in_words
from core.evaluation.confusion_matrix import ConfusedPair, most_confused
from core.evaluation.confusion_matrix import in_words as pair_in_words
from core.evaluation.errors import confidently_wrong, least_sure
from core.evaluation.evaluation import evaluate
from core.evaluation.predictions import Predictions
from core.evaluation.reliability import reliability
from core.evaluation.risk_coverage import risk_coverage
from core.evaluation.summary_table import NUMBERS, SHARES, intervals_in_words, summary_table
from core.evaluation.verdict import class_remarks, verdict, weakest_class
from core.evaluation.words import SPLIT_WORDS, percent
from core.export.report.data_used import DataUsed
from core.export.report.document import render, size_in_words, write_document
from core.export.report.drawings import (
    Chart,
    Estimate,
    draw_curves,
    draw_estimates,
    draw_reliability,
    split_curve,
)
from core.export.report.matrix_shown import MatrixShown
from core.export.report.pictures import Picture, Pictures, first_of_each
from core.export.report.reproduction import commands
from core.figures.colours import SPLIT_COLOURS
from core.jobs.progress import Report, unheard
from core.prediction.calibration import calibration_of
from core.runs.evaluation_state import evaluation_state_of
from core.runs.labels import read_labels
from core.runs.record import Run
from core.runs.setting_words import setting_title, setting_value, told_of
from core.runs.settings.run_settings import GROUPS, parameters_in
from core.runs.training_curves import TrainingCurves, training_curves

# Pictures of so many images take about a megabyte.
WRONG_SHOWN, UNSURE_SHOWN = 48, 12
CLASSES_PICTURED, CLASS_SIDE = 60, 64
PAIRS_SHOWN = 8
REFUSED = 0.1
HEADLINE = ("accuracy", "balanced_accuracy", "macro_f1", "log_loss")


def write(run: Run, path: Path, report: Report = unheard) -> list[str]:
    """Write the report of a run: one HTML file without a script, that fetches nothing.

    Parameters
    ----------
    report
        Hears how far it is; it may raise to stop it.

    Returns
    -------
    list of str
        What is to be known of it.

    Raises
    ------
    WorkbenchError
        If the run has no predictions, or they can't be read.
    """
    made = RunReport(run, report)
    write_document(path, render("run.html", report=made))
    return [size_in_words(path), *made.cautions]


class RunReport:
    """What the template of a run's report asks for.

    Parameters
    ----------
    run
        One that has been evaluated, if only by its best so far.
    report
        Hears how far it is.
    """

    def __init__(self, run: Run, report: Report = unheard):
        report("Working out the figures", 0, 0)
        self.run, self.settings, self.record = run, run.settings, run.record
        self.predictions = run.predictions()
        self.split = _split_shown(self.predictions)
        self.evaluation = run.evaluate(self.split)
        self.shown = self.predictions.of(self.split)
        self.pictures = Pictures(run, report)
        self.data = DataUsed(run, report)

    # What it is ------------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        return read_labels(self.run).name or self.settings.design.title

    @property
    def notes(self) -> str:
        return read_labels(self.run).notes

    @property
    def made_on(self) -> str:
        return time.strftime("%Y-%m-%d %H:%M")

    @property
    def trained_on(self) -> str:
        """The day on which it began."""
        return time.strftime("%Y-%m-%d", time.localtime(self.record.began)) if self.record.began else ""

    @cached_property
    def cautions(self) -> list[str]:
        """What has to be known before any figure is believed, in sentences."""
        told = []
        if self.data.drawn:
            told.append("The images are drawn by the program, not photographs: the figures say nothing of real ones.")
        if self.settings.untrained:
            told.append("Untrained weights: the backbone is random numbers, and the figures say nothing about it.")
        if self.split != "test":
            told.append(
                f"There are no test images. The figures are of {SPLIT_WORDS[self.split]} images, by which the network "
                "was chosen or trained: it is worse on new ones."
            )
        state, renamed = evaluation_state_of(self.run), self.run.naming().words()
        return told + list(filter(None, [state.words(), renamed]))

    # How good it is --------------------------------------------------------------------------------------------------

    @property
    def images(self) -> str:
        """What the figures are of, such as "test images"."""
        return f"{SPLIT_WORDS[self.split]} images"

    @cached_property
    def verdict(self) -> tuple[str, str]:
        """Its first sentence, and the rest."""
        first, bracket, rest = verdict(self.evaluation).partition(" (")
        return first, bracket + rest

    @cached_property
    def diagnosis(self) -> Diagnosis:
        return diagnosis_of(self.run)

    @property
    def remarks(self) -> list[str]:
        """What is to be known of classes."""
        return class_remarks(self.evaluation, self.diagnosis.unlearned)

    @property
    def headline(self) -> Iterator[tuple[str, str, str]]:
        """The figures that tell most: title, value, and the interval in words; of one that can't be told, why."""
        evaluation = self.evaluation
        for name in HEADLINE:
            title, score, share = (SHARES | NUMBERS)[name][0], evaluation.scores[name], name in SHARES
            if not score.defined:
                yield title, "–", score.undefined_because
                continue
            low, value, high = (
                percent(each, evaluation.n) if share else f"{each:.3f}"
                for each in (score.interval[0], score.value, score.interval[1])
            )
            yield title, value, f"95 % interval {low.removesuffix(' %')}–{high}"

    @property
    def accuracy_drawing(self) -> Markup:
        evaluation = self.evaluation
        low, high = evaluation.accuracy.interval
        words = f"{percent(evaluation.accuracy.value, evaluation.n)} of {evaluation.n:,} {self.images}"
        colour = SPLIT_COLOURS["test"]
        mine = Estimate("this run", evaluation.accuracy.value, low, high, words, colour)
        marks = {evaluation.chance: "by chance", evaluation.majority_accuracy: "always the commonest class"}
        return draw_estimates([mine], [(words, value) for value, words in marks.items()])

    @cached_property
    def summary(self) -> pd.DataFrame:
        others = {part: evaluate(self.predictions, part, resamples=0) for part in SPLITS if self._has(part)}
        return summary_table(self.evaluation, {part: others.get(part) for part in SPLITS})

    @property
    def intervals(self) -> str:
        return intervals_in_words(self.evaluation)

    def _has(self, part: str) -> bool:
        return len(self.predictions.of(part)) > 0

    # Classes ---------------------------------------------------------------------------------------------------------

    @cached_property
    def matrix(self) -> MatrixShown:
        return MatrixShown(self.evaluation)

    @property
    def confused(self) -> list[str]:
        """The classes that are mixed up most often, in words."""
        pairs: list[ConfusedPair] = most_confused(self.evaluation.confusion_matrix, PAIRS_SHOWN)
        return [pair_in_words(pair, self.evaluation.class_names) for pair in pairs]

    @property
    def weakest(self) -> tuple[str, str]:
        return weakest_class(self.evaluation)

    @cached_property
    def classes(self) -> list[tuple[ClassScores, str]]:
        """The scores of each class, the weakest first, with the URL of a picture of it, "" where there is none."""
        classes = self.evaluation.classes
        order = sorted(range(len(classes)), key=lambda index: _f1_for_order(classes[index]))
        pictured = first_of_each(self.shown, order[:CLASSES_PICTURED])
        urls = {index: self.pictures.of(path, CLASS_SIDE)[0] for index, path in pictured.items()}
        return [(classes[index], urls.get(index, "")) for index in order]

    # Confidence ------------------------------------------------------------------------------------------------------

    @cached_property
    def confidence(self) -> dict[str, Any]:
        """How far its probabilities can be believed: as they are, and by the temperature that suits it."""
        shown = {"average": confidence_in_words(self.shown, 1.0), "scores": scores_in_words(self.shown)}
        found = reliability(self.shown.probabilities.max(axis=1), self.shown.right)
        shown |= {"bins": [each for each in found.bins if each.count], "drawing": draw_reliability(found)}
        temperature, words = calibration_of(self.run)
        if temperature == 1:
            return shown | {"calibrated": words}
        softer = tempered(self.shown, temperature)
        after = reliability(softer.probabilities.max(axis=1), softer.right).ece
        return shown | {
            "calibrated": f"Divided by the temperature {temperature:.2f}, which suits the validation images best, its "
            f"logits would give a calibration error of {after:.3f} instead of {found.ece:.3f}; the answers stay."
        }

    @property
    def refusing(self) -> str:
        """What it would bring if it might refuse what it is least sure of."""
        curve, n = risk_coverage(self.shown), len(self.shown)
        accuracy, confidence, answered = curve.at(1 - REFUSED)
        whole = percent(float(curve.accuracy[-1]), n)
        if answered == n:
            return ""
        return (
            f"If people looked at the {percent(REFUSED, 1)} that it is least sure of, it would be right on "
            f"{percent(accuracy, answered)} of the other {answered:,}, instead of {whole} of all {n:,}. "
            f" It would refuse where it is less than {percent(confidence, 1)} sure."
        )

    # Training --------------------------------------------------------------------------------------------------------

    @cached_property
    def curves(self) -> TrainingCurves:
        return training_curves(self.run.events.read(), self.settings.epochs)

    @property
    def curve_drawings(self) -> list[tuple[str, Markup]]:
        """Loss and accuracy, each with its title."""
        return [("Loss", self._drawn("loss")), ("Accuracy", self._drawn("accuracy"))]

    def _drawn(self, field: str) -> Markup:
        table = self.curves.table
        curves = [split_curve("train", table["epoch"], table[field])]
        if table[f"val_{field}"].notna().any():
            curves.append(split_curve("validation", table["epoch"], table[f"val_{field}"]))
        best, marked = table[table["best"] == True], {}  # noqa: E712 - missing values as long as it is empty
        if len(best):
            marked[f"best: epoch {best['epoch'].iloc[-1]:.0f}"] = float(best["epoch"].iloc[-1])
        title = f"{field.capitalize()} over epochs"
        return draw_curves(curves, Chart(title, "epoch", percent=field == "accuracy", marked=marked))

    # Errors ----------------------------------------------------------------------------------------------------------

    @cached_property
    def wrong(self) -> tuple[int, list[Picture]]:
        """How many are taken for another class, and the surest mistakes."""
        rows = confidently_wrong(self.shown)
        return len(rows), self.pictures.answered(self.shown, rows[:WRONG_SHOWN])

    @cached_property
    def unsure(self) -> tuple[int, list[Picture]]:
        """Over how many it hesitates, and those whose two likeliest classes are closest."""
        rows = least_sure(self.shown)
        return len(rows), self.pictures.answered(self.shown, rows[:UNSURE_SHOWN], second=True)

    # How it came about -----------------------------------------------------------------------------------------------

    @property
    def counts(self) -> dict[str, int]:
        """By what a part of the split is called, how many images were in it."""
        return {SPLIT_WORDS[part]: len(self.predictions.of(part)) for part in SPLITS}

    @property
    def setting_groups(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """By heading, title and value of the settings that have an effect on this kind of network."""
        told = told_of(self.run)
        for group in GROUPS:
            names = [declared.name for declared in parameters_in(group, self.settings.design.kind)]
            rows = [(setting_title(name), setting_value(name, told[name])) for name in names if told[name] is not None]
            yield group, [(title, value) for title, value in rows if value]
        if told["reading"]:
            yield setting_title("reading"), [(setting_title("reading"), str(told["reading"]))]

    @property
    def commands(self) -> list[str]:
        return commands(self.run, self.data.info)

    @property
    def versions(self) -> list[tuple[str, str]]:
        """What trained it."""
        return [(name, version) for name, version in (self.record.versions or {}).items() if version]

    @property
    def seconds(self) -> float | None:
        return self.run.status().seconds


def _split_shown(predictions: Predictions) -> str:
    """The test part; without images there, the one that tells most of those that have some."""
    return next((part for part in ("test", "validation") if len(predictions.of(part))), "train")


def _f1_for_order(scores: ClassScores) -> float:
    """What can't be told comes last."""
    return scores.f1.value if scores.f1.defined else math.inf
