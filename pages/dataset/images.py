"""The images: filtered, sorted, a page at a time; selected ones are relabelled, excluded or put back."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.datasets.checkup import Checkup
from core.datasets.editing import exclude, include, relabel
from core.datasets.splits import SPLITS
from core.datasets.store import Dataset
from core.errors import WorkbenchError
from pages.components.gallery import clear_selection, show_images
from pages.components.selection import offer_download
from pages.dataset.changes import remember
from pages.shared.markdown import escape
from pages.shared.page import Page

TILES_PER_PAGE = 48
HEIGHT = 560
FEW_IMAGES = 12
ALL, EXCLUDED, UNLABELLED = "all", "excluded", "without a label"
# In the order of the pixels' hash, classes come mixed, and the first page is a fair sample.
ORDERS = {
    "mixed": ("pixel_hash", True),
    "name": ("path", True),
    "class": ("label", True),
    "least usual first": ("unlikeness", False),
    "least sharp first": ("sharpness", True),
    "sharpest first": ("sharpness", False),
    "darkest first": ("brightness", True),
    "brightest first": ("brightness", False),
    "lowest contrast first": ("contrast", True),
    "narrowest first": ("width", True),
    "widest first": ("width", False),
    "lowest first": ("height", True),
    "highest first": ("height", False),
    "smallest file first": ("size_bytes", True),
    "largest file first": ("size_bytes", False),
    "colour mode": ("mode", True),
    "format": ("format", True),
    "split": ("split", True),
}


def show_gallery(page: Page, checkup: Checkup) -> None:
    """The gallery, and what can be done with the images that are selected."""
    dataset = page.dataset
    rows = filtered(dataset, checkup)
    if rows.empty:
        st.info("No image is like that. Choose otherwise above.")
        return
    pages = -(-len(rows) // TILES_PER_PAGE)
    actions = st.container(horizontal=True, vertical_alignment="center", gap="small")
    shown = st.container(height=HEIGHT if len(rows) > FEW_IMAGES else "content", border=False)
    number = st.pagination(pages, key=f"gallery_page_{_view()}") if pages > 1 else 1
    with shown:
        part = rows.iloc[(number - 1) * TILES_PER_PAGE : number * TILES_PER_PAGE]
        selected = show_images(
            dataset,
            part,
            key="gallery",
            selectable=True,
            notes={row["path"]: row["reason"] or "excluded" for _, row in part.iterrows() if row["split"] == EXCLUDED},
            details=lambda row: edit_one(dataset, row),
        )
    with actions:
        if selected:
            edit_selected(dataset, rows[rows["path"].isin(selected)])
        else:
            st.markdown(
                f"**{len(rows):,}** image{'' if len(rows) == 1 else 's'}. :gray[Select with the mark in a corner, with "
                "Shift a range, with Ctrl+A all of this page; a click opens one.]"
            )


def filtered(dataset: Dataset, checkup: Checkup) -> pd.DataFrame:
    """The rows that the filters leave, in the order that was chosen."""
    known = set(dataset.images["path"])
    kinds = {finding.kind: finding for finding in checkup.findings if not known.isdisjoint(finding.paths)}
    classes, parts, findings, text, order = st.columns([2, 2, 3, 2, 2])
    label = _choice(classes, "Class", "gallery_class", [ALL, *dataset.class_names])
    unlabelled = dataset.content.unlabelled
    split = _choice(
        parts, "Split", "gallery_split", [ALL, *SPLITS, *([UNLABELLED] if len(unlabelled) else []), EXCLUDED]
    )
    # By its kind, not its title: the URL names it, and titles count, so that a link would not outlive the next change.
    kind = _choice(findings, "Finding", "gallery_finding", [ALL, *kinds], lambda kind: kind.replace("_", " "))
    words = text.text_input("Name contains", key="gallery_text", placeholder="part of a file name", bind="query-params")
    sort = _choice(order, "Order", "gallery_order", list(ORDERS))
    rows = excluded_images(dataset) if split == EXCLUDED else dataset.images
    if split == UNLABELLED:
        rows = unlabelled.assign(split=UNLABELLED)
    elif label != ALL:
        rows = rows[rows["label"] == label]
    if split in SPLITS:
        rows = rows[rows["split"] == split]
    if words.strip():
        rows = rows[rows["path"].str.contains(words.strip(), case=False, regex=False)]
    if kind != ALL:
        rows = rows[rows["path"].isin(kinds[kind].paths)]
        if sort == "mixed":  # copies side by side, what is least usual first
            place = {path: position for position, path in enumerate(kinds[kind].paths)}
            return rows.sort_values("path", key=lambda paths: paths.map(place), kind="stable")
    column, ascending = ORDERS[sort]
    return rows.sort_values(column, ascending=ascending, kind="stable")


def excluded_images(dataset: Dataset) -> pd.DataFrame:
    return dataset.content.excluded.assign(split=EXCLUDED)


def _choice(place, label: str, key: str, options: list[str], words: Callable[[str], str] = str) -> str:
    """A choice that the URL names, so that a view can be shared, and that falls back where it is no choice any more."""
    if st.session_state.get(key, options[0]) not in options:
        st.session_state[key] = options[0]
    return place.selectbox(label, options, key=key, format_func=words, bind="query-params")


def _view() -> str:
    """A name of what is filtered for: another view begins on its first page."""
    keys = ("gallery_class", "gallery_split", "gallery_finding", "gallery_text", "gallery_order")
    return "_".join(str(st.session_state.get(key, "")) for key in keys)


def edit_selected(dataset: Dataset, rows: pd.DataFrame) -> None:
    """What can be done with the images that are selected."""
    paths = list(rows["path"])
    count = f"{len(paths)} image{'' if len(paths) == 1 else 's'}"
    st.markdown(f"**{count} selected**")
    label = st.selectbox(
        "Label",
        dataset.class_names,
        index=None,
        placeholder="Relabel as… (or type a new class)",
        accept_new_options=True,
        label_visibility="collapsed",
        key="relabel_as",
        width=260,
    )
    if st.button("Relabel", icon=":material/label:", disabled=not label) and label:
        do(lambda: relabel(dataset, paths, label))
    out = rows["split"] == EXCLUDED
    if out.all():
        if st.button("Put back", icon=":material/undo:"):
            do(lambda: include(dataset, paths))
    elif st.button("Exclude", icon=":material/visibility_off:"):
        do(lambda: exclude(dataset, paths))
    offer_download(dataset, rows, "gallery")


def edit_one(dataset: Dataset, row: pd.Series) -> None:
    """The same for the image that is open."""
    path = row["path"]
    label = st.selectbox(
        "Relabel as",
        [name for name in dataset.class_names if name != row["label"]],
        index=None,
        placeholder="another class, or type a new one",
        accept_new_options=True,
        key="relabel_one",
    )
    if label:
        do(lambda: relabel(dataset, [path], label))
    if row["split"] == EXCLUDED:
        if st.button("Put back", icon=":material/undo:", key="include_one"):
            do(lambda: include(dataset, [path]))
    elif st.button("Exclude", icon=":material/visibility_off:", key="exclude_one"):
        do(lambda: exclude(dataset, [path]))


def do(edit) -> None:
    try:
        remember(edit())
    except WorkbenchError as error:
        st.error(escape(str(error)))
        return
    clear_selection("gallery")
    st.session_state.pop("relabel_one", None)
    st.rerun()
