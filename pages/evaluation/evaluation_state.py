"""Of which epoch the answers in view are, and the button that has the best so far evaluated."""

import streamlit as st

from core.errors import WorkbenchError, in_words
from core.runs.evaluation_state import (
    EvaluationState,
    evaluation_state_of,
    evaluations_of,
    failed_evaluation,
    request_evaluation,
)
from core.runs.lifecycle import can_evaluate, evaluate
from core.runs.lineage import parent_run
from core.runs.record import Run
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.progress import show_progress
from pages.shared.run_label import run_label

SECONDS_BETWEEN_LOOKS = 1
# The run whose evaluating this visitor has asked for with how often it had been evaluated before; and what became of
# it.
ASKED, FAILED = "asked_to_evaluate", "evaluation_failed"
# The run that was last in view without having been evaluated: another one that was has taken its place there.
NOT_EVALUATED = "not_evaluated"


def offer_evaluation(page: Page, asked_for: bool = False) -> Run | None:
    """Offer to evaluate a run that was not evaluated yet, and open it once it is.

    Parameters
    ----------
    asked_for
        Whether only a run counts that somebody wants to see, and not one that happens to be going.

    Returns
    -------
    Run or None
        The run that is offered: the one that is to be in view, else the newest that is going. None where there is none
        that could be evaluated.
    """
    lacking = [run for run in page.runs if not run.predictions_path.exists()]
    _open_what_was_asked_for(page)
    if page.run_in_view is not None and page.run.id in [run.id for run in lacking]:
        st.session_state[NOT_EVALUATED] = page.run.id
    ids = (st.session_state.get(NOT_EVALUATED), st.session_state.get(ASKED, ("", 0))[0])
    found = [run for run in lacking if run.id in ids]
    if not asked_for:
        # What is trained again is followed beside the run that it was trained after.
        found += [run for run in lacking if run.status().active and parent_run(run) is None]
    offered = next((run for run in found if run.status().active or can_evaluate(run)), None)
    if offered is not None:
        _show(page, offered, in_view=False)
    return offered


def show_evaluation_state(page: Page, run: Run, damaged: bool = False) -> None:
    """Say of which epoch the answers of the run in view are, and offer to evaluate what is better by now.

    Parameters
    ----------
    damaged
        Whether its answers can't be read, and should be made anew.
    """
    _show(page, run, in_view=True, damaged=damaged)
    if not damaged and (words := run.naming().words()):
        st.caption(f":material/edit: {escape(words)}")


def _open_what_was_asked_for(page: Page) -> None:
    """Go to the run that was asked about, once it is evaluated, or keep why it could not be."""
    run_id, evaluated_before = st.session_state.get(ASKED, ("", 0))
    run = next((run for run in page.runs if run.id == run_id), None)
    if run is None or _waits(run, evaluated_before):
        return
    del st.session_state[ASKED]
    failure = failed_evaluation(run) or ("" if run.predictions_path.exists() else run.status().error)
    st.session_state[FAILED] = (run.id, failure.partition("\n")[0])
    if run.predictions_path.exists() and not failure:
        st.query_params["run"] = run.id
        st.rerun()


def _waits(run: Run, evaluated_before: int) -> bool:
    """Whether what was asked for has still to come."""
    return run.status().active and len(evaluations_of(run)) == evaluated_before


def _show(page: Page, run: Run, in_view: bool, damaged: bool = False) -> None:
    standing = evaluation_state_of(run)
    if standing.active:
        st.fragment(_live, run_every=SECONDS_BETWEEN_LOOKS)(run, standing, in_view)
        return
    can = can_evaluate(run) or (damaged and run.best_weights.exists())
    words = standing.words() if in_view else f"{run_label(run)} ended before it was evaluated."
    if not can and not words:
        return
    reason = run.status().error.partition("\n")[0]
    with st.container(border=can, horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(escape(f"{words} {reason}".strip()), width="stretch")
        if can and st.button("Evaluate its best weights", icon=":material/grid_on:", key=f"evaluate_{run.id}"):
            _begin(run, lambda: evaluate(page.workspace, run))
    _say_failed(run)


def _live(run: Run, drawn: EvaluationState, in_view: bool) -> None:
    """How far a run is that is still going; the page is drawn anew as soon as there are other answers."""
    standing, (asked_for, evaluated_before) = evaluation_state_of(run), st.session_state.get(ASKED, ("", 0))
    waits = asked_for == run.id
    other_answers = (standing.evaluated, standing.epoch) != (drawn.evaluated, drawn.epoch)
    if not standing.active or other_answers or (waits and not _waits(run, evaluated_before)):
        st.rerun(scope="app")
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(escape(_words(run, standing, in_view)), width="stretch")
            offered = standing.can_ask and not waits
            if offered and st.button("Evaluate the best so far", icon=":material/grid_on:", key=f"evaluate_{run.id}"):
                _begin(run, lambda: request_evaluation(run))
        if waits or standing.only_evaluates:
            show_progress(run.status())
        if waits and not standing.only_evaluates:
            st.caption("When the epoch in hand has ended, the best so far is evaluated; then the training goes on.")
        _say_failed(run)


def _words(run: Run, standing: EvaluationState, in_view: bool) -> str:
    if in_view and standing.evaluated:
        return standing.words()
    if standing.only_evaluates:
        return f"{run_label(run)}: its best weights are being evaluated."
    if standing.state == "queued":
        return f"{run_label(run)}: it waits for its turn."
    trained = f"{standing.trained} of {standing.planned} epochs are trained"
    nothing = "" if standing.best_epoch else " Once one has ended, the best so far can be evaluated."
    return f"{run_label(run)}: {trained}.{nothing}"


def _begin(run: Run, evaluating) -> None:
    """Have it evaluated, and from then on wait for that."""
    before = len(evaluations_of(run))
    st.session_state.pop(FAILED, None)
    try:
        evaluating()
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return
    st.session_state[ASKED] = (run.id, before)
    st.rerun(scope="app")


def _say_failed(run: Run) -> None:
    run_id, failure = st.session_state.get(FAILED, ("", ""))
    if run_id == run.id and failure:
        st.warning(escape(failure))
