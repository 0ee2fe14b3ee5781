"""ROC and precision-recall curves: each class against the rest, and all classes together."""

import numpy as np
import streamlit as st
from plotly.subplots import make_subplots

from core.evaluation.predictions import Predictions
from core.evaluation.ranking import Curve, macro_precision_recall, macro_roc, micro, precision_recall, roc
from core.figures.colours import class_colours

MOST_CHOSEN = 6
# A curve of 25,000 steps looks the same with so many points, and is drawn at once.
MOST_POINTS = 400
MICRO, MACRO = "all, each image counting the same", "all, each class counting the same"
STYLES = {MICRO: ("#8C8C8C", "dash"), MACRO: ("#8C8C8C", "solid")}
# Of many classes the colours are hard to tell apart.
DASHES = ("solid", "dashdot", "longdash", "dot")
NAMES = {MICRO: "micro", MACRO: "macro"}


def show_ranking_curves(predictions: Predictions, hardest: list[int], key: str) -> None:
    """Both curves for the classes that one chooses.

    Parameters
    ----------
    predictions
        Of the part of the split that is in view.
    hardest
        The classes to begin with, by their index.
    """
    names = predictions.class_names
    two = len(names) == 2
    options: list = [*range(len(names))] if two else [MICRO, MACRO, *range(len(names))]
    chosen = st.multiselect(
        "Curves",
        options,
        default=[1] if two else [MICRO, MACRO, *hardest],
        format_func=lambda option: NAMES.get(option, option) if isinstance(option, str) else names[option],
        max_selections=MOST_CHOSEN,
        key=f"curves_{key}",
        help="Each class against all others. **micro**: all classes pooled, each image counting the same. **macro**: "
        "the mean of the classes' curves.",
    )
    if not chosen:
        st.caption("Choose a class to see its curves.")
        return
    draw(predictions, chosen, key)


def draw(predictions: Predictions, chosen: list, key: str) -> None:
    """The panels."""
    colours = class_colours(predictions.class_names)
    figure = make_subplots(cols=2, subplot_titles=("ROC", "Precision and recall"), horizontal_spacing=0.2)
    words, undefined = [], []
    for place, option in enumerate(chosen):
        curves = curves_of(predictions, option)
        title = NAMES[option] if isinstance(option, str) else predictions.class_names[option]
        colour, dash = STYLES[option] if isinstance(option, str) else (colours[title], DASHES[place % len(DASHES)])
        if curves[0].area is None:
            undefined.append(title)
            continue
        for column, curve in enumerate(curves, start=1):
            x, y = thinned(curve)
            name = f"{_short(title)}: {curves[0].area:.3f} / {curves[1].area:.3f}"
            figure.add_scatter(
                x=x,
                y=y,
                name=name,
                mode="lines",
                # Average precision is the area below these steps; straight lines would promise more.
                line={"color": colour, "dash": dash, "width": 2, "shape": "linear" if column == 1 else "hv"},
                showlegend=column == 1,
                legendgroup=title,
                hovertemplate="%{x:.3f}, %{y:.3f}<extra>" + _plain(_short(title)) + "</extra>",
                row=1,
                col=column,
            )
        words.append(f"{title}: area under ROC {curves[0].area:.3f}, average precision {curves[1].area:.3f}")
    if undefined:
        st.caption(f"{len(undefined)} of these can't be drawn: no image, or every image, is of that class.")
    if not words:
        return
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": "#8C8C8C", "width": 1, "dash": "dot"}, row=1, col=1
    )
    figure.data[-1].update(showlegend=False, hoverinfo="skip")
    for column, titles in enumerate((("false-alarm rate", "recall"), ("recall", "precision")), start=1):
        figure.update_xaxes(title_text=titles[0], range=[-0.02, 1.02], row=1, col=column)
        figure.update_yaxes(title_text=titles[1], range=[-0.02, 1.04], row=1, col=column)
    legend = {"orientation": "h", "x": 0, "y": -0.28, "title": {"text": "area under ROC / average precision"}}
    figure.update_layout(height=380, margin={"l": 10, "r": 10, "t": 30, "b": 10}, legend=legend)
    st.plotly_chart(figure, key=f"ranking_{key}", config={"displayModeBar": False}, alt="; ".join(words))
    st.caption(
        "What a lower or higher threshold would bring. **ROC**: the share of a class that is found (recall) against "
        "the share of the others that are called so too (false-alarm rate); the nearer the top left the better, the "
        "dotted line is guessing. **Precision and recall**: the share of those called so that are; the nearer the top "
        "right the better."
    )


def curves_of(predictions: Predictions, option: str | int) -> tuple[Curve, Curve]:
    """ROC and precision-recall of one class, or of all together."""
    true, probabilities = predictions.true, predictions.probabilities
    if option == MACRO:
        return macro_roc(true, probabilities), macro_precision_recall(true, probabilities)
    asked = micro(true, probabilities) if option == MICRO else (true == option, probabilities[:, option])
    return roc(*asked), precision_recall(*asked)


def thinned(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """Points of a curve, evenly along its length, at most `MOST_POINTS` of them; both ends are kept."""
    if len(curve.x) <= MOST_POINTS:
        return curve.x, curve.y
    along = np.r_[0, np.cumsum(abs(np.diff(curve.x)) + abs(np.diff(curve.y)))]
    places = np.unique(np.searchsorted(along, np.linspace(0, along[-1], MOST_POINTS)).clip(0, len(along) - 1))
    return curve.x[places], curve.y[places]


def _short(title: str) -> str:
    return title if len(title) <= 24 else title[:23] + "…"


def _plain(text: str) -> str:
    """For Plotly, which reads a little HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
