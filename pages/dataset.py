"""The images: what is wrong with them, what they look like, how they are divided, and what was changed."""

import streamlit as st

from core.datasets.added import added_images
from core.datasets.checkup import NOT_READY, WARNINGS, Checkup, check
from core.datasets.importing import start_import
from core.datasets.rescaling import start_rescaling
from core.datasets.source_choice import is_told_otherwise
from core.datasets.store import Dataset, delete_dataset, list_datasets
from core.errors import WorkbenchError
from core.runs.record import delete_run
from pages.dataset import CHANGES, CHECKUP, IMAGES, SPLIT
from pages.dataset.bring import bring
from pages.dataset.changes import offer_undo, show_changes
from pages.dataset.findings import list_findings, show_findings
from pages.dataset.images import show_gallery
from pages.dataset.project import tell_remarks
from pages.dataset.scale import has_scale, show_scale
from pages.dataset.source_choice import answer_question, leave_as_it_was, read_otherwise
from pages.dataset.split import show_counts, show_split
from pages.dataset.take_along import take_along
from pages.shared.markdown import escape
from pages.shared.page import Page, drawn_badge, open_page
from pages.shared.progress import show_progress

FEW_FINDINGS, LEFT_OUT_SHOWN = 2, 1_000


def main() -> None:
    page = open_page("dataset")
    st.title(page.step.question)
    if page.dataset_in_view is None:
        here = (
            "Choose a dataset on the left, bring" if list_datasets(page.workspace) else "There are no images yet. Bring"
        )
        st.markdown(f"{here} your own, or open one of the drawn samples.")
        bring(page)
        return
    if not page.dataset.ready:
        importing(page)
        return
    tell_remarks()
    look(page)
    with st.expander("Bring other images", icon=":material/add_photo_alternate:", expanded=_asked_to_bring()):
        bring(page)
    with st.expander("Take the cleaned dataset along", icon=":material/drive_folder_upload:"):
        take_along(page)
    with st.expander("Delete this dataset", icon=":material/delete:"):
        delete(page)


def _asked_to_bring() -> bool:
    return st.session_state.pop("bring", False)


def importing(page: Page) -> None:
    """How far the import is, or why it failed."""
    status, question = page.dataset.job.status(), page.dataset.question
    drawn_badge(page.dataset)
    if status.active:
        st.markdown(f"**{escape(page.dataset.info.title)}** is being read in. You may leave this page and come back.")
        st.fragment(_import_progress, run_every=0.5)(page.dataset)
        return
    if question is not None:
        st.markdown(f"{escape(page.dataset.info.title)} can be read in more than one way. Which is meant?")
        answer_question(page, question)
        with st.expander("Remove this attempt, or bring other images", icon=":material/add_photo_alternate:"):
            delete(page, "Remove this attempt")
            bring(page)
        return
    reason, _, log = page.dataset.why_not_ready().partition("\n")
    st.error(escape(reason), icon=":material/error:")
    if log:
        st.code(log, language=None)
    if page.dataset.info.kind == "sample":
        if st.button("Draw it again", type="primary"):
            start_import(page.dataset)
            st.rerun()
    else:
        delete(page, "Remove this attempt")
    bring(page)


def _import_progress(dataset: Dataset) -> None:
    status = dataset.job.status()
    if not status.active:
        st.rerun(scope="app")
    show_progress(status)
    if st.button("Stop", icon=":material/stop:"):
        dataset.job.request_stop()


def look(page: Page) -> None:
    """The answer, and the view that was chosen."""
    dataset = page.dataset
    drawn_badge(dataset)
    reading_again(page)
    checkup = check(dataset)
    st.markdown(answer(dataset, checkup))
    origin(page)
    view = st.segmented_control(
        "View",
        [CHECKUP, IMAGES, SPLIT, CHANGES],
        default=CHECKUP,
        required=True,
        label_visibility="collapsed",
        key="view",
        bind="query-params",
    )
    if view != CHANGES:  # which offers it anyway
        offer_undo(dataset)
    if view == CHECKUP:
        overview(page, checkup)
    elif view == IMAGES:
        show_gallery(page, checkup)
    elif view == SPLIT:
        show_split(dataset)
    else:
        show_changes(page)
        if has_scale(dataset):
            show_scale(page)


def overview(page: Page, checkup: Checkup) -> None:
    """What there is on the left, what is wrong with it on the right."""
    dataset = page.dataset
    shares, findings = st.columns([3, 4], gap="large")
    with shares:
        show_counts(dataset)
        with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="xsmall"):
            page.link("augmentation", "Choose augmentation")
            if st.button("Go on to training", type="primary", icon=":material/show_chart:"):
                page.go("training", run="", new="1")
        if len(checkup.findings) > FEW_FINDINGS:
            list_findings(checkup)
    with findings:
        show_findings(page, checkup)
    unreadable = dataset.content.unreadable
    if len(unreadable):
        with st.expander(f"Files that were left out ({len(unreadable):,})", icon=":material/broken_image:"):
            if len(unreadable) > LEFT_OUT_SHOWN:
                st.caption(f"The first {LEFT_OUT_SHOWN:,} of them.")
            st.dataframe(unreadable.head(LEFT_OUT_SHOWN), hide_index=True, alt="Files that were left out, and why")


def origin(page: Page) -> None:
    """What labels, split and groups were told from, and the way to tell them otherwise."""
    dataset = page.dataset
    words = dataset.info.origin
    if not is_told_otherwise(dataset):
        return
    is_busy = dataset.job.status().active or dataset.question is not None
    is_open = st.session_state.get("read_otherwise") == dataset.name and not is_busy
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if words:
            st.caption(f"{escape(words[:1].upper() + words[1:])}.", width="content")
        if not is_open and not is_busy:
            st.button(
                "Read otherwise…",
                icon=":material/rule:",
                type="tertiary",
                key="open_read_otherwise",
                on_click=lambda: st.session_state.update(read_otherwise=dataset.name),
                help="Take the labels from other folders, another table or other columns.",
            )
    if is_open:
        with st.container(border=True):
            read_otherwise(page)


def reading_again(page: Page) -> None:
    """How far reading what changed, or looking by another scale, is, or why it failed; what was known stays in use."""
    dataset = page.dataset
    status = dataset.job.status()
    if dataset.is_read_otherwise and not status.active:
        # Once by itself, after the scale was changed; where that did not end well, when somebody wants it.
        if status.state == "done":
            start_rescaling(dataset)
            status = dataset.job.status()
        else:
            st.warning("What is told of brightness and likeness is still by an earlier scale of the pixels.")
            st.button("Look at them by the new one", icon=":material/sync:", on_click=start_rescaling, args=(dataset,))
    if status.active:
        st.fragment(_import_progress, run_every=0.5)(dataset)
    elif (question := dataset.question) is not None:
        st.markdown("The images can be read in more than one way by now. Until you choose, what was known is kept.")
        with st.container(border=True):
            answer_question(page, question)
            st.button("Leave it as it was", on_click=leave_as_it_was, args=(dataset,), key="leave_as_it_was")
    elif status.state == "failed":
        reason = status.error.partition("\n")[0]
        st.warning(escape(f"Reading the folder again failed, and what was known is kept. {reason}"))


def answer(dataset: Dataset, checkup: Checkup) -> str:
    """One sentence with the decisive number."""
    sizes = dataset.content.counts.sum(axis=1)
    spread = f"{sizes.min():,}" if sizes.min() == sizes.max() else f"{sizes.min():,} to {sizes.max():,}"
    words = {NOT_READY: "Not ready to learn from.", WARNINGS: "Ready, with something to look at first."}
    unlabelled, excluded = len(dataset.content.unlabelled), len(dataset.content.excluded)
    waiting = f", and {unlabelled:,} without a label" if unlabelled else ""
    left_out = f" {excluded:,} {'is' if excluded == 1 else 'are'} excluded." if excluded else ""
    return (
        f"**{words.get(checkup.verdict, 'Ready to learn from.')}** {escape(dataset.info.title)} holds "
        f"{sizes.sum():,} images in {len(sizes)} classes, {spread} in each{waiting}.{left_out}"
    )


def delete(page: Page, label: str = "Delete the dataset") -> None:
    """Remove the dataset from the workspace, with its runs."""
    runs = f" Its {len(page.runs)} run{'s go' if len(page.runs) > 1 else ' goes'} with it." if page.runs else ""
    count = added_images(page.dataset.folder).count
    st.caption(
        f"It goes from this workspace.{runs} Images that lie in a folder of yours stay untouched."
        + (f" What was added here, {count:,} image{'s' if count > 1 else ''}, goes too." if count else "")
    )
    sure = not page.runs or st.checkbox("Delete the runs too: their weights, curves and figures")
    if st.button(label, icon=":material/delete:", disabled=not sure):
        try:
            for run in page.runs:
                delete_run(run)
            delete_dataset(page.dataset)
        except WorkbenchError as error:
            st.error(escape(str(error)))
            return
        page.dataset_in_view = page.run_in_view = None
        st.query_params.clear()
        page.go("home")


main()
