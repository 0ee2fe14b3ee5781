"""The report of several runs: which is better, whether that is more than luck, and on which images they differ."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from markupsafe import Markup

from core.evaluation.comparable import EvaluatedRun, comparable_rows
from core.evaluation.comparison import difference_in_words, in_words
from core.evaluation.disagreement import disagreement
from core.evaluation.predictions import Predictions
from core.evaluation.words import SPLIT_WORDS
from core.export.report.data_used import is_drawn, title_of
from core.export.report.document import render
from core.export.report.drawings import Chart, Curve, Estimate, draw_curves, draw_estimates
from core.export.report.pictures import Picture, Pictures
from core.export.report.reproduction import training_command
from core.figures.colours import run_colour
from core.jobs.progress import Report, unheard
from core.runs.comparison import ComparedRun, Comparison, compare_runs
from core.runs.evaluated_runs import evaluated_runs
from core.runs.events import epoch_table
from core.runs.record import Run
from core.runs.setting_words import setting_title, setting_value

IMAGES_SHOWN = 18


def comparison_report(runs: Sequence[Run], split: str = "test", report: Report = unheard) -> str:
    """The report of several runs, as the text of one HTML file without a script, that fetches nothing.

    Parameters
    ----------
    runs, split
        As `core.runs.comparison.compare_runs` takes them.
    report
        Hears how far it is; it may raise to stop it.

    Raises
    ------
    UsageError, WorkbenchError
        As `core.runs.comparison.compare_runs`.
    """
    return render("comparison.html", report=ComparisonReport(runs, split, report))


@dataclass(frozen=True)
class Group:
    """Images by who gets them right: what they are called, how many they are, and the first of them."""

    title: str
    count: int
    pictures: list[Picture]


class ComparisonReport:
    """What the template of a comparison's report asks for.

    Parameters
    ----------
    runs, split, report
        As `comparison_report` takes them.
    """

    def __init__(self, runs: Sequence[Run], split: str = "test", report: Report = unheard):
        report("Comparing their answers", 0, 0)
        self.runs, self.split, self._report = list(runs), split, report
        self._entries, remark = evaluated_runs(runs)
        self.comparison: Comparison = compare_runs(runs, split, self._entries, remark)

    # What it is ------------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        return f"{len(self.runs)} runs on {', '.join(dict.fromkeys(map(title_of, self.runs)))}"

    @property
    def made_on(self) -> str:
        return time.strftime("%Y-%m-%d %H:%M")

    @property
    def images(self) -> str:
        return f"{SPLIT_WORDS[self.split]} images"

    @property
    def cautions(self) -> list[str]:
        """What has to be known before any figure is believed, in sentences."""
        rows, told = self.comparison.runs, []
        if all(map(is_drawn, self.runs)):
            told.append("The images are drawn by the program, not photographs: the figures say nothing of real ones.")
        if untrained := [row.letter for row in rows if row.untrained]:
            told.append(f"Untrained weights: the backbone of {', '.join(untrained)} is random numbers.")
        apart: dict[str, list[str]] = {}
        for row in rows:
            if reason := self.comparison.not_comparable.get(row.run):
                apart.setdefault(reason, []).append(row.letter)
        told += [
            f"Not comparable with {self.best.letter}: {', '.join(letters)}. {reason}"
            for reason, letters in apart.items()
        ]
        return told + list(self.comparison.provisional)

    # Which is better -------------------------------------------------------------------------------------------------

    @cached_property
    def best(self) -> ComparedRun:
        return next(row for row in self.comparison.runs if row.run == self.comparison.best)

    @cached_property
    def ranked(self) -> list[ComparedRun]:
        """The runs, the one that is right most often first."""
        return sorted(self.comparison.runs, key=lambda row: (-row.accuracy.value, row is not self.best))

    @property
    def letters(self) -> list[str]:
        return [row.letter for row in self.comparison.runs]

    @property
    def others(self) -> list[ComparedRun]:
        """All but the best, in that order."""
        return [row for row in self.ranked if row is not self.best]

    @cached_property
    def following(self) -> ComparedRun | None:
        """The next best that can be compared with the best."""
        apart = self.comparison.not_comparable
        return next((row for row in self.others if row.run not in apart), None)

    @property
    def evidence(self) -> str:
        """What the answer rests on."""
        pair = self.comparison.pairs[self.following.run] if self.following else None
        parts = [in_words(pair) if pair else "", self.comparison.others, self.comparison.remark]
        return " ".join(filter(None, parts))

    @property
    def intervals(self) -> Markup:
        apart = self.comparison.not_comparable
        return draw_estimates(
            [
                Estimate(
                    row.letter,
                    row.accuracy.value,
                    *row.accuracy.interval,
                    row.words,
                    run_colour(self.comparison.runs.index(row)),
                    row.run in apart,
                )
                for row in self.ranked
            ]
        )

    def to_the_best(self, row: ComparedRun) -> tuple[str, str]:
        """By how much a run differs from the best, and whether that is proven."""
        pair = self.comparison.pairs.get(row.run)
        if pair is None:
            return "", "the best"
        if pair.why_not:
            return "", "not comparable"
        return difference_in_words(pair), "yes" if pair.proven else "not proven"

    @property
    def pairs(self) -> list[str]:
        """The best beside each other run, in words; of two runs alone, `evidence` has said it."""
        return [in_words(self.comparison.pairs[row.run]) for row in self.others] if len(self.others) > 1 else []

    @property
    def settings(self) -> Iterator[tuple[str, list[str]]]:
        """Those that are not the same in all runs, by title, with the values in the order of the runs."""
        for name, values in self.comparison.settings.items():
            yield setting_title(name), [setting_value(name, value) or "–" for value in values]

    # By class, and by image ------------------------------------------------------------------------------------------

    @cached_property
    def alike(self) -> list[int]:
        """The places of the runs that were evaluated by the same images as the best, in their order."""
        apart = self.comparison.not_comparable
        return [place for place, row in enumerate(self.comparison.runs) if row.run not in apart]

    @cached_property
    def recalls(self) -> pd.DataFrame:
        """By class, how many images there are, and the share of them that each comparable run finds, by its letter."""
        shown = {self.comparison.runs[place].letter: self._entries[place] for place in self.alike}
        columns = {letter: _recalls(entry.predictions.of(self.split)) for letter, entry in shown.items()}
        first = self._best_entry.predictions.of(self.split)
        counts = pd.Series(np.bincount(first.true, minlength=len(first.class_names)), index=list(first.class_names))
        table = pd.DataFrame({"images": counts} | columns).reindex(counts.index)
        return table[table["images"] > 0]

    @property
    def _best_entry(self) -> EvaluatedRun:
        return self._entries[self.comparison.runs.index(self.best)]

    @cached_property
    def pictures(self) -> Pictures:
        return Pictures(self.runs[self.comparison.runs.index(self.best)], self._report)

    @cached_property
    def groups(self) -> list[Group]:
        """The images on which the best and the next one disagree, and those that both get wrong."""
        if self.following is None:
            return []
        other = self._entries[self.comparison.runs.index(self.following)]
        one, two = comparable_rows(self._best_entry, other, self.split)
        found, names = disagreement(one, two), (self.best.letter, self.following.letter)
        rows = {
            f"Only {names[0]} right": found.only_first,
            f"Only {names[1]} right": found.only_second,
            "Both wrong": found.both_wrong,
        }
        return [
            Group(title, len(chosen), [self._picture(one, two, names, row) for row in chosen[:IMAGES_SHOWN]])
            for title, chosen in rows.items()
        ]

    def _picture(self, one: Predictions, two: Predictions, names: tuple[str, str], row: int) -> Picture:
        path, label = str(one.ids[row]), one.class_names[one.true[row]]
        return Picture(path, label, *self.pictures.of(path), (_answer(one, row), _answer(two, row)), names)

    # How they came about ---------------------------------------------------------------------------------------------

    @property
    def curve_drawings(self) -> list[tuple[str, Markup]]:
        """Validation loss and accuracy of all runs, each with its title."""
        tables = [epoch_table(run.events.read()) for run in self.runs]
        titles = {"loss": "Validation loss", "accuracy": "Validation accuracy"}
        drawings = []
        for field, title in titles.items():
            curves = [_curve(self.letters[place], place, table, field) for place, table in enumerate(tables)]
            drawings.append((title, draw_curves(curves, Chart(title, "epoch", percent=field == "accuracy"))))
        return drawings

    @property
    def commands(self) -> list[str]:
        return [training_command(run) for run in self.runs]


def _curve(letter: str, place: int, table: pd.DataFrame, field: str) -> Curve:
    """The validation curve of a run; dotted, that of training images, where there are none for validation."""
    validated = bool(table[f"val_{field}"].notna().any())
    values = table[f"val_{field}"] if validated else table[field]
    return Curve(letter, table["epoch"], values, run_colour(place), "solid" if validated else "dot")


def _recalls(rows: Predictions) -> pd.Series:
    """By name of the class, the share of its images that are recognised."""
    return pd.Series(rows.right, index=np.array(rows.class_names, dtype=object)[rows.true]).groupby(level=0).mean()


def _answer(rows: Predictions, row: int) -> tuple[str, float]:
    given = int(rows.predicted[row])
    return rows.class_names[given], float(rows.probabilities[row, given])
