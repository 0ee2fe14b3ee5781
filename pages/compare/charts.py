"""Runs side by side in charts: accuracy with its interval, accuracy against cost, curves, and settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from core.evaluation.words import percent
from core.figures.comparison import Line, cost_figure, dimension, overlaid_curves_figure, parallel_figure
from core.runs.comparison import Comparison
from core.runs.run_names import letter
from core.runs.setting_words import setting_title, setting_value
from pages.shared.figure import show_figure
from pages.shared.progress import duration

# More axes can't be told apart; those whose values differ most tell most.
MOST_AXES = 5
SAME_AS_NETWORK = ("network", "weights")


@dataclass(frozen=True)
class CostAxis:
    """A cost that accuracy is drawn against."""

    name: str
    title: str
    unit: float
    in_words: Callable[[float], str]


COSTS = {
    "Time": CostAxis("seconds", "seconds to train", 1, duration),
    "Parameters": CostAxis("parameters", "parameters", 1, lambda value: f"{value:,.0f} parameters"),
    "Size on disk": CostAxis("bytes_on_disk", "MB on disk", 1e6, lambda value: f"{value / 1e6:.1f} MB"),
}


def show_intervals(comparison: Comparison, key: str) -> None:
    """The accuracies on one axis, each with its 95 % interval, the best on top."""
    show_figure(comparison.figure(), key, comparison.in_words())


def show_costs(comparison: Comparison, axis: CostAxis, key: str) -> None:
    """Accuracy against a cost; up and to the left is better."""
    costs = [getattr(row, axis.name) for row in comparison.runs]
    words = [axis.in_words(cost) if cost else "" for cost in costs]
    told = [
        f"{row.name}: {percent(row.accuracy.value, row.n)} for {cost}"
        for row, cost in zip(comparison.runs, words, strict=True)
        if cost
    ]
    figure = cost_figure(comparison.drawn(), [cost and cost / axis.unit for cost in costs], words, axis.title)
    show_figure(figure, key, "; ".join(told) + ".")


def show_overlaid(names: Sequence[str], tables: Sequence[pd.DataFrame], by_time: bool, key: str) -> None:
    """The curves of several runs over each other: validation where there is one, else training.

    Parameters
    ----------
    tables
        Of each run, as `core.runs.events.epoch_table` gives it.
    by_time
        Whether they are drawn over the seconds that the epochs took, or over the epochs.
    """
    lines = [
        _line(letter(index), name, table, by_time)
        for index, (name, table) in enumerate(zip(names, tables, strict=True))
    ]
    figure = overlaid_curves_figure(lines, "seconds of training" if by_time else "epoch")
    show_figure(figure, key, curves_in_words(names, tables))


def _line(called: str, name: str, table: pd.DataFrame, by_time: bool) -> Line:
    validated = bool(table["val_loss"].notna().any())
    loss, accuracy = (table[f"val_{field}" if validated else field] for field in ("loss", "accuracy"))
    return Line(called, name, table["seconds"].cumsum() if by_time else table["epoch"], loss, accuracy, validated)


def curves_in_words(names: Sequence[str], tables: Sequence[pd.DataFrame]) -> str:
    """The best validation loss of each run, and when it was reached."""
    parts = []
    for name, table in zip(names, tables, strict=True):
        losses = table["val_loss"].dropna()
        if losses.empty:
            parts.append(f"{name}: no validation loss")
        else:
            epoch = table["epoch"].loc[losses.idxmin()]
            parts.append(f"{name}: best validation loss {losses.min():.3f} in epoch {epoch:.0f}")
    return "; ".join(parts) + "."


def show_parallel(comparison: Comparison, key: str) -> None:
    """A line for each run through the settings that differ, what it cost and what it reached."""
    settings = {name: values for name, values in comparison.settings.items() if name not in SAME_AS_NETWORK}
    telling = sorted(settings, key=lambda name: -len({str(value) for value in settings[name]}))[:MOST_AXES]
    dimensions = [
        dimension(setting_title(name), values, [setting_value(name, value) for value in values])
        for name, values in settings.items()
        if name in telling
    ]
    dimensions.append(dimension("Seconds", [row.seconds or 0 for row in comparison.runs]))
    figure = parallel_figure(dimensions, [row.accuracy.value for row in comparison.runs])
    titles = ", ".join([*(each["label"] for each in dimensions), "Accuracy"])
    show_figure(figure, key, f"A line for each of {len(comparison.runs)} runs through: {titles}.")
