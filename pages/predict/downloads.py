"""Answers to take along: tables as files, made when they are asked for."""

import tempfile
from pathlib import Path

import streamlit as st

from core.prediction.job import Prediction

FORMS = {"csv": ("CSV", "text/csv"), "parquet": ("Parquet", "application/vnd.apache.parquet")}
FORMS |= {"jsonl": ("JSON lines", "application/jsonl")}


def show_downloads(prediction: Prediction, which: int | None) -> None:
    """Buttons that hand out the answers of a run, or the average of all."""
    with st.container(horizontal=True, gap="small"):
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


def table_file(prediction: Prediction, which: int | None, form: str) -> bytes:
    """The table of answers in one format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"answers.{form}"
        prediction.write({form: path}, run=which)
        return path.read_bytes()
