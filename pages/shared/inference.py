"""The processes that have Keras and scikit-learn loaded, one of a kind for all visitors of this server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import WorkbenchError
from core.jobs.inference_client import InferenceClient
from core.jobs.task_scheduler import WAITING, ScheduledTask, TaskScheduler
from core.runs.record import Run
from core.workspace import Workspace
from pages.shared.progress import show_progress

# Where it takes no longer, no bar flickers up.
SECONDS_AT_ONCE = 0.5
SECONDS_BETWEEN_LOOKS = 0.5
ANSWERS_KEPT = 32


@st.cache_resource(show_spinner=False)
def inference_client() -> InferenceClient:
    """The one inference process of this server that draws what a page wants to see at once."""
    return InferenceClient()


@st.cache_resource(show_spinner=False)
def task_scheduler() -> TaskScheduler:
    """What another process works out that takes longer: nobody's pictures should have to wait for it."""
    return TaskScheduler(InferenceClient())


def survey(task: str, workspace: Workspace, run: Run, words: str) -> Any:
    """What a task of `core.explain.feature_analysis` finds in a run, once for as long as its answers stay the same.

    See `scheduled_task`, by which it is worked out.
    """
    state, place = run.answers_as_of, {"run": str(run.folder), "machine": str(workspace.machine)}
    return scheduled_task(task, str(workspace.root), words, state=state, **place)


def scheduled_task(task: str, owner: str, words: str, state: Any = None, **arguments: Any) -> Any:
    """What a task of `core.inference.SCHEDULED_TASKS` gives.

    Until it is there, a bar with a stop stands here and the script ends, as by `st.stop`; it is run again when the
    answer is there. Once it was stopped, the button that starts it again stands here. Parameters and errors are those
    of `awaited_task`.
    """
    found = awaited_task(task, owner, words, state, **arguments)
    if found is None:
        st.stop()
    return found


def awaited_task(task: str, owner: str, words: str, state: Any = None, **arguments: Any) -> Any:
    """As `scheduled_task`, but None until it is there, so that what stands below it is drawn meanwhile.

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
    answer = task_scheduler().ask(owner, task, state, **arguments)
    answer.wait(SECONDS_AT_ONCE)
    status = answer.status
    if status.state == "done":
        return answer.found
    if status.state == "failed":
        task_scheduler().forget(answer)
        raise WorkbenchError(status.error)
    if status.state == "stopped":
        _offer_again(answer, words)
    else:
        st.fragment(_course, run_every=SECONDS_BETWEEN_LOOKS)(answer, words)
    return None


def _course(answer: ScheduledTask, words: str) -> None:
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
            on_click=task_scheduler().stop,
            args=[answer],
        )


def _offer_again(answer: ScheduledTask, words: str) -> None:
    with st.container(border=True):
        st.markdown(f"Stopped before it was done: {words[0].lower()}{words[1:]}.")
        st.button(
            "Start again",
            icon=":material/play_arrow:",
            key=f"again_{answer.task}",
            on_click=task_scheduler().forget,
            args=[answer],
        )


@contextmanager
def looking() -> Iterator[None]:
    """Says that the inference process is at work on a network's view of images, or that it has to start first."""
    words = "Looking" if inference_client().warm else "Starting Keras, which takes about ten seconds the first time"
    with st.spinner(words, show_time=True):
        yield


def answer_of(
    task: str, run: Run, state: Any = None, kept: Callable[[Any], Any] | None = None, **arguments: Any
) -> Any:
    """What a task of `core.inference.TASKS` says of a run's network; what was answered lately is at hand.

    Parameters
    ----------
    state
        Of what is asked about besides the run's weights, such as when an image was written: when it changes, it is
        asked anew.
    kept
        What the answer becomes before it is kept; without it, it is kept as it comes.
    """
    with looking():
        return _answer(task, str(run.folder), (weights_written(run), state), arguments, kept)


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def _answer(task: str, folder: str, state: tuple, arguments: dict[str, Any], _kept: Callable[[Any], Any] | None) -> Any:
    answer = inference_client().ask(task, run=folder, **arguments)
    return answer if _kept is None else _kept(answer)


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
