"""Loss and accuracy as they develop."""

import math
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from core.figures.colours import LINE_STYLES, SPLIT_COLOURS
from core.runs.events import batch_table, epoch_table

PANELS = (("loss", "Loss"), ("accuracy", "Accuracy"))


def show_curves(events: list[dict[str, Any]], epochs: int, key: str) -> None:
    """Training and validation, side by side for loss and accuracy, with the best epoch marked."""
    table, batches = epoch_table(events), batch_table(events)
    if len(batches) < len(table):  # a line between points that are epochs apart would tell of what was not
        batches = batches[:0]
    figure = make_subplots(cols=2, subplot_titles=[title for _, title in PANELS], horizontal_spacing=0.09)
    for column, (name, title) in enumerate(PANELS, start=1):
        figure.add_scatter(
            x=batches["position"],
            y=batches[name],
            name="train, within epochs",
            mode="lines" if len(table) else "lines+markers",
            line={"color": SPLIT_COLOURS["train"], "width": 1},
            opacity=0.4 if len(table) else 1,
            showlegend=False,
            hovertemplate=f"epoch %{{x:.2f}}<br>{title.lower()} %{{y:.3f}}<extra>so far in this epoch</extra>",
            row=1,
            col=column,
        )
        for split, field in (("train", name), ("validation", f"val_{name}")):
            figure.add_scatter(
                x=table["epoch"],
                y=table[field],
                name=split,
                mode="lines+markers" if len(table) < 3 else "lines",
                line={"color": SPLIT_COLOURS[split], "dash": LINE_STYLES[split], "width": 2},
                showlegend=column == 1,
                hovertemplate=f"epoch %{{x}}<br>{title.lower()} %{{y:.3f}}<extra>{split}</extra>",
                row=1,
                col=column,
            )
        figure.update_xaxes(title_text="epoch", range=[0, _right_end(table, batches, epochs)], row=1, col=column)
    _mark_best(figure, table)
    _mark_fine_tuning(figure, events)
    figure.update_yaxes(range=[_lower_end(table, batches), 1.02], tickformat=".0%", row=1, col=2)
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    legend = {"orientation": "h", "x": 0.5, "xanchor": "center", "y": -0.28}
    figure.update_layout(height=320, margin={"l": 10, "r": 10, "t": 30, "b": 10}, legend=legend, uirevision=key)
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=in_words(events))


def in_words(events: list[dict[str, Any]]) -> str:
    """What the curves say, for eyes that can't see them and for the sentence above them."""
    table = epoch_table(events)
    if table.empty:
        return "No epoch has ended yet."
    last = table.iloc[-1]
    text = f"After {last['epoch']:.0f} epoch{'' if last['epoch'] == 1 else 's'} the training loss is {last['loss']:.3f}"
    if table["val_loss"].isna().all():
        return text + "; there are no validation images."
    best = table.loc[table["val_loss"].idxmin()]
    text += f" and the validation loss {last['val_loss']:.3f}; the best was {best['val_loss']:.3f} in epoch "
    return text + f"{best['epoch']:.0f}."


def pace_in_words(events: list[dict[str, Any]]) -> str:
    """What the last epoch took: time, speed, memory, and at which learning rate; "" before the first has ended."""
    table = epoch_table(events)
    if table.empty:
        return ""
    last = table.iloc[-1].dropna()  # runs of earlier versions told less
    parts = []
    if "seconds" in last:
        seconds = last["seconds"]
        duration = f"{seconds * 1000:.0f} ms" if seconds < 0.1 else f"{seconds:.{int(seconds < 10)}f} s"
        parts.append(f"{duration} an epoch")
    if "images_per_second" in last:
        speed = float(f"{last['images_per_second']:.2g}")  # it varies in the second digit from epoch to epoch
        parts.append(f"{speed:,.0f} images/s")
    if "memory_mb" in last:
        parts.append(f"{last['memory_mb'] / 1000:.1f} GB")
    if "learning_rate" in last:
        parts.append(f"learning rate {last['learning_rate']:.2g}")
    return " · ".join(parts)


def show_rates(event: dict[str, Any], key: str) -> None:
    """How the loss went while the learning rate was raised, and which rate was taken.

    Parameters
    ----------
    event
        Of kind "rates": `rates` and `losses` of one length, and `chosen`.
    """
    figure = go.Figure(
        go.Scatter(
            x=event["rates"],
            y=event["losses"],
            mode="lines",
            line={"color": SPLIT_COLOURS["train"], "width": 2},
            hovertemplate="learning rate %{x:.2g}<br>loss %{y:.3f}<extra></extra>",
            showlegend=False,
        )
    )
    words = f"The loss over {len(event['rates'])} learning rates"
    if chosen := event.get("chosen"):
        # A line on a logarithmic axis lies where the rate is, its words where the logarithm is.
        figure.add_vline(x=chosen, line={"color": "#8C8C8C", "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=math.log10(chosen), y=1, yref="paper", text=f"taken: {chosen:.2g}", showarrow=False, xanchor="left"
        )
        words += f"; {chosen:.2g} was taken"
    figure.update_xaxes(type="log", title_text="learning rate", exponentformat="power")
    figure.update_yaxes(title_text="loss")
    figure.update_layout(height=240, margin={"l": 10, "r": 10, "t": 20, "b": 10})
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=f"{words}.")


def _right_end(table, batches, epochs: int) -> float:
    """Room for a few epochs more than there are, up to all of them, so that early epochs are not squeezed."""
    reached = max([1.0, *table["epoch"].tail(1), *batches["position"].tail(1)])
    return max(reached, min(epochs, max(5.0, reached * 1.15))) + 0.2


def _lower_end(table, batches) -> float:
    """Where the accuracy axis begins: a little below the least there is."""
    least = min([1.0, *table["accuracy"], *table["val_accuracy"].dropna(), *batches["accuracy"]])
    return max(0.0, least - 0.05)


def _mark_fine_tuning(figure: go.Figure, events: list[dict[str, Any]]) -> None:
    begun = [event["epochs"] for event in events if event["kind"] == "stage" and event["name"] == "fine_tune"]
    if begun:
        for column in (1, 2):
            figure.add_vline(x=begun[-1], line={"color": "#8C8C8C", "width": 1}, row=1, col=column)
        words = {"text": "fine-tuning", "showarrow": False, "xanchor": "left", "yanchor": "bottom", "yref": "y domain"}
        figure.add_annotation(x=begun[-1], y=0, row=1, col=1, **words)


def _mark_best(figure: go.Figure, table) -> None:
    best = table[table["best"] == True]  # noqa: E712 - the column holds missing values as long as it is empty
    if best.empty:
        return
    epoch = best["epoch"].iloc[-1]
    anchor = "left" if epoch < table["epoch"].iloc[-1] / 2 else "right"
    for column in (1, 2):
        figure.add_vline(x=epoch, line={"color": "#8C8C8C", "width": 1, "dash": "dot"}, row=1, col=column)
    words = {"text": f"best: epoch {epoch:.0f}", "showarrow": False, "xanchor": anchor, "yref": "y domain"}
    figure.add_annotation(x=epoch, y=1, row=1, col=1, **words)
