"""Runs side by side in charts: accuracy with its interval, accuracy against cost, curves, and settings."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from core.evaluation.words import SPLIT_WORDS, percent
from core.runs.comparison import letter, setting_title, setting_value
from pages.shared.progress import duration

# Paul Tol's bright scheme, which colour-blind people can tell apart; not the colours of classes or splits.
RUN_COLOURS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#999999")
GREY = "#8C8C8C"
LONGEST_LABEL, LONGEST_TICK = 28, 14
ROW_HEIGHT, FRAME_HEIGHT = 36, 74
# More axes can't be told apart; those whose values differ most tell most.
MOST_AXES = 5
SHARE = ".1~%"  # 97.5%, but 97%
# Of fewer values each has its own tick.
FEW_VALUES = 6
LETTER_WIDTH, ROOM_FOR_LETTERS = 13, 60
SAME_AS_NETWORK = ("network", "weights")
PLAIN = {"displayModeBar": False}
# Beyond this ratio of the largest to the smallest, an axis is logarithmic.
WIDE = 20


@dataclass(frozen=True)
class CostAxis:
    """A cost that accuracy is drawn against."""

    key: str
    title: str
    unit: float
    in_words: Any


COSTS = {
    "Time": CostAxis("seconds", "seconds to train", 1, duration),
    "Parameters": CostAxis("parameters", "parameters", 1, lambda value: f"{value:,.0f} parameters"),
    "Size on disk": CostAxis("bytes_on_disk", "MB on disk", 1e6, lambda value: f"{value / 1e6:.1f} MB"),
}


def colour(index: int) -> str:
    """The colour of the run of this place in the list."""
    return RUN_COLOURS[index % len(RUN_COLOURS)]


def label(index: int, name: str) -> str:
    """Letter and name of a run for a chart, where markup is read: what sets it apart on a line of its own."""
    lines = name.split(", ", 1) if len(name) > LONGEST_LABEL else [name]
    return f"<b>{letter(index)}</b> " + "<br>".join(html.escape(_shortened(line)) for line in lines)


def show_intervals(comparison: dict[str, Any], key: str) -> None:
    """The accuracies on one axis, each with its 95 % interval, the best on top."""
    rows = comparison["runs"]
    apart = not_comparable(comparison)
    order = sorted(range(len(rows)), key=lambda index: rows[index]["accuracy"])
    figure = go.Figure()
    for place, index in enumerate(order):
        row = rows[index]
        low, high = row["accuracy_ci95"]
        figure.add_scatter(
            x=[row["accuracy"]],
            y=[place],
            error_x={"array": [high - row["accuracy"]], "arrayminus": [row["accuracy"] - low], "thickness": 2},
            mode="markers",
            marker={"size": 10, "color": colour(index), "symbol": "circle-open" if row["run"] in apart else "circle"},
            hovertemplate=f"{html.escape(row['name'])}<br>{_interval(row)}<extra></extra>",
            showlegend=False,
        )
    figure.update_xaxes(tickformat=SHARE, title_text=f"right, of the {SPLIT_WORDS[comparison['split']]} images")
    figure.update_yaxes(
        tickvals=list(range(len(order))),
        ticktext=[label(index, rows[index]["name"]) for index in order],
        range=[-0.6, len(order) - 0.4],
        automargin=True,
        showgrid=False,
    )
    figure.update_layout(
        height=FRAME_HEIGHT + ROW_HEIGHT * max(4, len(rows)), margin={"l": 10, "r": 10, "t": 10, "b": 10}
    )
    st.plotly_chart(figure, key=key, config=PLAIN, alt=intervals_in_words(comparison))


def intervals_in_words(comparison: dict[str, Any]) -> str:
    """The accuracies with their intervals, the best first."""
    rows = sorted(comparison["runs"], key=lambda row: -row["accuracy"])
    return "; ".join(f"{row['name']}: {_interval(row)}" for row in rows) + "."


def show_costs(comparison: dict[str, Any], axis: CostAxis, key: str) -> None:
    """Accuracy against a cost; up and to the left is better."""
    figure, told = go.Figure(), []
    costs = [row[axis.key] for row in comparison["runs"]]
    for index, (row, cost) in enumerate(zip(comparison["runs"], costs, strict=True)):
        if not cost:
            continue
        low, high = row["accuracy_ci95"]
        told.append(f"{row['name']}: {percent(row['accuracy'], row['n'])} for {axis.in_words(cost)}")
        figure.add_scatter(
            x=[cost / axis.unit],
            y=[row["accuracy"]],
            error_y={"array": [high - row["accuracy"]], "arrayminus": [row["accuracy"] - low], "thickness": 1},
            mode="markers+text",
            text=[f"<b>{letter(index)}</b>"],
            textposition="middle right",
            marker={"size": 10, "color": colour(index)},
            hovertemplate=f"{html.escape(row['name'])}<br>{_interval(row)}<br>{axis.in_words(cost)}<extra></extra>",
            showlegend=False,
        )
    known = [cost for cost in costs if cost]
    if known and max(known) > WIDE * min(known):
        # With room at both ends, and few figures on the axis: those of a decade in between would run into each other.
        ends = [math.log10(min(known) / axis.unit) - 0.3, math.log10(max(known) / axis.unit) + 0.3]
        figure.update_xaxes(type="log", dtick=1, range=ends)
    else:
        figure.update_xaxes(rangemode="tozero")
    figure.update_xaxes(title_text=axis.title)
    figure.update_yaxes(tickformat=SHARE)
    height = FRAME_HEIGHT + ROW_HEIGHT * max(4, len(comparison["runs"]))
    figure.update_layout(height=height, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    st.plotly_chart(figure, key=key, config=PLAIN, alt="; ".join(told) + ".")


def show_overlaid(names: Sequence[str], tables: Sequence[pd.DataFrame], by_time: bool, key: str) -> None:
    """The curves of several runs over each other: validation where there is one, else training.

    Parameters
    ----------
    tables
        Of each run, as `core.runs.events.epoch_table` gives it.
    by_time
        Whether they are drawn over the seconds that the epochs took, or over the epochs.
    """
    figure = make_subplots(cols=2, subplot_titles=["Validation loss", "Validation accuracy"], horizontal_spacing=0.12)
    for column, field in ((1, "loss"), (2, "accuracy")):
        ends = []
        for index, (name, table) in enumerate(zip(names, tables, strict=True)):
            validated = bool(table["val_loss"].notna().any())
            x = table["seconds"].cumsum() if by_time else table["epoch"]
            y = table[f"val_{field}" if validated else field]
            figure.add_scatter(
                x=x,
                y=y,
                mode="lines" if len(table) > 1 else "markers",
                line={"color": colour(index), "width": 2, "dash": "solid" if validated else "dot"},
                hovertemplate=f"{html.escape(name)}<br>%{{x:.3g}}: %{{y:.3f}}"
                f"<extra>{'' if validated else 'training: no validation images'}</extra>",
                showlegend=False,
                row=1,
                col=column,
            )
            if y.notna().any():
                last = y.last_valid_index()
                ends.append((index, float(x[last]), float(y[last])))
        _name_ends(figure, ends, column)
    figure.update_xaxes(title_text="seconds of training" if by_time else "epoch")
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    figure.update_yaxes(tickformat=SHARE, row=1, col=2)
    figure.update_layout(height=320, margin={"l": 10, "r": ROOM_FOR_LETTERS, "t": 30, "b": 10})
    st.plotly_chart(figure, key=key, config=PLAIN, alt=curves_in_words(names, tables))


def _name_ends(figure: go.Figure, ends: Sequence[tuple[int, float, float]], column: int) -> None:
    """Write each run's letter where its curve ends; those that end at the same place stand side by side."""
    beside = [0] * len(ends)
    for place, (_, x, y) in enumerate(ends):
        near = [other for other in range(place) if _near(ends, other, x, y)]
        beside[place] = 1 + max((beside[other] for other in near), default=-1)
    for (index, x, y), steps in zip(ends, beside, strict=True):
        figure.add_annotation(
            x=x,
            y=y,
            text=f"<b>{letter(index)}</b>",
            font={"color": colour(index)},
            showarrow=False,
            xanchor="left",
            xshift=4 + LETTER_WIDTH * steps,
            row=1,
            col=column,
        )


def _near(ends: Sequence[tuple[int, float, float]], other: int, x: float, y: float) -> bool:
    """Whether two letters would lie on each other, were both written right at the end of their curves."""
    wide, high = (max(end[axis] for end in ends) for axis in (1, 2))
    return abs(ends[other][1] - x) <= 0.04 * wide and abs(ends[other][2] - y) <= 0.09 * high


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


def show_parallel(comparison: dict[str, Any], key: str) -> None:
    """A line for each run through the settings that differ, what it cost and what it reached."""
    rows = comparison["runs"]
    settings = comparison["settings"]
    settings = {name: values for name, values in settings.items() if name not in SAME_AS_NETWORK}
    telling = sorted(settings, key=lambda name: -len({str(value) for value in settings[name]}))[:MOST_AXES]
    dimensions = [_dimension(setting_title(name), settings[name], name) for name in settings if name in telling]
    dimensions.append(_dimension("Seconds", [row["seconds"] or 0 for row in rows]))
    accuracies = [row["accuracy"] for row in rows]
    dimensions.append({"label": "Accuracy", "values": accuracies, "tickformat": SHARE})
    line = {"color": accuracies, "colorscale": [[0, GREY], [1, "#6c78f0"]], "showscale": False}
    # The ends of an axis are among its ticks; Plotly would write them a second time.
    unseen = {"color": "rgba(0,0,0,0)", "size": 1}
    figure = go.Figure(
        go.Parcoords(
            dimensions=dimensions, line=line, labelangle=-15, labelside="top", labelfont={"size": 13}, rangefont=unseen
        )
    )
    figure.update_layout(height=340, margin={"l": 95, "r": 50, "t": 70, "b": 20})
    names = ", ".join(dimension["label"] for dimension in dimensions)
    st.plotly_chart(figure, key=key, config=PLAIN, alt=f"A line for each of {len(rows)} runs through: {names}.")


def not_comparable(comparison: dict[str, Any]) -> dict[str, str]:
    """By the id of a run, what keeps it from being compared with the best."""
    return {pair["second_run"]: pair["why_not"] for pair in comparison["pairs"] if pair["why_not"]}


def _dimension(title: str, values: list[Any], name: str = "") -> dict[str, Any]:
    """An axis of the parallel coordinates: by number where all are numbers, else one place for each value."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        least, most = min(values), max(values)
        if least > 0 and most > WIDE * least:
            ends = (math.floor(math.log10(least)), math.ceil(math.log10(most)))
            ticks = list(range(ends[0], ends[1] + 1))
            texts = [f"{10.0**tick:g}" for tick in ticks]
            logs = [math.log10(value) for value in values]
            return {"label": title, "values": logs, "range": list(ends), "tickvals": ticks, "ticktext": texts}
        kinds = sorted(set(values))
        named = {"tickvals": kinds, "ticktext": [f"{kind:g}" for kind in kinds]} if len(kinds) <= FEW_VALUES else {}
        return {"label": title, "values": values} | named
    words = [setting_value(name, value) for value in values]
    kinds = list(dict.fromkeys(words))
    shown = [html.escape(_shortened(kind, LONGEST_TICK)) for kind in kinds]
    places = [kinds.index(word) for word in words]
    return {"label": title, "values": places, "tickvals": list(range(len(kinds))), "ticktext": shown}


def _shortened(text: str, longest: int = LONGEST_LABEL) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _interval(row: dict[str, Any]) -> str:
    low, high = (percent(end, row["n"]) for end in row["accuracy_ci95"])
    return f"{percent(row['accuracy'], row['n'])} of {row['n']:,} (95 % interval {low.removesuffix(' %')}–{high})"
