"""A kernel that slides along a signal, as bars."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.figures.colours import GREY, OKABE_ITO, SPLIT_COLOURS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

UNDER_KERNEL, ANSWER = SPLIT_COLOURS["train"], OKABE_ITO[0]


def sliding_figure(padded: np.ndarray, first: int, window: range, answers: np.ndarray, at: Sequence[int]) -> "Figure":
    """The signal, with what lies under the kernel marked, above the answers so far, of which the last is marked.

    Parameters
    ----------
    padded : (n,) array
        The signal with its padding.
    first
        The index of `padded[0]`, negative where there is padding.
    window
        Which of them lie under the kernel.
    answers : (m,) array
        All that were worked out so far, at least one.
    at : (m,) sequence of int
        The index of each answer, in those of the signal.
    """
    from plotly.subplots import make_subplots

    titles = ("Signal x, and what lies under the kernel", "Answers y so far")
    figure = make_subplots(rows=2, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.2)
    places = np.arange(first, first + len(padded))
    colours = [UNDER_KERNEL if place in window else GREY for place in places]
    bars = {"width": 0.7, "hovertemplate": "%{y:.4g} at %{x}<extra></extra>"}
    figure.add_bar(x=places, y=padded, marker_color=colours, row=1, col=1, **bars)
    shown = [GREY] * (len(answers) - 1) + [ANSWER]
    figure.add_bar(x=list(at), y=answers, marker_color=shown, row=2, col=1, **bars)
    figure.update_xaxes(range=[places[0] - 0.6, places[-1] + 0.6], dtick=1 if len(padded) <= 30 else 5)
    figure.update_yaxes(zeroline=True)
    return figure.update_layout(height=280, showlegend=False, margin={"l": 10, "r": 10, "t": 28, "b": 10})
