"""Opening a project file: what another workbench exported, a dataset with its runs."""

from typing import BinaryIO

import streamlit as st

from core.errors import WorkbenchError, in_words
from core.export.project.importing import ImportedProject, import_project
from pages.shared.markdown import escape
from pages.shared.page import Page

REMARKS = "project_remarks"


def project_form(page: Page) -> None:
    """Take a project file, and turn to the dataset that comes of it."""
    with st.form("project", clear_on_submit=True, border=False):
        st.caption(
            "A file that another workbench exported as “project”: a dataset with its edits, split and runs. What is "
            "here already stays as it is."
        )
        upload = st.file_uploader("A project file", type="zip", key="project_file")
        submitted = st.form_submit_button("Open the project", type="primary")
    if not submitted:
        return
    if upload is None:
        st.error("Choose a project file first.")
        return
    try:
        project = _imported(page, upload)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return
    st.session_state[REMARKS] = (_opened(project), *project.remarks)
    page.go("dataset", dataset=project.dataset, run="")


def tell_remarks() -> None:
    """What people should know of the project that was opened just now."""
    for remark in st.session_state.pop(REMARKS, ()):
        st.info(escape(remark), icon=":material/info:")


def _opened(project: ImportedProject) -> str:
    count = len(project.runs)
    if not count:
        return "The project was opened. It holds no run."
    return f"The project was opened with its {f'{count:,} runs' if count > 1 else 'run'}, which Evaluation shows."


def _imported(page: Page, upload: BinaryIO) -> ImportedProject:
    bar, shown = st.progress(0.0), [-1]

    def report(stage: str, done: int, total: int) -> None:
        percent = 100 * done // total
        if percent != shown[0]:  # each is a message to the browser
            shown[0] = percent
            bar.progress(percent, stage)

    try:
        return import_project(page.workspace, upload, page.hosting, report)
    finally:
        bar.empty()
