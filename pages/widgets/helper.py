"""The processes that have Keras and scikit-learn loaded, one of a kind for all visitors of this server."""

from typing import Any

import streamlit as st

from core.inference import Helper
from core.runs.record import Run
from core.workspace import Workspace

# Of 25,000 images an answer takes some megabytes.
ANSWERS_KEPT = 8


@st.cache_resource(show_spinner=False)
def helper() -> Helper:
    """The one helper process of this server."""
    return Helper()


@st.cache_resource(show_spinner=False)
def surveyor() -> Helper:
    """Another one, which goes through all images of a run: seconds for which nobody's pictures should have to wait."""
    return Helper()


def survey(task: str, workspace: Workspace, run: Run, words: str) -> dict[str, Any]:
    """What a task of `core.explain.listing` finds in a run, once for as long as the run's answers stay the same.

    Parameters
    ----------
    words
        What one reads while it is worked out.

    Raises
    ------
    WorkbenchError
        What the task raises.
    """
    written = run.predictions_path.stat().st_mtime_ns if run.predictions_path.exists() else 0
    with st.spinner(words, show_time=True):
        return _survey(task, str(run.folder), str(workspace.machine), written)


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _survey(task: str, run: str, machine: str, written: int) -> dict[str, Any]:
    return surveyor().ask(task, run=run, machine=machine)
