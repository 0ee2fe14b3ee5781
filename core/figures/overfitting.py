"""A small network's curve through its points, and its losses: how learning by heart looks."""

from typing import TYPE_CHECKING

import numpy as np

from core.figures.colours import GREY, LINE_STYLES, OKABE_ITO, SPLIT_COLOURS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

LOWEST = 1e-4  # of the losses' axis: beyond, points are learned by heart anyway


def overfitting_figure(
    points: tuple[np.ndarray, np.ndarray],
    x: np.ndarray,
    curves: dict[str, np.ndarray],
    losses: dict[str, np.ndarray],
    best_epoch: int,
) -> "Figure":
    """Draw both side by side.

    Parameters
    ----------
    points
        x and y of what is learned from.
    x : (n,) array
        Where the curves are drawn.
    curves
        "true", "best" and "last", each an (n,) array.
    losses
        "train" and "validation", each a number an epoch.
    best_epoch
        With the least validation loss, from 1.
    """
    from plotly.subplots import make_subplots

    figure = make_subplots(cols=2, subplot_titles=["What it says", "Loss"], horizontal_spacing=0.11)
    styles = {
        "true": ("without noise", {"color": GREY, "dash": "dot"}),
        "best": (f"after {best_epoch} epochs", {"color": OKABE_ITO[2], "width": 3}),
        "last": (f"after {len(losses['train'])} epochs", {"color": OKABE_ITO[5], "width": 2}),
    }
    for name, (title, line) in styles.items():
        y = curves[name]
        hover = f"{title}<br>%{{x:.2f}}: %{{y:.2f}}<extra></extra>"
        figure.add_scatter(x=x, y=y, mode="lines", name=title, line=line, hovertemplate=hover, row=1, col=1)
    figure.add_scatter(
        x=points[0],
        y=points[1],
        mode="markers",
        name="training points",
        marker={"color": SPLIT_COLOURS["train"], "size": 8},
        hovertemplate="a point to learn from<br>%{x:.2f}: %{y:.2f}<extra></extra>",
        row=1,
        col=1,
    )
    for split, values in losses.items():
        figure.add_scatter(
            x=np.arange(1, len(values) + 1),
            y=values,
            mode="lines",
            name=f"{split} loss",
            line={"color": SPLIT_COLOURS[split], "dash": LINE_STYLES[split], "width": 2},
            hovertemplate=f"epoch %{{x}}<br>{split} %{{y:.3g}}<extra></extra>",
            row=1,
            col=2,
        )
    figure.add_vline(x=best_epoch, line={"color": OKABE_ITO[2], "width": 2, "dash": "dash"}, row=1, col=2)
    figure.update_yaxes(range=[-2, 2], row=1, col=1)
    highest = max(float(values.max()) for values in losses.values())
    lowest = max(LOWEST, min(float(values.min()) for values in losses.values()))
    ends = [np.log10(lowest) - 0.1, np.log10(highest) + 0.1]
    figure.update_yaxes(type="log", range=ends, dtick=1, exponentformat="power", row=1, col=2)
    figure.update_xaxes(title_text="epoch", row=1, col=2)
    legend = {"orientation": "h", "x": 0.5, "xanchor": "center", "y": -0.28}
    return figure.update_layout(height=380, margin={"l": 10, "r": 10, "t": 30, "b": 10}, legend=legend)
