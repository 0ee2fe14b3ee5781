"""What networks cost: the numbers they hold against the work that an image takes, by year."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.figures.colours import GREY, OKABE_ITO, SPLIT_COLOURS
from core.figures.text import plain

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

NEAR = (0.4, 0.2)  # in powers of ten, across and up


@dataclass(frozen=True)
class NetworkCost:
    """A network in the figure: its name, its year, its parameters, and the multiply–adds that an image takes."""

    title: str
    year: int
    parameters: int
    multiplications: int


def network_costs_figure(networks: Sequence[NetworkCost], chosen: Collection[str]) -> "Figure":
    """Both axes by powers of ten; those whose titles are chosen stand out, and a line leads from year to year."""
    import plotly.graph_objects as go

    order = sorted(networks, key=lambda network: network.year)
    places = [(math.log10(each.parameters), math.log10(each.multiplications)) for each in order]
    x, y = [each.parameters for each in order], [each.multiplications for each in order]
    figure = go.Figure()
    figure.add_scatter(x=x, y=y, mode="lines", line={"color": GREY, "width": 1, "dash": "dot"}, hoverinfo="skip")
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers+text",
        text=[plain(each.title) for each in order],
        textposition=[_beside(place, places) for place in places],
        textfont={"size": 11},
        marker={
            "color": [OKABE_ITO[0] if each.title in chosen else SPLIT_COLOURS["train"] for each in order],
            "size": [16 if each.title in chosen else 9 for each in order],
        },
        customdata=[[plain(each.title), each.year] for each in order],
        hovertemplate="%{customdata[0]}, %{customdata[1]}<br>%{x:,} parameters<br>%{y:,} multiply–adds<extra></extra>",
        cliponaxis=False,
    )
    figure.update_xaxes(type="log", dtick=1, title_text="parameters", exponentformat="SI", range=[4.4, 8.9])
    figure.update_yaxes(type="log", dtick=1, title_text="multiply–adds an image", exponentformat="SI")
    return figure.update_layout(height=400, margin={"l": 10, "r": 10, "t": 20, "b": 10}, showlegend=False)


def _beside(place: tuple[float, float], places: Sequence[tuple[float, float]]) -> str:
    """Where a name is written: on the left; on the right at the left end, and where another point is on the left."""
    taken = any(0 < place[0] - x < NEAR[0] and abs(place[1] - y) < NEAR[1] for x, y in places)
    return "middle right" if taken or place == min(places) else "middle left"
