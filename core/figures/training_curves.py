"""Training curves: loss and accuracy as they develop, and the loss over learning rates."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.figures.colours import GREY, LINE_STYLES, SPLIT_COLOURS

if TYPE_CHECKING:
    from pandas import DataFrame
    from plotly.graph_objects import Figure

PANELS = (("loss", "Loss"), ("accuracy", "Accuracy"))


def training_curves_figure(
    table: "DataFrame", batches: "DataFrame", epochs: int, fine_tuned_from: int | None = None
) -> "Figure":
    """Training and validation, side by side for loss and accuracy, with the best epoch marked.

    Parameters
    ----------
    table : DataFrame
        A row an epoch: `epoch`, `loss`, `accuracy`, `val_loss`, `val_accuracy`, and whether it is the `best` so far.
    batches : DataFrame
        Points within epochs: `position` in epochs, `loss`, `accuracy`.
    epochs : int
        How many were asked for.
    fine_tuned_from : int, optional
        How many epochs lie before fine-tuning began.
    """
    from plotly.subplots import make_subplots

    if len(batches) < len(table):  # a line between points that are epochs apart would tell of what was not
        batches = batches[:0]
    figure = make_subplots(cols=2, subplot_titles=[title for _, title in PANELS], horizontal_spacing=0.09)
    for column, (name, title) in enumerate(PANELS, start=1):
        _draw_within_epochs(figure, batches, name, title, column, alone=not len(table))
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
    if fine_tuned_from is not None:
        _mark_fine_tuning(figure, fine_tuned_from)
    figure.update_yaxes(range=[_lower_end(table, batches), 1.02], tickformat=".0%", row=1, col=2)
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    legend = {"orientation": "h", "x": 0.5, "xanchor": "center", "y": -0.28}
    return figure.update_layout(height=320, margin={"l": 10, "r": 10, "t": 30, "b": 10}, legend=legend)


def learning_rates_figure(rates: Sequence[float], losses: Sequence[float], chosen: float | None = None) -> "Figure":
    """How the loss went while the learning rate was raised.

    Parameters
    ----------
    rates, losses : sequence of float
        Of one length.
    chosen : float, optional
        The rate that was taken.
    """
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Scatter(
            x=list(rates),
            y=list(losses),
            mode="lines",
            line={"color": SPLIT_COLOURS["train"], "width": 2},
            hovertemplate="learning rate %{x:.2g}<br>loss %{y:.3f}<extra></extra>",
            showlegend=False,
        )
    )
    if chosen:
        # A line on a logarithmic axis lies where the rate is, its words where the logarithm is.
        figure.add_vline(x=chosen, line={"color": GREY, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=math.log10(chosen), y=1, yref="paper", text=f"taken: {chosen:.2g}", showarrow=False, xanchor="left"
        )
    figure.update_xaxes(type="log", title_text="learning rate", exponentformat="power")
    figure.update_yaxes(title_text="loss")
    return figure.update_layout(height=240, margin={"l": 10, "r": 10, "t": 20, "b": 10})


def _draw_within_epochs(
    figure: "Figure", batches: "DataFrame", name: str, title: str, column: int, alone: bool
) -> None:
    """The points within epochs, pale behind the curves; `alone` before there are any."""
    figure.add_scatter(
        x=batches["position"],
        y=batches[name],
        name="train, within epochs",
        mode="lines+markers" if alone else "lines",
        line={"color": SPLIT_COLOURS["train"], "width": 1},
        opacity=1 if alone else 0.4,
        showlegend=False,
        hovertemplate=f"epoch %{{x:.2f}}<br>{title.lower()} %{{y:.3f}}<extra>so far in this epoch</extra>",
        row=1,
        col=column,
    )


def _right_end(table: "DataFrame", batches: "DataFrame", epochs: int) -> float:
    """Room for a few epochs more than there are, up to all of them, so that early epochs are not squeezed."""
    reached = max([1.0, *table["epoch"].tail(1), *batches["position"].tail(1)])
    return max(reached, min(epochs, max(5.0, reached * 1.15))) + 0.2


def _lower_end(table: "DataFrame", batches: "DataFrame") -> float:
    """Where the accuracy axis begins: a little below the least there is."""
    least = min([1.0, *table["accuracy"], *table["val_accuracy"].dropna(), *batches["accuracy"]])
    return max(0.0, least - 0.05)


def _mark_fine_tuning(figure: "Figure", epochs: int) -> None:
    for column in (1, 2):
        figure.add_vline(x=epochs, line={"color": GREY, "width": 1}, row=1, col=column)
    words = {"text": "fine-tuning", "showarrow": False, "xanchor": "left", "yanchor": "bottom", "yref": "y domain"}
    figure.add_annotation(x=epochs, y=0, row=1, col=1, **words)


def _mark_best(figure: "Figure", table: "DataFrame") -> None:
    best = table[table["best"] == True]  # noqa: E712 - the column holds missing values as long as it is empty
    if best.empty:
        return
    epoch = best["epoch"].iloc[-1]
    anchor = "left" if epoch < table["epoch"].iloc[-1] / 2 else "right"
    for column in (1, 2):
        figure.add_vline(x=epoch, line={"color": GREY, "width": 1, "dash": "dot"}, row=1, col=column)
    words = {"text": f"best: epoch {epoch:.0f}", "showarrow": False, "xanchor": anchor, "yref": "y domain"}
    figure.add_annotation(x=epoch, y=1, row=1, col=1, **words)
