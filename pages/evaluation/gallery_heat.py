"""Where a network looks, for a whole gallery at once: Grad-CAM in the place of the images' thumbnails."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core.datasets.store import Dataset
from core.errors import WorkbenchError
from core.figures.heat import overlay
from core.runs.record import Run
from pages.shared.inference import has_weights, inference_client, looking, weights_written
from pages.shared.markdown import escape
from pages.shared.thumbnails import SIDE, pixels_url, proportions

STRENGTH = 0.7
GALLERIES_KEPT = 48


def choose_heat(run: Run, name: str, key: str) -> bool:
    """A switch that asks where the network looks; off and out of reach where the run has kept no weights.

    Parameters
    ----------
    name
        Of the class that the places speak for.
    """
    kept = has_weights(run)
    reason = "" if kept else " This run has kept no weights, so its network can't be asked."
    return st.toggle(
        "Where it looks",
        key=key,
        disabled=not kept,
        help=f"Grad-CAM: the lighter, the more a place speaks for “{escape(name)}”; grey does not.{reason}",
    )


def heat_pictures(dataset: Dataset, run: Run, rows: pd.DataFrame, class_index: int) -> dict[str, str]:
    """By path, a picture of each image with the places that speak for a class; says so where there are none.

    Parameters
    ----------
    rows
        Of the run's table of images, at most `core.explain.trained_network.MOST_IMAGES`.
    """
    files = {row.path: str(dataset.path_of(row.path)) for row in rows.itertuples()}
    # What is gone shows as gone, beside the heat of the others.
    files = {path: file for path, file in files.items() if Path(file).is_file()}
    if not files:
        return {}
    shapes = {row.path: (row.width, row.height) for row in rows.itertuples()}
    try:
        with looking():
            urls = _urls(
                str(run.folder),
                weights_written(run),
                tuple(files.values()),
                tuple(shapes[path] for path in files),
                tuple(run.answered_as(list(files), class_index)),
            )
    except WorkbenchError as error:
        st.info(escape(str(error)), icon=":material/visibility_off:")
        return {}
    return dict(zip(files, urls, strict=True))


@st.cache_data(max_entries=GALLERIES_KEPT, show_spinner=False)
def _urls(
    run: str,
    written: tuple[float, float],
    files: tuple[str, ...],
    shapes: tuple[tuple[int, int], ...],
    classes: tuple[int, ...],
) -> list[str]:
    """Pictures in the proportions of the files, as long as the run's weights stay as they are."""
    heat, images = inference_client().ask("grad_cam", run=run, paths=list(files), classes=list(classes))
    return [
        pixels_url(overlay(image, each, STRENGTH), shape=proportions(*shape, SIDE))
        for image, each, shape in zip(images, heat, shapes, strict=True)
    ]
