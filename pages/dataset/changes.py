"""What was changed by hand: undone with one click, all of it or the last thing only."""

import time

import pandas as pd
import streamlit as st

from core.datasets.editing import order_classes, rename_class
from core.datasets.edits import Edit
from core.datasets.importing import changes_on_disk, start_import
from core.datasets.store import Dataset
from core.errors import WorkbenchError
from pages.shared.markdown import escape
from pages.shared.page import Page

CHANGES_SHOWN = 100


def remember(edit: Edit) -> None:
    """Offer to undo this edit above the views."""
    st.session_state["last_edit"] = edit


def offer_undo(dataset: Dataset) -> None:
    """Say what was done last in this tab, with a button that takes it back."""
    edit = st.session_state.get("last_edit")
    if edit is None or edit not in dataset.edits.standing():
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/edit: {escape(edit.in_words())}.")
        if st.button("Undo", icon=":material/undo:", key="undo_last"):
            undo(dataset, edit)


def undo(dataset: Dataset, edit: Edit) -> None:
    try:
        dataset.edits.undo(edit.id)
    except WorkbenchError as error:
        st.error(escape(str(error)))
        return
    st.session_state.pop("last_edit", None)
    st.rerun()


def show_changes(page: Page) -> None:
    """All edits that stand, newest first; names and order of the classes; and what changed in the folder."""
    dataset = page.dataset
    standing = dataset.edits.standing()[::-1]
    if standing:
        st.markdown("Newest first. Your image files stay as they are: these are notes beside the dataset.")
    else:
        st.markdown(
            "Nothing was changed by hand. Exclude or relabel images under *Images*, or by a finding: every change is "
            "listed here and can be undone."
        )
    for edit in standing[:CHANGES_SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if st.button("Undo", icon=":material/undo:", key=f"undo_{edit.id}"):
                undo(dataset, edit)
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(edit.time))
            st.markdown(f"{escape(edit.in_words())} · :gray[{when}]")
    if len(standing) > CHANGES_SHOWN:
        st.caption(f"And {len(standing) - CHANGES_SHOWN:,} older ones.")
    left, right = st.columns(2, gap="large")
    with left:
        class_names(dataset)
    with right:
        folder(page)


def class_names(dataset: Dataset) -> None:
    """Names and order of the classes, in a table that can be typed into."""
    st.markdown("**Names and order of the classes**")
    st.caption("Type another name, or another place. Your folders keep their names.")
    names = list(dataset.class_names)
    edited = st.data_editor(
        pd.DataFrame({"position": range(1, len(names) + 1), "name": names}),
        hide_index=True,
        column_config={
            "position": st.column_config.NumberColumn(
                "place", min_value=1, max_value=len(names), step=1, width="small"
            ),
            "name": st.column_config.TextColumn("class", max_chars=100),
        },
        key=f"class_table_{dataset.name}_{names}",  # what was typed is for these names in this order, and no others
    )
    rename_and_order(dataset, names, list(edited["name"]), list(edited["position"]))


def rename_and_order(dataset: Dataset, old: list[str], new: list[str], places: list[float]) -> None:
    """Do what was typed into the table."""
    wanted = list(old)
    for place_now, (name, place) in enumerate(zip(old, places, strict=True), 1):
        if pd.notna(place) and place != place_now:
            wanted.remove(name)
            wanted.insert(int(place) - 1, name)
    renamed = [(before, after or "") for before, after in zip(old, new, strict=True) if (after or "") != before]
    if wanted == old and not renamed:
        return
    try:
        if wanted != old:
            remember(order_classes(dataset, wanted))
        for before, after in renamed:
            remember(rename_class(dataset, before, after))
    except WorkbenchError as error:
        st.error(escape(str(error)))
        return
    st.rerun()


def folder(page: Page) -> None:
    """Where the images are, and whether anything changed there since they were read in."""
    dataset = page.dataset
    if dataset.info.kind not in ("folder", "table") or page.hosting.hosted:
        return
    st.markdown("**The folder**")
    st.caption(escape(dataset.info.root))
    if st.button("Look for changed files", icon=":material/sync:"):
        try:
            new, gone, changed = changes_on_disk(dataset)
        except (WorkbenchError, OSError) as error:
            st.error(escape(str(error)))
            return
        st.session_state["changes_on_disk"] = (dataset.name, new, gone, changed)
    name, new, gone, changed = st.session_state.get("changes_on_disk", ("", 0, 0, 0))
    if name != dataset.name:
        return
    if not new + gone + changed:
        st.markdown("Nothing has changed.")
        return
    st.markdown(f"{new:,} new, {gone:,} gone, {changed:,} changed. No image that stays moves to another part.")
    # By a callback, which comes before all else: whoever turns to another view at once would lose the click otherwise.
    st.button(
        "Read them in",
        type="primary",
        icon=":material/download:",
        on_click=_read_again,
        args=(dataset,),
        key="read_again",
    )


def _read_again(dataset: Dataset) -> None:
    st.session_state.pop("changes_on_disk", None)
    start_import(dataset)
