"""From a list of mistakes to a better run: relabel or exclude images, train again, see old beside new, and undo."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from core.datasets.editing import exclude, relabel
from core.datasets.edits import Edit
from core.datasets.store import Dataset
from core.errors import WorkbenchError, in_words
from core.evaluation.changes import NOW_RIGHT, NOW_WRONG, OTHERWISE, Changes, RightAnswers, cell_changes, changes
from core.evaluation.comparison import compare, luck_in_words
from core.evaluation.words import SPLIT_WORDS, percent
from core.jobs.warm_worker import warm_worker
from core.runs.evaluated_runs import by_corrected_labels, evaluated_run
from core.runs.lineage import edits_since, has_changed, parent_run, retrain, standing_edits, undo_relabelling
from core.runs.record import Run
from pages.components.gallery import clear_selection, show_images
from pages.components.matrix import FEW_CLASSES, classes_to_show, show_matrix_difference
from pages.components.selection import offer_download
from pages.shared.evaluated_run import images_of, predictions_of
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.progress import show_progress

# Of a head on features at hand the whole training takes a second or two.
SECONDS_BETWEEN_LOOKS = 0.15
# By then the page is on screen. Nobody has found an image to relabel, and what it should be called, so soon.
SECONDS_TO_SEE = 2.0
CHANGES_SHOWN, IMAGES_SHOWN = 4, 24
IMAGES_HEIGHT, FEW_IMAGES = 400, 8
DIFFERENCES_KEPT = 12
RETRAINING, FAILED = "retraining", "retraining_failed"


# Choosing images ------------------------------------------------------------------------------------------------------


def show_selection_bar(page: Page, paths: Sequence[str], key: str, clear: Callable[[], None] | None = None) -> None:
    """What can be done with the images that are selected.

    Parameters
    ----------
    paths
        The images; the bar says how to select some where it is empty.
    key
        Of this bar among others on the page; by default also the key of the gallery that images are selected in.
    clear
        Ends the selection once it was dealt with.
    """
    clear = clear or (lambda: clear_selection(key))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not paths:
            st.caption("Select images by the mark in their corner to relabel or exclude them.")
            return
        st.markdown(f"**{_images(len(paths))} selected**")
        label = st.selectbox(
            "Label",
            page.dataset.class_names,
            index=None,
            placeholder="Relabel as…",
            accept_new_options=True,
            label_visibility="collapsed",
            key=f"relabel_as_{key}",
            width=170,
        )
        if st.button("Relabel", key=f"relabel_{key}", icon=":material/label:", disabled=not label) and label:
            _do(lambda: relabel(page.dataset, paths, label), clear)
        if st.button("Exclude", key=f"exclude_{key}", icon=":material/visibility_off:"):
            _do(lambda: exclude(page.dataset, paths, why="on the evaluation page"), clear)
        table = page.dataset.content.table
        offer_download(page.dataset, table[table["path"].isin(paths)], key)


def _do(edit: Callable[[], Edit], clear: Callable[[], None]) -> None:
    try:
        edit()
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return
    clear()
    st.rerun()


def fixed_notes(dataset: Dataset, paths: Sequence[str], labels: dict[str, str]) -> dict[str, str]:
    """By path, what became of an image since: "now “cats”", or "excluded"; only of those that are not as they were.

    Parameters
    ----------
    labels
        By path, the label that the run knew.
    """
    table = dataset.content.table
    known = table[table["path"].isin(list(paths))]
    notes = {}
    for path, label, excluded in zip(known["path"], known["label"], known["excluded"], strict=True):
        if excluded:
            notes[path] = "excluded"
        elif label != labels.get(path, label):
            notes[path] = f"now “{label}”"
    return notes


# Training again -------------------------------------------------------------------------------------------------------


def follow_retraining(page: Page) -> None:
    """Move on to the new run as soon as it has been evaluated. To be called before anything is drawn of the old one."""
    run_id = st.session_state.get(RETRAINING)
    new = next((run for run in page.runs if run.id == run_id), None)
    if new is None or new.status().active:
        return
    del st.session_state[RETRAINING]
    if new.predictions_path.exists():
        st.query_params["run"] = new.id
        st.query_params.pop("image", None)
        st.rerun()
    st.session_state[FAILED] = new.id


def show_relabelled(page: Page, run: Run, split: str) -> None:
    """What was changed since this run, with the button that trains again; or what training again has brought."""
    if run.settings.design.frozen:  # its head is trained in less time than it takes to start the process that does so
        warm_worker.keep_ready(SECONDS_TO_SEE)
    successor = next((each for each in page.runs if each.status().active and _comes_after(each, run)), None)
    if successor is not None:
        st.session_state[RETRAINING] = successor.id
        st.fragment(_progress, run_every=SECONDS_BETWEEN_LOOKS)(page, successor)
        return
    _say_failed(page)
    earlier = parent_run(run)
    if earlier is not None and earlier.predictions_path.exists():
        show_old_and_new(page, earlier, run, split)
    if has_changed(page.dataset, run):
        offer_retraining(page, run)


def _comes_after(new: Run, run: Run) -> bool:
    earlier = parent_run(new)
    return earlier is not None and earlier.id == run.id


def _progress(page: Page, run: Run) -> None:
    status = run.status()
    if not status.active:
        st.rerun(scope="app")
    with st.container(border=True):
        show_progress(status)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Stop", icon=":material/stop:", key="stop_retraining"):
                run.request_stop()
            page.link("training", "Watch it learn", "show_chart", run=run.id)


def _say_failed(page: Page) -> None:
    failed = next((run for run in page.runs if run.id == st.session_state.get(FAILED)), None)
    if failed is None:
        return
    status = failed.status()
    reason = status.error.partition("\n")[0] or f"it was {status.state}"
    st.warning(f"Training again came to nothing: {escape(reason)} The labels stay as you changed them.")


def offer_retraining(page: Page, run: Run) -> None:
    """The changes since a run, with buttons that train again and that take the last one back."""
    edits = edits_since(page.dataset, run)
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        if edits:
            shown = "; ".join(edit.in_words() for edit in edits[-CHANGES_SHOWN:])
            more = f"{len(edits) - CHANGES_SHOWN:,} changes, then " if len(edits) > CHANGES_SHOWN else ""
            st.markdown(f"Changed since this run: {more}{escape(shown)}.", width="stretch")
        else:
            st.markdown(
                "The images were relabelled, excluded, added or divided anew since this run.",
                width="stretch",
            )
        if edits and st.button("Undo", icon=":material/undo:", key="undo_fix"):
            _undo(lambda: page.dataset.edits.undo(edits[-1].id))
        if st.button("Retrain", type="primary", icon=":material/play_arrow:", key="retrain"):
            begin(page, run)


def begin(page: Page, run: Run) -> None:
    """Train again; from then on the page waits for the new run."""
    st.session_state.pop(FAILED, None)
    try:
        new = retrain(page.workspace, page.dataset, run)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)), icon=":material/error:")
        return
    st.session_state[RETRAINING] = new.id
    st.rerun()


def _undo(take_back: Callable[[], object]) -> None:
    try:
        take_back()
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return
    st.rerun()


# Old beside new -------------------------------------------------------------------------------------------------------


def show_old_and_new(page: Page, earlier: Run, run: Run, split: str) -> None:
    """What training again has brought: accuracies with intervals, cells, and the images that are answered otherwise."""
    try:
        if earlier.naming().parted:  # which of its answers are right is not known
            st.caption(escape(f"What training again brought can't be told. {earlier.naming().words()}"))
            return
        written = (earlier.answers_as_of, run.answers_as_of)
        found, beside = _brought(str(earlier.folder), str(run.folder), written, split)
    except WorkbenchError as error:
        st.warning(escape(str(error)))
        return
    fixes = standing_edits(page.dataset, run)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{old_and_new_in_words(found, split)} {beside}", width="stretch")
            if fixes and st.button(
                "Undo and go back", icon=":material/undo:", key="undo_relabelling", help=_what_is_undone(fixes)
            ):
                undo_all(page, earlier, run)
            page.link("compare", "Compare", "balance", runs=f"{earlier.id},{run.id}", cell="")
            page.link("evaluation", "Earlier run", "history", run=earlier.id)
        if not fixes:
            st.caption("The changes between the two runs have been undone; both runs are kept.")
        with st.expander(f"What changed ({len(found.images):,})", icon=":material/compare_arrows:"):
            many = len(classes_to_show(found.matrix_after - found.matrix_before)) > FEW_CLASSES
            cells, images = st.columns([3, 2] if many else [2, 3], gap="large")
            with cells:
                cell = choose_changed_cell(run, found)
            with images:
                show_changed_images(page, earlier, run, found, cell)


@st.cache_resource(max_entries=DIFFERENCES_KEPT, show_spinner=False)
def _brought(earlier: str, later: str, written: tuple[tuple, tuple], split: str) -> tuple[Changes, str]:
    """What differs, and whether it is luck, worked out once for as long as both have the answers that they have."""
    old, new = Run(Path(earlier)), Run(Path(later))
    return changes(predictions_of(old), predictions_of(new), split), luck_of_the_difference(old, new, split)


def luck_of_the_difference(earlier: Run, run: Run, split: str) -> str:
    """Whether the difference is more than luck, by the labels as they are now; "" where all is answered as before."""
    entries = [evaluated_run(each, name, predictions_of(each)) for each, name in ((earlier, "before"), (run, "now"))]
    (before, now), _ = by_corrected_labels([earlier, run], entries)
    pair = compare(before, now, split)
    if pair.difference is None or pair.difference.value == 0:
        return ""
    return f"That difference is {luck_in_words(pair)}."


def old_and_new_in_words(found: Changes, split: str) -> str:
    """Before and now, and how much of it the corrected labels make by themselves."""
    before, after = found.before, found.after
    images = f"{after.n:,} {SPLIT_WORDS[split]} image{'' if after.n == 1 else 's'}"
    then = f" of {before.n:,}" if before.n != after.n else ""
    text = f"**Before {_score(before)}{then}, now {_score(after)}** of {images}."
    if found.before_by_new_labels.right != before.right or found.before_by_new_labels.n != before.n:
        text += f" By the labels as they are now, the earlier run has {_score(found.before_by_new_labels)}."
    counts = found.images["change"].value_counts()
    parts = [f"{counts[kind]:,} {kind}" for kind in (NOW_RIGHT, NOW_WRONG, OTHERWISE) if kind in counts]
    otherwise = int((found.images["change"] != "").sum())
    if not otherwise:
        return text + " Every image is answered as before."
    return text + f" {_images(otherwise)} answered otherwise: {', '.join(parts)}."


def _score(score: RightAnswers) -> str:
    low, high = (percent(end, score.n) for end in score.interval)
    return f"{percent(score.accuracy, score.n)} ({low.removesuffix(' %')}–{high})"


def choose_changed_cell(run: Run, found: Changes) -> tuple[int, int] | None:
    """The matrix of now minus that of before, and the cell of it that is in view; None where none is."""
    key = f"changed_cell_{run.id}"
    difference = found.matrix_after - found.matrix_before
    if not difference.any():
        st.caption("Every cell of the matrix holds as many images as before.")
        return None
    st.caption("How many images more or fewer are in each cell. Blue is better, orange worse. Click one to see them.")
    cell = st.session_state.get(key)
    show_matrix_difference(
        found.class_names,
        difference,
        ("before", "now"),
        cell,
        key=f"matrix_{key}",
        clicked=lambda chosen: st.session_state.update({key: None if chosen == cell else chosen}),
    )
    return cell


def show_changed_images(page: Page, earlier: Run, run: Run, found: Changes, cell: tuple[int, int] | None) -> None:
    """Those that came into a cell or left it; without one, those answered otherwise, and those relabelled."""
    if cell is None:
        _show_changed(page, earlier, run, found.images, "changed_images")
        return
    true, answer = (escape(found.class_names[index]) for index in cell)
    for paths, words in zip(cell_changes(found, *cell), ("only now", "no more"), strict=True):
        if paths:
            st.markdown(f"**“{true}” taken for “{answer}” {words} · {len(paths):,}**")
            rows = found.cells[found.cells["path"].isin(paths)]
            _show_changed(page, earlier, run, rows, f"changed_images_{words.replace(' ', '_')}")


def _show_changed(page: Page, earlier: Run, run: Run, table: pd.DataFrame, key: str) -> None:
    if table.empty:
        st.caption("None of these images has another label or another answer.")
        return
    try:
        now, before = images_of(run), images_of(earlier)
    except WorkbenchError as error:
        st.caption(escape(str(error)))
        return
    # One that was excluded is only in the earlier run's table.
    left = [path for path in table["path"] if path not in now.index and path in before.index]
    images = pd.concat([now.loc[[path for path in table["path"] if path in now.index]], before.loc[left]])
    table = table[table["path"].isin(images.index)]
    shown = table.head(IMAGES_SHOWN)
    notes = {row.path: _changed_note(row) for row in shown.itertuples()}
    with st.container(height=IMAGES_HEIGHT if len(shown) > FEW_IMAGES else "content", border=False):
        show_images(page.dataset, images.loc[list(notes)], key=key, notes=notes)
    if len(shown) < len(table):
        st.caption(f"The first {len(shown)} of {len(table):,}.")


def _changed_note(row) -> str:
    if not row.label:
        return "not used now"
    if not row.label_before:
        return "not used before"
    if row.change:
        return f"{row.answer}, was {row.answer_before}"
    return f"was labelled {row.label_before}"


def _what_is_undone(fixes: list[Edit]) -> str:
    words = "; ".join(escape(edit.in_words()) for edit in fixes[-CHANGES_SHOWN:])
    return f"Takes back: {words}. Both runs stay."


def undo_all(page: Page, earlier: Run, run: Run) -> None:
    """Take the changes back, and show the run that was before them."""

    def take_back() -> None:
        undo_relabelling(page.dataset, run)
        st.query_params["run"] = earlier.id

    _undo(take_back)


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"
