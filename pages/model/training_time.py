"""What a run with the settings in view will cost: what was measured, or the way to measure it."""

import streamlit as st

from core.advice.training_time import (
    Estimate,
    TimingTrial,
    kept_estimate,
    start_estimate,
    what_is_left_out,
    why_not_measured,
)
from core.errors import UsageError, WorkbenchError, in_words
from core.runs.settings import RunSettings
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.progress import show_progress

PROMISE = "A few training steps with your own images on this machine say how long a run takes, and how much memory."


def show_estimate(page: Page) -> None:
    """The estimate for the draft of the dataset in view, live while it is measured."""
    try:
        settings = page.draft.settings()
    except UsageError:  # which is said where the setting is
        return
    active = TimingTrial.of(page.workspace).status().active
    st.fragment(_live, run_every=1 if active else None)(page, settings, active)


def _live(page: Page, settings: RunSettings, was_active: bool) -> None:
    trial = TimingTrial.of(page.workspace)
    status = trial.status()
    if was_active and not status.active:
        st.rerun(scope="app")
    if status.active:
        _show_course(page, trial, settings)
        return
    if status.state == "failed" and trial.is_of(page.dataset, settings):
        st.error(escape(status.error.partition("\n")[0]), icon=":material/error:")
    estimate = kept_estimate(page.workspace, page.dataset, settings)
    if estimate is not None:
        _show_figures(estimate, settings)
    _action(page, settings, estimate)


def _show_course(page: Page, trial: TimingTrial, settings: RunSettings) -> None:
    if not trial.is_of(page.dataset, settings):
        st.caption(f"{escape(trial.title)} is being measured.")
    show_progress(trial.status())
    label = "Stop measuring"
    st.button(label, icon=":material/stop:", disabled=trial.stop_requested, on_click=trial.request_stop)


def _show_figures(estimate: Estimate, settings: RunSettings) -> None:
    st.markdown(escape(estimate.words()))
    if warning := estimate.warning():
        st.warning(escape(warning), icon=":material/memory:")
    if notes := (*estimate.notes, *what_is_left_out(settings)):
        st.caption(escape(" ".join(notes)))
    lines = [f"| {escape(name)} | {escape(value)} |" for name, value in estimate.rows()]
    st.markdown("\n".join(["| | |", "|---|---|", *lines]))


def _action(page: Page, settings: RunSettings, estimate: Estimate | None) -> None:
    if reason := why_not_measured(settings):
        st.caption(escape(reason))
        return
    if estimate is None:
        st.caption(PROMISE)
    label = "Measure on this machine" if estimate is None else "Measure again"
    if st.button(label, icon=":material/timer:"):
        try:
            start_estimate(page.workspace, page.dataset, settings)
        except (WorkbenchError, OSError) as error:
            st.error(escape(in_words(error)), icon=":material/error:")
            return
        st.rerun(scope="app")
