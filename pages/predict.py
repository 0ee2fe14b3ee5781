"""Predict: what a run says of new images, and how to take the run along."""

import streamlit as st

from pages.predict.export import show_export
from pages.predict.few_images import show_few_images
from pages.predict.many_images import show_many_images
from pages.predict.retraining import show_changes
from pages.shared.inference import has_weights
from pages.shared.markdown import escape
from pages.shared.page import Page, drawn_badge, open_page_with_dataset, untrained_badge
from pages.shared.run_label import run_label

FEW, MANY, EXPORT = "A few images", "Many images", "Take it along"


def main() -> None:
    page = open_page_with_dataset("predict")
    st.title(page.step.question)
    runs = [run for run in page.runs if has_weights(run)]
    if not runs:
        nothing_yet(page)
        return
    if page.run_in_view is None or not has_weights(page.run):
        if page.run_in_view is not None:
            st.info(escape(f"The run {page.run.id} has no weights, so it can't be asked about images."))
        page.run_in_view = runs[0]
    choose_run(page, [run.id for run in runs])
    with st.container(horizontal=True):
        drawn_badge(page.dataset)
        untrained_badge(page.run)
    views = {FEW: show_few_images, MANY: show_many_images, EXPORT: show_export}
    view = st.segmented_control(
        "View",
        list(views),
        default=FEW,
        required=True,
        label_visibility="collapsed",
        key="view",
        bind="query-params",
    )
    if view != EXPORT:
        show_changes(page)
    views[view](page)


def nothing_yet(page: Page) -> None:
    st.markdown("No network has been trained on these images yet. Once one is, it can be asked about new ones here.")
    page.link("training", "Go to training", "show_chart")


def choose_run(page: Page, ids: list[str]) -> None:
    """The run that is asked, which the URL names."""
    runs = {run.id: run for run in page.runs}
    chosen = st.selectbox(
        "Run", ids, ids.index(page.run.id), lambda run_id: run_label(runs[run_id]), key=f"run_{page.run.id}"
    )
    if st.query_params.get("run") != chosen:
        st.query_params["run"] = chosen
    if chosen != page.run.id:
        st.rerun()


main()
