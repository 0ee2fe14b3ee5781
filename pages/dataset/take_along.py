"""Taking the dataset along as it is by now: in a folder of this computer, or as a zip for the browser."""

import io
from pathlib import Path

import streamlit as st

from core.datasets.export.layouts import LAYOUTS, SPLIT_FOLDERS, placed
from core.datasets.export.writing import STAGE, bytes_of, export_dataset, write_zip
from core.datasets.sources.words import in_bytes
from core.errors import WorkbenchError, in_words
from pages.shared.markdown import escape
from pages.shared.page import Page

# The browser is handed the whole file out of memory.
MOST_BYTES, MOST_BYTES_HOSTED = 2 * 10**9, 200 * 10**6


def take_along(page: Page) -> None:
    """Choose a layout, and have the images written in it."""
    st.caption("With the labels, classes and split as they are by now; excluded images are left out.")
    layout = st.selectbox(
        "Layout",
        list(LAYOUTS),
        list(LAYOUTS).index(SPLIT_FOLDERS),
        format_func=lambda name: f"{name}: {LAYOUTS[name]}",
        key="export_layout",
    )
    if not page.hosting.hosted:
        _to_a_folder(page, layout)
    if st.button("Make a zip", icon=":material/folder_zip:", key="make_zip"):
        _as_a_zip(page, layout)


def _to_a_folder(page: Page, layout: str) -> None:
    with st.form("export", border=False):
        path = st.text_input("A new folder on this computer", placeholder="/home/me/cleaned", key="export_to")
        submitted = st.form_submit_button("Write the folder", icon=":material/drive_folder_upload:")
    if not submitted:
        return
    if not path.strip():
        st.error("Type the path of a new folder first.")
        return
    try:
        with st.spinner(STAGE):
            remarks = export_dataset(page.dataset, Path(path.strip()), layout)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return
    st.success(escape(f"Written to {path.strip()}."), icon=":material/check:")
    _tell(remarks)


def _as_a_zip(page: Page, layout: str) -> None:
    content, most = io.BytesIO(), MOST_BYTES_HOSTED if page.hosting.hosted else MOST_BYTES
    try:
        with st.spinner(STAGE):
            what = placed(page.dataset, layout)
            if (size := bytes_of(what)) > most:
                st.error(f"The images have {in_bytes(size)}, and a browser is handed {in_bytes(most)} at most.")
                return
            write_zip(what, content)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return
    file_name = f"{page.dataset.name}-{layout}.zip"
    st.download_button(
        f"Download {file_name}", content.getvalue(), file_name, icon=":material/download:", on_click="ignore"
    )
    _tell(what.remarks)


def _tell(remarks: list[str]) -> None:
    for remark in remarks:
        st.caption(escape(remark))
