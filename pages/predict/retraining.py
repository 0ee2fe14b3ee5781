"""From corrected answers to a better run: label images, have them read in, train again, or take it back."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import streamlit as st

from core.datasets.adding import add_images
from core.datasets.editing import relabel
from core.datasets.importing import start_import
from core.errors import WorkbenchError, in_words
from core.runs.lineage import edits_since, has_changed, retrain
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.progress import show_progress

WHY = "on the page Predict"
CHANGES_SHOWN, LEFT_OUT_SHOWN = 4, 5
SECONDS_BETWEEN_LOOKS = 0.5
# What was left out of the last addition, said once.
LEFT_OUT = "left_out_of_addition"


def add_labelled(page: Page, labels: Mapping[Path, str]) -> bool:
    """Copy new images into the dataset with these labels, and have them read in; False where that was refused."""
    try:
        page.hosting.check_room(page.workspace)
        addition = add_images(page.dataset, labels, f"added {WHY}")
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return False
    st.session_state[LEFT_OUT] = [f"{file.name} {reason}" for file, reason in addition.left_out.items()]
    if addition.count:
        start_import(page.dataset)
    return True


def label_own(page: Page, paths: Sequence[str], label: str) -> bool:
    """Give images of the dataset that had no label one; False where that was refused."""
    try:
        relabel(page.dataset, paths, label, WHY)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return False
    return True


def show_changes(page: Page) -> None:
    """What was changed since the run in view, with buttons that train again and that take the last change back."""
    if left_out := st.session_state.pop(LEFT_OUT, None):
        more = f"; and {len(left_out) - LEFT_OUT_SHOWN:,} more" if len(left_out) > LEFT_OUT_SHOWN else ""
        st.warning(escape(f"Not added: {'; '.join(left_out[:LEFT_OUT_SHOWN])}{more}."))
    status = page.dataset.job.status()
    if status.active:
        st.fragment(_reading_in, run_every=SECONDS_BETWEEN_LOOKS)(page)
        return
    if status.state == "failed":
        st.error(escape(f"The images that were added could not be read in: {status.error}"))
    if page.run.status().active or not has_changed(page.dataset, page.run):
        return
    edits = edits_since(page.dataset, page.run)
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        shown = "; ".join(edit.in_words() for edit in edits[-CHANGES_SHOWN:]) or "images were added or divided anew"
        more = f"{len(edits) - CHANGES_SHOWN:,} changes, then " if len(edits) > CHANGES_SHOWN else ""
        st.markdown(f"Changed since this run: {more}{escape(shown)}.", width="stretch")
        if edits:
            undo = page.dataset.edits.undo
            st.button("Undo", icon=":material/undo:", key="undo_label", on_click=_do, args=(undo, edits[-1].id))
        if st.button("Retrain", type="primary", icon=":material/play_arrow:", key="retrain"):
            _retrain(page)


def _reading_in(page: Page) -> None:
    status = page.dataset.job.status()
    if not status.active:
        st.rerun(scope="app")
    with st.container(border=True):
        st.markdown("The images that were added are read in; then the network can be trained again.")
        show_progress(status)


def _do(take_back: Callable[[int], object], edit: int) -> None:
    try:
        take_back(edit)
    except (WorkbenchError, OSError):
        return  # somebody else did it just now, and the page shows what stands


def _retrain(page: Page) -> None:
    """Train again; the page Evaluation follows the new run, and compares the two."""
    try:
        retrain(page.workspace, page.dataset, page.run)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)), icon=":material/error:")
        return
    page.go("evaluation")
