"""Numbers before and after a normalisation, and the running averages that it will use at test time."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from core.figures.colours import GREY, OKABE_ITO, SPLIT_COLOURS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

BINS = 40


def histograms_figure(panels: Mapping[str, Mapping[str, np.ndarray]], height: int = 280) -> "Figure":
    """Histograms side by side: by the title of each panel, its numbers by their names, of which there are two at most.

    Each is a share of its numbers, over the same axis.
    """
    from plotly.subplots import make_subplots

    figure = make_subplots(cols=len(panels), subplot_titles=list(panels), horizontal_spacing=0.09, shared_yaxes=True)
    every = np.concatenate([values for series in panels.values() for values in series.values()])
    edges = np.linspace(every.min(), every.max() + 1e-9, BINS + 1)
    colours: dict[str, str] = {}
    for column, series in enumerate(panels.values(), 1):
        for name, values in series.items():
            shown = name in colours
            colour = colours.setdefault(name, (SPLIT_COLOURS["train"], OKABE_ITO[0])[len(colours) % 2])
            counts, _ = np.histogram(values, edges)
            figure.add_bar(
                x=(edges[:-1] + edges[1:]) / 2,
                y=counts / len(values),
                width=edges[1] - edges[0],
                name=name,
                legendgroup=name,
                showlegend=not shown,
                marker={"color": colour, "line": {"width": 0}},
                opacity=0.6,
                hovertemplate=f"{name}<br>about %{{x:.2f}}: %{{y:.1%}}<extra></extra>",
                row=1,
                col=column,
            )
    figure.update_yaxes(showticklabels=False)
    figure.update_layout(barmode="overlay", bargap=0)
    legend = {"orientation": "h", "x": 0.5, "xanchor": "center", "y": -0.15}
    return figure.update_layout(height=height, margin={"l": 10, "r": 10, "t": 30, "b": 10}, legend=legend)


def running_averages_figure(panels: Mapping[str, tuple[np.ndarray, np.ndarray, float]]) -> "Figure":
    """By the title of each panel: what each step measured, the running average after it, and what it is on the way to.

    Parameters
    ----------
    panels
        (steps,) and (steps + 1,) arrays, and the true value.
    """
    from plotly.subplots import make_subplots

    figure = make_subplots(cols=len(panels), subplot_titles=list(panels), horizontal_spacing=0.1)
    for column, (measured, average, truth) in enumerate(panels.values(), 1):
        steps = np.arange(len(average))
        series = (
            ("of the batch", steps[1:], measured, {"color": GREY, "width": 1}),
            ("running average", steps, average, {"color": OKABE_ITO[0], "width": 3}),
        )
        for name, x, y, line in series:
            hover = f"step %{{x}}<br>{name} %{{y:.3f}}<extra></extra>"
            figure.add_scatter(
                x=x,
                y=y,
                mode="lines",
                name=name,
                line=line,
                showlegend=column == 1,
                hovertemplate=hover,
                row=1,
                col=column,
            )
        figure.add_hline(y=truth, line={"color": SPLIT_COLOURS["train"], "dash": "dot"}, row=1, col=column)
        figure.update_xaxes(title_text="step", row=1, col=column)
    legend = {"orientation": "h", "x": 0.5, "xanchor": "center", "y": -0.25}
    return figure.update_layout(height=280, margin={"l": 10, "r": 10, "t": 30, "b": 10}, legend=legend)
