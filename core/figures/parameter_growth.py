"""How many weights layers have, over the side of the image."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.figures.colours import GREY, RUN_COLOURS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

DASHES = ("solid", "dash", "dot")


def parameter_growth_figure(sides: Sequence[int], counts: Mapping[str, Sequence[int]], side: int) -> "Figure":
    """Lines on a logarithmic axis, with one side marked.

    Parameters
    ----------
    sides
        Of the image, in pixels.
    counts
        By what the layers are called, how many parameters each has at each side.
    side
        The one that is looked at, which is among `sides`.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    place = list(sides).index(side)
    for (name, numbers), colour, dash in zip(counts.items(), RUN_COLOURS, DASHES, strict=False):
        figure.add_scatter(
            x=list(sides),
            y=list(numbers),
            name=name,
            line={"color": colour, "dash": dash, "width": 2},
            hovertemplate=f"%{{x}} pixels a side<br>%{{y:,}} parameters<extra>{name}</extra>",
        )
        figure.add_scatter(
            x=[side],
            y=[numbers[place]],
            mode="markers+text",
            text=[f"{numbers[place]:,}"],
            textposition="top left" if place > len(sides) / 2 else "top right",
            marker={"color": colour, "size": 9},
            showlegend=False,
            hoverinfo="skip",
        )
    figure.add_vline(side, line={"color": GREY, "width": 1, "dash": "dot"})
    figure.update_xaxes(title_text="side of the image, pixels", range=[0, sides[-1] * 1.03])
    figure.update_yaxes(title_text="parameters", type="log", dtick=1, exponentformat="B")
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
    return figure.update_layout(height=300, margin={"l": 10, "r": 10, "t": 30, "b": 10}, legend=legend)
