"""Answers to take along: tables as files, and the columns that a competition asks for."""

import tempfile
from pathlib import Path

import streamlit as st

from core.errors import WorkbenchError, in_words
from core.prediction.job import Prediction
from core.prediction.submission import read_template, write_submission
from pages.shared.markdown import escape

FORMS = {"csv": ("CSV", "text/csv"), "parquet": ("Parquet", "application/vnd.apache.parquet")}
FORMS |= {"jsonl": ("JSON lines", "application/jsonl")}
MOST_MEGABYTES = 100
SUBMISSIONS_KEPT = 2


def show_downloads(prediction: Prediction, which: int | None) -> None:
    """Buttons that hand out the answers of a run, or the average of all."""
    for form, (title, mime) in FORMS.items():
        st.download_button(
            title,
            lambda form=form: table_file(prediction, which, form),
            file_name=f"{prediction.id}.{form}",
            mime=mime,
            icon=":material/download:",
            on_click="ignore",
            key=f"download_{form}",
        )
    with st.popover("By a template", icon=":material/emoji_events:"):
        show_submission(prediction, which)


def table_file(prediction: Prediction, which: int | None, form: str) -> bytes:
    """The table of answers in one format, made when the button is pressed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"answers.{form}"
        prediction.write({form: path}, run=which)
        return path.read_bytes()


def show_submission(prediction: Prediction, which: int | None) -> None:
    """A file for a competition, by its template."""
    st.caption(
        "For a competition: bring its sample submission, whose first line names the columns. The answers come in these "
        "columns, with the ids as they stand there."
    )
    template = st.file_uploader("Sample submission (.csv)", max_upload_size=MOST_MEGABYTES, key="template")
    if template is None:
        return
    try:
        content, remarks = submission(str(prediction.folder), which, template.getvalue())
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return
    for remark in remarks:
        st.warning(escape(remark))
    st.download_button(
        "Submission",
        content,
        file_name=f"submission_{prediction.id}.csv",
        mime="text/csv",
        icon=":material/download:",
        type="primary",
        on_click="ignore",
        key="download_submission",
    )


@st.cache_data(max_entries=SUBMISSIONS_KEPT, show_spinner=False)
def submission(prediction: str, which: int | None, template: bytes) -> tuple[bytes, list[str]]:
    """The file, and what one should know of it."""
    with tempfile.TemporaryDirectory() as folder:
        path, asked = Path(folder) / "submission.csv", Path(folder) / "The template.csv"
        asked.write_bytes(template)
        remarks = write_submission(read_template(asked), Prediction(Path(prediction)).parts(which), path)
        return path.read_bytes(), remarks
