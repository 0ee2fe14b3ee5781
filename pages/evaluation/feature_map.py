"""The images of a run on a map of the feature space, coloured by class, mistake or part, to look at and to choose."""

import math
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.errors import WorkbenchError
from core.evaluation.confusion_matrix import most_confused
from core.evaluation.predictions import SPLITS, Predictions
from core.figures.colours import OKABE_ITO, SPLIT_COLOURS, class_colours
from core.runs.record import Run
from pages.components.gallery import Tile, clear_selection, show_images, tile_of
from pages.components.point_map import SHAPES, Group, PointMap, clear_points, show_point_map
from pages.evaluation.relabel_and_retrain import fixed_notes, show_selection_bar
from pages.shared.evaluated_run import images_of
from pages.shared.inference import survey
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.thumbnails import SIDE, thumbnail_urls

CLASS, ERROR, SPLIT = "Class", "Right or wrong", "Part of the split"
COLOURINGS = (CLASS, ERROR, SPLIT)
RIGHT, WRONG = Group("right", "#9aa3b5"), Group("wrong", "#d64545", "diamond")
# The last of the colours is the grey of those that are not highlighted.
HIGHLIGHT_COLOURS = OKABE_ITO[:-1]
# Up to so many classes, colours are told apart; up to so many, with a shape each; beyond, only those highlighted.
FEW_CLASSES, MANY_CLASSES = len(OKABE_ITO), 24
PAIRS_HIGHLIGHTED, CLASSES_COUNTED = 3, 3
IMAGES_PER_PAGE, FEW_IMAGES, LIST_HEIGHT = 24, 6, 460
MAP, GALLERY = "feature_points", "feature_map"


def show_feature_map(
    page: Page, run: Run, predictions: Predictions, split: str, details: Callable[[pd.Series], None] | None = None
) -> None:
    """Draw the map, and beside it the images that were chosen on it, which can be relabelled or excluded.

    Parameters
    ----------
    predictions
        Of all images of the run.
    split
        Whose images are drawn, unless they are coloured by their part of the split: then all.
    details
        As `pages.components.gallery.show_images` takes it.
    """
    try:
        found = survey("feature_map", page.workspace, run, "Drawing the map, once for this run")
    except WorkbenchError as error:
        st.warning(escape(str(error)), icon=":material/error:")
        return
    st.fragment(_show)(page, run, found, predictions, split, details)


def _show(
    page: Page,
    run: Run,
    found: dict[str, Any],
    predictions: Predictions,
    split: str,
    details: Callable[[pd.Series], None] | None,
) -> None:
    settings = st.container(horizontal=True)
    with settings:
        colouring = st.segmented_control("Colour", COLOURINGS, default=CLASS, required=True, key="map_colour")
    points = points_of(found, predictions)
    part = "all" if colouring == SPLIT else split
    if part != "all":
        points = points[points["split"] == part].reset_index(drop=True)
    if points.empty:
        st.caption("There are no images of this part.")
        return
    names = predictions.class_names
    with settings:
        highlighted = _choose_classes(points, names, f"{run.id}_{part}") if colouring == CLASS else []
    groups, group = groups_of(points, colouring, names, highlighted)
    drawn = PointMap(
        identity=f"{run.id}_{part}_{len(points)}",
        edition=str(page.dataset.content.version),
        places=points[["x", "y"]].to_numpy(),
        groups=groups,
        group=group,
        # Of the parts of the split one asks where each lies, not what is wrong.
        ringed=(points["true"] != points["predicted"]).to_numpy() & (colouring != SPLIT),
        ring="" if colouring == ERROR else "with a ring: taken for another class",
        named=colouring == CLASS,
        alt=in_words(points),
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        rows = show_point_map(drawn, lambda wanted: tiles_of(page, run, points.iloc[wanted], names), MAP)
    with right:
        if len(rows):
            _show_chosen(page, run, points.iloc[rows], names, details)
        else:
            _explain(found, points)


# What is drawn --------------------------------------------------------------------------------------------------------


def points_of(found: dict[str, Any], predictions: Predictions) -> pd.DataFrame:
    """A row an image of the map: path, x, y, split, true and predicted (indices of classes) and sure (0 to 1)."""
    answers = pd.DataFrame(
        {
            "true": predictions.true,
            "predicted": predictions.predicted,
            "sure": predictions.probabilities.max(axis=1),
        },
        index=predictions.ids,
    )
    places = pd.DataFrame({"path": found["paths"], "x": found["x"], "y": found["y"], "split": found["splits"]})
    places = places[np.isfinite(places["x"]) & np.isfinite(places["y"])]
    return places.join(answers, on="path", how="inner").reset_index(drop=True)


def groups_of(
    points: pd.DataFrame, colouring: str, class_names: tuple[str, ...], highlighted: list[int]
) -> tuple[list[Group], np.ndarray]:
    """What looks alike on the map, and which of them each point is of; only of what there are points.

    Parameters
    ----------
    highlighted
        Indices of the classes that alone have colours, where they are coloured by class; all have where it is empty
        and there are not more than `MANY_CLASSES`.
    """
    if colouring == ERROR:
        groups, group = [RIGHT, WRONG], (points["true"] != points["predicted"]).to_numpy().astype(int)
    elif colouring == SPLIT:
        groups = [Group(split, SPLIT_COLOURS[split], shape) for split, shape in zip(SPLITS, SHAPES, strict=False)]
        group = points["split"].map(SPLITS.index).to_numpy()
    elif not highlighted and len(class_names) <= MANY_CLASSES:
        groups, group = _classes(class_names), points["true"].to_numpy()
    else:
        groups, group = _highlighted(points, class_names, highlighted)
    present, group = np.unique(group, return_inverse=True)
    return [groups[index] for index in present], group


def _classes(class_names: tuple[str, ...]) -> list[Group]:
    """Neighbouring hues of many classes differ in their shape."""
    shapes = SHAPES if len(class_names) > FEW_CLASSES else SHAPES[:1]
    colours = class_colours(class_names).values()
    return [
        Group(name, colour, shapes[index % len(shapes)])
        for index, (name, colour) in enumerate(zip(class_names, colours, strict=True))
    ]


def _highlighted(
    points: pd.DataFrame, class_names: tuple[str, ...], highlighted: list[int]
) -> tuple[list[Group], np.ndarray]:
    """Some classes in colours, the others in grey. Of very many, a class's own colour is one of many alike."""
    if len(class_names) <= MANY_CLASSES:
        own = _classes(class_names)
        groups = [own[index] for index in highlighted]
    else:
        looks = zip(highlighted, HIGHLIGHT_COLOURS, SHAPES * 2, strict=False)
        groups = [Group(class_names[index], colour, shape) for index, colour, shape in looks]
    place = np.full(len(class_names), len(groups))
    place[highlighted[: len(groups)]] = np.arange(len(groups))
    return [*groups, Group("other classes", "")], place[points["true"].to_numpy()]


def _choose_classes(points: pd.DataFrame, class_names: tuple[str, ...], key: str) -> list[int]:
    """Which classes alone have colours. There is nothing to choose among few."""
    if len(class_names) <= FEW_CLASSES:
        return []
    usual = most_mixed_up(points, len(class_names)) if len(class_names) > MANY_CLASSES else []
    return st.multiselect(
        "Classes in colour",
        range(len(class_names)),
        default=usual,
        format_func=class_names.__getitem__,
        max_selections=len(HIGHLIGHT_COLOURS),
        placeholder="All" if len(class_names) <= MANY_CLASSES else "None",
        key=f"map_classes_{key}",
        help=f"Up to {len(HIGHLIGHT_COLOURS)}; the others are grey. At first, of very many classes, those that are "
        "mixed up most often.",
    )


def most_mixed_up(points: pd.DataFrame, class_count: int) -> list[int]:
    """The classes of the pairs that are mixed up most often; without any mistake, the largest classes."""
    matrix = np.zeros((class_count, class_count), dtype=int)
    np.add.at(matrix, (points["true"].to_numpy(), points["predicted"].to_numpy()), 1)
    pairs = most_confused(matrix, PAIRS_HIGHLIGHTED)
    if not pairs:
        return np.argsort(-matrix.sum(axis=1), kind="stable")[: 2 * PAIRS_HIGHLIGHTED].tolist()
    return list(dict.fromkeys(index for pair in pairs for index in (pair.first, pair.second)))


def tiles_of(page: Page, run: Run, points: pd.DataFrame, class_names: tuple[str, ...]) -> list[Tile]:
    """What hovering shows of these points: the picture, what it is, what it was taken for, and how surely."""
    try:
        table = images_of(run)
    except WorkbenchError:
        table = pd.DataFrame()
    known = table.loc[[path for path in points["path"] if path in table.index]]
    # All at once, on all cores; the tiles then find them.
    images = ((row["pixel_hash"], str(page.dataset.path_of(row["path"]))) for _, row in known.iterrows())
    thumbnail_urls(images, SIDE, page.dataset.content.reading)
    notes = _notes(page, points, class_names)
    tiles = []
    for point in points.itertuples():
        note, wrong = notes[point.path], point.true != point.predicted
        if point.path in known.index:
            tiles.append(tile_of(page.dataset, known.loc[point.path], note, wrong))
        else:
            tiles.append(Tile(point.path, "", point.path, class_names[point.true], note, wrong=wrong))
    return tiles


def _notes(page: Page, points: pd.DataFrame, class_names: tuple[str, ...]) -> dict[str, str]:
    """By path, what was answered, and what became of the image since."""
    labels = {path: class_names[true] for path, true in zip(points["path"], points["true"], strict=True)}
    fixed = fixed_notes(page.dataset, list(labels), labels)
    notes = {}
    for point in points.itertuples():
        since = f"{fixed[point.path]} · " if point.path in fixed else ""
        notes[point.path] = f"{since}{point.sure:.0%} {class_names[point.predicted]}"
    return notes


# What is said ---------------------------------------------------------------------------------------------------------


def in_words(points: pd.DataFrame) -> str:
    """What the map shows, for eyes that can't see it."""
    wrong = int((points["true"] != points["predicted"]).sum())
    return f"A map of {_images(len(points))}, {wrong:,} of which {_are(wrong)} taken for another class."


def chosen_in_words(points: pd.DataFrame, class_names: tuple[str, ...]) -> str:
    """How many images are chosen, of which classes, and how many of them are mistakes."""
    counts = points["true"].value_counts(sort=True)
    parts = [f"{count:,} of “{class_names[index]}”" for index, count in counts.head(CLASSES_COUNTED).items()]
    rest = counts.iloc[CLASSES_COUNTED:]
    if len(rest):
        parts.append(f"{int(rest.sum()):,} of {len(rest)} other class{'' if len(rest) == 1 else 'es'}")
    wrong = int((points["true"] != points["predicted"]).sum())
    share = f" ({wrong / len(points):.0%})" if wrong else ""
    mistakes = f"{wrong:,} of them {_are(wrong)} taken for another class{share}." if wrong else "All are recognised."
    return f"{_images(len(points))} chosen: {', '.join(parts)}. {mistakes}"


def reading_guide(found: dict[str, Any]) -> str:
    """What such a map is, what distances on it mean, what it hides, and what to do with what one sees; Markdown."""
    origin = escape(found["origin"])
    start = (
        f"**What it is.** The network turns each image into many numbers, its features (here {origin}). The map lays "
        "images whose features are alike next to each other."
    )
    islands = (
        "**What to do with islands.**\n"
        "- *One class alone:* the network knows it well.\n"
        "- *Two classes mixed:* their features do not tell them apart. Look whether a person could; if so, more images "
        "of them, larger ones or unfrozen layers help.\n"
        "- *A dot in the midst of another class:* look at its label first. If it is wrong, relabel it.\n"
        "- *A small island far off:* often one camera, one place or the same picture many times. Coloured by part of "
        "the split, see that it does not lie in one part only."
    )
    return "\n\n".join([start, _distances(found), islands])


def _distances(found: dict[str, Any]) -> str:
    if found["method"] == "PCA":
        kept = found.get("kept", math.nan)
        share = f" They hold {kept:.0%} of all differences; the rest is squeezed flat." if math.isfinite(kept) else ""
        return (
            "**Distances.** Drawn are the two directions in which the images differ most (principal components, PCA): "
            f"far apart is unlike, but what lies together may still differ in what is not drawn.{share}"
        )
    return (
        "**Distances.** Neighbours are trustworthy: near images look alike to the network. How far islands are from "
        "each other, how large and how dense they are says little: to get so many numbers onto a plane, the map "
        "(t-SNE) keeps neighbours together and squeezes and stretches everything else. Directions mean nothing."
    )


def _explain(found: dict[str, Any], points: pd.DataFrame) -> None:
    st.markdown(f"**{in_words(points)}** Near ones look alike to the network.")
    st.caption(
        "Point at a dot to see its image. Draw a lasso around some to list them here, and to relabel or exclude them."
    )
    with st.expander("How to read this map", icon=":material/map:"):
        st.markdown(reading_guide(found))


# What was chosen ------------------------------------------------------------------------------------------------------


def _show_chosen(
    page: Page,
    run: Run,
    points: pd.DataFrame,
    class_names: tuple[str, ...],
    details: Callable[[pd.Series], None] | None,
) -> None:
    """The images in the lasso, a page at a time. What is selected among them is acted on, else all."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(escape(chosen_in_words(points, class_names)), width="stretch")
        st.button("Clear", icon=":material/deselect:", key="clear_map", on_click=clear_points, args=(MAP,))
    try:
        table = images_of(run)
    except WorkbenchError as error:
        st.warning(escape(str(error)))
        return
    points = mistakes_first(points[points["path"].isin(table.index)])
    if points.empty:
        return
    bar = st.container()
    shown = st.container(height=LIST_HEIGHT if len(points) > FEW_IMAGES else "content", border=False)
    pages = -(-len(points) // IMAGES_PER_PAGE)
    # Of other images, the first page.
    page_key = f"map_page_{zlib.crc32(points.index.to_numpy().tobytes())}"
    number = st.pagination(pages, key=page_key) if pages > 1 else 1
    some = points.iloc[(number - 1) * IMAGES_PER_PAGE : number * IMAGES_PER_PAGE]
    with shown:
        selected = show_images(
            page.dataset,
            table.loc[some["path"]],
            GALLERY,
            _notes(page, some, class_names),
            selectable=True,
            details=details,
        )
    with bar:
        show_selection_bar(page, selected or list(points["path"]), GALLERY, clear=lambda: _clear(bool(selected)))


def mistakes_first(points: pd.DataFrame) -> pd.DataFrame:
    """The surest mistakes first, then the recognised images, the least sure first."""
    right = points["true"] == points["predicted"]
    order = np.lexsort((np.where(right, points["sure"], -points["sure"]), right))
    return points.iloc[order]


def _clear(some: bool) -> None:
    """After a change: what was selected among the images in the lasso no longer is, or else the lasso has gone."""
    clear_selection(GALLERY)
    if not some:
        clear_points(MAP)


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
