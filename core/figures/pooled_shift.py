"""What a shift does to a pooled map: how many of its cells it leaves, and by which shifts the map follows exactly."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.figures.colours import GREY, SPLIT_COLOURS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

EXACT = 1e-9
ACCENT = SPLIT_COLOURS["train"]
FRAME = {"height": 240, "margin": {"l": 10, "r": 10, "t": 20, "b": 10}}


def unchanged_figure(sizes: Sequence[int], shares: Sequence[float], chosen: int) -> "Figure":
    """Draw the share of the cells that a shift leaves as they were, by the side of the window.

    Parameters
    ----------
    sizes, shares
        The sides, and the shares in [0, 1].
    chosen
        The side that stands out.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_bar(
        x=[f"{size}×{size}" for size in sizes],
        y=list(shares),
        marker={"color": [ACCENT if size == chosen else GREY for size in sizes]},
        text=[f"{share:.0%}" for share in shares],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="window %{x}: %{y:.1%} unchanged<extra></extra>",
    )
    figure.update_xaxes(title_text="window, side by side", type="category")
    figure.update_yaxes(title_text="cells unchanged", range=[0, 1.1], tickformat=".0%", tickvals=[0, 0.5, 1])
    return figure.update_layout(**FRAME)


def following_figure(distances: Sequence[float]) -> "Figure":
    """Draw how far the pooled map is from following a shift of 0, 1, 2 … pixels; 0 is written where it is exact."""
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_bar(
        x=list(range(len(distances))),
        y=list(distances),
        marker={"color": ACCENT},
        text=["0" if distance < EXACT else "" for distance in distances],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="shift by %{x}: %{y:.3g} apart on average<extra></extra>",
    )
    figure.update_xaxes(title_text="shift to the right, in pixels", dtick=1)
    figure.update_yaxes(title_text="mean difference", rangemode="tozero")
    return figure.update_layout(**FRAME)
