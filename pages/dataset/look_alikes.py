"""Pairs of pictures that look nearly the same under two labels, side by side with the difference marked."""

import io
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from core.datasets.editing import accept, relabel
from core.datasets.findings.finding import Finding
from core.errors import WorkbenchError
from core.evaluation.errors import LabelIssue
from core.figures.heat import overlay
from core.images.difference_picture import where_they_differ
from core.images.reading import UnreadableImage, thumbnail
from core.images.reading_settings import Reading
from core.runs.record import Run
from pages.components.gallery import Tile, show_large, show_tiles, tile_of
from pages.dataset.changes import remember
from pages.shared.inference import survey
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.thumbnails import pixels_url

SIDE = 320
AT_ONCE = 3
STRENGTH = 0.85
CACHED = 60


def show_pairs(page: Page, finding: Finding) -> None:
    """The most alike first, some at a time: what differs, what features say, and a click for each way to settle it."""
    table = page.dataset.images.set_index("path", drop=False)
    shown = st.session_state.setdefault("pairs_shown", AT_ONCE)
    told = _asked_features(page)
    for number, paths in enumerate(finding.sets[:shown]):
        if set(paths) <= set(table.index):
            with st.container(border=True):
                _show_pair(page, finding, table.loc[list(paths)], told, number)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if len(finding.sets) > shown:
            more = min(AT_ONCE, len(finding.sets) - shown)
            st.button(
                f"Show {more} more" + (f" of {left:,}" if (left := len(finding.sets) - shown) > more else ""),
                icon=":material/expand_more:",
                key="more_pairs",
                on_click=lambda: st.session_state.update(pairs_shown=shown + AT_ONCE),
            )
        if told is None and (run := _run_with_answers(page)) is not None:
            st.button(
                "Ask the features of a run",
                icon=":material/neurology:",
                key="ask_features",
                help=escape(
                    f"What a classifier on the features of the newest run, {run.settings.design.title}, says of these "
                    "images without having seen them."
                ),
                on_click=lambda: st.session_state.update(pairs_asked=True),
            )


def _show_pair(page: Page, finding: Finding, rows: pd.DataFrame, told: dict[str, str] | None, number: int) -> None:
    dataset = page.dataset
    tiles = [tile_of(dataset, row, row["split"]) for _, row in rows.iterrows()]
    files = [(row["pixel_hash"], str(dataset.path_of(row["path"]))) for _, row in rows.iterrows()]
    marked, words = difference_url(*files[0], *files[1], dataset.reading)
    if marked:
        tiles.append(Tile("difference", marked, f"Where they differ: {words}", "difference"))
    opened = show_tiles(tiles, f"pair_{finding.kind}_{number}", columns=3, clickable=True).opened
    if opened in rows.index:
        show_large(dataset, rows.loc[opened], note=finding.title)
    if words:
        st.caption(f"Difference: {escape(words)}.")
    for path in rows.index:
        if told is not None:
            st.caption(
                f"{escape(rows.loc[path, 'path'])}: {escape(told.get(path, 'not among the images of the run'))}."
            )
    first, second = rows["path"].tolist()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button("Both are right", icon=":material/done:", key=f"right_{number}", help="It can be undone."):
            _do(page, lambda: accept(dataset, finding.kind, [first, second], why="they differ where it matters"))
        for path, label in ((first, rows.loc[second, "label"]), (second, rows.loc[first, "label"])):
            if st.button(f"Both are “{escape(label)}”", icon=":material/label:", key=f"both_{number}_{path == second}"):
                _do(page, lambda path=path, label=label: relabel(dataset, [path], label, why="as its look-alike"))


def _do(page: Page, action) -> None:
    try:
        remember(action())
    except WorkbenchError as error:
        st.error(escape(str(error)))
        return
    st.rerun()


# Features ------------------------------------------------------------------------------------------------------------


def _run_with_answers(page: Page) -> Run | None:
    return next((run for run in page.runs if run.predictions_path.exists()), None)


def _asked_features(page: Page) -> dict[str, str] | None:
    """By path, what features say of an image's label; None where nobody asked, or there are none."""
    run = _run_with_answers(page)
    if run is None or not st.session_state.get("pairs_asked"):
        return None
    try:
        found = survey("label_issues", page.workspace, run, "Judging each image by what the others say")
    except WorkbenchError as error:
        st.caption(escape(str(error)))
        return None
    st.caption(escape(f"By {found.origin}. {found.caution}".strip()))
    return {image.path: _doubt(image) for image in found.images}


def _doubt(image: LabelIssue) -> str:
    own = f"“{image.label}” ({image.label_probability:.0%})"
    rival = f"“{image.likely}” ({image.likely_probability:.0%})"
    if image.likely_probability > image.label_probability:
        return f"by the features rather {rival} than {own}"
    return f"the features agree with {own}"


# The difference ------------------------------------------------------------------------------------------------------


def difference_url(identity_a: str, path_a: str, identity_b: str, path_b: str, reading: Reading) -> tuple[str, str]:
    """A data URL of the first picture in grey, what the second has otherwise in colour, and how much that is in words.

    Both are "" where one of them is gone.
    """
    try:
        return _difference_url(identity_a, path_a, identity_b, path_b, reading)
    except UnreadableImage:
        return "", ""


@lru_cache(maxsize=CACHED)
def _difference_url(_identity_a: str, path_a: str, _identity_b: str, path_b: str, reading: Reading) -> tuple[str, str]:
    first, second = (Image.open(io.BytesIO(thumbnail(Path(path), SIDE, reading))) for path in (path_a, path_b))
    if second.size != first.size:
        second = second.resize(first.size, Image.Resampling.BILINEAR)
    pixels = np.asarray(first.convert("RGB"))
    marked = where_they_differ(pixels, np.asarray(second.convert("RGB")))
    return pixels_url(overlay(pixels, marked.heat, STRENGTH)), marked.in_words
