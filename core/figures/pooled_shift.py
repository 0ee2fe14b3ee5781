"""What a shift does to a pooled map: how many of its cells it leaves, and by which shifts the map follows exactly."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.figures.colours import GREY, SPLIT_COLOURS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

TITLES = ("Cells that hold the same number as before", "How far the pooled map is from following")
EXACT = 1e-9


def pooled_shift_figure(
    sizes: Sequence[str], shares: Sequence[float], distances: Sequence[float], chosen: str = ""
) -> "Figure":
    """Draw both, as bars in two panels.

    Parameters
    ----------
    sizes, shares
        The windows, and the share of the cells that the shift leaves as they were, in [0, 1].
    distances
        By the shift in pixels, from 0: how far the pooled map is from following it, 0 or more.
    chosen
        The window that stands out.
    """
    from plotly.subplots import make_subplots

    figure = make_subplots(cols=2, subplot_titles=TITLES, horizontal_spacing=0.12)
    accent = SPLIT_COLOURS["train"]
    figure.add_bar(
        x=list(sizes),
        y=list(shares),
        marker={"color": [accent if size == chosen else GREY for size in sizes]},
        text=[f"{share:.0%}" for share in shares],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="window %{x}: %{y:.1%} unchanged<extra></extra>",
        row=1,
        col=1,
    )
    exact = [distance < EXACT for distance in distances]
    figure.add_bar(
        x=list(range(len(distances))),
        y=list(distances),
        marker={"color": accent},
        text=["0" if none else "" for none in exact],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="shift by %{x}: %{y:.3g} apart on average<extra></extra>",
        row=1,
        col=2,
    )
    figure.update_xaxes(title_text="window", type="category", row=1, col=1)
    figure.update_xaxes(title_text="shift to the right, in pixels", dtick=1, row=1, col=2)
    figure.update_yaxes(range=[0, 1.1], tickformat=".0%", tickvals=[0, 0.5, 1], row=1, col=1)
    figure.update_yaxes(rangemode="tozero", row=1, col=2)
    figure.update_annotations(font_size=13)
    return figure.update_layout(height=260, margin={"l": 10, "r": 10, "t": 34, "b": 10}, showlegend=False)
