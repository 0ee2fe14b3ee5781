"""The images of a run on a map of the feature space, coloured by class, mistake or part, with a lasso."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.errors import WorkbenchError
from core.evaluation.predictions import SPLITS, Predictions
from core.runs.record import Run
from pages.widgets.colours import SPLIT_COLOURS, class_colours
from pages.widgets.frame import Page
from pages.widgets.gallery import escape, show_images
from pages.widgets.helper import survey
from pages.widgets.judgement import images_of

CLASS, ERROR, SPLIT = "Class", "Right or wrong", "Part of the split"
COLOURINGS = (CLASS, ERROR, SPLIT)
RIGHT, WRONG = "right", "wrong"
ERROR_COLOURS = {RIGHT: "#9aa3b5", WRONG: "#d64545"}
# Beyond those, names in a legend take room from the map, and hovering tells them better.
LEGEND_CLASSES = 12
NAME_LENGTH = 24
HEIGHT = 520
IMAGES_SHOWN = 24
METHODS = {
    "t-SNE": "Near images look alike to the network; how far apart far ones are says little (t-SNE).",
    "PCA": "The two directions in which the images differ most (PCA): far apart is unlike, near may still differ.",
}


def show_feature_map(page: Page, run: Run, predictions: Predictions, split: str) -> list[str]:
    """Draw the map, and the images that a lasso or a click chose.

    Parameters
    ----------
    predictions
        Of all images of the run.
    split
        Whose images are drawn, unless they are coloured by their part of the split: then all.

    Returns
    -------
    list of str
        The paths of the images that are chosen: those selected among the ones in the lasso, else all in it.
    """
    try:
        found = survey("feature_map", page.workspace, run, "Drawing the map, once for this run")
    except WorkbenchError as error:
        st.warning(escape(str(error)), icon=":material/error:")
        return []
    colouring = st.segmented_control("Colour", COLOURINGS, default=CLASS, required=True, key="map_colour")
    points = points_of(found, predictions)
    if colouring != SPLIT:
        points = points[points["split"] == split]
    if points.empty:
        st.caption("There are no images of this part.")
        return []
    figure = map_figure(points, colouring, predictions.class_names)
    st.caption(f"{METHODS[found['method']]} By {escape(found['origin'])}. Draw a lasso around images to see them.")
    event = st.plotly_chart(
        figure,
        key=f"map_{run.id}_{split}_{colouring}",
        on_select="rerun",
        selection_mode=("lasso", "box", "points"),
        config={"displaylogo": False, "modeBarButtons": [["lasso2d", "select2d", "pan2d", "zoom2d", "resetScale2d"]]},
        alt=in_words(points),
    )
    chosen = list(dict.fromkeys(point["customdata"][0] for point in event.selection.points))
    return _show_chosen(page, run, points, chosen)


def points_of(found: dict, predictions: Predictions) -> pd.DataFrame:
    """A row an image of the map: path, x, y, split, label, predicted, sure (0 to 1) and right."""
    answers = pd.DataFrame(
        {
            "label": np.array(predictions.class_names, dtype=object)[predictions.true],
            "predicted": np.array(predictions.class_names, dtype=object)[predictions.predicted],
            "sure": predictions.probabilities.max(axis=1),
            "right": predictions.predicted == predictions.true,
        },
        index=predictions.ids,
    )
    places = pd.DataFrame({"path": found["paths"], "x": found["x"], "y": found["y"], "split": found["splits"]})
    return places.join(answers, on="path", how="inner")


def map_figure(points: pd.DataFrame, colouring: str, class_names: tuple[str, ...]) -> go.Figure:
    """The map; each point's customdata is its path, label, answer, certainty and part."""
    colours, column = _colours(colouring, class_names), {CLASS: "label", SPLIT: "split"}.get(colouring)
    kind = points[column] if column else points["right"].map({True: RIGHT, False: WRONG})
    figure = go.Figure()
    for name, colour in colours.items():
        some = points[kind == name]
        if some.empty:
            continue
        told = some[["path", "label", "predicted"]].map(_plain)
        told["path"] = some["path"]
        figure.add_scattergl(
            x=some["x"],
            y=some["y"],
            mode="markers",
            name=_plain(name),
            # What is wrong is larger than what is right, whatever the colours mean.
            marker={"color": colour, "size": np.where(some["right"], 6, 9), "opacity": 0.8},
            customdata=told.assign(sure=some["sure"], split=some["split"]).to_numpy(),
            hovertemplate="%{customdata[1]}, taken for %{customdata[2]} (%{customdata[3]:.0%})<br>%{customdata[4]}"
            "<extra></extra>",
        )
    hidden = {"visible": False}
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        xaxis=hidden,
        yaxis=hidden | {"scaleanchor": "x"},
        dragmode="lasso",
        showlegend=len(colours) <= LEGEND_CLASSES,
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "itemsizing": "constant"},
    )
    return figure


def in_words(points: pd.DataFrame) -> str:
    """What the map shows, for eyes that can't see it."""
    wrong = int((~points["right"]).sum())
    return f"A map of {len(points):,} images, {wrong:,} of which are taken for another class."


def _colours(colouring: str, class_names: tuple[str, ...]) -> dict[str, str]:
    if colouring == SPLIT:
        return {split: SPLIT_COLOURS[split] for split in SPLITS}
    return ERROR_COLOURS if colouring == ERROR else class_colours(class_names)


def _plain(name: str) -> str:
    """A name as Plotly shows it: not as HTML, and not longer than there is room for."""
    cut = name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _show_chosen(page: Page, run: Run, points: pd.DataFrame, chosen: list[str]) -> list[str]:
    """The images in the lasso; a selection among them narrows it."""
    table = images_of(run)
    chosen = [path for path in chosen if path in table.index]
    if not chosen:
        return []
    shown, more = chosen[:IMAGES_SHOWN], len(chosen) - IMAGES_SHOWN
    st.markdown(f"**{len(chosen):,} image{'' if len(chosen) == 1 else 's'} chosen**" + (", the first:" * (more > 0)))
    answers = points.set_index("path").loc[shown]
    notes = {
        path: f"taken for {taken}, {sure:.0%}" for path, taken, sure in answers[["predicted", "sure"]].itertuples()
    }
    selected = show_images(page.dataset, table.loc[shown], "feature_map", notes, selectable=True)
    return list(selected) or chosen
