"""The processes that have Keras and scikit-learn loaded, one of a kind for all visitors of this server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import WorkbenchError
from core.inference import Helper
from core.long_answers import WAITING, LongAnswer, LongAnswers
from core.runs.record import Run
from core.workspace import Workspace
from pages.widgets.progress import show_progress

# Where it takes no longer, no bar flickers up.
SECONDS_AT_ONCE = 0.5
SECONDS_BETWEEN_LOOKS = 0.5


@st.cache_resource(show_spinner=False)
def helper() -> Helper:
    """The one helper process of this server that draws what a page wants to see at once."""
    return Helper()


@st.cache_resource(show_spinner=False)
def long_answers() -> LongAnswers:
    """What another process works out that takes longer: nobody's pictures should have to wait for it."""
    return LongAnswers(Helper())


def survey(task: str, workspace: Workspace, run: Run, words: str) -> dict[str, Any]:
    """What a task of `core.explain.listing` finds in a run, once for as long as the run's answers stay the same.

    See `long_answer`, by which it is worked out.
    """
    state, place = run.answers_as_of, {"run": str(run.folder), "machine": str(workspace.machine)}
    return long_answer(task, str(workspace.root), words, state=state, **place)


def long_answer(task: str, owner: str, words: str, state: Any = None, **arguments: Any) -> Any:
    """What a task of `core.inference.LONG_TASKS` gives.

    Until it is there, a bar with a stop stands here and the script ends, as by `st.stop`; it is run again when the
    answer is there. Once it was stopped, the button that starts it again stands here.

    Parameters
    ----------
    owner
        For whom it is worked out: visitors get their answers in turns.
    words
        What one reads while it is worked out.
    state
        Of what is asked about: when it changes, the task is done anew.

    Raises
    ------
    WorkbenchError
        What the task raises, or that too many are waiting.
    """
    answer = long_answers().ask(owner, task, state, **arguments)
    answer.wait(SECONDS_AT_ONCE)
    status = answer.status
    if status.state == "done":
        return answer.found
    if status.state == "failed":
        long_answers().forget(answer)
        raise WorkbenchError(status.error)
    if status.state == "stopped":
        _offer_again(answer, words)
    else:
        st.fragment(_course, run_every=SECONDS_BETWEEN_LOOKS)(answer, words)
    st.stop()


def _course(answer: LongAnswer, words: str) -> None:
    status = answer.status
    if not status.active:
        st.rerun(scope="app")
    if answer.stop_requested:
        status = replace(status, stage="Stopping", eta_seconds=None)
    elif not status.stage:
        status = replace(status, stage=WAITING if status.state == "queued" else "Starting")
    with st.container(border=True):
        st.markdown(f"{words}.")
        show_progress(status)
        st.button(
            "Stop",
            icon=":material/stop:",
            key=f"stop_{answer.task}",
            disabled=answer.stop_requested,
            on_click=long_answers().stop,
            args=[answer],
        )


def _offer_again(answer: LongAnswer, words: str) -> None:
    with st.container(border=True):
        st.markdown(f"Stopped before it was done: {words[0].lower()}{words[1:]}.")
        st.button(
            "Start again",
            icon=":material/play_arrow:",
            key=f"again_{answer.task}",
            on_click=long_answers().forget,
            args=[answer],
        )


@contextmanager
def looking() -> Iterator[None]:
    """Says that the helper process is at work on a network's view of images, or that it has to start first."""
    words = "Looking" if helper().warm else "Starting Keras, which takes about ten seconds the first time"
    with st.spinner(words, show_time=True):
        yield


def has_weights(run: Run) -> bool:
    """Whether a run has kept weights, so that its network can be asked."""
    return run.best_weights.exists() or run.fine_tuned_weights.exists()


def weights_written(run: Run) -> tuple[float, float]:
    """When a run's weights were written: what its network answered holds for as long as that stays the same."""
    return modified(run.best_weights), modified(run.fine_tuned_weights)


def modified(path: Path | str) -> float:
    """When a file was written, in seconds since 1970; 0 where there is none."""
    try:
        return Path(path).stat().st_mtime
    except OSError:
        return 0.0
